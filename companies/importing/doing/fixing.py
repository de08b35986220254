"""Putting rows right without touching the file: for all cells that say the same, or for one; any of it taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Actor, one
from companies.changes import changed
from companies.importing.checking.faults import unpacked
from companies.importing.doing.work import KEPT, Work, ask_work, open_import
from companies.importing.plan import FIELDS, Fixes, Policy
from companies.models import Import, ImportRow
from companies.records.checking import invalid, refuse

FIXED: Final = "fixed"
# What people choose and write here is bounded; a file with more to put right is put right where it was made.
MOST_FIXES: Final = 20_000
LONGEST: Final = 4_000
# Of what was put right so many wordings are named in the change log.
_MOST_TOLD: Final = 50
# Entries that hold free text, which may name persons: how many were put right is remembered, not what they say.
_UNTOLD: Final = frozenset({"note", "value_note", "growth_base", "customs_office", "document_reference"})
_STEPS: Final = (Import.Step.MAPPED, Import.Step.CHECKED)

Values = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class CellFix:
    """What is read in one cell, as a person would write it there; empty: as if nothing stood there."""

    row: int
    field: str
    becomes: str


@dataclass(frozen=True, slots=True)
class _Decision:
    """fixed: the fixes as they are to be. after, before: what the change log keeps of it. rows: those it names."""

    fixed: Callable[[Fixes], Fixes]
    after: Mapping[str, Any]
    before: Mapping[str, Any] = field(default_factory=dict)
    rows: frozenset[int] = frozenset()


def fix_values(actor: Actor, key: object, version: int | None, values: Values) -> Import:
    """By field, what cells say -> what is read instead, in every row that says so; empty: as if nothing stood there.

    An empty wording is that of cells that say nothing. Every use-case here asks for a new check: wake a worker for the
    import's job. Raises what `work.open_import` raises; FieldsRejected.
    """
    _refuse_strange(values, (text for each in values.values() for pair in each.items() for text in pair))
    count = sum(len(each) for each in values.values())
    told = {name: _told(name, dict(list(each.items())[:_MOST_TOLD])) for name, each in values.items()}
    decision = _Decision(
        lambda fixes: replace(fixes, values=_merged(fixes.values, values)), {"wordings": count, "values": told}
    )
    return _decided(actor, key, version, decision)


def fix_cell(actor: Actor, key: object, version: int | None, fix: CellFix) -> Import:
    """One cell of one row, whatever it says. Raises what `fix_values` raises, FieldsRejected for a row not there."""
    _refuse_strange([fix.field], [fix.becomes])
    added = {str(fix.row): {fix.field: fix.becomes.strip()}}
    decision = _Decision(
        lambda fixes: replace(fixes, cells=_merged(fixes.cells, added)),
        {"row": fix.row, "values": {fix.field: _told(fix.field, fix.becomes.strip())}},
        rows=frozenset({fix.row}),
    )
    return _decided(actor, key, version, decision)


def leave_out_values(actor: Actor, key: object, version: int | None, name: str, said: str) -> Import:
    """Rows in which this field says this are not imported. Raises what `fix_values` raises."""
    _refuse_strange([name], [said])

    def fixed(fixes: Fixes) -> Fixes:
        kept = dict(fixes.left_out_values)
        return replace(fixes, left_out_values=kept | {name: kept.get(name, frozenset()) | {said}})

    return _decided(actor, key, version, _Decision(fixed, {"left_out": {name: _told(name, said)}}))


def leave_out_rows(actor: Actor, key: object, version: int | None, rows: Iterable[int]) -> Import:
    """These rows are not imported. Raises what `fix_values` raises, FieldsRejected for a row not there."""
    numbers = frozenset(rows)
    decision = _Decision(
        lambda fixes: replace(fixes, left_out=fixes.left_out | numbers),
        {"left_out": {"rows": sorted(numbers)[:_MOST_TOLD]}},
        rows=numbers,
    )
    return _decided(actor, key, version, decision)


def leave_out_faults(actor: Actor, key: object, version: int | None, name: str, kind: str) -> Import:
    """Rows with a fault of this kind (`Fault.kind`) in this field are not imported, whatever their cells say.

    name: empty for faults of the row as a whole. Raises what `fix_values` raises, FieldsRejected where the newest check
    found no such fault.
    """
    imported = one(actor, Import, key)
    found = [fault for fault in unpacked(imported.groups) if (fault.field, fault.kind) == (name, kind)]
    if not found:
        refuse([invalid("left_out", _("no row has this fault; look at the check again"))])
    told = "" if found[0].title() else found[0].sentence()

    def fixed(fixes: Fixes) -> Fixes:
        return replace(fixes, left_out_faults=_merged(fixes.left_out_faults, {name: {kind: told}}))

    return _decided(actor, key, version, _Decision(fixed, {"left_out": {"faults": {name: found[0].code}}}))


def take_back_faults(actor: Actor, key: object, version: int | None, name: str, kind: str) -> Import:
    """Rows with a fault of this kind are wrong again, not left out. Raises what `fix_values` raises."""
    decision = _Decision(
        lambda fixes: replace(fixes, left_out_faults=_without(fixes.left_out_faults, name, kind)),
        {"taken_back": {"faults": {name: kind.partition("-")[0]}}},
    )
    return _decided(actor, key, version, decision)


def register_unknown(actor: Actor, key: object, version: int | None, *, register: bool = True) -> Import:
    """Companies nobody knows are registered as new, or are not. Raises what `fix_values` raises."""
    decision = _Decision(
        lambda fixes: replace(fixes, register=register), {"register": register}, before={"register": not register}
    )
    return _decided(actor, key, version, decision)


def choose_scale(actor: Actor, key: object, version: int | None, scale: str) -> Import:
    """What holds where a cell names a currency alone and its column counts in thousands: one of `Fixes.SCALES`.

    Empty: the answer is taken back. Raises what `fix_values` raises, FieldsRejected for any other word.
    """
    if scale and scale not in Fixes.SCALES:
        refuse([invalid("scale", _("choose one of the list"))])
    return _decided(actor, key, version, _Decision(lambda fixes: replace(fixes, scale=scale), {"scale": scale}))


def keep_twins(actor: Actor, key: object, version: int | None, *, keep: bool = True) -> Import:
    """Rows of one key that otherwise differ are records of their own, or are not. Raises what `fix_values` raises."""
    decision = _Decision(
        lambda fixes: replace(fixes, keep_twins=keep), {"keep_twins": keep}, before={"keep_twins": not keep}
    )
    return _decided(actor, key, version, decision)


def take_back_value(actor: Actor, key: object, version: int | None, name: str, said: str) -> Import:
    """What was put right for these cells, or that their rows are left out, holds no more. Raises as `fix_values`."""

    def fixed(fixes: Fixes) -> Fixes:
        left = {
            each: wordings - {said} if each == name else wordings for each, wordings in fixes.left_out_values.items()
        }
        kept = {each: wordings for each, wordings in left.items() if wordings}
        return replace(fixes, values=_without(fixes.values, name, said), left_out_values=kept)

    return _decided(actor, key, version, _Decision(fixed, {"taken_back": {name: _told(name, said)}}))


def take_back_row(actor: Actor, key: object, version: int | None, row: int) -> Import:
    """What was put right in this row alone, or that it is left out, holds no more. Raises as `fix_values`."""

    def fixed(fixes: Fixes) -> Fixes:
        cells = {number: each for number, each in fixes.cells.items() if number != str(row)}
        return replace(fixes, cells=cells, left_out=fixes.left_out - {row})

    return _decided(actor, key, version, _Decision(fixed, {"taken_back": {"rows": [row]}}))


def choose_policy(actor: Actor, key: object, version: int | None, policy: Policy) -> Import:
    """What becomes of rows that are not plainly new. Needs no new check.

    Raises what `work.open_import` raises; FieldsRejected for a word that is none of the choices.
    """
    choices = (
        ("errors", policy.errors, Policy.ERRORS),
        ("updates", policy.updates, Policy.UPDATES),
        ("conflicts", policy.conflicts, Policy.CONFLICTS),
    )
    refuse([invalid(name, _("choose one of the list")) for name, chosen, allowed in choices if chosen not in allowed])
    with transaction.atomic():
        imported = open_import(actor, key, version, *_STEPS)
        before = Policy.unpacked(imported.policy).packed()
        if imported.checked_version == imported.version:
            imported.checked_version += 1
        imported.policy = policy.packed()
        imported.version += 1
        imported.expires_at = timezone.now() + KEPT
        imported.updated_at = Now()
        imported.save(update_fields=["policy", "version", "checked_version", "expires_at", "updated_at"])
        imported.refresh_from_db()
        changed(actor, "chose_policy", imported, before=before, after=policy.packed())
    return imported


def _decided(actor: Actor, key: object, version: int | None, decision: _Decision) -> Import:
    """Keep the new fixes, remember what was decided, and ask for a check; nothing where it was so already."""
    with transaction.atomic():
        imported = open_import(actor, key, version, *_STEPS)
        _refuse_rows(imported, decision.rows)
        standing = Fixes.unpacked(imported.fixes)
        fixes = decision.fixed(standing)
        if _size(fixes) > MOST_FIXES:
            refuse([invalid("values", _("this is too much to put right here; put it right in the file"))])
        if fixes.packed() == standing.packed():
            return imported
        imported.fixes = fixes.packed()
        imported.via = actor.via
        imported.api_key = actor.api_key
        ask_work(actor, imported, Work.CHECK)
        changed(actor, FIXED, imported, before=decision.before, after=decision.after)
    return imported


def _refuse_strange(fields: Iterable[str], texts: Iterable[str]) -> None:
    refuse(
        [invalid(name, _("there is no such entry to fill in; leave it out")) for name in fields if name not in FIELDS]
    )
    if any(len(text) > LONGEST or "\0" in text for text in texts):
        refuse([invalid("values", _("write at most %(most)s characters") % {"most": LONGEST})])


def _refuse_rows(imported: Import, rows: frozenset[int]) -> None:
    if rows and ImportRow.objects.filter(of=imported, number__in=rows).count() < len(rows):
        refuse([invalid("row", _("the file has no such row"))])


def _merged(kept: Values, added: Values) -> dict[str, dict[str, str]]:
    return {name: {**kept.get(name, {}), **added.get(name, {})} for name in (*kept, *(added.keys() - kept.keys()))}


def _without(kept: Values, field: str, said: str) -> dict[str, dict[str, str]]:
    left = {
        name: {wording: becomes for wording, becomes in each.items() if name != field or wording != said}
        for name, each in kept.items()
    }
    return {name: each for name, each in left.items() if each}


def _told(name: str, text: Any) -> Any:
    """What the change log keeps of an entry's wordings; nothing where they are free text."""
    return "" if name in _UNTOLD else text


def _size(fixes: Fixes) -> int:
    by_field = (fixes.values, fixes.left_out_values, fixes.left_out_faults, fixes.cells)
    wordings = [wordings for each in by_field for wordings in each.values()]
    return len(fixes.left_out) + sum(len(each) for each in wordings)
