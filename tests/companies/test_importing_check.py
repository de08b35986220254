"""The check of a whole file: exact counts, rows against each other and against the records, faults in groups."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from companies.importing.checking.checking import check
from companies.importing.checking.faults import unpacked
from companies.importing.doing.work import Work, ask_work
from companies.importing.plan import REGISTER, ColumnMeaning, Fixes
from companies.importing.plan import Mapping as Meaning
from companies.models import Change, ExportRecord, Import, ImportVerdict
from companies.records.deciding import submit
from companies.records.entering import edit_record, enter_record, enter_records, remove_record
from markets import jobs
from markets.models import Job
from tests.companies.checking_world import (
    COLUMNS,
    CONSTANTS,
    again,
    checked,
    codes_of,
    entry_of,
    faults_of,
    firm,
    outcome_of,
    row,
    staged,
    warned,
)
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Office:
    return office()


def month(at: int) -> str:
    """A month of its own for each row."""
    return f"{2000 + at // 12}-{at % 12 + 1:02d}"


def imported_record(home: Office, imported: Import, number: int = 2) -> ExportRecord:
    """The record that a row becomes, as an import enters it."""
    actor = home.actor("officer", via=Change.Via.IMPORT)
    return enter_records(actor, [entry_of(imported, number)], origin=ExportRecord.Origin.IMPORTED)[0]


def test_every_row_of_a_file_of_many_faults_is_counted_once(home: Office) -> None:
    firm(home)
    right = [row(period=month(at)) for at in range(200)]
    unknown = [row(period=month(at), destination="南韩国") for at in range(40)]
    wrong = [row(period=month(at), value="много") for at in range(20)]
    both = [row(period="soon", company="Никто", value="много") for _each in range(10)]
    copies = [row(period=month(at)) for at in range(25)]
    twins = [row(period=month(200), value=str(at)) for at in range(1, 4)]
    words = [row(period=month(201 + at), value="—") for at in range(5)]
    formulas = [row(period=month(210 + at), value=["n", "7", "f"]) for at in range(6)]
    left = [row(destination="Test") for _each in range(7)]
    fixes = Fixes(left_out_values={"destination": frozenset({"Test"})})
    imported = checked(home, [*right, *unknown, *wrong, *both, *copies, *twins, *words, *formulas, *left], fixes=fixes)
    counts = imported.counts
    assert {key: counts[key] for key in ImportVerdict.Outcome.values} == {
        "new": 211, "update": 0, "unchanged": 0, "conflict": 0, "duplicate": 25, "error": 73, "left_out": 7,
    }  # fmt: skip
    assert counts["rows"] == 316 == ImportVerdict.objects.filter(of=imported).count()
    assert counts["warnings"] == {"formula_value": 6, "no_value": 5}
    assert counts["sums"] == {"CNY": "241420000"}
    assert (imported.step, imported.checked_version) == ("checked", imported.version)
    assert imported.job is not None
    assert imported.job.state == Job.State.DONE
    found = [(each["field"], each["code"], each["said"], each["count"]) for each in imported.groups]
    assert found == [
        ("destination", "unknown", "南韩国", 40),
        ("value", "not_a_number", "много", 30),
        ("period", "not_a_date", "soon", 10),
        ("company", "unknown_company", "Никто", 10),
        ("", "twins", "", 3),
    ]
    assert imported.groups[0]["rows"] == [202, 203, 204, 205, 206]
    assert counts["groups"] == 5


def test_the_same_row_twice_is_imported_once_and_says_which(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(value="120.5"), row(value="120.50")])
    assert [outcome_of(imported, number) for number in (2, 3)] == ["new", "duplicate"]
    verdict = ImportVerdict.objects.get(of=imported, number=3)
    assert [fault.sentence() for fault in unpacked(verdict.warnings)] == [
        "Row 2 says the very same, so this one is left out."
    ]


def test_rows_of_one_key_that_differ_are_told_and_kept_only_where_somebody_says_so(home: Office) -> None:
    firm(home)
    rows = [row(), row(note="other"), row(), row(period="2024-04")]
    imported = checked(home, rows)
    assert [outcome_of(imported, number) for number in range(2, 6)] == ["error", "error", "duplicate", "new"]
    assert "2, 3" in faults_of(imported)[0].sentence()
    kept = checked(home, rows, fixes=Fixes(keep_twins=True))
    assert [outcome_of(kept, number) for number in range(2, 6)] == ["new", "new", "duplicate", "new"]


def test_names_of_a_company_to_be_registered_make_rows_the_same(home: Office) -> None:
    meaning = Meaning(COLUMNS, CONSTANTS, register=True)
    imported = checked(home, [row(company="New Co"), row(company="NEW CO")], meaning=meaning)
    assert [outcome_of(imported, number) for number in (2, 3)] == ["new", "duplicate"]


def test_records_that_say_the_same_are_left_alone_however_the_amount_is_printed(home: Office) -> None:
    firm(home)
    first = checked(home, [row()])
    record = imported_record(home, first)
    columns = [replace(each, multiplier=None) for each in COLUMNS]
    second = checked(home, [row(value="1,205,000.00元")], meaning=Meaning(tuple(columns), CONSTANTS))
    verdict = ImportVerdict.objects.get(of=second)
    assert (verdict.outcome, verdict.record_id, verdict.record_version) == ("unchanged", record.pk, 1)


def test_a_draft_of_an_earlier_import_is_updated_and_keeps_what_the_file_does_not_speak_of(home: Office) -> None:
    firm(home)
    record = imported_record(home, checked(home, [row()]))
    actor = home.actor("officer", via=Change.Via.IMPORT)
    edit_record(actor, record.pk, 1, {"incoterm": "FOB"})
    imported = checked(home, [row(value="130", note="more")])
    verdict = ImportVerdict.objects.get(of=imported)
    assert (verdict.outcome, verdict.record_id, verdict.record_version) == ("update", record.pk, 2)
    assert "incoterm" not in verdict.entry
    differing = {fault.field: dict(fault.context) for fault in unpacked(verdict.warnings)}
    assert differing == {
        "value": {"before": "1205000", "after": "1300000"},
        "note": {"before": "", "after": "more"},
    }


def test_what_a_person_wrote_changed_or_decided_on_is_in_conflict(home: Office) -> None:
    firm(home)
    officer = home.actor("officer")
    rows = [row(period=month(at)) for at in range(5)]
    first = checked(home, rows)
    edited, submitted, reopened, _untouched = (imported_record(home, first, number) for number in (2, 3, 4, 5))
    edit_record(officer, edited.pk, 1, {"note": "by hand"})
    submit(officer, submitted.pk, 1)
    edit_record(officer, reopened.pk, submit(officer, reopened.pk, 1).version, {"note": "again"})
    entries = entry_of(first, 6)
    typed = enter_record(officer, dict(entries))
    second = checked(home, [row(period=month(at), value="999") for at in range(5)])
    assert [outcome_of(second, number) for number in range(2, 7)] == [*["conflict"] * 3, "update", "conflict"]
    assert [warned(second, number) - {"differs"} for number in range(2, 7)] == [
        {"edited_since"}, {"decided"}, {"edited_since"}, set(), {"edited_since"},
    ]  # fmt: skip
    assert ImportVerdict.objects.get(of=second, number=6).record == typed


def test_several_records_of_one_key_are_a_conflict_unless_one_says_the_same(home: Office) -> None:
    firm(home)
    kept = checked(home, [row(), row(note="other")], fixes=Fixes(keep_twins=True))
    first, second = imported_record(home, kept, 2), imported_record(home, kept, 3)
    imported = checked(home, [row(note="third"), row(period="2024-04")])
    verdict = ImportVerdict.objects.get(of=imported, number=2)
    assert (verdict.outcome, verdict.record_id) == ("conflict", None)
    assert warned(imported) == {"several_records"}
    same = checked(home, [row(note="other"), row()], fixes=Fixes(keep_twins=True))
    found = dict(ImportVerdict.objects.filter(of=same).values_list("number", "record"))
    assert found == {2: second.pk, 3: first.pk}
    assert [outcome_of(same, number) for number in (2, 3)] == ["unchanged", "unchanged"]


def test_removed_records_and_those_of_others_are_not_met(home: Office) -> None:
    firm(home)
    record = imported_record(home, checked(home, [row()]))
    remove_record(home.actor("officer"), record.pk, 1, "twice")
    other = office()
    firm(other)
    imported_record(other, checked(other, [row()]))
    assert outcome_of(checked(home, [row()])) == "new"


def test_the_reason_for_no_amount_goes_when_the_amount_comes(home: Office) -> None:
    firm(home)
    record = imported_record(home, checked(home, [row(value="нет")]))
    assert record.value_note == "нет"
    imported = checked(home, [row()])
    assert (outcome_of(imported), entry_of(imported)["value_note"]) == ("update", "")


def test_documents_part_rows_of_one_key_where_the_file_states_them(home: Office) -> None:
    firm(home)
    meaning = Meaning((*COLUMNS, ColumnMeaning("document_reference")), CONSTANTS)
    imported = checked(home, [[*row(), "A-1"], [*row(value="7"), "A-2"]], meaning=meaning)
    assert [outcome_of(imported, number) for number in (2, 3)] == ["new", "new"]


def test_a_new_check_takes_the_place_of_the_one_before_and_a_cancelled_one_leaves_it(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(), row(period="2024-04")])
    before = set(ImportVerdict.objects.filter(of=imported).values_list("pk", flat=True))
    ask_work(home.actor("officer"), imported, Work.CHECK)
    assert imported.job is not None
    jobs.cancel(imported.job)
    assert set(ImportVerdict.objects.filter(of=imported).values_list("pk", flat=True)) == before
    ask_work(home.actor("officer"), Import.objects.get(pk=imported.pk), Work.CHECK)
    after = again(imported)
    assert not set(ImportVerdict.objects.filter(of=after).values_list("pk", flat=True)) & before
    assert after.checked_version == after.version == imported.version + 1


def test_faults_are_told_in_the_language_of_whoever_reads_them(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(period="2999-01", value="-5")], language="ru")
    assert codes_of(imported) == {("period", "refused"), ("value", "refused")}
    assert all(fault.sentence().endswith(".") for fault in faults_of(imported))


def test_ten_thousand_rows_are_checked_in_seconds_with_as_many_queries_as_ten(
    home: Office, django_assert_max_num_queries: Any
) -> None:
    firm(home)

    def rows(count: int) -> Sequence[list[Any]]:
        return [row(period=month(at % 300), value=f"{at}.5", note=f"row {at}") for at in range(count)]

    fixes = Fixes(keep_twins=True)
    imported = staged(home, rows(10_000), fixes=fixes)
    began = time.monotonic()
    with django_assert_max_num_queries(80):
        imported = again(imported)
    took = time.monotonic() - began
    assert imported.counts["new"] == 10_000
    assert took < 20


def test_names_nobody_knows_are_not_looked_for_without_end(home: Office) -> None:
    firm(home)
    rows = [row(company=f"{uuid.uuid4().hex[:12]} Trading", period=month(at % 250)) for at in range(1_000)]
    began = time.monotonic()
    imported = checked(home, rows, fixes=Fixes(values={"company": {rows[0][0]: REGISTER}}))
    assert imported.counts["error"] == 999
    (group,) = imported.groups
    assert (group["count"], group["wordings"]) == (999, 999)
    assert imported.counts["groups"] == 1
    assert time.monotonic() - began < 20


def test_nobody_else_checks_what_a_job_of_another_import_is_for(home: Office) -> None:
    firm(home)
    imported = staged(home, [row()])
    assert imported.job is not None
    held = jobs.claim(imported.job.pk)
    assert held is not None
    ask_work(home.actor("officer"), imported, Work.CHECK)
    with jobs.held_to_the_end(held):
        check(held, home.actor("officer"), imported)
    assert not ImportVerdict.objects.filter(of=imported).exists()
