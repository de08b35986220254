"""Target markets: who tracks what, who changes it, what is noted of it, and that what was removed stays removed."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from companies import errors
from companies.access import Actor, actor_of_person
from companies.alerts.rules import remove_rule
from companies.models import AlertRule, Change, Company, TargetEntry, TargetMarket
from companies.profiles.targets import entry_records, target_records
from companies.queries import targets as rows_of
from companies.targets.changing import change_target, finish_action
from companies.targets.entries import add_entry, remove_entry
from companies.targets.removing import remove_target, restore_target
from companies.targets.sharing import share_target, unshare_target
from companies.targets.tracking import track
from tests.companies.office import CompanyFactory, Office, PersonFactory, RecordFactory, office
from tests.factories import GDP, ObservationFactory

pytestmark = pytest.mark.django_db


def somebody() -> Actor:
    """A person who belongs to no organisation."""
    return actor_of_person(PersonFactory())


def company_of(place: Office) -> Company:
    return CompanyFactory(organisation=place.organisation, created_by=place.officer)


def faults(raised: pytest.ExceptionInfo[errors.FieldsRejected]) -> set[str]:
    return {fault.context["pointer"] for fault in raised.value.context["faults"]}


def log_of(target: TargetMarket) -> list[Change]:
    return list(Change.objects.filter(object_kind="targetmarket", object_id=str(target.pk)).order_by("id"))


# ---------------------------------------------------------------- tracking
def test_a_person_without_an_organisation_tracks_a_market_and_is_told_of_revisions() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ"})
    assert (target.person, target.organisation, target.market_id, target.status) == (actor.user, None, "KAZ", "future")
    assert target.owner == actor.user
    (row,) = log_of(target)
    assert (row.action, row.organisation, row.after["market"], row.actor) == ("tracked", None, "KAZ", actor.user)
    rule = AlertRule.objects.get(person=actor.user)
    assert (rule.kind, rule.market_id, rule.indicator, rule.target) == ("revised", "KAZ", None, target)
    track(actor, {"market": "KAZ", "category": "appliances"})
    assert AlertRule.objects.filter(person=actor.user).count() == 1


def test_the_same_market_and_goods_are_tracked_once() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ", "product": "8418.21"})
    assert target.product == "841821"
    with pytest.raises(errors.AlreadyTracked) as raised:
        track(actor, {"market": "kaz", "product": "841821"})
    assert raised.value.context["target"] == target.pk
    assert track(actor, {"market": "KAZ"}).product == ""
    assert track(somebody(), {"market": "KAZ", "product": "841821"}).pk != target.pk


def test_every_fault_is_told_at_once() -> None:
    place = office()
    with pytest.raises(errors.FieldsRejected) as raised:
        track(
            place.actor("officer"),
            {
                "market": "EUU", "category": "no-such", "product": "84", "company": str(uuid.uuid4()),
                "status": "maybe", "stage": "won", "owner": 7, "next_action_on": "31.12.2026", "colour": "red",
            },
        )  # fmt: skip
    assert faults(raised) == {
        "/market", "/category", "/product", "/company", "/status", "/stage", "/next_action_on", "/next_action",
        "/colour",
    }  # fmt: skip
    assert not TargetMarket.objects.exists()


@pytest.mark.parametrize(
    "code", ["8", "841", "99999999", "x1", "000000"], ids=["one", "three", "eight", "letter", "none"]
)
def test_a_code_that_does_not_exist_is_refused(code: str) -> None:
    with pytest.raises(errors.FieldsRejected) as raised:
        track(somebody(), {"market": "KAZ", "product": code})
    assert faults(raised) == {"/product"}


def test_a_company_tracks_by_those_who_may_write_there() -> None:
    place, other = office(), office()
    company = company_of(place)
    target = track(place.actor("officer"), {"market": "UZB", "company": company.pk, "owner": place.reviewer.pk})
    assert (target.company, target.organisation, target.person) == (company, place.organisation, None)
    assert target.owner == place.reviewer
    assert log_of(target)[0].organisation == place.organisation
    with pytest.raises(errors.NotAllowed):
        track(place.actor("viewer"), {"market": "KAZ", "company": company.pk})
    with pytest.raises(errors.FieldsRejected) as raised:
        track(other.actor("admin"), {"market": "KAZ", "company": company.pk})
    assert faults(raised) == {"/company"}
    with pytest.raises(errors.FieldsRejected) as raised:
        track(place.actor("officer"), {"market": "KAZ", "company": company.pk, "owner": other.officer.pk})
    assert faults(raised) == {"/owner"}
    assert rows_of.one_target(place.actor("viewer"), target.pk) == target
    with pytest.raises(errors.HiddenObject):
        rows_of.one_target(other.actor("admin"), target.pk)


def test_the_database_itself_keeps_a_target_once_and_of_one_kind() -> None:
    actor = somebody()
    track(actor, {"market": "KAZ"})
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetMarket.objects.create(person=actor.user, market_id="KAZ")
    with pytest.raises(IntegrityError), transaction.atomic():
        TargetMarket.objects.create(market_id="KAZ")


def test_nobody_tracks_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companies.targets.tracking.MOST_TARGETS", 2)
    actor = somebody()
    track(actor, {"market": "KAZ"})
    target = track(actor, {"market": "UZB"})
    with pytest.raises(errors.TooMany):
        track(actor, {"market": "TJK"})
    remove_target(actor, target.pk, target.version)
    track(actor, {"market": "TJK"})


# ---------------------------------------------------------------- whose it is
def test_what_is_private_is_nowhere_for_anybody_else() -> None:
    place = office()
    target = track(place.actor("viewer"), {"market": "KAZ"})
    add_entry(place.actor("viewer"), target.pk, {"text": "secret"})
    admin = place.actor("admin")
    for act in (
        lambda: change_target(admin, target.pk, 1, {"stage": "offer"}),
        lambda: finish_action(admin, target.pk, 1),
        lambda: share_target(admin, target.pk, 1),
        lambda: unshare_target(admin, target.pk, 1),
        lambda: remove_target(admin, target.pk, 1),
        lambda: restore_target(admin, target.pk, 1),
        lambda: add_entry(admin, target.pk, {"text": "x"}),
        lambda: remove_entry(admin, target.entries.get().pk),
        lambda: rows_of.one_target(admin, target.pk),
    ):
        with pytest.raises(errors.HiddenObject):
            act()
    assert not rows_of.targets(admin).exists()
    assert not rows_of.entries(admin, target).exists()
    assert rows_of.history_of_target(admin, target) == []


def test_a_shared_one_is_read_by_colleagues_and_changed_by_its_person_alone() -> None:
    place, other = office(), office()
    owner, colleague = place.actor("officer"), place.actor("admin")
    target = share_target(owner, track(owner, {"market": "KAZ"}).pk, 1)
    assert (target.shared_with, target.version) == (place.organisation, 2)
    assert share_target(owner, target.pk, 2).version == 2
    assert list(rows_of.targets(colleague, kept_by="shared")) == [target]
    (record,) = target_records(colleague, [target])
    assert (record.may_change, record.kept_by, record.shared_with and record.shared_with.name) == (
        False, "shared", place.organisation.name,
    )  # fmt: skip
    with pytest.raises(errors.TargetOfColleague):
        change_target(colleague, target.pk, 2, {"stage": "offer"})
    with pytest.raises(errors.TargetOfColleague):
        add_entry(colleague, target.pk, {"text": "mine too"})
    assert not rows_of.targets(other.actor("admin")).exists()
    unshare_target(owner, target.pk, 2)
    assert not rows_of.targets(colleague).exists()
    with pytest.raises(errors.NothingToShare):
        share_target(somebody_with := somebody(), track(somebody_with, {"market": "KAZ"}).pk, 1)


def test_a_colleague_sees_to_a_shared_one_until_it_is_shared_no_more() -> None:
    place = office()
    owner = place.actor("officer")
    target = share_target(owner, track(owner, {"market": "KAZ"}).pk, 1)
    target = change_target(owner, target.pk, 2, {"owner": str(place.reviewer.pk)})
    assert target.owner == place.reviewer
    assert unshare_target(owner, target.pk, 3).owner == place.officer
    with pytest.raises(errors.FieldsRejected):
        change_target(owner, target.pk, 4, {"owner": place.reviewer.pk})


# ---------------------------------------------------------------- changing
def test_a_status_is_changed_with_its_reason_and_the_history_keeps_both() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ", "reason": "A fair in May"})
    target = change_target(actor, target.pk, 1, {"status": "exporting"})
    assert target.reason == ""
    with pytest.raises(errors.FieldsRejected) as raised:
        change_target(actor, target.pk, 2, {"status": "not_interested"})
    assert faults(raised) == {"/reason"}
    target = change_target(actor, target.pk, 2, {"status": "not_interested", "reason": "Certificates cost too much"})
    with pytest.raises(errors.FieldsRejected):
        change_target(actor, target.pk, 3, {"reason": ""})
    steps = [(step.status, step.reason) for step in rows_of.statuses(target)]
    assert steps == [
        ("future", "A fair in May"), ("exporting", ""), ("not_interested", "Certificates cost too much"),
    ]  # fmt: skip
    assert [row.action for row in log_of(target)] == ["tracked", "decided", "decided"]


def test_another_version_is_refused_and_no_change_writes_nothing() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ"})
    assert change_target(actor, target.pk, 1, {"stage": ""}).version == 1
    assert change_target(actor, target.pk, 1, {"stage": "offer"}).version == 2
    with pytest.raises(errors.VersionConflict):
        change_target(actor, target.pk, 1, {"stage": "contacts"})
    with pytest.raises(errors.VersionMissing):
        change_target(actor, target.pk, None, {"stage": "contacts"})
    with pytest.raises(errors.FieldsRejected) as raised:
        change_target(actor, target.pk, 2, {"market": "UZB"})
    assert faults(raised) == {"/market"}
    assert len(log_of(target)) == 2


def test_what_is_done_becomes_a_note_and_its_words_stay_out_of_the_log() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ", "next_action": "Ring Quintilla", "next_action_on": dt.date(2026, 12, 1)})
    assert list(rows_of.targets(actor, due_until=dt.date(2026, 12, 1))) == [target]
    assert not rows_of.targets(actor, due_until=dt.date(2026, 11, 30)).exists()
    target = finish_action(actor, target.pk, 1, "She wants samples")
    assert (target.next_action, target.next_action_on) == ("", None)
    assert TargetEntry.objects.get().text == "Done: Ring Quintilla\nShe wants samples"
    assert "Quintilla" not in str([(row.before, row.after) for row in log_of(target)])
    with pytest.raises(errors.FieldsRejected):
        finish_action(actor, target.pk, 2)


def test_without_an_action_there_is_no_day_for_it() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ", "next_action": "Ring", "next_action_on": "2026-12-01"})
    target = change_target(actor, target.pk, 1, {"next_action": ""})
    assert target.next_action_on is None
    with pytest.raises(errors.FieldsRejected) as raised:
        change_target(actor, target.pk, 2, {"next_action_on": "2026-12-01"})
    assert faults(raised) == {"/next_action"}


# ---------------------------------------------------------------- removing
def test_what_was_removed_is_in_no_list_its_rules_end_and_its_person_brings_it_back() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ"})
    target = remove_target(actor, target.pk, 1, "Not now")
    assert not rows_of.targets(actor).exists()
    assert not AlertRule.objects.filter(removed_at=None).exists()
    assert target.removed_reason == "Not now"
    for act in (
        lambda: change_target(actor, target.pk, 2, {"stage": "offer"}),
        lambda: remove_target(actor, target.pk, 2),
        lambda: add_entry(actor, target.pk, {"text": "x"}),
    ):
        with pytest.raises(errors.HiddenObject):
            act()
    target = restore_target(actor, target.pk, 2)
    assert (target.removed_at, target.removed_reason, list(rows_of.targets(actor))) == (None, "", [target])
    assert AlertRule.objects.filter(removed_at=None, target=target).count() == 1
    with pytest.raises(errors.HiddenObject):
        restore_target(actor, target.pk, 3)


def test_a_rule_its_person_had_ended_before_stays_ended_when_the_target_comes_back() -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ"})
    remove_rule(actor, AlertRule.objects.get().pk, 1)
    target = remove_target(actor, target.pk, 1)
    restore_target(actor, target.pk, 2)
    assert not AlertRule.objects.filter(removed_at=None).exists()


def test_a_removed_one_does_not_come_back_beside_the_one_that_was_tracked_anew() -> None:
    actor = somebody()
    first = remove_target(actor, track(actor, {"market": "KAZ"}).pk, 1)
    second = track(actor, {"market": "KAZ"})
    with pytest.raises(errors.AlreadyTracked) as raised:
        restore_target(actor, first.pk, 2)
    assert raised.value.context["target"] == second.pk
    first.refresh_from_db()
    assert (first.removed_at is None, first.version) == (False, 2)


# ---------------------------------------------------------------- notes and evidence
def test_each_kind_of_evidence_is_noted_and_a_number_keeps_its_vintage() -> None:
    place = office()
    actor = place.actor("officer")
    target = track(actor, {"market": "KAZ"})
    record = RecordFactory(company=company_of(place))
    told = ObservationFactory(value=Decimal(100), period="2023")
    add_entry(actor, target.pk, {"kind": "visit", "on": "2026-05-04", "text": "Met two buyers"})
    add_entry(actor, target.pk, {"kind": "document", "url": "https://example.org/tariff.pdf"})
    add_entry(actor, target.pk, {"kind": "record", "record": str(record.pk)})
    number = add_entry(actor, target.pk, {"kind": "number", "indicator": GDP, "period": "2023"})
    assert number.observation == told
    told.known_to = dt.datetime.now(dt.UTC)
    told.save()
    later = ObservationFactory(value=Decimal(120), period="2023")
    add_entry(actor, target.pk, {"kind": "number", "observation": later.pk})
    shown = entry_records(actor, rows_of.entries(actor, target))
    assert [each.kind for each in shown] == ["number", "number", "record", "document", "visit"]
    assert [(each.number.value, each.number.is_in_force) for each in shown if each.number] == [
        (Decimal(120), True), (Decimal(100), False),
    ]  # fmt: skip
    assert shown[2].record is not None
    assert target_records(actor, [target])[0].entries == 5
    assert "Met two buyers" not in str([(row.before, row.after) for row in log_of(target)])
    assert {row.after["kind"] for row in log_of(target) if row.action == "noted"} == {
        "visit", "document", "record", "number",
    }  # fmt: skip


NOTED: dict[str, tuple[dict[str, Any], set[str]]] = {
    "kind": ({"kind": "song", "text": "x"}, {"/kind"}),
    "empty note": ({"text": "  "}, {"/text"}),
    "visit without a day": ({"kind": "visit", "text": "x"}, {"/on"}),
    "visit on no day": ({"kind": "visit", "text": "x", "on": "2026-02-30"}, {"/on"}),
    "empty document": ({"kind": "document"}, {"/url"}),
    "script": ({"kind": "document", "url": "javascript:alert(1)"}, {"/url"}),
    "record of nobody": ({"kind": "record", "record": "00000000-0000-0000-0000-000000000001"}, {"/record"}),
    "record beside a note": ({"text": "x", "record": "00000000-0000-0000-0000-000000000001"}, {"/record"}),
    "number of nothing": ({"kind": "number"}, {"/indicator", "/period"}),
    "number that is not stated": ({"kind": "number", "indicator": GDP, "period": "1066"}, {"/period"}),
    "number of nobody": ({"kind": "number", "observation": "99999999999999999999"}, {"/observation"}),
    "unknown entry": ({"text": "x", "colour": "red"}, {"/colour"}),
    "too long": ({"text": "x" * 4001}, {"/text"}),
}


@pytest.mark.parametrize(("values", "at"), NOTED.values(), ids=list(NOTED))
def test_what_cannot_be_noted_is_refused_where_it_stands(values: dict[str, Any], at: set[str]) -> None:
    actor = somebody()
    target = track(actor, {"market": "KAZ"})
    with pytest.raises(errors.FieldsRejected) as raised:
        add_entry(actor, target.pk, values)
    assert faults(raised) == at


def test_a_number_of_another_market_and_a_record_of_others_are_no_evidence() -> None:
    actor, place = somebody(), office()
    target = track(actor, {"market": "KAZ"})
    elsewhere = ObservationFactory(area_id="UZB")
    with pytest.raises(errors.FieldsRejected):
        add_entry(actor, target.pk, {"kind": "number", "observation": elsewhere.pk})
    with pytest.raises(errors.FieldsRejected):
        add_entry(actor, target.pk, {"kind": "record", "record": RecordFactory(company=company_of(place)).pk})


def test_a_note_is_taken_away_by_who_wrote_it_or_an_admin() -> None:
    place = office()
    officer, reviewer, admin = place.actor("officer"), place.actor("reviewer"), place.actor("admin")
    target = track(officer, {"market": "KAZ", "company": company_of(place).pk})
    entry = add_entry(officer, target.pk, {"text": "first"})
    other = add_entry(officer, target.pk, {"text": "second"})
    with pytest.raises(errors.NotAllowed):
        remove_entry(reviewer, entry.pk)
    with pytest.raises(errors.NotAllowed):
        remove_entry(place.actor("viewer"), entry.pk)
    assert [each.may_remove for each in entry_records(reviewer, rows_of.entries(reviewer, target))] == [False, False]
    remove_entry(officer, entry.pk)
    remove_entry(admin, other.pk)
    assert not rows_of.entries(officer, target).exists()
    with pytest.raises(errors.HiddenObject):
        remove_entry(officer, entry.pk)
    assert [row.action for row in log_of(target)].count("entry_removed") == 2


def test_evidence_from_an_organisation_its_reader_left_is_told_no_more() -> None:
    place = office()
    actor = place.actor("officer")
    target = track(actor, {"market": "KAZ"})
    add_entry(actor, target.pk, {"kind": "record", "record": RecordFactory(company=company_of(place)).pk})
    place.officer.memberships.update(ended_at=dt.datetime.now(dt.UTC))
    now = actor_of_person(place.officer)
    (shown,) = entry_records(now, rows_of.entries(now, target))
    assert shown.record is None
