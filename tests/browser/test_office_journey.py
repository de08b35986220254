"""An office from nothing to a published figure, by what stands on its pages alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.access import actor_of_person
from companies.accounts.first_admin import new_first_admin_link
from companies.models import ExportRecord, User
from companies.records.companies import register_company
from companies.records.deciding import approve, submit
from companies.records.entering import enter_record
from tests.browser.colleagues import Colleague, Meet, forget_offices
from tests.browser.conftest import committed
from tests.companies.visitor import PASSWORD, unused_address

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

COMPANY = "Foshan Household Refrigeration Co."
OFFICE = "Trade office of Foshan"
# What the officer enters: a year in one market, a year in another, and some months with the growth the source states.
RECORDS = (
    {"Destination": "Kazakhstan", "Period": "2024", "Value": "12.5"},
    {"Destination": "Uzbekistan", "Period": "2024", "Value": "4"},
    {"Destination": "Kazakhstan", "Period": "2025-01/2025-04", "Value": "20.7", "Growth as stated, %": "69"},
)
OTHERS = (Decimal(11), Decimal(9), Decimal("7.5"))
IN_ALL = Decimal(44_000_000)


@pytest.fixture(scope="module", autouse=True)
def nobody_stays(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    yield
    with django_db_blocker.unblock():
        forget_offices()


def becomes_admin(someone: Colleague) -> None:
    """By the link that the first start prints."""
    someone.opens(committed(new_first_admin_link))
    someone.fills({"Your name": "Li An", "E-mail address": unused_address(), "Password": PASSWORD})
    someone.presses("Become the admin")
    someone.is_told("You run this Sogdia now")


def founds(admin: Colleague) -> None:
    admin.page.locator(".account-menu summary").click()
    admin.page.locator(".account-menu").get_by_role("link", name="Create an organisation").click()
    admin.fills({"Name": OFFICE, "Country or region": "China"})
    admin.presses("Create the organisation")
    admin.is_told("Invite your colleagues")


def invites(admin: Colleague, role: str) -> str:
    email = unused_address()
    admin.goes_to("Members")
    admin.page.locator("main").get_by_label("E-mail address").fill(email)
    admin.page.locator("main").get_by_label("Role", exact=True).select_option(label=role)
    admin.presses("Send the invitation")
    admin.is_told(f"A letter is on its way to {email}")
    return email


def registers(officer: Colleague) -> None:
    officer.goes_to("Companies")
    officer.follows("Register")
    officer.page.locator("main").get_by_label("Name").first.fill(COMPANY)
    officer.presses("Register")
    expect(officer.page.locator("h1")).to_contain_text(COMPANY)


def enters(officer: Colleague) -> list[str]:
    """The three records, one after the other: their addresses."""
    officer.goes_to("Records")
    officer.follows("Add a record")
    kept = {"Company": COMPANY, "Category": "Home appliances", "Unit of the amount": "million", "Currency": "CNY"}
    for record in RECORDS[:-1]:
        officer.fills({**kept, **record})
        officer.presses("Enter it and write another")
        officer.is_told("entered")
    officer.fills(RECORDS[-1])
    officer.presses("Enter the record")
    expect(officer.page.locator("h1")).to_contain_text(f"{COMPANY} → Kazakhstan")
    officer.goes_to("Records")
    rows = officer.page.locator("table.records tbody th a")
    expect(rows).to_have_count(len(RECORDS))
    return [row.get_attribute("href") or "" for row in rows.all()]


def submits(officer: Colleague, record: str) -> None:
    officer.opens(record)
    officer.presses("Submit")
    officer.is_told("The record waits for somebody else")


def test_from_the_first_link_to_a_published_figure(meet: Meet) -> None:
    admin, officer, reviewer, stranger = meet(), meet(), meet(), meet()
    becomes_admin(admin)
    founds(admin)
    for colleague, role, name in ((reviewer, "Reviewer", "Chen Yu"), (officer, "Officer", "Wang Fang")):
        email = invites(admin, role)
        colleague.takes_the_link(email, name)
        colleague.is_told(f"You belong to {OFFICE} now")

    registers(officer)
    records = enters(officer)
    year_to_date = next(each for each in records if "Apr" in officer.opens(each).locator("p.lead").inner_text())
    officer.opens(year_to_date)
    officer.reads("12.2")  # the base that +69 % implies, in millions
    assert "annual" not in officer.page.locator("main").inner_text().lower().replace("no annual figure", "")
    for record in records:
        submits(officer, record)
    nobody_approves_their_own(admin, officer, records[0])
    approves(reviewer, records)
    of_one_company_nothing_is_told(reviewer, stranger)
    with_others_their_sum_is_published(reviewer, stranger)
    assert [each.visit.complaints for each in (admin, officer, reviewer, stranger)] == [[], [], [], []]


def nobody_approves_their_own(admin: Colleague, officer: Colleague, record: str) -> None:
    """An officer is offered no decision at all, and a reviewer is told why not on their own work."""
    button = officer.page.locator("main").get_by_role("button", name="Approve", exact=True)
    officer.reads("The record waits for somebody else to decide on it.")
    expect(button).to_have_count(0)
    admin.goes_to("Members")
    admin.page.get_by_label("Role of Wang Fang").select_option(label="Reviewer")
    admin.page.get_by_role("button", name="Save the role of Wang Fang").click()
    admin.is_told("The role is changed")
    officer.opens(record)
    officer.reads("You entered or submitted this record yourself.")
    expect(button).to_have_count(0)
    officer.goes_to("Approvals")
    officer.reads("Your own work: somebody else decides.")
    assert all(box.is_disabled() for box in officer.page.locator("[name=record]").all())
    expect(officer.page.get_by_role("button", name="Approve the chosen ones")).to_have_count(0)


def approves(reviewer: Colleague, records: list[str]) -> None:
    """One on its page, the others together."""
    reviewer.opens(records[0])
    reviewer.presses("Approve")
    reviewer.is_told("The record is approved.")
    reviewer.goes_to("Approvals")
    boxes = reviewer.page.locator("[name=record]")
    expect(boxes).to_have_count(len(records) - 1)
    for box in boxes.all():
        box.check()
    reviewer.presses("Approve the chosen ones")
    reviewer.is_told("Approved: 2.")
    reviewer.reads("Nothing waits for a decision.")


def of_one_company_nothing_is_told(reviewer: Colleague, stranger: Colleague) -> None:
    reviewer.goes_to("Publishing")
    reviewer.page.get_by_label("Year").select_option("2024")
    reviewer.presses("Show")
    reviewer.reads("Withheld:")
    reviewer.reads("No sum can be told: the approved records are too few, or of too few companies.")
    expect(reviewer.page.get_by_role("button", name=re.compile("^Publish the sums"))).to_have_count(0)
    stranger.opens("/en/published/")
    stranger.reads("Nothing is published yet.")


def approved_elsewhere() -> None:
    """Three more companies with a year in Kazakhstan each."""
    officer, reviewer = (actor_of_person(User.objects.get(name=name)) for name in ("Wang Fang", "Chen Yu"))
    for number, millions in enumerate(OTHERS):
        company = register_company(officer, {"name": f"Shunde Appliances {number}"})
        record = enter_record(
            officer,
            {
                "company": str(company.pk),
                "destination": "KAZ",
                "category": "appliances",
                "period": "2024",
                "value": str(millions),
                "multiplier": "1000000",
                "currency": "CNY",
            },
        )
        record = submit(officer, record.pk, record.version)
        approve(reviewer, record.pk, record.version)


def with_others_their_sum_is_published(reviewer: Colleague, stranger: Colleague) -> None:
    committed(approved_elsewhere)
    reviewer.goes_to("Publishing")
    reviewer.page.get_by_label("Year").select_option("2024")
    reviewer.presses("Show")
    reviewer.presses("Publish the sums of 2024")
    reviewer.is_told("Publication 1 of 2024 is open to everybody now.")

    stranger.opens("/en/published/")
    stranger.follows(OFFICE)
    rows = stranger.page.locator("table.sums tr")
    assert Decimal(rows.locator("data").first.get_attribute("value") or "") == IN_ALL
    counted = ExportRecord.objects.filter(period="2024", status="approved")
    assert sum(record.value or 0 for record in counted) == IN_ALL
    # Of Uzbekistan one company would be laid bare, and Kazakhstan's sum would tell it by subtraction.
    for market in ("Kazakhstan", "Uzbekistan"):
        expect(rows.filter(has_text=market).first).to_contain_text("withheld")
    text = stranger.page.locator("main").inner_text()
    assert COMPANY not in text
    assert "Shunde" not in text
