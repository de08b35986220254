"""How a file was read: in words, with what can be chosen otherwise, and its first rows as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.importing import refusals
from companies.importing.reading.filling import letters
from companies.importing.reading.form import Cell, Choices, Found, Kind, NoticeCode
from companies.models import Import
from companies.profiles import import_reading_words as words
from companies.profiles.imports import ImportHead, import_head

ROWS_SHOWN: Final = 20
# Longer texts are cut in the table.
LONGEST_CELL: Final = 80


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read. sample: a line of the file read in this way. note: what else to know of it."""

    value: str
    label: str
    is_chosen: bool
    sample: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PreviewColumn:
    """A column of the file. letter: as spreadsheets call it. name: from the header rows; empty where it has none."""

    letter: str
    name: str
    is_blank: bool


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell as it stands in the file, cut where it is long."""

    text: str
    is_number: bool
    is_formula: bool
    is_error: bool


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row as it stands. kind: title, header, row or left; why: in words, where it is left out or needs a word."""

    number: int
    kind: str
    why: str
    cells: tuple[PreviewCell, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found, in words, and every choice with what it stands at.

    header_first, header_last: as shown in the form; empty where no row names the columns.
    """

    told: tuple[str, ...]
    notices: tuple[str, ...]
    encodings: tuple[Option, ...]
    delimiters: tuple[Option, ...]
    sheets: tuple[Option, ...]
    header_first: str
    header_last: str
    has_no_header: bool
    has_merged: bool
    has_totals: bool
    has_hidden: bool
    choices: Choices
    columns: tuple[PreviewColumn, ...]
    rows: tuple[PreviewRow, ...]
    row_count: int


@dataclass(frozen=True, slots=True)
class ReadPage:
    """The page of the step Read. reading: None before the file was read, and where it was refused.

    refusal: why it was refused and what to do; empty where it was not. was_chosen: somebody said how to read it.
    """

    head: ImportHead
    reading: Reading | None
    refusal: str
    was_chosen: bool

    @property
    def can_go_on(self) -> bool:
        """Whether the columns can be named now."""
        return any(step.key == "map" and step.page for step in self.head.steps)

    @property
    def is_refused(self) -> bool:
        return self.head.step == Import.Step.REFUSED


def read_page(imported: Import, given: Mapping[str, str] | None = None) -> ReadPage:
    """How the file of an import was read; the import is one that the reader sees.

    given: what was chosen in the form and refused, shown again as it was.
    """
    is_read = imported.found and imported.step != Import.Step.REFUSED
    reading = _reading(found_of(imported), Choices(**imported.choices)) if is_read else None
    if reading is not None and given is not None:
        reading = _as_given(reading, given)
    return ReadPage(import_head(imported, "read"), reading, refusals.told(imported.refusal), bool(imported.choices))


def found_of(imported: Import) -> Found:
    """What was found in the file of an import that was read."""
    return Found.unpacked(imported.found)


def _reading(found: Found, choices: Choices) -> Reading:
    return Reading(
        told=tuple(words.found_told(found)),
        notices=tuple(words.notices_told(found, choices)),
        encodings=_encodings(found),
        delimiters=tuple(
            Option(sign, words.delimiter_words(sign), sign == found.delimiter) for sign in found.delimiters
        ),
        sheets=_sheets(found),
        header_first=str(found.header_first or ""),
        header_last=str(found.header_last or ""),
        has_no_header=not found.header_first,
        has_merged=bool(found.merged) or choices.fill_merged,
        has_totals=bool(found.totals) or choices.with_totals,
        has_hidden=bool(found.hidden) or not choices.with_hidden,
        choices=choices,
        columns=tuple(_columns(found)),
        rows=tuple(_rows(found, choices)),
        row_count=found.row_count,
    )


def _as_given(reading: Reading, given: Mapping[str, str]) -> Reading:
    """The same with the choices of a form that was sent."""

    def chosen(name: str, options: tuple[Option, ...]) -> tuple[Option, ...]:
        return (
            tuple(replace(each, is_chosen=each.value == given[name]) for each in options) if name in given else options
        )

    return replace(
        reading,
        encodings=chosen("encoding", reading.encodings),
        delimiters=chosen("delimiter", reading.delimiters),
        sheets=chosen("sheet", reading.sheets),
        header_first=given.get("header_first", ""),
        header_last=given.get("header_last", ""),
        has_no_header="no_header" in given,
        choices=Choices(
            fill_merged="fill_merged" in given,
            with_totals="with_totals" in given,
            with_hidden="without_hidden" not in given,
        ),
    )


def _encodings(found: Found) -> tuple[Option, ...]:
    return tuple(
        Option(
            guess.name,
            words.encoding_words(guess.name),
            guess.name == found.encoding,
            sample=guess.sample,
            note=_("likely") if guess.is_likely else "",
        )
        for guess in found.encodings
    )


def _sheets(found: Found) -> tuple[Option, ...]:
    return tuple(
        Option(
            str(place),
            sheet.name,
            place == found.sheet,
            note=", ".join(words.sheet_told(sheet)),
        )
        for place, sheet in enumerate(found.sheets)
    )


def _columns(found: Found) -> Iterator[PreviewColumn]:
    blank = set(found.blank_columns)
    width = max((len(cells) for _number, cells in found.top), default=0)
    for place in range(max(width, len(found.headers))):
        name = found.headers[place] if place < len(found.headers) else ""
        yield PreviewColumn(letters(place), name, place in blank or place >= len(found.headers))


def _rows(found: Found, choices: Choices) -> Iterator[PreviewRow]:
    """The titles, the header and the rows after it, as many as are shown."""
    width = len(tuple(_columns(found)))
    shown = 0
    for number, packed in found.top:
        kind, why = _kind(found, choices, number, packed)
        shown += kind in ("row", "left")
        if shown > ROWS_SHOWN:
            return
        cells = [_cell(each) for each in packed]
        cells += [_cell(None)] * (width - len(cells))
        yield PreviewRow(number, kind, why, tuple(cells))


def _kind(found: Found, choices: Choices, number: int, packed: Sequence[Any]) -> tuple[str, str]:
    if number < found.header_first:
        return "title", ""
    if found.header_first <= number <= found.header_last:
        return "header", ""
    if why := _why_left(found, choices, number, packed):
        return "left", why
    return "row", _("hidden in the file") if number in found.hidden else ""


def _why_left(found: Found, choices: Choices, number: int, packed: Sequence[Any]) -> str:
    reasons = (
        (all(each is None for each in packed), _("empty")),
        (number in _of_notices(found, NoticeCode.NOTES), _("a remark below the table")),
        (number >= min(_of_notices(found, NoticeCode.OTHER_TABLE), default=number + 1), _("another table")),
        (number in found.repeated, _("repeats the names of the columns")),
        (number in found.totals and not choices.with_totals, _("adds up other rows")),
        (number in found.hidden and not choices.with_hidden, _("hidden in the file")),
    )
    return next((why for holds, why in reasons if holds), "")


def _of_notices(found: Found, code: NoticeCode) -> set[int]:
    """The rows that notices of this code name."""
    told = [notice.context for notice in found.notices if notice.code == code]
    return {number for each in told for number in (*each.get("rows", ()), *([each["row"]] if "row" in each else ()))}


def _cell(packed: Any) -> PreviewCell:
    cell = Cell.unpacked(packed)
    text = cell.text if len(cell.text) <= LONGEST_CELL else f"{cell.text[:LONGEST_CELL]}…"
    return PreviewCell(text, cell.kind is Kind.NUMBER, cell.is_formula, cell.kind is Kind.ERROR)
