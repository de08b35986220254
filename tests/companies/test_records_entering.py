"""Entering, editing and removing export records: what is read, what is refused, what is remembered."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest

from companies.errors import (
    FieldsRejected,
    HiddenObject,
    NotAllowed,
    TooMany,
    VersionConflict,
    VersionMissing,
    WrongState,
)
from companies.models import Change, ExportRecord
from companies.profiles.records import record_entries
from companies.records.deciding import approve, submit
from companies.records.entering import MOST_AT_ONCE, edit_record, enter_record, enter_records, remove_record
from tests.companies.office import office
from tests.companies.record_world import company_of, entries

pytestmark = pytest.mark.django_db


def faults_of(rejected: pytest.ExceptionInfo[FieldsRejected]) -> list[str]:
    return [fault.context["pointer"] for fault in rejected.value.context["faults"]]


def test_a_record_of_some_months_is_kept_as_it_was_printed() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home), stated_growth_pct="+69 %"))
    record.refresh_from_db()
    assert (record.value, record.value_printed, record.multiplier) == (Decimal(20_700_000), "20.7", 1_000_000)
    assert (record.frequency, record.period_from_on, record.period_to_on) == (
        "Y",
        dt.date(2025, 1, 1),
        dt.date(2025, 4, 30),
    )
    assert str(record.stated_growth_pct) == "69"
    assert (record.status, record.origin, record.created_by, record.version) == ("draft", "typed", home.officer, 1)
    (entry,) = record_entries(home.actor("viewer"), [record])
    assert (entry.company.name, entry.destination, entry.is_group) == (record.company.name, "CA5", True)


def test_all_faults_are_told_at_once() -> None:
    home = office()
    wrong = {
        "company": "nobody",
        "destination": "Kazakhstan",
        "category": "toys",
        "hs_code": "841",
        "period": "spring",
        "value": "20,7",
        "currency": "yuan",
        "quantity": "5",
        "incoterm": "DAT",
        "status": "approved",
        "created_by": "1",
    }
    with pytest.raises(FieldsRejected) as rejected:
        enter_record(home.actor("officer"), wrong)
    assert sorted(faults_of(rejected)) == sorted(
        f"/{name}" for name in [*(wrong.keys() - {"quantity"}), "quantity_unit", "hs_revision"]
    )
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("period", "2999"),
        ("period", "2025-13"),
        ("period", "2025-02-30"),
        ("value", "-1"),
        ("value", "1e5"),
        ("value", "1.2.3"),
        ("value", 20.7),
        ("value", True),
        ("multiplier", "7"),
        ("multiplier", "-10"),
        ("hs_code", "1012100"),
        ("stated_growth_pct", "-101"),
        ("currency", ""),
        ("hs_revision", ""),
        ("customs_office", "x" * 201),
        ("note", "a\x00b"),
        ("growth_base", ["a list"]),
        ("organisation", "1"),
        ("id", "01a201e7-efa3-7753-8791-30966b7107d3"),
        ("origin", "api"),
    ],
)
def test_what_cannot_stand_in_a_record_is_refused(name: str, text: object) -> None:
    home = office()
    with pytest.raises(FieldsRejected) as rejected:
        enter_record(home.actor("officer"), entries(company_of(home), **{name: text}))
    assert faults_of(rejected) == [f"/{name}"]


def test_three_digits_after_the_point_of_single_units_are_asked_about() -> None:
    home = office()
    with pytest.raises(FieldsRejected):
        enter_record(home.actor("officer"), entries(company_of(home), value="1.234", multiplier="1"))
    assert enter_record(home.actor("officer"), entries(company_of(home), value="1.234")).value == 1_234_000


def test_a_missing_value_has_a_reason_and_is_not_nought() -> None:
    home = office()
    company = company_of(home)
    with pytest.raises(FieldsRejected):
        enter_record(home.actor("officer"), entries(company, value=None))
    record = enter_record(home.actor("officer"), entries(company, value="", value_note="“millions”, no figure"))
    assert (record.value, record.value_printed) == (None, "")


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-Q2", "2024-04-01", "2024-06-30"),
        ("2025-04-17", "2025-04-17", "2025-04-17"),
        (" 2025-01 / 2025-04 ", "2025-01-01", "2025-04-30"),
    ],
)
def test_a_period_has_its_first_and_last_day(text: str, first: str, last: str) -> None:
    home = office()
    record = enter_record(
        home.actor("officer"), entries(company_of(home), period=text, stated_growth_pct=None, growth_base="")
    )
    assert (str(record.period_from_on), str(record.period_to_on)) == (first, last)


def test_the_growth_of_a_shipment_needs_its_base() -> None:
    home = office()
    company = company_of(home)
    with pytest.raises(FieldsRejected) as rejected:
        enter_record(home.actor("officer"), entries(company, period="2025-04-17"))
    assert faults_of(rejected) == ["/growth_base"]


def test_many_are_entered_together_or_not_at_all() -> None:
    home = office()
    company, stranger = company_of(home), company_of(office())
    good = entries(company)
    with pytest.raises(FieldsRejected) as rejected:
        enter_records(home.actor("officer"), [good, entries(company, value="x"), good, entries(stranger)])
    assert faults_of(rejected) == ["/1/value", "/3/company"]
    assert not ExportRecord.objects.exists()
    made = enter_records(home.actor("officer"), [good] * 3, origin="imported", origin_reference="row 2")
    assert [each.origin_reference for each in made] == ["row 2"] * 3
    assert Change.objects.filter(action="entered").count() == 3
    with pytest.raises(TooMany):
        enter_records(home.actor("officer"), [good] * (MOST_AT_ONCE + 1))


def test_one_key_enters_one_record() -> None:
    home = office()
    company, key = company_of(home), uuid.uuid4()
    first = enter_record(home.actor("officer"), entries(company), key=key)
    again = enter_record(home.actor("officer"), entries(company, value="30"), key=key)
    assert first.pk == again.pk == key
    assert ExportRecord.objects.get().value_printed == "20.7"
    assert Change.objects.count() == 1


def test_an_edit_names_its_version_and_alters_what_it_names() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    with pytest.raises(VersionMissing):
        edit_record(home.actor("officer"), record.pk, None, {"value": "21"})
    edited = edit_record(home.actor("admin"), record.pk, 1, {"value": "21", "note": " by telephone "})
    assert (edited.version, edited.value, edited.note, edited.edited_by) == (2, 21_000_000, "by telephone", home.admin)
    assert edited.updated_at > record.created_at
    with pytest.raises(VersionConflict, match=home.admin.name):
        edit_record(home.actor("officer"), record.pk, 1, {"value": "22"})
    change = Change.objects.get(action="edited")
    assert change.before | change.after == {
        "value": "21000000",
        "value_printed": "21",
        "note": "by telephone",
        "version": 2,
    }


def test_an_edit_that_alters_nothing_writes_nothing() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    assert edit_record(home.actor("admin"), record.pk, 1, entries(record.company)).version == 1
    assert Change.objects.count() == 1


def test_an_edit_of_an_approved_record_makes_it_a_draft_again() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    submit(home.actor("officer"), record.pk, 1)
    approve(home.actor("reviewer"), record.pk, 2)
    edited = edit_record(home.actor("officer"), record.pk, 3, {"value": "21"})
    assert (edited.status, edited.decided_by, edited.submitted_by) == ("draft", None, None)


def test_a_removed_record_leaves_a_tombstone() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    with pytest.raises(FieldsRejected):
        remove_record(home.actor("officer"), record.pk, 1, " ")
    removed = remove_record(home.actor("officer"), record.pk, 1, "entered twice")
    assert removed.removed_at
    assert (removed.removed_by, removed.version) == (home.officer, 2)
    with pytest.raises(HiddenObject):
        edit_record(home.actor("officer"), record.pk, 2, {"value": "1"})


def test_an_approved_record_is_reopened_before_it_is_removed() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    submit(home.actor("officer"), record.pk, 1)
    approve(home.actor("reviewer"), record.pk, 2)
    with pytest.raises(WrongState):
        remove_record(home.actor("officer"), record.pk, 3, "wrong")


def test_strangers_and_viewers_write_nothing() -> None:
    home, other = office(), office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    for write in (
        lambda actor: edit_record(actor, record.pk, 1, {"value": "1"}),
        lambda actor: remove_record(actor, record.pk, 1, "mine"),
        lambda actor: submit(actor, record.pk, 1),
        lambda actor: approve(actor, record.pk, 1),
    ):
        with pytest.raises(HiddenObject):
            write(other.actor("admin"))
        with pytest.raises(NotAllowed):
            write(home.actor("viewer"))
    with pytest.raises(NotAllowed):
        enter_record(home.actor("viewer"), entries(record.company))
    with pytest.raises(FieldsRejected):
        enter_record(other.actor("officer"), entries(record.company))


def test_records_are_shown_in_as_many_queries_for_many_as_for_one(django_assert_num_queries: Any) -> None:
    home = office()
    made = enter_records(home.actor("officer"), [entries(company_of(home)) for _number in range(5)])
    actor = home.actor("viewer")
    with django_assert_num_queries(4):
        record_entries(actor, made[:1])
    with django_assert_num_queries(4):
        record_entries(actor, made)


def test_an_archived_company_takes_no_new_records_and_keeps_its_old_ones() -> None:
    home = office()
    record = enter_record(home.actor("officer"), entries(company_of(home)))
    record.company.archived_at = dt.datetime.now(dt.UTC)
    record.company.save()
    with pytest.raises(FieldsRejected) as rejected:
        enter_record(home.actor("officer"), entries(record.company))
    assert faults_of(rejected) == ["/company"]
    assert edit_record(home.actor("officer"), record.pk, 1, {"value": "21"}).version == 2
