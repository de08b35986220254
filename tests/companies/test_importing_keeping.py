"""What an import holds goes after its days; that it was stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from companies.importing.doing import steps
from companies.importing.doing.keeping import sweep_imports
from companies.importing.doing.uploading import upload
from companies.models import ExportRecord, Import, ImportPiece, ImportRow, ImportVerdict
from companies.profiles.import_done import done_page
from config.celery import timetable
from markets.models import Job
from tests.companies.import_world import checked_import, new, run
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def here() -> Office:
    return office()


def over(imported: Import) -> None:
    Import.objects.filter(pk=imported.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))


def holds_nothing(imported: Import) -> bool:
    models = (ImportPiece, ImportRow, ImportVerdict)
    return not any(model.objects.filter(of=imported).exists() for model in models)


def test_an_import_that_was_never_done_is_given_up(here: Office) -> None:
    fresh, late = (upload(here.actor("officer"), "a.csv", [b"a"]) for _number in range(2))
    ImportRow.objects.create(of=late, number=2, cells=["a"])
    over(late)
    assert sweep_imports() == 1
    late.refresh_from_db()
    assert (late.step, late.job) == (Import.Step.DISCARDED, None)
    assert holds_nothing(late)
    assert Job.objects.filter(state=Job.State.CANCELLED).count() == 1
    fresh.refresh_from_db()
    assert fresh.step == Import.Step.UPLOADED
    assert not holds_nothing(fresh)
    assert sweep_imports() == 0


def test_what_was_imported_stays_with_its_line(here: Office) -> None:
    imported = checked_import(here, [new(entries(company_of(here)))])
    ImportPiece.objects.create(of=imported, number=0, content=b"a")
    steps.commit(here.actor("officer"), imported.pk, imported.version)
    imported = run(imported)
    assert imported.expires_at == imported.undo_until
    assert sweep_imports() == 0
    assert done_page(imported).records == f"imported={imported.pk}"
    over(imported)
    assert sweep_imports() == 1
    imported.refresh_from_db()
    assert imported.step == Import.Step.DONE
    assert holds_nothing(imported)
    assert ExportRecord.objects.filter(removed_at=None).count() == 1
    assert done_page(imported).records == "origin=imported&search=orders.csv"


def test_an_import_at_work_is_not_swept_away(here: Office) -> None:
    imported = checked_import(here, [new(entries(company_of(here)))])
    steps.commit(here.actor("officer"), imported.pk, imported.version)
    imported = run(imported)
    steps.undo(here.actor("officer"), imported.pk, imported.version)
    over(imported)
    ImportPiece.objects.create(of=imported, number=0, content=b"a")
    assert sweep_imports() == 0
    assert run(imported).step == Import.Step.UNDONE


def test_the_clock_sweeps_every_hour() -> None:
    entry = timetable()["sweep imports"]
    assert (entry["task"], entry["schedule"]) == ("companies.tasks.sweep_imports", dt.timedelta(hours=1))
