"""Entering, editing and removing export records."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, hidden, require, seen
from companies.changes import change_row, changed, fields_of, remember
from companies.errors import TooMany, WrongState
from companies.models import ExportRecord
from companies.models.copying import write_new
from companies.records.checking import checked, known, refuse, values_with, why_it_goes
from companies.records.fields import REMEMBERED, STATED
from companies.records.versions import held

# What an import brings at most at once.
MOST_AT_ONCE: Final = 10_000
NOT_DECIDED: Final[Mapping[str, Any]] = {
    "status": ExportRecord.Status.DRAFT,
    "submitted_by": None,
    "submitted_at": None,
    "decided_by": None,
    "decided_at": None,
    "decision_note": "",
}


def enter_record(
    actor: Actor,
    values: Mapping[str, Any],
    *,
    origin: str = ExportRecord.Origin.TYPED,
    origin_reference: str = "",
    key: uuid.UUID | None = None,
) -> ExportRecord:
    """A new draft. Raises FieldsRejected with all its faults; SignInNeeded, NoOrganisation, NotAllowed, ScopeMissing.

    key: the id it gets, given out beforehand; entering under the same key again enters nothing and returns what was.
    """
    organisation_id = require(actor, Action.WRITE)
    columns, faults = checked(values, known(actor, organisation_id, [values]))
    refuse(faults)
    record = _draft(actor, organisation_id, columns, origin, origin_reference)
    if key is None:
        return _entered(actor, [record])[0]
    record.pk = key
    try:
        with transaction.atomic():
            return _entered(actor, [record])[0]
    except IntegrityError:
        before = seen(actor, ExportRecord).filter(pk=key, created_by=actor.person).first()
        if before is None:
            raise
        return before


def enter_records(
    actor: Actor,
    many: Sequence[Mapping[str, Any]],
    *,
    origin: str = ExportRecord.Origin.TYPED,
    origin_reference: str = "",
    references: Sequence[str] = (),
) -> list[ExportRecord]:
    """New drafts, all or none. Raises FieldsRejected with the faults of all of them: `/3/value` is of the fourth.

    references: of each its own, in place of one for all.
    """
    organisation_id = require(actor, Action.WRITE)
    if len(many) > MOST_AT_ONCE:
        raise TooMany(count=len(many), kind=_("records"), most=MOST_AT_ONCE)
    there_are = known(actor, organisation_id, many)
    read = [checked(values, there_are, f"/{number}") for number, values in enumerate(many)]
    refuse(fault for _columns, faults in read for fault in faults)
    told = references or [origin_reference] * len(read)
    records = [
        _draft(actor, organisation_id, columns, origin, reference)
        for (columns, _faults), reference in zip(read, told, strict=True)
    ]
    return _entered(actor, records)


def edit_record(actor: Actor, key: object, version: int | None, values: Mapping[str, Any]) -> ExportRecord:
    """The record with these entries; those not named stay. Approved or submitted, it is a draft again.

    Where nothing differs, nothing is written. Raises what `versions.held` raises, and FieldsRejected.
    """
    with transaction.atomic():
        record = held_record(actor, key, version)
        merged = values_with(record, values)
        columns, faults = checked(merged, known(actor, record.organisation_id, [merged], record.company_id))
        refuse(faults)
        if all(getattr(record, column) == value for column, value in columns.items()):
            return record
        before = fields_of(record, REMEMBERED)
        _take(record, columns)
        record.edited_by = actor.person
        if record.status in (ExportRecord.Status.APPROVED, ExportRecord.Status.SUBMITTED):
            _take(record, NOT_DECIDED)
        return written(actor, "edited", record, before)


def remove_record(actor: Actor, key: object, version: int | None, reason: str) -> ExportRecord:
    """The record leaves every list; its tombstone and its history stay. An approved one is reopened first.

    Raises what `versions.held` raises, WrongState, and FieldsRejected without a reason.
    """
    with transaction.atomic():
        record = held_record(actor, key, version)
        if record.status == ExportRecord.Status.APPROVED:
            raise WrongState(state=_("Approved").lower())
        told = why_it_goes(reason)
        before = fields_of(record, (*REMEMBERED, "removed_reason"))
        record.removed_at = Now()
        record.removed_by = actor.person
        record.removed_reason = told
        return written(actor, "removed", record, before, (*REMEMBERED, "removed_reason"))


def held_record(actor: Actor, key: object, version: int | None, action: Action = Action.WRITE) -> ExportRecord:
    """The record, locked, where it was not removed. Raises what `versions.held` raises."""
    record = held(actor, ExportRecord, key, version, action)
    if record.removed_at is not None:
        raise hidden(ExportRecord, key)
    return record


def written(
    actor: Actor,
    action: str,
    record: ExportRecord,
    before: Mapping[str, Any],
    remembered: Sequence[str] = REMEMBERED,
) -> ExportRecord:
    """The record one version on, and its row in the change log. The caller holds it in its transaction."""
    record.version += 1
    record.updated_at = Now()
    record.save()
    record.refresh_from_db()
    changed(actor, action, record, before=before, after=fields_of(record, remembered))
    return record


def _draft(
    actor: Actor, organisation_id: uuid.UUID, columns: Mapping[str, Any], origin: str, origin_reference: str
) -> ExportRecord:
    return ExportRecord(
        organisation_id=organisation_id,
        created_by=actor.person,
        edited_by=actor.person,
        origin=origin,
        origin_reference=origin_reference[:200],
        **columns,
    )


def _entered(actor: Actor, records: Sequence[ExportRecord]) -> list[ExportRecord]:
    with transaction.atomic():
        write_new(records)
        remember(
            change_row(actor, "entered", each, after=fields_of(each, (*STATED, "status", "origin"))) for each in records
        )
    return list(records)


def _take(record: ExportRecord, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(record, name, value)
