"""The file of an import handed back with what is wrong in it, to be put right there and brought in again.

Made of the rows as they were read; the file itself is never opened here. The first row names the columns as the file
did, so that what was once said of them holds for it too; the columns added behind them are left out when it is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any, Final, TypeVar

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import get_language
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from companies.importing.checking.faults import Fault, unpacked
from companies.importing.plan import Mapping as Meaning
from companies.importing.reading.form import OWN_COLUMNS, Cell, Kind
from companies.models import Import, ImportRow, ImportVerdict
from companies.records.fields import label
from markets.downloads import SPREADSHEET_DIGITS, UNWRITABLE, is_like_formula

_Row = TypeVar("_Row")

_CHUNK: Final = 500
_BOM: Final = b"\xef\xbb\xbf"
_WIDTH: Final = 18
_WIDTH_OF_OURS: Final = (12, 70, 40)
_LONGEST: Final = 32_767
# Numbers as the cells of workbooks hold them; a percentage with its sign. What is none is written as the text it is.
_NUMBER: Final = re.compile(r"(?P<digits>-?\d+(?:\.(?P<fraction>\d+))?)(?P<share>%)?", re.ASCII)
_SHARES: Final = ("0", *(f"0.{'0' * decimals}" for decimals in range(1, SPREADSHEET_DIGITS)))
_FIRST_DAY: Final = dt.date(1900, 3, 1)


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row as the file had it, and what is wrong with it. suggested: what is probably meant, one line a fault."""

    number: int
    cells: Sequence[Any]
    faults: Sequence[Fault]

    @property
    def told(self) -> str:
        """What is wrong, in the active language, each with the name of its entry."""
        return "\n".join(_named(fault, fault.sentence()) for fault in self.faults)

    @property
    def suggested(self) -> str:
        """What is probably meant, where anything is."""
        return "\n".join(_named(fault, fault.near[0].label) for fault in self.faults if fault.near)


def errors_csv(imported: Import) -> IO[bytes]:
    """The rows that are wrong, as CSV in UTF-8, in a temporary file at its beginning.

    Texts that a spreadsheet would run are made harmless.
    """
    made = tempfile.TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    headers = _headers(imported)
    made.write(_BOM)
    made.write(_lines([[_harmless(header) for header in (*headers, *_own_headers())]]))
    for rows in _in_chunks(_wrong(imported)):
        made.write(_lines([*_texts(row, len(headers)), str(row.number), row.told, row.suggested] for row in rows))
    made.seek(0)
    return made


def annotated(imported: Import) -> IO[bytes]:
    """All rows as a workbook in a temporary file at its beginning: wrong cells in colour, and in words beside them."""
    made = tempfile.TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    with xlsxwriter.Workbook(made, options) as book:
        _write(book, imported)
    made.seek(0)
    return made


def _write(book: xlsxwriter.Workbook, imported: Import) -> None:
    sheet = book.add_worksheet()
    headers = _headers(imported)
    formats = _Formats.of(book)
    own = _own_headers()
    sheet.set_column(0, max(len(headers) - 1, 0), _WIDTH)
    for place, width in enumerate(_WIDTH_OF_OURS):
        sheet.set_column(len(headers) + place, len(headers) + place, width)
    sheet.freeze_panes(1, 0)
    for place, header in enumerate((*headers, *own)):
        sheet.write_string(0, place, _writable(header), formats.header)
    columns_by_field = _columns_by_field(imported)
    for at, row in enumerate(_all(imported), start=1):
        wrong = {place for fault in row.faults for place in columns_by_field.get(fault.field, ())}
        for place, packed in enumerate(row.cells[: len(headers)]):
            _write_cell(sheet, at, place, Cell.unpacked(packed), formats.of_cell(is_wrong=place in wrong))
        sheet.write_number(at, len(headers), row.number)
        if row.faults:
            sheet.write_string(at, len(headers) + 1, _writable(row.told), formats.told)
            sheet.write_string(at, len(headers) + 2, _writable(row.suggested), formats.told)


@dataclass(frozen=True, slots=True)
class _Pair:
    """The formats of what is right, or of what is wrong. shares: of percentages, by how many decimals are shown."""

    plain: Format | None
    day: Format
    moment: Format
    shares: Sequence[Format]


@dataclass(frozen=True, slots=True)
class _Formats:
    header: Format
    told: Format
    right: _Pair
    wrong: _Pair

    @classmethod
    def of(cls, book: xlsxwriter.Workbook) -> _Formats:
        colour = {"bg_color": "#FFE0B2", "border": 1, "border_color": "#B45309"}
        return cls(
            header=book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            told=book.add_format({"text_wrap": True, "valign": "top"}),
            right=_pair(book, {}),
            wrong=_pair(book, colour),
        )

    def of_cell(self, *, is_wrong: bool) -> _Pair:
        return self.wrong if is_wrong else self.right


def _pair(book: xlsxwriter.Workbook, look: Mapping[str, Any]) -> _Pair:
    return _Pair(
        plain=book.add_format(look) if look else None,
        day=book.add_format({**look, "num_format": "yyyy-mm-dd"}),
        moment=book.add_format({**look, "num_format": "yyyy-mm-dd hh:mm:ss"}),
        shares=[book.add_format({**look, "num_format": f"{form}%"}) for form in _SHARES],
    )


def _write_cell(sheet: Worksheet, row: int, column: int, cell: Cell, look: _Pair) -> None:
    """The cell as what it was: a number, a day, yes or no, else a text; never a formula."""
    if not cell.text:
        if look.plain is not None:
            sheet.write_blank(row, column, None, look.plain)
    elif cell.kind is Kind.NUMBER and (number := _NUMBER.fullmatch(cell.text)) and _is_short(cell.text):
        if number["share"]:
            decimals = len(number["fraction"] or "")
            share = Decimal(number["digits"]).scaleb(-2)
            sheet.write_number(row, column, float(share), look.shares[min(decimals, len(look.shares) - 1)])
        else:
            sheet.write_number(row, column, float(number["digits"]), look.plain)
    elif cell.kind is Kind.DATE and (moment := _moment(cell.text)) is not None:
        sheet.write_datetime(row, column, moment, look.moment if "T" in cell.text else look.day)
    elif cell.kind is Kind.BOOL and cell.text.upper() in {"TRUE", "FALSE"}:
        sheet.write_boolean(row, column, cell.text.upper() == "TRUE", look.plain)
    else:
        sheet.write_string(row, column, _writable(cell.text), look.plain)


def _is_short(text: str) -> bool:
    """Whether a spreadsheet keeps every digit."""
    return sum(sign.isdigit() for sign in text) <= SPREADSHEET_DIGITS


def _moment(text: str) -> dt.datetime | None:
    """The moment, where a spreadsheet can hold it as such."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and moment.date() >= _FIRST_DAY else None


def _headers(imported: Import) -> list[str]:
    return [str(header) for header in imported.found.get("headers", ())]


def _own_headers() -> tuple[str, str, str]:
    return OWN_COLUMNS.get(get_language() or "en", OWN_COLUMNS["en"])


def _columns_by_field(imported: Import) -> dict[str, list[int]]:
    meaning = Meaning.unpacked(imported.mapping)
    fields = {each.field for each in meaning.columns if each.field}
    return {name: meaning.of(name) for name in fields}


def _wrong(imported: Import) -> Iterator[JudgedRow]:
    wrong = ImportVerdict.objects.filter(of=imported, outcome=ImportVerdict.Outcome.ERROR)
    return _judged(imported, ImportRow.objects.filter(of=imported, number__in=wrong.values("number")))


def _all(imported: Import) -> Iterator[JudgedRow]:
    return _judged(imported, ImportRow.objects.filter(of=imported))


def _judged(imported: Import, of_file: QuerySet[ImportRow]) -> Iterator[JudgedRow]:
    """The rows in their order with their faults, never all of them in memory."""
    wrong = ImportVerdict.objects.filter(of=imported, outcome=ImportVerdict.Outcome.ERROR)
    rows = of_file.order_by("number").values_list("number", "cells").iterator(chunk_size=_CHUNK)
    for chunk in _in_chunks(rows):
        between = wrong.filter(number__range=(chunk[0][0], chunk[-1][0]))
        faults = dict(between.values_list("number", "faults"))
        for number, cells in chunk:
            yield JudgedRow(number, cells, unpacked(faults.get(number, ())))


def _in_chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    waiting: list[_Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == _CHUNK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _lines(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def _texts(row: JudgedRow, width: int) -> list[str]:
    """The cells as texts, as many as there are columns."""
    cells = [Cell.unpacked(packed) for packed in row.cells[:width]]
    texts = [cell.text if cell.kind is Kind.NUMBER else _harmless(cell.text) for cell in cells]
    return texts + [""] * (width - len(texts))


def _harmless(text: str) -> str:
    return f"'{_writable(text)}" if is_like_formula(text) else _writable(text)


def _writable(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)[:_LONGEST]


def _named(fault: Fault, words: str) -> str:
    return f"{label(fault.field)}: {words}" if fault.field else words
