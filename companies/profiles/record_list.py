"""The list of export records as it is looked at and taken away: one table, so that page and file cannot differ."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor, seen
from companies.models import Company, ExportRecord, Import
from companies.profiles.record_totals import RecordTotals, record_totals
from companies.profiles.record_words import CORRIDOR_WORDS, ORIGIN_WORDS, STATUS_WORDS
from companies.queries.namesakes import told_apart, with_namesakes
from companies.queries.records import COLUMNS, RecordQuestion, destinations_used, matching
from companies.queries.views import ViewRef, views_shown
from companies.records.fields import LABELS, LISTED
from markets.profiles.tables import Cell, Column, Table
from markets.queries import standing

PAGE_SIZES: Final = (50, 100, 200)
COLUMN_LABELS: Final[Mapping[str, Promise]] = {**LABELS, **LISTED}
NUMBERS: Final = frozenset({"value", "quantity", "net_weight_kg", "stated_growth_pct", "version"})
# Columns that name people or what only colleagues may know: never shown outside the organisation.
INSIDE_ONLY: Final = frozenset(
    {"document_reference", "note", "value_note", "origin", "origin_reference", "entered_by", "edited_by", "version",
     "updated_at", "customs_office"}
)  # fmt: skip
_CODED: Final[Mapping[str, Mapping[str, Promise]]] = {
    "status": STATUS_WORDS,
    "origin": ORIGIN_WORDS,
    "corridor": CORRIDOR_WORDS,
}
_STORED: Final[Mapping[str, str]] = {
    "company": "company__name",
    "destination": "destination_id",
    "category": "category_id",
    "currency": "currency_id",
    "settlement_currency": "settlement_currency_id",
    "entered_by": "created_by__name",
    "edited_by": "edited_by__name",
}
_PEOPLE: Final = {"entered_by": "created_by_id", "edited_by": "edited_by_id"}


@dataclass(frozen=True, slots=True)
class ListedRecord:
    """A record as a row: its cells stand under the columns of the list, raw as in a file."""

    id: uuid.UUID
    version: int
    company: str
    destination: str
    period: str
    status: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in words, and the question without it."""

    label: str
    value: str
    without: RecordQuestion


@dataclass(frozen=True, slots=True)
class RecordListPage:
    """The page of records.

    view: the saved view it was opened with; is_changed: it shows something else by now. query: the whole question as
    an address has it. total: how many match, on this page and the others. destinations: codes and names to choose from.
    """

    question: RecordQuestion
    view: ViewRef | None
    is_changed: bool
    query: str
    views: tuple[ViewRef, ...]
    chips: tuple[Chip, ...]
    columns: tuple[Column, ...]
    rows: tuple[ListedRecord, ...]
    total: int
    page: int
    pages: int
    page_size: int
    first: int
    totals: RecordTotals
    choices: Mapping[str, Sequence[tuple[str, str]]]
    may_write: bool
    may_share_outside: bool
    is_empty_organisation: bool

    @property
    def last(self) -> int:
        """The number of the last row shown, counted from the first that matches."""
        return self.first + len(self.rows) - 1

    @property
    def previous_page(self) -> int:
        """The page before this one."""
        return self.page - 1

    @property
    def next_page(self) -> int:
        """The page after this one."""
        return self.page + 1

    def address_of(self, question: RecordQuestion, **beside: str) -> str:
        """The query string of this page for another question; beside: page, rows, density, download."""
        own = {"view": str(self.view.id) if self.view else "all"}
        if self.page_size != PAGE_SIZES[0]:
            own["rows"] = str(self.page_size)
        asked = question.text(self.view.question if self.view else None)
        return "&".join(part for part in (urlencode(own), asked, urlencode(beside)) if part)


def record_list(
    actor: Actor,
    question: RecordQuestion,
    *,
    view: ViewRef | None = None,
    page: int = 1,
    page_size: int = PAGE_SIZES[0],
) -> RecordListPage:
    """The records that match, one page of them. Raises SignInNeeded, NoOrganisation; a page too far is the last one."""
    rows = matching(actor, question)
    totals = record_totals(actor, question)
    pages = max(1, -(-totals.count // page_size))
    page = min(page, pages)
    first = (page - 1) * page_size
    used = destinations_used(actor)
    return RecordListPage(
        question=question,
        view=view,
        is_changed=view is not None and question != view.question,
        query=question.text(),
        views=tuple(views_shown(actor)),
        chips=tuple(_chips(actor, question)),
        columns=tuple(columns_of(question.columns)),
        rows=tuple(listed(rows[first : first + page_size], question.columns)),
        total=totals.count,
        page=page,
        pages=pages,
        page_size=page_size,
        first=first + 1 if totals.count else 0,
        totals=totals,
        choices=_choices(used),
        may_write=actor.may(Action.WRITE),
        may_share_outside=actor.may(Action.SHARE_OUTSIDE),
        is_empty_organisation=not used,
    )


def record_table(actor: Actor, question: RecordQuestion, rows: Iterable[ListedRecord] | None = None) -> Table:
    """All records that match as one table: the columns, rows and order of the page. rows: where they are read already.

    Raises SignInNeeded, NoOrganisation.
    """
    found = listed(matching(actor, question), question.columns) if rows is None else rows
    return table_of(question, found)


def table_of(question: RecordQuestion, rows: Iterable[ListedRecord]) -> Table:
    """Listed rows as a table for files."""
    return Table("records", _("Export records"), columns_of(question.columns), [row.cells for row in rows])


def columns_of(names: Sequence[str]) -> list[Column]:
    """The columns of a list by their names."""
    return [Column(name, str(COLUMN_LABELS[name]), is_number=name in NUMBERS) for name in names]


def listed(rows: QuerySet[ExportRecord], columns: Sequence[str]) -> Iterator[ListedRecord]:
    """Rows with their cells, in one query; names of places and categories in the active language, companies of one name
    told apart.
    """
    stored = [_STORED.get(name, name) for name in columns]
    people = [_PEOPLE[name] for name in columns if name in _PEOPLE]
    fixed = (
        "pk", "version", "company__name", "company__place", "company_id", "has_namesake", "has_neighbour",
        "destination_id", "period", "status",
    )  # fmt: skip
    reading = _Reading(columns)
    for row in with_namesakes(rows).values_list(*fixed, *stored, *people).iterator(chunk_size=2000):
        key, version, company, place, company_id, has_namesake, has_neighbour, destination, period, status = row[
            : len(fixed)
        ]
        if has_namesake:
            company = told_apart(company, place, company_id, has_neighbour=has_neighbour)
        values = row[len(fixed) : len(fixed) + len(columns)]
        named = [company if name == "company" else value for name, value in zip(columns, values, strict=True)]
        cells = reading.cells(named, row[len(fixed) + len(columns) :])
        yield ListedRecord(key, version, company, reading.area(destination), period, status, cells)


class _Reading:
    """Reads stored values into cells; tables of names are looked at once."""

    def __init__(self, columns: Sequence[str]) -> None:
        reference = standing.reference()
        self.columns = columns
        self.names: dict[str, dict[str, str]] = {
            "destination": {code: area.name for code, area in reference.areas.items()},
            "category": {category.slug: category.name for category in reference.categories},
            **{name: {key: str(word) for key, word in words.items()} for name, words in _CODED.items()},
        }

    def area(self, code: str) -> str:
        return self.names["destination"].get(code, code)

    def cells(self, values: Sequence[Any], people: Sequence[int]) -> tuple[Cell, ...]:
        numbers = iter(people)
        return tuple(self._cell(name, value, numbers) for name, value in zip(self.columns, values, strict=True))

    def _cell(self, name: str, value: Any, people: Iterator[int]) -> Cell:
        if name in _PEOPLE:
            number = next(people)
            return value or f"#{number}"
        if value is None or value == "":
            return None
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).isoformat(timespec="seconds")
        cell: Cell = self.names[name].get(value, value) if name in self.names else value
        return cell


def _choices(used: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: the destinations there are records of, all categories, all words of a record."""
    reference = standing.reference()
    areas = [(code, reference.areas[code].name) for code in used if code in reference.areas]
    return {
        "destination": sorted(areas, key=lambda area: area[1]),
        "category": [(category.slug, category.name) for category in reference.categories],
        "status": [(key, str(words)) for key, words in STATUS_WORDS.items()],
        "origin": [(key, str(words)) for key, words in ORIGIN_WORDS.items()],
        "corridor": [(key, str(words)) for key, words in CORRIDOR_WORDS.items()],
        "columns": [(name, str(COLUMN_LABELS[name])) for name in COLUMNS],
    }


FILTER_LABELS: Final[Mapping[str, Promise]] = {
    "company": _lazy("Company"),
    "destination": _lazy("Destination"),
    "category": _lazy("Category"),
    "hs": _lazy("HS code begins with"),
    "period_from": _lazy("From"),
    "period_to": _lazy("Until"),
    "currency": _lazy("Currency"),
    "status": _lazy("Status"),
    "origin": _lazy("How it came here"),
    "corridor": _lazy("Transport corridor"),
    "mine": _lazy("Mine"),
    "search": _lazy("Search"),
    "updated_since": _lazy("Changed since"),
    "imported": _lazy("From the import"),
}


def _chips(actor: Actor, question: RecordQuestion) -> Iterator[Chip]:
    usual = RecordQuestion()
    for name, value in question.filters.items():
        without = replace(question, **{name: getattr(usual, name)})
        if name == "destination":
            without = replace(without, members=False)
        yield Chip(str(FILTER_LABELS[name]), _told(actor, question, name, value), without)


def _told(actor: Actor, question: RecordQuestion, name: str, value: Any) -> str:
    if name in ("company", "imported"):
        return _named(actor, name, value)
    if name == "destination":
        areas = standing.reference().areas
        told = ", ".join(areas[code].name for code in value)
        return _("%(groups)s and members") % {"groups": told} if question.members else told
    if name == "category":
        names_by_slug = {category.slug: category.name for category in standing.reference().categories}
        return ", ".join(names_by_slug[slug] for slug in value)
    if name in _CODED:
        return ", ".join(str(_CODED[name][key]) for key in value)
    if value is True:
        return _("entered or edited last by me")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _named(actor: Actor, name: str, value: Any) -> str:
    """What the companies, or the file of an import, are called; those that the reader does not see are unknown."""
    if name == "company":
        return ", ".join(_names(seen(actor, Company).filter(pk__in=value), "name")) or _("unknown")
    return ", ".join(_names(seen(actor, Import).filter(pk=value), "file_name")) or _("unknown")


def _names(rows: QuerySet[Any], column: str) -> list[str]:
    return list(rows.order_by(column).values_list(column, flat=True))
