"""The queue of records that wait for a decision: the oldest first, with what speaks against each."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.models import ExportRecord
from companies.profiles.people import PersonRef, person_ref
from companies.profiles.record_doubts import ShownDoubt, record_doubts
from companies.profiles.record_growth import record_growth
from companies.profiles.records import RecordEntry, record_entries
from companies.queries.approvals import Place, oldest_first, submitters, used, waiting, waiting_that_match
from companies.queries.records import RecordQuestion
from companies.records.deciding import is_own_work
from markets.errors import InvalidValue
from markets.queries import reference
from markets.vocabulary import AsOf

SHOWN: Final = 20
# What of the question of a list the queue asks too.
FILTERS: Final = ("search", "destination", "category")


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A record that waits. is_own: the reader entered, altered or submitted it, so somebody else decides."""

    record: RecordEntry
    doubts: tuple[ShownDoubt, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What is asked for, and what may be: markets, categories and people of records that wait."""

    search: str
    destination: str
    category: str
    submitted_by: str
    destinations: tuple[tuple[str, str], ...]
    categories: tuple[tuple[str, str], ...]
    people: tuple[PersonRef, ...]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for at all."""
        return any((self.search, self.destination, self.category, self.submitted_by))


@dataclass(frozen=True, slots=True)
class Queue:
    """Records that wait and match, the oldest first. waiting: all that wait. after: the place of the last one shown,
    by which later ones are asked for; empty when there are none.
    """

    entries: tuple[QueueEntry, ...]
    waiting: int
    filters: QueueFilters
    is_first: bool
    after: str

    @property
    def can_decide(self) -> bool:
        """Whether the reader may decide on any of those shown."""
        return any(not entry.is_own for entry in self.entries)


def approvals_queue(actor: Actor, asked: QueryDict, after: str = "") -> Queue:
    """The records that wait for a reviewer.

    asked: the query of the address. Raises SignInNeeded, NoOrganisation, NotAllowed, InvalidValue.
    """
    total = waiting(actor).count()
    person = asked.get("submitted_by", "")
    question = _question(asked)
    rows = waiting_that_match(actor, question, _number(person))
    found = oldest_first(rows, SHOWN + 1, _place(after) if after else None)
    shown = found[:SHOWN]
    return Queue(
        entries=tuple(_entries(actor, shown)),
        waiting=total,
        filters=_filters(actor, asked, person),
        is_first=not after,
        after=_written(shown[-1]) if len(found) > SHOWN else "",
    )


def _entries(actor: Actor, rows: Sequence[ExportRecord]) -> list[QueueEntry]:
    entries = record_entries(actor, rows)
    return [
        QueueEntry(entry, record_doubts(actor, row, record_growth(actor, row)), is_own_work(actor, row))
        for entry, row in zip(entries, rows, strict=True)
    ]


def _question(asked: QueryDict) -> RecordQuestion:
    wanted = QueryDict(mutable=True)
    for name in FILTERS:
        if text := asked.get(name, "").strip():
            wanted[name] = text
    return RecordQuestion.of(wanted)


def _filters(actor: Actor, asked: QueryDict, person: str) -> QueueFilters:
    words, codes = reference(), used(actor)
    categories = {each.slug: each.name for each in words.categories}
    return QueueFilters(
        **{name: asked.get(name, "").strip() for name in FILTERS},
        submitted_by=person,
        destinations=tuple((code, words.areas[code].name) for code in codes["destination"]),
        categories=tuple((slug, categories[slug]) for slug in codes["category"]),
        people=tuple(person_ref(each) for each in submitters(actor)),
    )


def _number(text: str) -> int | None:
    """Raises InvalidValue for what is no person's number."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidValue(parameter="submitted_by", value=text, expected=_("choose one of the people listed"))
    return int(text)


def _written(row: ExportRecord) -> str:
    moment = row.submitted_at.isoformat().replace("+00:00", "Z") if row.submitted_at else ""
    return f"{moment},{row.pk}"


def _place(text: str) -> Place:
    """Raises InvalidValue."""
    moment, _comma, key = text.partition(",")
    try:
        return AsOf.parse(moment).at, uuid.UUID(key)
    except (InvalidValue, ValueError) as unknown:
        expected = _("take it from the link to later records, or leave it out")
        raise InvalidValue(parameter="after", value=text, expected=expected) from unknown
