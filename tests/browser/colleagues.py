"""Colleagues at browsers of their own: what a person does on the pages of an office, by what they read there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from companies.models import User
from tests.companies.visitor import PASSWORD, letter_to

if TYPE_CHECKING:
    from tests.browser.conftest import Visit

SERIOUS = ("serious", "critical")


class Colleague:
    """Somebody at a window. Presses, fills and chooses by the words of the page, never by its inner names."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.page: Page = visit.page

    def opens(self, path: str) -> Page:
        """Go to an address of ours; one of a letter leads to the same page here."""
        parts = urlsplit(path)
        return self.visit.to(f"{parts.path}?{parts.query}" if parts.query else parts.path)

    def goes_to(self, words: str) -> None:
        """Follow a link of the row of the organisation's pages."""
        self.page.get_by_role("navigation", name="Your organisation").get_by_role("link", name=words).click()

    def follows(self, words: str | re.Pattern[str]) -> None:
        self.page.locator("main").get_by_role("link", name=words).first.click()

    def presses(self, words: str | re.Pattern[str]) -> None:
        self.page.locator("main").get_by_role("button", name=words).first.click()

    def fills(self, entries: Mapping[str, str]) -> None:
        """Type by labels; of a choice, the first that holds the text."""
        for label, text in entries.items():
            field = self.page.locator("main").get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(.*\))?\s*$")).first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(field.locator("option", has_text=text).first.get_attribute("value"))
            else:
                field.fill(text)

    def reads(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page says so."""
        expect(self.page.locator("main")).to_contain_text(words)

    def is_told(self, words: str | re.Pattern[str]) -> None:
        """Wait until the page answers the last form with these words."""
        expect(self.page.locator(".messages, [role=status], [role=alert]").first).to_contain_text(words)

    def takes_the_link(self, email: str, name: str) -> None:
        """Open the link of the letter, create an account with its address, and join."""
        (address,) = re.findall(r"http\S+secret=\S+", letter_to(email))
        self.opens(address)
        self.presses("Create an account")
        self.fills({"Your name": name, "E-mail address": email, "Password": PASSWORD})
        self.presses("Create the account")
        self.presses("Join")

    def has_no_fault(self, at: str) -> None:
        """The page fits the window, and nothing on it shuts anybody out or breaks the policy."""
        assert self.visit.overflow() <= 0, at
        found = Axe().run(self.page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == [], at
        assert self.visit.complaints == [], at


class Speaker(Colleague):
    """Somebody who presses and reads what the pages say in a language of their own."""

    def __init__(self, visit: Visit, language: str) -> None:
        super().__init__(visit)
        self.language = language

    def words(self, english: str | Promise, **told: Any) -> str:
        """What the pages say for this."""
        with translation.override(self.language):
            said = gettext(english) if isinstance(english, str) else str(english)
            return said % told if told else said

    def goes(self, path: str) -> None:
        """Go to an address of ours in that language."""
        self.opens(f"/{self.language}{path}")


Meet = Callable[..., Colleague]


def forget_offices() -> None:
    """What people of this module did is really there: organisations with all that is theirs, people, sessions."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE companies_organisation, companies_change, companies_firstadminlink CASCADE")
    User.objects.all().delete()
    Session.objects.all().delete()
