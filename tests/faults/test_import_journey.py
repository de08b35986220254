"""An office's own file from its upload to its undo, at a browser, by real processes of which one is killed on the way.

The file holds 10,000 rows with all that such files have (`messy_file`); what an import finds in it is exact.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Sum
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Browser, Locator, expect

from companies.accounts.people import trust_address
from companies.importing.doing.work import Work
from companies.models import ExportRecord, Import, ImportVerdict, User
from companies.profiles.import_check import OUTCOME_WORDS, WARNING_WORDS
from companies.profiles.import_words import RESUMING
from companies.records.companies import register_named
from companies.records.entering import enter_record
from companies.records.fields import LABELS
from markets.models import Area, Job
from tests.browser.colleagues import Colleague
from tests.browser.conftest import Visit
from tests.companies import messy_file
from tests.companies.messy_file import Made
from tests.companies.office import Office, office
from tests.companies.record_world import entries
from tests.companies.visitor import PASSWORD
from tests.config.checkout import CHECKOUT, free_port
from tests.faults.site import Servers, Staff, holder, kill, until, waits_for_a_lock, web
from tests.faults.test_import_killed import EMPTIED

pytestmark = [pytest.mark.servers, pytest.mark.browser]

WORDS: Final = """
import django
django.setup()
from markets.search.index import rebuild_index
rebuild_index()
"""
# The longest that a step of 10,000 rows may take on a machine that is busy with other things.
LONGEST_MS: Final = 120_000
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
REFUSED: Final = "Failed to load resource: the server responded with a status of 409"
Outcome = ImportVerdict.Outcome


@dataclass(frozen=True)
class Way:
    """One form of the file, and what must come of it. new, sums: once the unknown country is put right."""

    name: str
    form: Callable[[Made], bytes]
    language: str
    read_as: tuple[str, ...]
    first: dict[str, int]
    warned: dict[str, int]
    new: int
    is_worker_killed: bool

    def worth(self, file: Made) -> Decimal:
        """In yuan, of all that is imported."""
        return file.worth_cny + (file.formulas_cny if not self.first[Outcome.ERROR] % 100 else 0)


CSV = Way(
    "出口台账.csv",
    messy_file.as_csv,
    "zh-hans",
    ("GB18030", "10,000", "11"),
    {Outcome.NEW: 9520, Outcome.DUPLICATE: 50, Outcome.ERROR: 430},
    {"zero_restored": 100},
    9920,
    is_worker_killed=False,
)
XLSX = Way(
    "exports 2024.xlsx",
    messy_file.as_xlsx,
    "en",
    ("台账", "10,000", "11"),
    {Outcome.NEW: 9550, Outcome.DUPLICATE: 50, Outcome.ERROR: 400},
    {"zero_restored": 100, "formula_value": 30},
    9950,
    is_worker_killed=True,
)


class Officer(Colleague):
    """Somebody who brings the file in, and reads the pages in a language of their own."""

    def __init__(self, visit: Visit, way: Way) -> None:
        super().__init__(visit)
        self.way = way

    def words(self, english: str, **told: Any) -> str:
        """What the pages say for this."""
        with translation.override(self.way.language):
            return gettext(english) % told

    def goes(self, path: str) -> None:
        self.opens(f"/{self.way.language}{path}")

    def signs_in(self, email: str) -> None:
        self.goes("/accounts/login/")
        self.page.locator("main [name=login]").fill(email)
        self.page.locator("main [name=password]").fill(PASSWORD)
        self.presses(self.words("Sign in"))
        expect(self.page.locator(".account-menu")).to_be_visible()

    def is_at(self, step: str) -> None:
        """Wait until the page of a step is there, its work done."""
        self.page.wait_for_url(re.compile(rf"/records/imports/[0-9a-f-]+/{step}/"), timeout=LONGEST_MS)
        expect(self.page.locator("#import-live")).to_have_count(0, timeout=LONGEST_MS)

    def looks(self, at: str) -> None:
        """The page is without fault, on a wide screen and on a narrow one."""
        self.has_no_fault(f"{self.way.language} {at}")
        self.page.set_viewport_size(NARROW)
        self.has_no_fault(f"{self.way.language} {at}, narrow")
        self.page.set_viewport_size(WIDE)

    def comes_back(self) -> None:
        """Close the tab, and open another one later."""
        context = self.page.context
        self.page.close()
        self.visit = Visit(context, self.visit.address)
        self.page = self.visit.page

    def counts(self) -> dict[str, int]:
        """What the check says: rows by outcome, those of which there are none left out."""
        with translation.override(self.way.language):
            outcome_by_words = {str(words): outcome for outcome, words in OUTCOME_WORDS.items()}
        told = {
            outcome_by_words[each.locator("dt").inner_text().strip()]: digits(each.locator(".outcome-count"))
            for each in self.page.locator(".outcome").all()
        }
        return {outcome: count for outcome, count in told.items() if count}

    def warnings(self) -> dict[str, int]:
        """What the check says is worth knowing: rows by code."""
        found = {}
        self.page.locator(".import-warnings summary").click()
        for line in self.page.locator(".import-warnings li").all():
            with translation.override(self.way.language):
                (code,) = [code for code, words in WARNING_WORDS.items() if str(words) in line.inner_text()]
            found[code] = digits(line)
        return found


def digits(of: Locator) -> int:
    """The first number of a text."""
    (number,) = re.findall(r"^\s*([\d,\u202f\u00a0]+)", of.inner_text().strip())
    return int(re.sub(r"\D", "", number))


# ---------------------------------------------------------------- the office
@pytest.fixture(scope="module")
def address(servers: Servers) -> Iterator[str]:
    """Where the web process answers, which knows all the words that its first start loads."""
    subprocess.run([sys.executable, "-c", WORDS], env=servers.environment(), cwd=CHECKOUT, check=True)
    port = free_port()
    static = os.environ.get("STATIC_ROOT")
    serving = web(servers, port, **({"STATIC_ROOT": static} if static else {}))
    yield f"http://127.0.0.1:{port}"
    serving.kill()


@pytest.fixture
def home(site: Servers, staff: Staff) -> Iterator[Office]:  # noqa: ARG001 they do it
    """An office that knows the companies of the file, and has a record already."""
    here = office()
    first, *_others = register_named(here.actor("officer"), messy_file.COMPANIES, "CHN")
    enter_record(here.actor("officer"), entries(first))
    yield here
    with connection.cursor() as cursor:
        cursor.execute(EMPTIED)
        cursor.execute("TRUNCATE markets_job CASCADE")


@pytest.fixture(params=[CSV, XLSX], ids=["csv", "xlsx"])
def way(request: pytest.FixtureRequest) -> Way:
    return request.param


@pytest.fixture
def met(chromium: Browser, address: str, way: Way) -> Iterator[Callable[[User], Officer]]:
    """Each at a window of their own, signed in."""
    contexts = []

    def signed_in(person: User) -> Officer:
        context = chromium.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(30_000)
        contexts.append(context)
        person.set_password(PASSWORD)
        person.save()
        trust_address(person)
        someone = Officer(Visit(context, address), way)
        someone.signs_in(person.email)
        return someone

    yield signed_in
    for context in contexts:
        context.close()


@dataclass(frozen=True)
class Records:
    """The records that stand: how many, their worth, and how many rows of the file they come from."""

    count: int
    worth_cny: Decimal
    rows: int


def records() -> Records:
    standing = ExportRecord.objects.filter(removed_at=None)
    told = standing.aggregate(count=Count("pk"), worth=Sum("value"), rows=Count("origin_reference", distinct=True))
    return Records(told["count"], told["worth"], told["rows"])


# ---------------------------------------------------------------- the steps
def uploads(officer: Officer, content: bytes) -> None:
    """Hand the file in, and see how it was read."""
    officer.goes("/records/imports/new/")
    way = officer.way
    given: Any = {"name": way.name, "mimeType": "application/octet-stream", "buffer": content}
    officer.page.locator("main").get_by_label(officer.words("The file"), exact=True).set_input_files(given)
    officer.presses(officer.words("Upload"))
    officer.is_at("read")
    found = officer.page.locator(".import-found")
    for part in way.read_as:
        expect(found).to_contain_text(part)
    expect(found).to_contain_text(officer.words("names of the columns in rows %(first)s to %(last)s", first=4, last=5))
    # The row of totals, and the remark two rows below it.
    expect(officer.page.locator(".import-notices")).to_contain_text("10,006")
    expect(officer.page.locator(".import-notices")).to_contain_text("10,008")


def names_columns(officer: Officer) -> None:
    """Take what is suggested but for the currency, of which the file has a column; then have the rows checked."""
    officer.follows(officer.words("Go on: name the columns"))
    officer.page.wait_for_url("**/map/")
    column = officer.page.locator(".map-column", has_text="币种")
    with translation.override(officer.way.language):
        column.locator("select").first.select_option(label=str(LABELS["currency"]))


def takes_suggestion(officer: Officer, code: str) -> None:
    """Say once what the unknown country is, for all 400 rows, by the button that names it."""
    group = officer.page.locator(".fault-group", has_text=messy_file.NOBODYS_COUNTRY)
    assert digits(group.locator("h3")) == messy_file.UNKNOWN
    group.get_by_role("button", name=area_name(officer, code), exact=True).click()
    is_checked(officer)


def types_country(officer: Officer, code: str) -> None:
    """The same by typing its name."""
    group = officer.page.locator(".fault-group", has_text=messy_file.NOBODYS_COUNTRY)
    group.locator("input[name=becomes]").fill(area_name(officer, code))
    group.get_by_role("button", name=officer.words("Apply to all")).click()
    is_checked(officer)


def takes_it_back(officer: Officer) -> None:
    officer.page.locator(".import-fixes summary").click()
    officer.page.locator(".fix-list").get_by_role("button", name=officer.words("Take back")).click()
    is_checked(officer)


def area_name(officer: Officer, code: str) -> str:
    with translation.override(officer.way.language):
        return str(Area.objects.get(code=code).name)


def is_checked(officer: Officer) -> None:
    officer.is_at("check")
    expect(officer.page.locator(".outcomes")).to_be_visible(timeout=LONGEST_MS)


def goes_on(officer: Officer) -> None:
    """To the preview; what a text file's formulas make wrong is left, and the other rows are taken without it."""
    if officer.counts().get(Outcome.ERROR):
        officer.page.get_by_label(officer.words("Import the other rows without them")).check()
        officer.presses(officer.words("Keep this choice"))
        is_checked(officer)
    officer.follows(officer.words("Go on: look at what would be imported"))
    officer.is_at("preview")


def opens_from_list(officer: Officer) -> None:
    """Come back to the newest import by the list of all."""
    officer.goes("/records/imports/")
    officer.page.locator("main table tbody tr").first.get_by_role("link", name=officer.way.name).first.click()


def imports_it_though_one_is_killed(officer: Officer, site: Servers, staff: Staff, before: Records) -> None:
    """Confirm; who writes is killed when all is written but the end; somebody leaves, and comes back to it."""
    with site.locked("companies_importverdict"):
        officer.presses(re.compile(rf"{officer.way.new:,}"))
        officer.page.wait_for_url("**/done/")
        until(waits_for_a_lock, "it writes")
        assert records() == before
        if officer.way.is_worker_killed:
            staff.worker.kill()
            staff.replace_worker()
        else:
            kill(holder(Job.objects.get(state=Job.State.RUNNING)))
        officer.comes_back()
        opens_from_list(officer)
        with translation.override(officer.way.language):
            told = str(RESUMING[Work.COMMIT])
        expect(officer.page.locator(".import-told")).to_contain_text(told, timeout=LONGEST_MS)
        officer.looks("resuming")
        assert records() == before
    officer.is_at("done")


def test_a_file_of_ten_thousand_rows_from_its_upload_to_its_undo(officer: Officer, site: Servers, staff: Staff) -> None:
    file = messy_file.made()
    content, before = officer.way.form(file), records()
    is_read_and_checked(officer, content)
    is_put_right(officer, officer.way.worth(file))
    imports_it_though_one_is_killed(officer, site, staff, before)
    done = officer.page.url
    is_there_once(officer, before, officer.way.worth(file))
    is_known_again(officer, content)
    officer.opens(done)
    is_undone(officer, before)
    is_remembered(met(home.admin), hashlib.sha256(content).hexdigest())


def is_read_and_checked(officer: Officer, content: bytes) -> None:
    """Counts are exact, and the same for who closes the tab and comes back."""
    uploads(officer, content)
    officer.looks("read")
    names_columns(officer)
    officer.looks("map")
    officer.presses(officer.words("Check the rows"))
    is_checked(officer)
    officer.comes_back()
    opens_from_list(officer)
    is_checked(officer)
    assert officer.counts() == officer.way.first
    assert officer.warnings() == officer.way.warned
    officer.looks("check")


def is_put_right(officer: Officer, worth: Decimal) -> None:
    """One button for 400 rows; then their worth is exact, here and in the preview."""
    takes_suggestion(officer, "KOR")
    wrong = officer.way.first[Outcome.ERROR] - messy_file.UNKNOWN
    right = {Outcome.NEW: officer.way.new, Outcome.DUPLICATE: messy_file.TWICE}
    assert officer.counts() == right | ({Outcome.ERROR: wrong} if wrong else {})
    officer.reads(f"CNY {worth:,.0f}")
    officer.looks("put right")
    goes_on(officer)
    officer.reads(f"{officer.way.new:,}")
    officer.reads(f"CNY {worth:,.0f}")
    officer.looks("preview")


def is_there_once(officer: Officer, before: Records, worth: Decimal) -> None:
    new = officer.way.new
    assert records() == Records(before.count + new, before.worth_cny + worth, before.rows + new)
    officer.reads(f"{new:,}")
    officer.looks("done")
    officer.follows(officer.words("Look at these records"))
    officer.reads(f"{new:,}")
    officer.looks("records")


def is_known_again(officer: Officer, content: bytes) -> None:
    """Handed in once more: who imported it is told, what would be new is not imported blindly, the rest is there."""
    there = records()
    uploads(officer, content)
    officer.reads(officer.words("Look at that import"))
    names_columns(officer)
    officer.presses(officer.words("Check the rows"))
    is_checked(officer)
    types_country(officer, "JPN")
    assert officer.counts()[Outcome.NEW] == messy_file.UNKNOWN
    goes_on(officer)
    officer.presses(re.compile(str(messy_file.UNKNOWN)))
    expect(officer.page.locator(".error-summary")).to_contain_text(Import.objects.get(step="done").done_by.name)
    # The browser notes that the answer was a refusal, and nothing else.
    assert [each.partition(" (")[0] for each in officer.visit.complaints] == [REFUSED]
    officer.visit.complaints.clear()
    officer.looks("refused")
    officer.follows(officer.words("Check"))
    takes_it_back(officer)
    takes_suggestion(officer, "KOR")
    told = officer.counts()
    assert told[Outcome.UNCHANGED] == officer.way.new
    assert set(told) <= {Outcome.UNCHANGED, Outcome.DUPLICATE, Outcome.ERROR}
    officer.looks("again")
    assert records() == there


def is_undone(officer: Officer, before: Records) -> None:
    officer.presses(officer.words("Undo this import"))
    officer.is_at("done")
    officer.reads(f"{officer.way.new:,}")
    assert records() == before
    officer.looks("undone")


def is_remembered(admin: Officer, sha256: str) -> None:
    """The log tells both with the hash of the file, and its chain holds."""
    admin.goes("/audit/?kind=import")
    log = admin.page.locator("main table")
    with translation.override(admin.way.language):
        for action in ("imported", "taken back"):
            expect(log).to_contain_text(pgettext("change", action))
    expect(log).to_contain_text(sha256)
    admin.looks("log")
    call_command("check_changes")
