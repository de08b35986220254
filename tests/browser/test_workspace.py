"""The workspace in a browser: planned, moved on the board, compared; on a phone in Chinese and on a dark desk."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.models import User
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.browser.colleagues import Colleague, Meet, forget_offices
from tests.browser.conftest import committed
from tests.companies.office import CompanyFactory, PersonFactory, RecordFactory, office

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WINDOWS = {
    "phone": ("zh-hans", {"viewport": {"width": 360, "height": 780}}),
    "desk-dark": ("en", {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}),
}


@pytest.fixture(scope="module")
def sessions(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, str]]:  # noqa: ARG001 the facts first
    """The sessions of an officer who plans, and of somebody who tracks nothing yet."""
    with django_db_blocker.unblock():
        yield committed(at_work)
        committed(forget_offices)


def at_work() -> dict[str, str]:
    here = office(name="Trade office of Ningbo")
    officer, reviewer = here.actor("officer"), here.actor("reviewer")
    company = CompanyFactory(organisation=here.organisation, created_by=here.officer, name="Ningbo Cooling 宁波制冷")
    for period in ("2022", "2023"):
        first, last = f"{period}-01-01", f"{period}-12-31"
        RecordFactory(company=company, period=period, period_from_on=first, period_to_on=last)
    late = {"next_action": "Send the new price list to the importers in Astana", "next_action_on": "2026-01-31"}
    track(officer, {"market": "KAZ", "status": "exporting", "stage": "regular", **late})
    track(officer, {"market": "UZB", "product": "8418", "next_action": "Ask for winter freight rates"})
    track(officer, {"market": "TKM", "status": "not_interested", "reason": "Payment takes too long"})
    track(officer, {"market": "KAZ", "company": str(company.pk)})
    shared = track(reviewer, {"market": "KGZ"})
    share_target(reviewer, shared.pk, shared.version)
    return {"officer": session_of(here.officer), "newcomer": session_of(PersonFactory())}


def session_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def at_the_desk(somebody: Colleague, session: str) -> Colleague:
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": somebody.visit.address}
    somebody.page.context.add_cookies([cookie])  # type: ignore[list-item]
    return somebody


@pytest.mark.parametrize("window", WINDOWS)
def test_the_workspace_fits_the_window_and_shuts_nobody_out(window: str, meet: Meet, sessions: dict[str, str]) -> None:
    language, asked = WINDOWS[window]
    officer = at_the_desk(meet(**asked), sessions["officer"])
    for path in ("my/", "my/?view=board", "my/?since=2020-01-01&status=exporting", "my/?due=later"):
        officer.opens(f"/{language}/{path}")
        officer.page.evaluate("for (const fold of document.querySelectorAll('main details')) fold.open = true")
        assert officer.page.locator("h1").count() == 1, path
        officer.has_no_fault(path)
    newcomer = at_the_desk(meet(**asked), sessions["newcomer"])
    newcomer.opens(f"/{language}/my/")
    newcomer.has_no_fault("empty")


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_what_is_planned_is_filtered_moved_and_compared(
    has_script: bool,  # noqa: FBT001 a parameter of the test
    meet: Meet,
    sessions: dict[str, str],
) -> None:
    window = {"viewport": {"width": 1280, "height": 900}, "java_script_enabled": has_script}
    officer = at_the_desk(meet(**window), sessions["officer"])
    page = officer.page
    officer.opens("/en/my/")
    officer.reads("Send the new price list")
    page.locator("summary", has_text="Filters").click()
    officer.fills({"Next action": "Overdue"})
    page.locator("main .workspace-ways ~ details").get_by_role("button", name="Show").click()
    expect(page.locator(".my-markets tbody tr")).to_have_count(1)
    page.get_by_role("link", name="Show all").click()
    page.get_by_label(re.compile("Tick Kyrgyzstan")).check()
    page.get_by_label(re.compile("Tick Uzbekistan")).check()
    officer.presses("Compare the ticked ones")
    page.wait_for_url("**/en/compare/?market=KGZ,UZB")
    officer.opens("/en/my/?view=board")
    card = page.locator(".board-card", has_text="Turkmenistan")
    card.locator("summary").click()
    card.get_by_label("Status").select_option(label="Future interest")
    card.get_by_role("button", name="Move").click()
    page.wait_for_url("**/en/my/?view=board")
    column = page.locator(".board-column", has=page.get_by_role("heading", name=re.compile("Future interest")))
    expect(column).to_contain_text("Turkmenistan")
    card = page.locator(".board-card", has_text="Turkmenistan")
    card.locator("summary").click()
    card.get_by_label("Status").select_option(label="Not interested")
    card.get_by_label("Reason").fill("Payment takes too long")
    card.get_by_role("button", name="Move").click()
    officer.is_told("The status is saved.")
    shared = page.locator(".board-card", has_text="Kyrgyzstan")
    expect(shared).to_contain_text("to read")
    expect(shared.get_by_role("button")).to_have_count(0)
