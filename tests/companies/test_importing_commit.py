"""Importing what was checked: all of it or nothing, once, in the name of who asked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from companies.errors import (
    AlreadyImported,
    HiddenObject,
    ImportElsewhere,
    ImportRejected,
    NothingToImport,
    OwnWork,
    VersionConflict,
)
from companies.importing.doing import steps
from companies.importing.doing.running import run_work
from companies.models import Change, Company, ExportRecord, Import, ImportVerdict, Membership
from companies.profiles.record_list import record_list
from companies.queries.records import RecordQuestion
from companies.records.deciding import approve, submit
from companies.records.entering import edit_record, remove_record
from companies.tasks import run_import
from markets import jobs
from markets.models import Job
from tests.companies.import_world import checked_import, conflict, new, run, unchanged, update, wrong
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entered, entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def company(here: Office) -> Company:
    return company_of(here, name="Ningbo Handian")


def committed(here: Office, imported: Import, *, again: bool = False) -> Import:
    steps.commit(here.actor("officer"), imported.pk, imported.version, again=again)
    return run(imported)


def imported_records() -> list[ExportRecord]:
    return list(ExportRecord.objects.filter(origin=ExportRecord.Origin.IMPORTED).order_by("origin_reference"))


def test_new_rows_become_drafts_of_who_asked_that_know_where_they_came_from(here: Office, company: Company) -> None:
    rows = [new(entries(company, destination=code)) for code in ("KAZ", "UZB", "KGZ")]
    imported = committed(here, checked_import(here, rows))
    records = imported_records()
    assert [record.origin_reference for record in records] == [f"orders.csv · row {number}" for number in (2, 3, 4)]
    assert {(record.created_by, record.status) for record in records} == {(here.officer, ExportRecord.Status.DRAFT)}
    assert {record.value for record in records} == {Decimal(20_700_000)}
    assert imported.step == Import.Step.DONE
    assert imported.done_by == here.officer
    assert imported.undo_until is not None
    assert (imported.undo_until - timezone.now()).days in (29, 30)
    assert imported.job is not None
    assert (imported.job.state, imported.job.counts) == (Job.State.DONE, {"added": 3, "revised": 0})
    verdicts = ImportVerdict.objects.filter(of=imported).order_by("number")
    assert [(each.record, each.version_after) for each in verdicts] == [(record, 1) for record in records]
    told = Change.objects.get(object_kind="import", action="imported")
    assert told.after["sha256"] == imported.sha256
    assert told.after["entered"] == 3
    assert Change.objects.filter(object_kind="exportrecord", action="entered", via=Change.Via.IMPORT).count() == 3
    shown = record_list(here.actor("viewer"), RecordQuestion(imported=str(imported.pk)))
    assert {row.id for row in shown.rows} == {record.pk for record in records}
    assert not record_list(office().actor("officer"), RecordQuestion(imported=str(imported.pk))).rows


def test_drafts_are_changed_and_conflicts_only_by_policy(here: Office, company: Company) -> None:
    draft, submitted = entered(here, company), entered(here, company, destination="KAZ")
    submitted = submit(here.actor("officer"), submitted.pk, submitted.version)
    rows = [
        update(draft, **entries(company, value="30")),
        conflict(submitted, **entries(company, destination="KAZ", value="40")),
        unchanged(entered(here, company, destination="UZB")),
    ]
    left = committed(here, checked_import(here, rows))
    draft.refresh_from_db()
    submitted.refresh_from_db()
    assert (draft.value, draft.version) == (Decimal(30_000_000), 2)
    assert (submitted.value, submitted.status) == (Decimal(20_700_000), "submitted")
    assert left.counts["edited"] == 1
    taken = checked_import(here, [conflict(submitted, **rows[1][1])], policy={"conflicts": "update"})
    committed(here, taken)
    submitted.refresh_from_db()
    assert (submitted.value, submitted.status, submitted.submitted_by) == (Decimal(40_000_000), "draft", None)


def test_many_different_changes_are_written_in_one_statement_and_remembered_alike(
    here: Office, company: Company
) -> None:
    drafts = [entered(here, company, document_reference=f"D{number}") for number in range(30)]
    submitted = submit(here.actor("officer"), drafts[0].pk, 1)
    rows = [
        (conflict if record.pk == submitted.pk else update)(
            record,
            **entries(company, document_reference=f"D{number}", value=f"{number + 1}.5", customs_office="Khorgos"),
        )
        for number, record in enumerate([submitted, *drafts[1:]])
    ]
    committed(here, checked_import(here, rows, policy={"conflicts": "update"}))
    for number, record in enumerate(drafts):
        version = record.version + (2 if record.pk == submitted.pk else 1)
        record.refresh_from_db()
        assert record.value == Decimal(f"{number + 1}.5") * 1_000_000
        assert (record.value_printed, record.customs_office) == (f"{number + 1}.5", "Khorgos")
        assert (record.version, record.status, record.submitted_at) == (version, "draft", None)
        change = Change.objects.filter(object_id=str(record.pk)).order_by("-id").first()
        assert change is not None
        assert change.after["value_printed"] == f"{number + 1}.5"
        assert (change.before["version"], change.after["version"]) == (version - 1, version)


def test_companies_are_registered_once_by_name(here: Office, company: Company) -> None:
    names = ["+Handian Cold", "+HANDIAN  Cold", "+宁波 汉电"]
    rows = [
        new(entries(company, document_reference=str(number)) | {"company": name}) for number, name in enumerate(names)
    ]
    imported = committed(here, checked_import(here, rows))
    made = Company.objects.exclude(pk=company.pk)
    assert {each.name for each in made} == {"Handian Cold", "宁波 汉电"}
    assert {each.home_id for each in made} == {"CHN"}
    assert imported.registered == {str(each.pk): 1 for each in made}
    assert [record.company.name for record in imported_records()] == ["Handian Cold", "Handian Cold", "宁波 汉电"]
    assert Change.objects.filter(action="registered", via=Change.Via.IMPORT).count() == 2


def test_who_imported_does_not_approve(here: Office, company: Company) -> None:
    imported = checked_import(here, [new(entries(company))])
    steps.commit(here.actor("reviewer"), imported.pk, imported.version)
    run(imported)
    (record,) = imported_records()
    submit(here.actor("officer"), record.pk, record.version)
    with pytest.raises(OwnWork):
        approve(here.actor("reviewer"), record.pk, 2)
    approve(here.actor("admin"), record.pk, 2)


def test_what_may_not_be_asked(here: Office, company: Company) -> None:
    officer = here.actor("officer")
    faulty = checked_import(here, [new(entries(company)), wrong()])
    with pytest.raises(ImportRejected):
        steps.commit(officer, faulty.pk, faulty.version)
    with pytest.raises(HiddenObject):
        steps.commit(here.actor("viewer"), faulty.pk, faulty.version)
    with pytest.raises(HiddenObject):
        steps.commit(office().actor("admin"), faulty.pk, faulty.version)
    with pytest.raises(VersionConflict):
        steps.commit(officer, faulty.pk, faulty.version - 1)
    Import.objects.filter(pk=faulty.pk).update(policy={"errors": "others"})
    committed(here, faulty)
    assert len(imported_records()) == 1
    with pytest.raises(ImportElsewhere):
        steps.commit(officer, faulty.pk, Import.objects.get(pk=faulty.pk).version)
    nothing = checked_import(here, [unchanged(imported_records()[0])])
    with pytest.raises(NothingToImport):
        steps.commit(officer, nothing.pk, nothing.version)
    old = checked_import(here, [new(entries(company, period="2020"))], checked_version=4)
    with pytest.raises(ImportElsewhere):
        steps.commit(officer, old.pk, old.version)


def test_the_same_file_is_recognised_unless_it_was_taken_back(here: Office, company: Company) -> None:
    officer = here.actor("officer")
    first = committed(here, checked_import(here, [new(entries(company))], content=b"same"))
    second = checked_import(here, [new(entries(company, period="2024"))], content=b"same")
    with pytest.raises(AlreadyImported) as refused:
        steps.commit(officer, second.pk, second.version)
    assert refused.value.context["earlier"] == str(first.pk)
    assert refused.value.context["by"] == here.officer.shown_name
    there = office()
    other = checked_import(there, [new(entries(company_of(there)))], content=b"same")
    steps.commit(there.actor("officer"), other.pk, other.version)
    steps.undo(officer, first.pk, first.version)
    run(first)
    assert committed(here, second).step == Import.Step.DONE
    third = checked_import(here, [new(entries(company, period="2023"))], content=b"same")
    assert committed(here, third, again=True).step == Import.Step.DONE


@pytest.mark.parametrize("what", ["edited", "removed", "new_key", "named", "unchanged_edited"])
def test_what_changed_since_the_check_sends_the_import_back_to_it(what: str, here: Office, company: Company) -> None:
    officer = here.actor("officer")
    draft, same = entered(here, company), entered(here, company, destination="UZB")
    rows = [
        new(entries(company, destination="KAZ")),
        new(entries(company, destination="KGZ") | {"company": "+Later Ltd"}),
        update(draft, **entries(company, value="30")),
        unchanged(same),
    ]
    imported = checked_import(here, rows)
    steps.commit(officer, imported.pk, imported.version)
    if what == "edited":
        edit_record(officer, draft.pk, 1, {"note": "by hand"})
    elif what == "removed":
        remove_record(officer, draft.pk, 1, "wrong")
    elif what == "unchanged_edited":
        edit_record(officer, same.pk, 1, {"note": "by hand"})
    elif what == "new_key":
        entered(here, company, destination="KAZ", value="1")
    else:
        company_of(here, name="Later Ltd").names.create(name="Later Ltd", folded="later ltd")
    before = ExportRecord.objects.count(), Company.objects.count(), Change.objects.count()
    back = run(imported)
    assert (ExportRecord.objects.count(), Company.objects.count(), Change.objects.count()) == before
    assert (back.step, back.refusal["code"]) == (Import.Step.MAPPED, "import_outdated")
    assert back.job is not None
    assert (back.job.parameters["work"], back.job.state) == ("check", Job.State.QUEUED)
    assert back.refusal["version"] == back.version


@pytest.mark.parametrize("how", ["left", "viewer"])
def test_who_may_no_more_when_the_job_runs_imports_nothing(how: str, here: Office, company: Company) -> None:
    imported = checked_import(here, [new(entries(company))])
    imported = steps.commit(here.actor("officer"), imported.pk, imported.version)
    mine = Membership.objects.filter(user=here.officer)
    mine.update(**({"ended_at": timezone.now()} if how == "left" else {"role": "viewer"}))
    assert imported.job is not None
    run_import(str(imported.job.pk))
    imported.job.refresh_from_db()
    assert imported.job.state == Job.State.CANCELLED
    assert not imported_records()
    assert Import.objects.get(pk=imported.pk).step == Import.Step.CHECKED


def test_a_job_that_is_cancelled_writes_nothing(here: Office, company: Company) -> None:
    imported = checked_import(here, [new(entries(company))])
    imported = steps.commit(here.actor("officer"), imported.pk, imported.version)
    assert imported.job is not None
    held = jobs.claim(imported.job.pk)
    assert held is not None
    jobs.cancel(imported.job)
    with jobs.held_to_the_end(held):
        run_work(held)
    assert Job.objects.get(pk=imported.job.pk).state == Job.State.CANCELLED
    assert not imported_records()
    # It can be asked for again from where it stands.
    again = Import.objects.get(pk=imported.pk)
    assert committed(here, again).step == Import.Step.DONE


def test_a_name_of_a_file_that_is_too_long_keeps_the_row(here: Office, company: Company) -> None:
    committed(here, checked_import(here, [new(entries(company))], file_name="x" * 251 + ".csv"))
    (record,) = imported_records()
    assert len(record.origin_reference) == 200
    assert record.origin_reference.endswith("x · row 2")


def test_many_rows_take_no_more_statements_than_few(here: Office, company: Company) -> None:
    def statements(count: int, year: int) -> int:
        rows = [new(entries(company, period=str(year), document_reference=str(n))) for n in range(count)]
        imported = checked_import(here, rows)
        steps.commit(here.actor("officer"), imported.pk, imported.version)
        connection.force_debug_cursor = True
        try:
            before = len(connection.queries_log)
            run(imported)
            return len(connection.queries_log) - before
        finally:
            connection.force_debug_cursor = False

    few, many = statements(200, 2020), statements(1500, 2021)
    assert many <= few + 2
