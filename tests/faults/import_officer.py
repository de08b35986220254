"""Somebody who brings a file in, by what stands on the pages of an import, in a language of their own."""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils import translation
from playwright.sync_api import Locator, expect

from companies.models import ImportVerdict
from companies.profiles.import_check import OUTCOME_WORDS, WARNING_WORDS
from companies.records.fields import LABELS
from markets.models import Area
from tests.browser.colleagues import Speaker
from tests.browser.conftest import Visit
from tests.companies.visitor import PASSWORD

# The longest that a step of 10,000 rows may take on a machine that is busy with other things.
LONGEST_MS: Final = 120_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}


class Officer(Speaker):
    """Somebody who brings files in."""

    def signs_in(self, email: str) -> None:
        self.goes("/accounts/login/")
        self.page.locator("main [name=login]").fill(email)
        self.page.locator("main [name=password]").fill(PASSWORD)
        self.presses(self.words("Sign in"))
        expect(self.page.locator(".account-menu")).to_be_visible()

    def looks(self, at: str) -> None:
        """The page is without fault, on a wide screen and on a narrow one."""
        self.has_no_fault(f"{self.language} {at}")
        self.page.set_viewport_size(NARROW)
        self.has_no_fault(f"{self.language} {at}, narrow")
        self.page.set_viewport_size(WIDE)

    def comes_back_to(self, name: str) -> None:
        """Close the tab; later open another, and go on with the newest import by the list of all."""
        context = self.page.context
        self.page.close()
        self.visit = Visit(context, self.visit.address)
        self.page = self.visit.page
        self.goes("/records/imports/")
        self.page.locator("main table tbody tr").first.get_by_role("link", name=name).first.click()

    # ------------------------------------------------------------ the steps
    def is_at(self, step: str) -> None:
        """Wait until the page of a step is there, its work done."""
        self.page.wait_for_url(re.compile(rf"/records/imports/[0-9a-f-]+/{step}/"), timeout=LONGEST_MS)
        expect(self.page.locator("#import-live")).to_have_count(0, timeout=LONGEST_MS)

    def is_checked(self) -> None:
        self.is_at("check")
        expect(self.page.locator(".outcomes")).to_be_visible(timeout=LONGEST_MS)

    def uploads(self, name: str, content: bytes) -> None:
        """Hand a file in, and wait until it is read."""
        self.goes("/records/imports/new/")
        given: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        self.page.locator("main").get_by_label(self.words("The file"), exact=True).set_input_files(given)
        self.presses(self.words("Upload"))
        self.is_at("read")

    def names_columns(self, currencies: str) -> None:
        """Take what is suggested but for the column of this name, which holds currencies."""
        self.follows(self.words("Go on: name the columns"))
        self.page.wait_for_url("**/map/")
        column = self.page.locator(".map-column", has_text=currencies)
        column.locator("select").first.select_option(label=self.words(LABELS["currency"]))

    def checks(self) -> None:
        self.presses(self.words("Check the rows"))
        self.is_checked()

    def takes_suggestion(self, said: str, code: str) -> int:
        """Read an unknown country as this one by the button that names it; in how many rows it stands."""
        group = self._group(said)
        count = digits(group.locator("h3"))
        group.get_by_role("button", name=self._country(code), exact=True).click()
        self.is_checked()
        return count

    def types_country(self, said: str, code: str) -> None:
        """The same by typing its name."""
        self._group(said).locator("input[name=becomes]").fill(self._country(code))
        self._group(said).get_by_role("button", name=self.words("Apply to all")).click()
        self.is_checked()

    def takes_it_back(self) -> None:
        """What was put right."""
        self.page.locator(".import-fixes summary").click()
        self.page.locator(".fix-list").get_by_role("button", name=self.words("Take back")).click()
        self.is_checked()

    def goes_on(self) -> None:
        """To the preview; where rows are still wrong, the others are taken without them."""
        if self.counts().get(ImportVerdict.Outcome.ERROR):
            self.page.get_by_label(self.words("Import the other rows without them")).check()
            self.presses(self.words("Keep this choice"))
            self.is_checked()
        self.follows(self.words("Go on: look at what would be imported"))
        self.is_at("preview")

    # ------------------------------------------------------------ what the check says
    def counts(self) -> dict[str, int]:
        """Rows by outcome; an outcome of none is left out."""
        outcome_by_words = {self.words(words): outcome for outcome, words in OUTCOME_WORDS.items()}
        told = {
            outcome_by_words[each.locator("dt").inner_text().strip()]: digits(each.locator(".outcome-count"))
            for each in self.page.locator(".outcome").all()
        }
        return {outcome: count for outcome, count in told.items() if count}

    def warnings(self) -> dict[str, int]:
        """Rows by the code of what is worth knowing of them."""
        self.page.locator(".import-warnings summary").click()
        found = {}
        for line in self.page.locator(".import-warnings li").all():
            (code,) = [code for code, words in WARNING_WORDS.items() if self.words(words) in line.inner_text()]
            found[code] = digits(line)
        return found

    def _group(self, said: str) -> Locator:
        return self.page.locator(".fault-group", has_text=said)

    def _country(self, code: str) -> str:
        with translation.override(self.language):
            return str(Area.objects.get(code=code).name)


def digits(of: Locator) -> int:
    """The number that a text begins with."""
    (number,) = re.findall(r"^\s*([\d,\u202f\u00a0]+)", of.inner_text().strip())
    return int(re.sub(r"\D", "", number))
