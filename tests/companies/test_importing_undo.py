"""Taking an import back: untouched rows go, touched ones stay and are told, nothing is erased from the log."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from companies.errors import ImportElsewhere, UndoOver
from companies.importing.doing import steps
from companies.models import Change, Company, ExportRecord, Import
from companies.profiles.import_done import done_page
from companies.profiles.record_totals import record_totals
from companies.queries.records import RecordQuestion
from companies.records.entering import edit_record, remove_record
from companies.records.fields import STATED
from tests.companies.import_world import checked_import, new, run, update
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entered, entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Office:
    return office()


@pytest.fixture
def company(here: Office) -> Company:
    return company_of(here)


def undone(here: Office, imported: Import) -> Import:
    imported.refresh_from_db()
    steps.undo(here.actor("admin"), imported.pk, imported.version)
    return run(imported)


def committed(here: Office, imported: Import) -> Import:
    steps.commit(here.actor("officer"), imported.pk, imported.version)
    return run(imported)


def test_counts_and_totals_are_as_before(here: Office, company: Company) -> None:
    drafts = [entered(here, company, destination=code) for code in ("KAZ", "UZB")]
    before = record_totals(here.actor("viewer"), RecordQuestion())
    stated = list(ExportRecord.objects.order_by("pk").values(*STATED))
    rows = [
        *(
            update(draft, **entries(company, destination=draft.destination_id, value="99", note="file"))
            for draft in drafts
        ),
        *(new(entries(company, period="2024", document_reference=str(number))) for number in range(5)),
        new(entries(company) | {"company": "+New Ltd"}),
    ]
    imported = committed(here, checked_import(here, rows))
    assert record_totals(here.actor("viewer"), RecordQuestion()) != before
    changes = Change.objects.count()
    back = undone(here, imported)
    assert record_totals(here.actor("viewer"), RecordQuestion()) == before
    there = ExportRecord.objects.filter(removed_at=None).order_by("pk")
    assert list(there.values(*STATED)) == stated
    assert (back.step, back.undone_by) == (Import.Step.UNDONE, here.admin)
    counts = {name: back.counts[name] for name in ("removed", "put_back", "kept", "archived")}
    assert counts == {"removed": 6, "put_back": 2, "kept": 0, "archived": 1}
    made = Company.objects.get(name="New Ltd")
    assert made.archived_at is not None
    assert Change.objects.count() == changes + 6 + 2 + 1 + 1 + 0, "each is told anew, and nothing is erased"
    gone = ExportRecord.objects.filter(removed_at__isnull=False).first()
    assert gone is not None
    assert "orders.csv" in gone.removed_reason
    assert gone.removed_by == here.admin


def test_what_somebody_changed_since_stays_and_is_listed(here: Office, company: Company) -> None:
    officer = here.actor("officer")
    draft = entered(here, company, destination="KAZ")
    rows = [
        update(draft, **entries(company, destination="KAZ", value="99")),
        *(new(entries(company, period="2024", document_reference=str(number))) for number in range(3)),
        new(entries(company, period="2024") | {"company": "+Used Ltd"}),
    ]
    imported = committed(here, checked_import(here, rows))
    made = list(ExportRecord.objects.exclude(pk=draft.pk).order_by("pk"))
    edit_record(officer, draft.pk, 2, {"note": "looked at"})
    edit_record(officer, made[0].pk, 1, {"note": "mine now"})
    remove_record(officer, made[1].pk, 1, "not ours")
    edit_record(officer, made[3].pk, 1, {"note": "stays with its company"})
    back = undone(here, imported)
    draft.refresh_from_db()
    assert draft.value == Decimal(99_000_000)
    counts = {name: back.counts[name] for name in ("removed", "put_back", "kept", "archived")}
    assert counts == {"removed": 1, "put_back": 0, "kept": 4, "archived": 0}
    assert Company.objects.get(name="Used Ltd").archived_at is None
    page = done_page(back)
    assert {touched.id for touched in page.touched} == {draft.pk, made[0].pk, made[1].pk, made[3].pk}
    assert [touched.id for touched in page.touched if touched.is_removed] == [made[1].pk]
    assert page.more_touched == 0


def test_after_its_days_an_import_stays(here: Office, company: Company) -> None:
    imported = committed(here, checked_import(here, [new(entries(company))]))
    Import.objects.filter(pk=imported.pk).update(undo_until=timezone.now() - dt.timedelta(seconds=1))
    with pytest.raises(UndoOver):
        steps.undo(here.actor("officer"), imported.pk, imported.version)
    assert done_page(Import.objects.get(pk=imported.pk)).undo_until is None


def test_an_import_is_taken_back_once(here: Office, company: Company) -> None:
    imported = undone(here, committed(here, checked_import(here, [new(entries(company))])))
    with pytest.raises(ImportElsewhere):
        steps.undo(here.actor("officer"), imported.pk, imported.version)


def test_many_different_edits_come_back(here: Office, company: Company) -> None:
    drafts = [entered(here, company, document_reference=f"D{n}", value=f"{n + 1}.25") for n in range(40)]
    rows = [
        update(draft, **entries(company, document_reference=draft.document_reference, value="7")) for draft in drafts
    ]
    back = undone(here, committed(here, checked_import(here, rows)))
    assert back.counts["put_back"] == 40
    for number, draft in enumerate(drafts):
        draft.refresh_from_db()
        assert (draft.value_printed, draft.version) == (f"{number + 1}.25", 3)
