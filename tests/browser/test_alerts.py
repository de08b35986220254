"""Alerts in the browser: a rule is begun on a page of the markets, looked at, made, and what it tells is read."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.alerts.facts import Facts, Side
from companies.models import Alert, AlertRule, User
from tests.browser.conftest import Visit, committed
from tests.companies.visitor import person
from tests.factories import GDP_PER_HEAD

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AT_BOTH_WIDTHS = pytest.mark.parametrize(
    "visit", [{}, {"viewport": {"width": 1280, "height": 900}}], indirect=True, ids=["360", "1280"]
)


@pytest.fixture(scope="module", autouse=True)
def nobody_stays(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    """Who is here is really there, with their rules; all of it goes when the module ends."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE companies_change")
        for rows in (AlertRule, User, Session):
            rows.objects.all().delete()


def in_order(visit: Visit) -> None:
    """The page fits the window, has one first heading and no fault."""
    page: Page = visit.page
    assert page.locator("h1").count() == 1, page.url
    assert visit.overflow() == 0, page.url
    found = Axe().run(page).response["violations"]
    assert [f"{fault['id']}: {fault['nodes'][0]['html']}" for fault in found] == [], page.url


def comes_in(visit: Visit) -> User:
    """Somebody new, signed in at this window."""
    someone: User = committed(person)
    cookie = committed(lambda: _session_of(someone))
    visit.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": visit.address}])
    return someone


def _session_of(someone: User) -> str:
    client = Client()
    client.force_login(someone)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _tell(someone: User) -> None:
    rule = AlertRule.objects.get(person=someone)
    facts = Facts(old=Side(Decimal(12_000), "2022"), new=Side(Decimal(13_000), "2023"), change_pct=Decimal("8.3"))
    Alert.objects.create(rule=rule, person=someone, event="release:1", facts=facts.packed())


@AT_BOTH_WIDTHS
def test_a_rule_is_begun_at_a_series_looked_at_made_and_what_it_tells_is_read(visit: Visit) -> None:
    someone = comes_in(visit)
    page = visit.to(f"/en/markets/KAZ/indicators/{GDP_PER_HEAD}/")
    page.locator(".tell-me").click()
    page.wait_for_url("**/my/alerts/rules/new/?*")
    in_order(visit)
    page.fill("#id_change_pct", "5")
    page.locator("button[name=preview]").click()
    page.wait_for_selector("#would")
    in_order(visit)
    assert page.locator("#id_change_pct").input_value() == "5"
    page.locator(".rule-form .btn-primary").click()
    page.wait_for_url("**/my/alerts/rules/*-*/")
    in_order(visit)
    committed(lambda: _tell(someone))
    page.locator(".alerts-waiting").click()
    page.wait_for_url("**/my/alerts/")
    in_order(visit)
    assert page.locator(".waiting-count").inner_text() == "1"
    assert "8.3% above" in page.locator(".alert-told h3").inner_text()
    page.locator(".alert-told button").click()
    page.wait_for_selector("main > .alert-success")
    assert page.locator(".waiting-count").count() == 0
    page.get_by_role("link", name="Rules", exact=True).click()
    in_order(visit)
    page.locator(".rule-ways button").first.click()
    page.wait_for_selector(".rule.is-paused")
    in_order(visit)
    assert visit.complaints == []


@AT_BOTH_WIDTHS
def test_a_rule_that_cannot_be_made_says_why_where_the_reader_is(visit: Visit) -> None:
    comes_in(visit)
    page = visit.to("/en/my/alerts/rules/new/?kind=crosses&market=KAZ")
    page.fill("#id_threshold", "1,5")
    page.locator(".rule-form .btn-primary").click()
    page.wait_for_selector(".error-summary")
    in_order(visit)
    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.locator(".error-summary a").last.click()
    assert page.evaluate("document.activeElement.id") == "id_threshold"
