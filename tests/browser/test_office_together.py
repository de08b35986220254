"""Colleagues at the same records at the same time: the merge page, and many records changed at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from companies.accounts.people import trust_address
from companies.models import ExportRecord
from companies.records.entering import enter_record
from tests.browser.colleagues import Colleague, Meet, forget_offices
from tests.browser.conftest import committed
from tests.companies.office import CompanyFactory, Office, RecordFactory, office
from tests.companies.record_world import company_of, entered, entries
from tests.companies.visitor import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

MATCHING = 312


@pytest.fixture(scope="module", autouse=True)
def nobody_stays(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    yield
    with django_db_blocker.unblock():
        forget_offices()


@pytest.fixture
def home(world: LiveServer) -> Office:  # noqa: ARG001 the facts first
    """An office that is really there, whose people can sign in."""
    made: Office = committed(staffed)
    return made


def staffed() -> Office:
    made = office(name="Trade office of Ningbo")
    for person, name in ((made.officer, "Wang Fang"), (made.admin, "Li An")):
        person.name = name
        person.set_password(PASSWORD)
        person.save()
        trust_address(person)
    return made


def comes_in(someone: Colleague, person: Any, path: str) -> None:
    """Sign in on the way to a page."""
    someone.opens(path)
    someone.fills({"E-mail address": person.email, "Password": PASSWORD})
    someone.presses("Sign in")


def test_two_people_edit_one_record_and_the_second_chooses_side_by_side(meet: Meet, home: Office) -> None:
    record = committed(lambda: entered(home))
    path = f"/en/records/{record.pk}/"
    first, second = meet(), meet()
    for someone, person in ((first, home.officer), (second, home.admin)):
        comes_in(someone, person, path)
        someone.follows("Edit")
    first.page.locator("main").get_by_text("More: quantity").click()
    first.fills({"Value": "21.0", "Note": "by telephone"})
    first.presses("Save")
    first.is_told("saved")

    second.page.locator("main").get_by_text("More: quantity").click()
    second.fills({"Value": "22", "Customs office": "Ningbo"})
    second.presses("Save")
    second.reads("Somebody else saved meanwhile")
    second.reads("Wang Fang")
    value = second.page.get_by_role("group", name="Value")
    expect(value).to_contain_text("changed by both")
    yours, theirs = (value.locator(".merge-choice").nth(place) for place in (0, 1))
    expect(yours).to_contain_text("22")
    expect(theirs).to_contain_text("21.0")
    boxes = [side.bounding_box() or {} for side in (yours, theirs)]
    assert boxes[0]["y"] == boxes[1]["y"], "they do not stand side by side"
    expect(yours.get_by_role("radio")).to_be_checked()
    theirs.get_by_role("radio").check()
    second.presses("Save what is chosen")
    second.is_told("saved")

    record.refresh_from_db()
    assert (record.value_printed, record.note, record.customs_office) == ("21.0", "by telephone", "Ningbo")
    history = second.page.locator(".timeline > li")
    expect(history).to_have_count(3)
    expect(history.nth(0)).to_contain_text("Li An")
    expect(history.nth(0)).to_contain_text("Ningbo")
    expect(history.nth(1)).to_contain_text("Wang Fang")
    expect(history.nth(1)).to_contain_text("by telephone")
    # The browser itself says of the merge page that it was answered with "precondition failed"; nothing else is wrong.
    assert [text for text in second.visit.complaints if "412" not in text] == []
    assert first.visit.complaints == []


def many(home: Office) -> None:
    company = company_of(home, name="Ningbo Handian Electric Appliance")
    RecordFactory.create_batch(MATCHING, company=company, destination_id="UZB")
    RecordFactory.create_batch(3, company=company, destination_id="KGZ")


def one_more(home: Office) -> ExportRecord:
    company = CompanyFactory(organisation=home.organisation, created_by=home.officer)
    return enter_record(home.actor("admin"), entries(company, destination="UZB"))


def test_all_matching_are_those_that_were_chosen_whatever_joins_them(meet: Meet, home: Office) -> None:
    committed(lambda: many(home))
    officer = meet()
    comes_in(officer, home.officer, "/en/records/?destination=UZB")
    officer.presses("Change all 312 matching")
    officer.reads("Change 312 records")
    last = committed(lambda: one_more(home))
    officer.page.get_by_label("Transport corridor", exact=True).check()
    officer.page.get_by_label("New value: Transport corridor").select_option(index=2)
    officer.presses("Show what would change")
    officer.reads("1 more record matches by now; it will be left alone.")
    officer.presses("Change 312 records")
    officer.is_told("312 records were changed.")
    officer.reads("1 more matches now; it was left alone.")
    changed = ExportRecord.objects.exclude(corridor="")
    assert changed.count() == MATCHING
    assert set(changed.values_list("destination", "version")) == {("UZB", 2)}
    last.refresh_from_db()
    assert (last.corridor, last.version) == ("", 1)
    officer.opens("/en/records/?destination=UZB")
    officer.reads("Change all 313 matching")
    assert officer.visit.complaints == []
