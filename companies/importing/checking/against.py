"""Rows against the records that are there already: new, the same, another wording of one, or in conflict with one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from companies.access import Actor, seen
from companies.changes import plain
from companies.importing.checking.faults import DIFFERS, Fault
from companies.importing.checking.keys import COLUMNS, COMPARED, PLACES, Key, Says, bare_key, differing, key_of
from companies.models import Change, ExportRecord, ImportVerdict
from companies.records.fields import STATED

Outcome = ImportVerdict.Outcome
_UNDECIDED: Final = (ExportRecord.Status.DRAFT, ExportRecord.Status.RETURNED)


@dataclass(frozen=True, slots=True)
class Claim:
    """A row right in itself. stated: the entries it speaks of; sharing: how many rows that differ have its key."""

    number: int
    key: Key
    says: Says
    stated: frozenset[str]
    sharing: int


@dataclass(frozen=True, slots=True)
class Met:
    """What a row is to the records. record None: a new one, or a conflict with several of which none can be chosen.

    notes: one `differs` for each entry that is not the same, and why it is a conflict. beside: entries that go with it
    though the row does not speak of them.
    """

    outcome: str
    record: uuid.UUID | None = None
    version: int | None = None
    notes: tuple[Fault, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)


NEW: Final = Met(Outcome.NEW)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A record that is there. is_open: an import made it and nobody has decided on it."""

    id: uuid.UUID
    version: int
    status: str
    origin: str
    says: Says

    @property
    def is_open(self) -> bool:
        return self.origin == ExportRecord.Origin.IMPORTED and self.status in _UNDECIDED


def against(actor: Actor, organisation_id: uuid.UUID, claims: Sequence[Claim]) -> dict[int, Met]:
    """What each row is to the organisation's records, by its number, in two queries however many they are.

    Entries that a row does not speak of are neither compared nor changed.
    An import's own records that nobody decided on or changed since are updated; all others are in conflict.
    """
    there = _there(actor, organisation_id, claims)
    same = _same(claims, there)
    taken = {record.id for record in same.values()}
    met = {number: Met(Outcome.UNCHANGED, record.id, record.version) for number, record in same.items()}
    alone: list[tuple[Claim, _Standing]] = []
    for claim in claims:
        if claim.number in met:
            continue
        others = [record for record in there.get(claim.key, ()) if record.id not in taken]
        if not others:
            met[claim.number] = NEW
        elif len(others) == 1 and claim.sharing == 1:
            alone.append((claim, others[0]))
        else:
            met[claim.number] = Met(Outcome.CONFLICT, notes=(_several(len(others)),))
    return met | _one_to_one(alone)


def _there(actor: Actor, organisation_id: uuid.UUID, claims: Sequence[Claim]) -> Mapping[Key, list[_Standing]]:
    """The records that rows may be about, by key: with the reference of their document, and whatever it is."""
    companies = {claim.key[0] for claim in claims if isinstance(claim.key[0], uuid.UUID)}
    periods = {claim.says[PLACES["period"]] for claim in claims}
    records = seen(actor, ExportRecord).filter(
        organisation_id=organisation_id, removed_at__isnull=True, company_id__in=companies, period__in=periods
    )
    there: dict[Key, list[_Standing]] = defaultdict(list)
    for key, version, status, origin, *says in records.order_by("pk").values_list(
        "pk", "version", "status", "origin", *COLUMNS
    ):
        record = _Standing(key, version, status, origin, tuple(says))
        for each in {bare_key(record.says), key_of(record.says)}:
            there[each].append(record)
    return there


def _same(claims: Sequence[Claim], there: Mapping[Key, list[_Standing]]) -> dict[int, _Standing]:
    """Rows that a record says already, by number; each record answers for one row."""
    found: dict[int, _Standing] = {}
    taken: set[uuid.UUID] = set()
    for claim in claims:
        for record in there.get(claim.key, ()):
            if record.id not in taken and not _differing(record, claim):
                found[claim.number] = record
                taken.add(record.id)
                break
    return found


def _one_to_one(pairs: Sequence[tuple[Claim, _Standing]]) -> dict[int, Met]:
    by_hand = _written_by_hand(record.id for _claim, record in pairs if record.is_open)
    met = {}
    for claim, record in pairs:
        names = _differing(record, claim)
        notes = [_differs(name, record, claim) for name in names]
        is_free = record.is_open and record.id not in by_hand
        if not is_free:
            notes.append(Fault("", "edited_since" if record.status in _UNDECIDED else "decided"))
        outcome = Outcome.UPDATE if is_free else Outcome.CONFLICT
        beside = {name: "" for name in names if name not in claim.stated}
        met[claim.number] = Met(outcome, record.id, record.version, tuple(notes), beside)
    return met


def _differing(record: _Standing, claim: Claim) -> list[str]:
    """The entries in which the two differ, of those the row speaks of.

    Where the record has no amount and the row brings one, the reason for there being none goes with it.
    """
    names = [name for name in COMPARED if name in claim.stated]
    value = PLACES["value"]
    if "value_note" not in claim.stated and record.says[value] is None and claim.says[value] is not None:
        names.append("value_note")
    return differing(record.says, claim.says, names)


def _written_by_hand(keys: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the records whose entries somebody changed other than by an import."""
    changes = Change.objects.filter(
        object_kind="exportrecord", object_id__in=[str(key) for key in keys], before__has_any_keys=list(STATED)
    ).exclude(via=Change.Via.IMPORT)
    return {uuid.UUID(key) for key in changes.values_list("object_id", flat=True)}


def _differs(name: str, record: _Standing, claim: Claim) -> Fault:
    place = PLACES[name]
    return Fault(name, DIFFERS, context=plain({"before": record.says[place], "after": claim.says[place]}))


def _several(count: int) -> Fault:
    return Fault("", "several_records", context={"count": count})
