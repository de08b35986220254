"""Deciding on export records: submitted by one person, approved by another, sent back with a reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require
from companies.changes import changed, fields_of
from companies.errors import OwnWork, WrongState
from companies.models import Change, ExportRecord, RecordComment
from companies.queries.one_record import one_record
from companies.records.checking import invalid, refuse
from companies.records.entering import held_record, written
from companies.records.fields import REMEMBERED

Status = ExportRecord.Status
LONGEST_WORDS: Final = 2000
# Changes of a record that alter nothing of what it states.
_NO_EDITS: Final = ("submitted", "approved", "returned", "reopened", "commented")


def submit(actor: Actor, key: object, version: int | None) -> ExportRecord:
    """Ask a reviewer to decide on it. Raises what `versions.held` raises; WrongState unless draft or returned."""
    with transaction.atomic():
        record = _standing(actor, key, version, Action.WRITE, (Status.DRAFT, Status.RETURNED))
        before = fields_of(record, REMEMBERED)
        record.status = Status.SUBMITTED
        record.submitted_by, record.submitted_at = actor.person, Now()
        record.decided_by, record.decided_at, record.decision_note = None, None, ""
        return written(actor, "submitted", record, before)


def approve(actor: Actor, key: object, version: int | None, note: str = "") -> ExportRecord:
    """Confirm what it states. Raises what `versions.held` raises; WrongState unless submitted; OwnWork."""
    return _decided(actor, key, version, Status.APPROVED, note)


def send_back(actor: Actor, key: object, version: int | None, note: str) -> ExportRecord:
    """Give it back with the reason. Raises as `approve` does, and FieldsRejected without a reason."""
    return _decided(actor, key, version, Status.RETURNED, note)


def reopen(actor: Actor, key: object, version: int | None) -> ExportRecord:
    """Take a submitted or approved record back to a draft. Raises what `versions.held` raises; WrongState."""
    with transaction.atomic():
        record = _standing(actor, key, version, Action.WRITE, (Status.SUBMITTED, Status.APPROVED))
        before = fields_of(record, REMEMBERED)
        record.status = Status.DRAFT
        record.submitted_by = record.submitted_at = record.decided_by = record.decided_at = None
        record.decision_note = ""
        return written(actor, "reopened", record, before)


def comment(actor: Actor, key: object, text: str) -> RecordComment:
    """A remark beside the record, which alters nothing of it. Raises HiddenObject, NotAllowed, FieldsRejected."""
    record = one_record(actor, key)
    require(actor, Action.WRITE, record.organisation_id)
    said = _words("text", text)
    if not said:
        refuse([invalid("text", _("write what you want to say"))])
    with transaction.atomic():
        remark = RecordComment.objects.create(record=record, author=actor.person, text=said)
        changed(actor, "commented", record, after={"text": said})
    return remark


def is_own_work(actor: Actor, record: ExportRecord) -> bool:
    """Whether the actor entered or submitted it, or altered it since it was last approved: then others decide."""
    person = actor.person.pk
    if person in (record.created_by_id, record.edited_by_id, record.submitted_by_id):
        return True
    log = Change.objects.filter(object_kind="exportrecord", object_id=str(record.pk))
    approved = log.filter(action="approved").order_by("-id").values_list("id", flat=True).first()
    return log.filter(actor=person, id__gt=approved or 0).exclude(action__in=_NO_EDITS).exists()


def _decided(actor: Actor, key: object, version: int | None, status: str, note: str) -> ExportRecord:
    with transaction.atomic():
        record = _standing(actor, key, version, Action.REVIEW, (Status.SUBMITTED,))
        if is_own_work(actor, record):
            raise OwnWork
        said = _words("decision_note", note)
        if status == Status.RETURNED and not said:
            refuse([invalid("decision_note", _("say what has to be put right"))])
        before = fields_of(record, REMEMBERED)
        record.status = status
        record.decided_by, record.decided_at = actor.person, Now()
        record.decision_note = said
        return written(actor, "approved" if status == Status.APPROVED else "returned", record, before)


def _standing(actor: Actor, key: object, version: int | None, action: Action, states: Collection[str]) -> ExportRecord:
    """The record, held, where it is in one of these states."""
    record = held_record(actor, key, version, action)
    if record.status not in states:
        raise WrongState(state=_(record.get_status_display()).lower())
    return record


def _words(name: str, text: str) -> str:
    said = text.strip().replace("\x00", "")
    if len(said) > LONGEST_WORDS:
        refuse([invalid(name, _("at most %(most)s characters are taken") % {"most": LONGEST_WORDS})])
    return said
