"""A frozen choice of records: what can be done with it, and what that would change."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.access import Actor, one, seen
from companies.models import ExportRecord, Selection
from companies.profiles.record_list import COLUMN_LABELS
from companies.profiles.record_words import STATUS_WORDS
from companies.records import bulk
from companies.records.fields import INCOTERMS, label
from companies.records.reading import HS_REVISIONS
from markets.models import Currency
from markets.queries import standing

LINES_SHOWN: Final = 20
_SHOWN: Final = ("status", *bulk.FIELDS)
_NAMED: Final = {
    "category_id": "category",
    "destination_id": "destination",
    "settlement_currency_id": "settlement_currency",
}


@dataclass(frozen=True, slots=True)
class BulkField:
    """An entry that can be set in all of them. choices: empty where it is free text. value: as it was sent."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    value: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class SelectionPage:
    """A choice of records. done: how many were changed with it; undoable: how many of them nobody changed since."""

    id: uuid.UUID
    count: int
    query: str
    is_used: bool
    fields: tuple[BulkField, ...]
    action: str
    reason: str
    done: int
    undoable: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of one record, before and after, in words; empty where nothing is said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One record of a choice, with what would change in it, or why nothing can."""

    id: uuid.UUID
    company: str
    destination: str
    period: str
    differences: tuple[Difference, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What a wish would do: to how many, to how many not, and the first of each.

    moved: chosen ones that were changed since; joined: match by now and were not chosen. values: of the wish.
    """

    id: uuid.UUID
    action: str
    values: Mapping[str, str]
    reason: str
    count: int
    changing: int
    same: int
    refused: int
    moved: int
    joined: int
    lines: tuple[PreviewLine, ...]
    refused_lines: tuple[PreviewLine, ...]


def selection_page(actor: Actor, key: object, wish: bulk.Wish | None = None) -> SelectionPage:
    """What can be done with a choice, or what was. Raises SignInNeeded, HiddenObject."""
    selection = one(actor, Selection, key)
    done = bulk.changes_of(selection) if selection.used_at else {}
    versions = dict(seen(actor, ExportRecord).filter(pk__in=list(done)).values_list("pk", "version"))
    undoable = sum(versions.get(uuid.UUID(name)) == selection.versions[name] + 1 for name in done)
    return SelectionPage(
        id=selection.pk,
        count=selection.count,
        query=selection.query,
        is_used=selection.used_at is not None,
        fields=tuple(_fields(wish.values if wish else {})),
        action=wish.action if wish else bulk.EDIT,
        reason=wish.reason if wish else "",
        done=len(done),
        undoable=undoable,
    )


def preview_page(actor: Actor, key: object, wish: bulk.Wish) -> PreviewPage:
    """What a wish would do; nothing is written. Raises what `bulk.plan` raises."""
    planned = bulk.plan(actor, key, wish)
    changing, refused = planned.changing, planned.refused
    return PreviewPage(
        id=planned.selection.pk,
        action=wish.action,
        values=wish.values,
        reason=wish.reason,
        count=planned.selection.count,
        changing=len(changing),
        same=len(planned.rows) - len(changing) - len(refused),
        refused=len(refused),
        moved=planned.moved,
        joined=planned.joined,
        lines=tuple(_lines(changing[:LINES_SHOWN])),
        refused_lines=tuple(_lines(refused[:LINES_SHOWN])),
    )


def _fields(values: Mapping[str, str]) -> Iterable[BulkField]:
    reference = standing.reference()
    choices: dict[str, Sequence[tuple[str, str]]] = {
        "destination": sorted(((code, area.name) for code, area in reference.areas.items()), key=lambda area: area[1]),
        "category": [(category.slug, category.name) for category in reference.categories],
        "hs_revision": [(revision, revision) for revision in HS_REVISIONS],
        "corridor": [(key, _(words)) for key, words in ExportRecord.Corridor.choices],
        "incoterm": [(key, f"{key} · {words}") for key, words in INCOTERMS.items()],
        "settlement_currency": [
            (currency.code, f"{currency.code} · {currency.name}") for currency in Currency.objects.all()
        ],
    }
    for name in bulk.FIELDS:
        yield BulkField(name, label(name), tuple(choices.get(name, ())), values.get(name, ""), name in values)


def _lines(planned: Sequence[bulk.Planned]) -> Iterable[PreviewLine]:
    reference = standing.reference()
    names: dict[str, Mapping[str, Any]] = {
        "destination": {code: area.name for code, area in reference.areas.items()},
        "category": {category.slug: category.name for category in reference.categories},
        "corridor": {key: _(words) for key, words in ExportRecord.Corridor.choices},
        "status": STATUS_WORDS,
    }
    for row in planned:
        record = row.record
        yield PreviewLine(
            id=record.pk,
            company=record.company.name,
            destination=str(names["destination"].get(record.destination_id, record.destination_id)),
            period=record.period,
            differences=tuple(_differences(row, names)),
            why=row.why,
        )


def _differences(row: bulk.Planned, names: Mapping[str, Mapping[str, Any]]) -> Iterable[Difference]:
    if "removed_at" in row.columns:
        yield Difference(_("In the list"), _("yes"), _("no"))
    for column, value in row.columns.items():
        name = _NAMED.get(column, column)
        if name in _SHOWN and not row.why:
            before = getattr(row.record, column)
            known = names.get(name, {})
            told = [str(known.get(each, each)) if each else "" for each in (before, value)]
            if told[0] != told[1]:
                yield Difference(str(COLUMN_LABELS[name]), *told)
