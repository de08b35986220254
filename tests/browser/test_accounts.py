"""Accounts in the browser: creating one and coming back, in Chinese on a phone; every page without a fault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from playwright.sync_api import Page, expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.models import User
from tests.browser.conftest import Visit
from tests.companies.visitor import PASSWORD, code_to, unused_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

OWN = (
    "my/settings/",
    "my/privacy/",
    "accounts/email/",
    "accounts/password/change/",
    "accounts/2fa/",
    "accounts/sessions/",
)


@pytest.fixture(scope="module", autouse=True)
def nobody_stays(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    """Who signed up here is really there, with the memory of it; both go when the module ends."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE companies_change")
        User.objects.all().delete()
        Session.objects.all().delete()


def send(page: Page) -> None:
    page.locator("main form .btn-primary").first.click()


def sign_up(visit: Visit, email: str) -> None:
    page = visit.to("/zh-hans/accounts/signup/")
    page.fill("[name=name]", "李安")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    send(page)
    page.wait_for_url("**/confirm-email/")
    page.fill("[name=code]", code_to(email))
    send(page)
    page.wait_for_url("**/zh-hans/my/start/")


def faults(page: Page) -> list[str]:
    return [f"{found['id']}: {found['nodes'][0]['html']}" for found in Axe().run(page).response["violations"]]


def test_somebody_creates_an_account_on_a_phone_and_comes_back(visit: Visit) -> None:
    email = unused_address()
    sign_up(visit, email)
    page = visit.page
    page.locator(".account-menu summary").click()
    page.locator(".account-menu form button").click()
    page.locator("header .sign-in").click()
    page.fill("[name=login]", email)
    page.fill("[name=password]", "wrong horse 9")
    send(page)
    expect(page.locator(".error-summary")).to_be_focused()
    page.fill("[name=password]", PASSWORD)
    send(page)
    page.wait_for_url("**/zh-hans/")
    assert page.locator("header .sign-in").count() == 0
    assert visit.complaints == []
    assert mail.outbox[-1].to == [email]


@pytest.mark.parametrize("path", ["accounts/login/", "accounts/signup/", "accounts/password/reset/"])
def test_the_pages_at_the_door_fit_a_phone_and_have_no_fault(visit: Visit, path: str) -> None:
    page = visit.to(f"/zh-hans/{path}")
    assert visit.overflow() == 0
    assert faults(page) == []
    send(page)
    page.wait_for_selector(".error-summary")
    assert page.locator(".error-summary").count() == 1
    assert visit.overflow() == 0
    assert faults(page) == []
    assert visit.complaints == []


def test_a_persons_own_pages_fit_a_phone_and_have_no_fault(visit: Visit) -> None:
    sign_up(visit, unused_address())
    for path in OWN:
        page = visit.to(f"/zh-hans/{path}")
        assert page.locator("h1").count() == 1, path
        assert visit.overflow() == 0, path
        assert faults(page) == [], path
    assert visit.complaints == []
