"""The page of one export record: what it states, who says so, what stands against it, what was done to it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from companies.access import Action, Actor
from companies.errors import OwnWork
from companies.models import ExportRecord
from companies.profiles.changes import ChangeRecord, change_timeline
from companies.profiles.comments import CommentRecord, comment_records
from companies.profiles.record_doubts import ShownDoubt, record_doubts
from companies.profiles.record_growth import RecordGrowth, record_growth
from companies.profiles.record_words import STATUS_WORDS
from companies.profiles.records import RecordEntry, record_entries
from companies.queries.comments import MOST_TOLD, newest_comments
from companies.queries.one_record import one_record
from companies.records.deciding import is_own_work
from markets import wording

Status = ExportRecord.Status


@dataclass(frozen=True, slots=True)
class Offers:
    """What the reader may do with the record now. why_not_decide: why a reviewer cannot decide on a waiting record."""

    edit: bool
    submit: bool
    decide: bool
    reopen: bool
    remove: bool
    comment: bool
    why_not_decide: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One record with all that belongs to it. provenance: a sentence; history: newest first."""

    entry: RecordEntry
    status_words: str
    provenance: str
    doubts: tuple[ShownDoubt, ...]
    growth: RecordGrowth | None
    comments: tuple[CommentRecord, ...]
    history: tuple[ChangeRecord, ...]
    offers: Offers

    @property
    def has_older_comments(self) -> bool:
        """Whether there may be more remarks than are shown."""
        return len(self.comments) == MOST_TOLD


def record_page(actor: Actor, key: object) -> RecordPage:
    """The page of a record. Raises SignInNeeded, HiddenObject."""
    record = one_record(actor, key)
    (entry,) = record_entries(actor, [record])
    growth = record_growth(actor, record)
    return RecordPage(
        entry=entry,
        status_words=str(STATUS_WORDS[record.status]),
        provenance=_provenance(entry),
        doubts=record_doubts(actor, record, growth),
        growth=growth,
        comments=tuple(comment_records(newest_comments(actor, record))),
        history=tuple(change_timeline(actor, record)),
        offers=_offers(actor, record),
    )


def _provenance(entry: RecordEntry) -> str:
    words = {
        "person": entry.created_by.name,
        "day": wording.day_words(entry.created_at),
        "reference": entry.origin_reference,
    }
    if entry.origin == ExportRecord.Origin.IMPORTED:
        return _("Imported by %(person)s on %(day)s: %(reference)s") % words
    if entry.origin == ExportRecord.Origin.API:
        return _("Entered by a program of %(person)s on %(day)s: %(reference)s") % words
    return _("Typed in by %(person)s on %(day)s") % words


def _offers(actor: Actor, record: ExportRecord) -> Offers:
    place, status = record.organisation_id, record.status
    writes = actor.may(Action.WRITE, place)
    decides = status == Status.SUBMITTED and actor.may(Action.REVIEW, place)
    is_own = decides and is_own_work(actor, record)
    return Offers(
        edit=writes,
        submit=writes and status in (Status.DRAFT, Status.RETURNED),
        decide=decides and not is_own,
        reopen=writes and status in (Status.SUBMITTED, Status.APPROVED),
        remove=writes and status != Status.APPROVED,
        comment=writes,
        why_not_decide=OwnWork().message(_) if is_own else "",
    )
