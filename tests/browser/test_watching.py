"""Watching and beginning in the browser: from a market page through sign-up and back, in Chinese on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.models import AlertRule, Interest, TargetMarket, User
from markets.models import SearchTerm
from markets.search import rebuild_index
from tests.browser.conftest import Visit, committed
from tests.companies.visitor import PASSWORD, code_to, person, unused_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AT_BOTH_WIDTHS = pytest.mark.parametrize(
    "visit", [{}, {"viewport": {"width": 1280, "height": 900}}], indirect=True, ids=["360", "1280"]
)


@pytest.fixture(scope="module", autouse=True)
def nobody_stays(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    """Who signed up here is really there, with what they track; all of it goes when the module ends."""
    with django_db_blocker.unblock():
        rebuild_index()
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE companies_change")
        for rows in (AlertRule, TargetMarket, Interest, User, Session, SearchTerm):
            rows.objects.all().delete()


def faults(page: Page) -> list[str]:
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in Axe().run(page).response["violations"]]


def in_order(visit: Visit) -> None:
    """The page fits the window, has one first heading and no fault, and the browser complains of nothing."""
    assert visit.page.locator("h1").count() == 1, visit.page.url
    assert visit.overflow() == 0, visit.page.url
    assert faults(visit.page) == [], visit.page.url
    assert visit.complaints == []


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


def tracked(someone: User) -> list[str]:
    rows: Callable[[], Any] = lambda: sorted(map(str, TargetMarket.objects.filter(person=someone)))  # noqa: E731
    return list(committed(rows))


def test_a_visitor_watches_signs_up_and_is_back_with_the_market_watched(visit: Visit) -> None:
    email = unused_address()
    page = visit.to("/zh-hans/markets/KAZ/")
    page.locator(".profile-head .watch a").click()
    page.wait_for_url("**/zh-hans/my/watch/?market=KAZ")
    in_order(visit)
    page.locator("button[value=sign_up]").click()
    page.wait_for_url("**/zh-hans/accounts/signup/?next=*")
    in_order(visit)
    page.fill("[name=name]", "李安")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/confirm-email/")
    page.fill("[name=code]", code_to(email))
    page.locator("main form .btn-primary").first.click()
    page.wait_for_url("**/zh-hans/markets/KAZ/")
    assert "哈萨克斯坦" in page.locator("main > .alert-success").last.inner_text()
    page.wait_for_selector(".watch .is-watched")
    assert tracked(committed(lambda: User.objects.get(email=email))) == ["KAZ"]
    assert visit.complaints == []


@pytest.mark.parametrize(
    "visit", [{}, {"viewport": {"width": 1280, "height": 900}}], indirect=True, ids=["360", "1280"]
)
def test_the_button_of_a_market_page_watches_in_place_and_keeps_the_focus(visit: Visit) -> None:
    someone = comes_in(visit)
    page = visit.to("/en/markets/UZB/")
    page.locator("form.watch button").click()
    page.wait_for_selector(".watch .is-watched")
    assert page.evaluate("document.activeElement.id") == "watch"
    assert page.url.endswith("/en/markets/UZB/")
    assert tracked(someone) == ["UZB"]
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True, ids=["no-script"])
def test_without_scripts_a_market_is_watched_and_the_questions_are_answered(visit: Visit) -> None:
    someone = comes_in(visit)
    page = visit.to("/en/markets/UZB/")
    page.locator(".profile-head .watch a").click()
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/en/markets/UZB/")
    page = visit.to("/en/my/start/?q=4")
    page.fill("#search", "Germany")
    page.locator("[name=find]").click()
    page.check("[value=DEU] >> nth=-1")
    page.locator(".begin-ways .btn-primary").click()
    page.wait_for_url("**/en/my/")
    assert tracked(someone) == ["DEU", "UZB"]


@pytest.mark.parametrize(
    "visit", [{}, {"viewport": {"width": 1280, "height": 900}}], indirect=True, ids=["360", "1280"]
)
def test_four_questions_fill_the_workspace(visit: Visit) -> None:
    someone = comes_in(visit)
    page = visit.to("/en/my/start/")
    onward = page.locator(".begin-ways .btn-primary")
    in_order(visit)
    page.check("[value=zh-hans]")
    onward.click()
    page.wait_for_url("**/zh-hans/my/start/?q=2")
    in_order(visit)
    page.check("[value=exporter]")
    onward.click()
    page.wait_for_url("**/zh-hans/my/start/?q=3")
    page.check("[value=appliances]")
    page.fill("#search", "冰箱")
    page.press("#search", "Enter")
    page.check("#found [value='8418']")
    in_order(visit)
    onward.click()
    page.wait_for_url("**/zh-hans/my/start/?q=4")
    page.select_option("#home", "CHN")
    page.check("fieldset [value=KAZ]")
    in_order(visit)
    onward.click()
    page.wait_for_url("**/zh-hans/my/")
    assert tracked(someone) == ["KAZ 8418", "KAZ appliances"]


def test_watching_for_goods_asks_for_the_market_and_says_what_is_missing(visit: Visit) -> None:
    comes_in(visit)
    page = visit.to("/ru/my/watch/?category=appliances")
    in_order(visit)
    page.locator("main form .btn-primary").click()
    page.wait_for_selector(".error-summary")
    assert page.locator(".error-summary a").get_attribute("href") == "#market"
    visit.complaints.clear()  # the browser notes that the answer was 422
    in_order(visit)
    page.select_option("#market", "KAZ")
    page.locator("main form .btn-primary").click()
    page.wait_for_url("**/ru/markets/KAZ/")
