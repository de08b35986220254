"""Imports at any step, for the tests of what comes after it: verdicts as a check leaves them, and jobs run here."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.utils import timezone

from companies.access import Actor
from companies.importing.doing.committing import commit_rows
from companies.importing.doing.undoing import undo_rows
from companies.importing.doing.work import actor_of_work
from companies.models import Change, ExportRecord, Import, ImportVerdict
from markets import jobs
from tests.companies.office import Office

Row = tuple[str, dict[str, Any], ExportRecord | None]


def new(entry: dict[str, Any]) -> Row:
    """A row that becomes a record."""
    return ImportVerdict.Outcome.NEW, entry, None


def update(record: ExportRecord, **entry: Any) -> Row:
    """A row that changes a record."""
    return ImportVerdict.Outcome.UPDATE, entry, record


def conflict(record: ExportRecord, **entry: Any) -> Row:
    """A row that says otherwise than a record somebody has decided on."""
    return ImportVerdict.Outcome.CONFLICT, entry, record


def unchanged(record: ExportRecord) -> Row:
    """A row that a record says already."""
    return ImportVerdict.Outcome.UNCHANGED, {}, record


def wrong() -> Row:
    """A row with a fault."""
    return ImportVerdict.Outcome.ERROR, {}, None


def checked_import(home: Office, rows: Sequence[Row], *, content: bytes = b"", **fields: Any) -> Import:
    """An import of the officer whose check has ended with these rows, the first of them row 2 of the file."""
    imported: Import = Import.objects.create(
        **{
            "organisation": home.organisation,
            "created_by": home.officer,
            "via": Change.Via.WEB,
            "language": "en",
            "file_name": "orders.csv",
            "size_bytes": 100,
            "sha256": hashlib.sha256(content or uuid.uuid4().bytes).hexdigest(),
            "step": Import.Step.CHECKED,
            "version": 5,
            "checked_version": 5,
            "expires_at": timezone.now() + dt.timedelta(days=30),
            **fields,
        }
    )
    ImportVerdict.objects.bulk_create(
        ImportVerdict(
            of=imported,
            number=number,
            outcome=outcome,
            entry=entry,
            record=record,
            record_version=record.version if record else None,
        )
        for number, (outcome, entry, record) in enumerate(rows, start=2)
    )
    imported.refresh_from_db()
    return imported


def run(imported: Import, work: Callable[[jobs.Held, Actor, Import], None] | None = None) -> Import:
    """The import after its job has run in this process."""
    imported = Import.objects.get(pk=imported.pk)
    assert imported.job is not None
    held = jobs.claim(imported.job.pk)
    assert held is not None
    actor = actor_of_work(held, imported)
    assert actor is not None
    works = {"commit": commit_rows, "undo": undo_rows}
    with jobs.held_to_the_end(held):
        (work or works[held.job.parameters["work"]])(held, actor, imported)
    return Import.objects.get(pk=imported.pk)
