"""The pages of a target market: what each reader finds there, what a button does, and what is told where it cannot."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.access import actor_of_person
from companies.models import TargetEntry, TargetMarket, User
from companies.targets.changing import change_target
from companies.targets.entries import add_entry
from companies.targets.sharing import share_target
from companies.targets.tracking import track
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office
from tests.factories import GDP, ObservationFactory

pytestmark = pytest.mark.django_db


def reader(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(answer: HttpResponse) -> str:
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode().partition("<main")[2].partition("</main>")[0])
    return " ".join(unescape(shown).split())


def address(target: TargetMarket, then: str = "") -> str:
    return f"/en/my/targets/{target.pk}/{then}"


def own(user: User, **values: str) -> TargetMarket:
    return track(actor_of_person(user), {"market": "KAZ", **values})


# ---------------------------------------------------------------- a new one
def test_a_market_is_tracked_by_the_form_and_a_second_time_leads_to_the_first() -> None:
    user = PersonFactory()
    client = reader(user)
    page = client.get("/en/my/targets/new/?market=KAZ&category=appliances").content.decode()
    assert '<option value="KAZ" selected>' in page
    assert 'name="company"' not in page, "who works nowhere is not asked for a company"
    sent = {"market": "KAZ", "category": "appliances", "status": "exporting", "stage": "offer"}
    made = client.post("/en/my/targets/new/", sent)
    target = TargetMarket.objects.get()
    assert made["Location"] == address(target)
    assert (target.status, target.stage, target.person) == ("exporting", "offer", user)
    again = client.post("/en/my/targets/new/", sent)
    assert again.status_code == 409
    assert f'href="{address(target)}"' in again.content.decode()


def test_every_fault_of_the_form_has_its_link() -> None:
    refused = reader(PersonFactory()).post(
        "/en/my/targets/new/",
        {"market": "", "product": "841", "status": "not_interested", "next_action_on": "2026-01-01"},
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    for name in ("market", "product", "reason", "next_action"):
        assert f'href="#id_{name}"' in page
        assert f'id="id_{name}"' in page


def test_an_office_tracks_for_its_company() -> None:
    place = office()
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    client = reader(place.officer)
    assert str(company.pk) in client.get("/en/my/targets/new/").content.decode()
    client.post("/en/my/targets/new/", {"market": "UZB", "status": "future", "company": str(company.pk)})
    target = TargetMarket.objects.get()
    assert target.company == company
    assert company.name in text(reader(place.viewer).get(address(target)))


def test_who_is_not_signed_in_signs_in_first() -> None:
    target = own(PersonFactory())
    answer = Client().get(address(target))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/en/accounts/login/?next=")


# ---------------------------------------------------------------- the page
def filled(place: Office) -> TargetMarket:
    """A target market with something of everything."""
    actor = place.actor("officer")
    target = own(place.officer, category="appliances", next_action="Send samples", next_action_on="2020-01-31")
    target = change_target(actor, target.pk, 1, {"status": "exporting", "reason": "First order came"})
    number = ObservationFactory(period="2023")
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    add_entry(actor, target.pk, {"kind": "number", "indicator": GDP, "period": "2023"})
    add_entry(actor, target.pk, {"kind": "record", "record": RecordFactory(company=company).pk})
    add_entry(actor, target.pk, {"kind": "document", "url": "https://example.org/tariff.pdf"})
    add_entry(actor, target.pk, {"kind": "visit", "on": "2026-05-04", "text": "Two <b>buyers</b>"})
    assert number.pk
    return target


def test_the_page_tells_where_it_stands_and_why() -> None:
    place = office()
    target = filled(place)
    answer = reader(place.officer).get(address(target))
    shown, page = text(answer), answer.content.decode()
    for words in (
        "Kazakhstan", "Currently exporting", "First order came", "Future interest", "Send samples", "Was due on",
        "May 4, 2026", "You alone", place.officer.name, "GDP",
    ):  # fmt: skip
        assert words in shown
    assert "Two &lt;b&gt;buyers&lt;/b&gt;" in page
    assert 'href="/en/markets/KAZ/indicators/NY.GDP.MKTP.CD/"' in page
    assert 'rel="noopener noreferrer nofollow"' in page
    assert answer["Cache-Control"] == "private, no-store"


def test_a_colleague_reads_a_shared_one_and_finds_no_button() -> None:
    place = office()
    target = share_target(place.actor("officer"), filled(place).pk, 2)
    page = reader(place.admin).get(address(target)).content.decode()
    assert f"{place.officer.name} tracks this market and shares it with you to read." in page
    assert page.count(f'action="/en/my/targets/{target.pk}') == 0
    refused = reader(place.admin).post(address(target, "status/"), {"version": 3, "status": "future"})
    assert refused.status_code == 403
    assert "Only they can change it" in text(refused)
    assert reader(place.admin).get(address(target, "edit/")).status_code == 403


@pytest.mark.parametrize(
    "then",
    ["", "edit/", "status/", "action-done/", "share/", "unshare/", "remove/", "restore/", "entries/"],
    ids=lambda then: then.strip("/") or "page",
)
def test_a_private_one_is_not_found_by_anybody_else(then: str) -> None:
    place = office()
    target = own(place.officer)
    client = reader(place.admin)
    ask = client.get if then in ("", "edit/") else client.post
    assert ask(address(target, then), {"version": 1}).status_code == 404


def test_as_many_queries_for_many_notes_as_for_few() -> None:
    place = office()
    target = filled(place)
    client = reader(place.officer)
    counts = []
    for _round in range(2):
        client.get(address(target))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(address(target))
        counts.append(len(asked))
        for number in range(12):
            add_entry(place.actor("officer"), target.pk, {"text": f"note {number}"})
    assert counts[0] == counts[1]


# ---------------------------------------------------------------- what buttons do
def test_a_status_is_changed_and_the_way_back_to_where_one_was_is_kept() -> None:
    user = PersonFactory()
    target = own(user)
    client = reader(user)
    refused = client.post(address(target, "status/"), {"version": 1, "status": "not_interested", "reason": ""})
    assert refused.status_code == 422
    assert 'href="#status_reason"' in refused.content.decode()
    done = client.post(
        address(target, "status/"),
        {"version": 1, "status": "not_interested", "reason": "Too far", "next": "/en/markets/KAZ/"},
    )
    assert done["Location"] == "/en/markets/KAZ/"
    away = client.post(
        address(target, "status/"), {"version": 2, "status": "future", "next": "https://elsewhere.example/"}
    )
    assert away["Location"] == address(target)
    same = client.post(address(target, "status/"), {"version": 3, "status": "future", "reason": ""})
    assert same["Location"] == address(target)
    target.refresh_from_db()
    assert (target.status, target.version) == ("future", 3)


def test_a_stale_button_changes_nothing_and_says_so() -> None:
    user = PersonFactory()
    target = own(user)
    change_target(actor_of_person(user), target.pk, 1, {"stage": "offer"})
    refused = reader(user).post(address(target, "status/"), {"version": 1, "status": "exporting"})
    assert refused.status_code == 412
    assert "was changed by" in text(refused)
    assert 'name="version" value="2"' in refused.content.decode()
    assert reader(user).post(address(target, "share/"), {"version": 2}).status_code == 409


def test_an_edit_beside_another_is_chosen_field_by_field() -> None:
    place = office()
    company = CompanyFactory(organisation=place.organisation, created_by=place.officer)
    actor = place.actor("officer")
    target = track(actor, {"market": "KAZ", "company": company.pk})
    client = reader(place.reviewer)
    form = client.get(address(target, "edit/")).content.decode()
    base = unescape(re.search(r'name="base" value="([^"]*)"', form)[1])  # type: ignore[index]
    change_target(actor, target.pk, 1, {"stage": "offer"})
    sent = {"status": "future", "reason": "", "stage": "", "owner": str(place.viewer.pk), "version": 1, "base": base}
    conflict = client.post(address(target, "edit/"), {**sent, "next_action": "", "next_action_on": ""})
    assert conflict.status_code == 412
    assert "What stands there now" in text(conflict)
    saved = client.post(address(target, "edit/"), {**sent, "version": 2, "keep-stage": "theirs", "keep-owner": "yours"})
    assert saved["Location"] == address(target)
    target.refresh_from_db()
    assert (target.stage, target.owner) == ("offer", place.viewer)


def test_it_is_removed_with_a_reason_and_brought_back() -> None:
    user = PersonFactory()
    target = own(user)
    client = reader(user)
    assert client.post(address(target, "remove/"), {"version": 1, "reason": "x" * 501}).status_code == 422
    client.post(address(target, "remove/"), {"version": 1, "reason": "Too far"})
    gone = client.get(address(target))
    assert gone.status_code == 200
    assert "You do not track this market any more" in text(gone)
    assert "Too far" in text(gone)
    assert client.post(address(target, "entries/"), {"kind": "note", "text": "x"}).status_code == 404
    client.post(address(target, "restore/"), {"version": 2})
    assert "Bring it back" not in text(client.get(address(target)))


def test_what_is_done_and_what_is_noted_stand_on_the_page() -> None:
    user = PersonFactory()
    target = own(user, next_action="Ring the buyer")
    client = reader(user)
    client.post(address(target, "action-done/"), {"version": 1, "said": "Wants samples"})
    client.post(address(target, "entries/"), {"kind": "note", "text": "A\r\nB"})
    refused = client.post(address(target, "entries/"), {"kind": "visit", "text": "Kept words"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'href="#visit_on"' in page
    assert "Kept words" in page
    assert client.post(address(target, "entries/"), {"kind": "song"}).status_code == 422
    shown = text(client.get(address(target)))
    for words in ("Nothing is planned.", "Done: Ring the buyer", "Wants samples"):
        assert words in shown
    for entry in TargetEntry.objects.all():
        assert client.post(address(target, f"entries/{entry.pk}/remove/")).status_code == 302
    assert "Nothing is noted yet." in text(client.get(address(target)))


def test_a_note_is_not_taken_away_by_the_address_of_another_target() -> None:
    user = PersonFactory()
    target, other = own(user), own(user, product="8418")
    entry = add_entry(actor_of_person(user), target.pk, {"text": "x"})
    assert reader(user).post(address(other, f"entries/{entry.pk}/remove/")).status_code == 404


def test_sharing_tells_who_reads_it() -> None:
    place = office()
    target = own(place.officer)
    client = reader(place.officer)
    client.post(address(target, "share/"), {"version": 1})
    assert f"You, and everybody in {place.organisation.name}" in text(client.get(address(target)))
    client.post(address(target, "unshare/"), {"version": 2})
    assert "You alone" in text(client.get(address(target)))
