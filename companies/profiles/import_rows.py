"""The rows of an import with what becomes of each: as the file has them, with what is wrong beside."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.importing.checking.faults import DIFFERS, Fault, matching, unpacked
from companies.importing.mapping.labels import called
from companies.importing.plan import Mapping as Meaning
from companies.importing.reading.form import Cell
from companies.models import Import, ImportRow, ImportVerdict
from companies.profiles.import_check import OUTCOME_WORDS, offers
from companies.profiles.imports import ImportHead, import_head
from companies.queries.paging import page_number

ROWS_OF_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class RowsQuestion:
    """Which rows are asked for. outcome, fault (its kind): empty for any. field, said: of the fault; None: whatever it
    is.
    """

    outcome: str = ""
    fault: str = ""
    field: str = ""
    said: str | None = None

    @property
    def of(self) -> str:
        """The kind of fault asked for, in one word for a list of choices; empty for any."""
        return f"{self.field} {self.fault}" if self.fault else ""

    def text(self) -> str:
        """As an address holds it."""
        asked = {"outcome": self.outcome, "fault": self.fault, "field": self.field, "said": self.said}
        return urlencode(
            {name: value for name, value in asked.items() if value or (name == "said" and value is not None)}
        )


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of fault that rows can be asked for by. key: as `RowsQuestion.of`."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class RowCell:
    """A cell as the file has it. header: of its column. is_read: whether the column is anything."""

    header: str
    text: str
    is_wrong: bool
    is_read: bool


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row. said: what its cell says, offered for change; can_fix: whether it is of one entry."""

    place: str
    field: str
    label: str
    told: str
    said: str
    suggestion: str
    becomes: str

    @property
    def can_fix(self) -> bool:
        return bool(self.field)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """A row and what becomes of it. record: the one it is about."""

    number: int
    outcome: str
    outcome_words: str
    faults: tuple[RowFault, ...]
    warnings: tuple[str, ...]
    cells: tuple[RowCell, ...]
    record: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class RowsPage:
    """One page of rows. kinds: what can be asked for. headers: of the file's columns. count: of all asked for."""

    head: ImportHead
    question: RowsQuestion
    outcomes: tuple[tuple[str, str], ...]
    kinds: tuple[KindChoice, ...]
    headers: tuple[str, ...]
    lines: tuple[JudgedLine, ...]
    offers: tuple[tuple[str, tuple[str, ...]], ...]
    count: int
    page: int
    pages: int

    def query_of(self, page: int) -> str:
        """The query of another page of the same rows."""
        return "&".join(part for part in (self.question.text(), f"page={page}") if part)

    @property
    def query(self) -> str:
        """The query of this page."""
        return self.query_of(self.page)

    @property
    def previous_query(self) -> str:
        return self.query_of(self.page - 1) if self.page > 1 else ""

    @property
    def next_query(self) -> str:
        return self.query_of(self.page + 1) if self.page < self.pages else ""


def rows_page(actor: Actor, imported: Import, question: RowsQuestion, page: str = "") -> RowsPage:
    """A page of the rows asked for. Raises InvalidValue for what is no number of a page."""
    wanted = page_number(page)
    rows = verdicts(imported, question)
    count = rows.count()
    pages = max(1, -(-count // ROWS_OF_PAGE))
    at = min(wanted, pages)
    shown = list(rows.order_by("number")[(at - 1) * ROWS_OF_PAGE : at * ROWS_OF_PAGE])
    numbers = [verdict.number for verdict in shown]
    cells = dict(ImportRow.objects.filter(of=imported, number__in=numbers).values_list("number", "cells"))
    headers = tuple(str(header) for header in imported.found.get("headers", ()))
    meaning = Meaning.unpacked(imported.mapping)
    lines = tuple(_line(verdict, cells.get(verdict.number, ()), headers, meaning) for verdict in shown)
    fields = {fault.field for line in lines for fault in line.faults}
    return RowsPage(
        head=import_head(imported, "check"),
        question=question,
        outcomes=tuple((key, str(words)) for key, words in OUTCOME_WORDS.items()),
        kinds=tuple(_kinds(imported)),
        headers=headers,
        lines=lines,
        offers=tuple(offers(actor, imported, fields)),
        count=count,
        page=at,
        pages=pages,
    )


def verdicts(imported: Import, question: RowsQuestion) -> QuerySet[ImportVerdict]:
    """The verdicts asked for."""
    rows = ImportVerdict.objects.filter(of=imported)
    if question.outcome:
        rows = rows.filter(outcome=question.outcome)
    if question.fault:
        asked = matching(question.fault) | {"field": question.field}
        if question.said is not None:
            asked["said"] = question.said
        rows = rows.filter(faults__contains=[asked])
    return rows


def _kinds(imported: Import) -> Iterator[KindChoice]:
    """What was found wrong, by the newest check, most rows first."""
    for packed in imported.groups:
        fault = Fault.unpacked(packed)
        told = fault.title() or fault.sentence()
        label = f"{called(fault.field)}: {told}" if fault.field else _("Rows that contradict each other")
        yield KindChoice(f"{fault.field} {fault.kind}", label, packed["count"])


def _line(verdict: ImportVerdict, cells: Sequence[Any], headers: Sequence[str], meaning: Meaning) -> JudgedLine:
    faults = unpacked(verdict.faults)
    wrong = {place for fault in faults for place in (meaning.of(fault.field) if fault.field else ())}
    read = {at for at, each in enumerate(meaning.columns) if each.field}
    texts = [Cell.unpacked(packed).text for packed in cells]
    return JudgedLine(
        number=verdict.number,
        outcome=verdict.outcome,
        outcome_words=str(OUTCOME_WORDS[verdict.outcome]),
        faults=tuple(_fault(verdict.number, place, fault) for place, fault in enumerate(faults)),
        warnings=tuple(fault.sentence() for fault in unpacked(verdict.warnings) if fault.code != DIFFERS),
        cells=tuple(
            RowCell(header, texts[at] if at < len(texts) else "", at in wrong, at in read)
            for at, header in enumerate(headers)
        ),
        record=verdict.record_id,
    )


def _fault(number: int, place: int, fault: Fault) -> RowFault:
    near = fault.near[0] if fault.near else None
    return RowFault(
        place=f"{number}-{place}",
        field=fault.field,
        label=called(fault.field) if fault.field else "",
        told=fault.sentence(),
        said=fault.said,
        suggestion=near.label if near else "",
        becomes=near.becomes if near else "",
    )
