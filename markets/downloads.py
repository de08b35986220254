"""A page's tables as a file: CSV, XLSX or JSON, with the same values as the screen and the sources below."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from urllib.parse import quote

import orjson
import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from markets.profiles.tables import Cell, Table
from markets.vocabulary import AsOf

# A spreadsheet reads a text that begins with one of these as a formula, blanks before it or not; the full-width ones
# too, where the language of its user writes them so.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")
# Characters that no file of ours carries: a CSV or a workbook that holds one cannot be read again.
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# Spreadsheets keep fifteen digits of a number; a longer one stays exact as text.
SPREADSHEET_DIGITS = 15
COLUMN_WIDTHS = (8, 60)
# What a spreadsheet takes as the name of a sheet.
SHEET_NAME_LENGTH = 31
SHEET_NAME_WITHOUT = "[]:*?/\\'"


class Form(StrEnum):
    """The forms a table is given out in."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}


def response(
    shown: Table | Sequence[Table], form: Form, *, as_of: AsOf | None = None, with_bom: bool = False
) -> HttpResponse:
    """One table, or all tables of a page, as an attachment named after the first.

    A workbook has a sheet for each; JSON has the first at its top and the others by their keys under `tables`;
    a CSV has the first alone and names the others. as_of: the moment of knowledge they were asked for, told beside
    the sources. with_bom: a CSV begins with a byte order mark, without which Excel takes its letters for those of
    another alphabet.
    """
    tables = (shown,) if isinstance(shown, Table) else tuple(shown)
    body = _WRITERS[form](tables, _asked_moment(as_of))
    if with_bom and form is Form.CSV:
        body = codecs.BOM_UTF8 + body
    return attachment(body, form, _file_name(tables[0], form, as_of))


def file_of(table: Table, form: Form) -> bytes:
    """One table as the bytes of a file; `attachment` hands them out later."""
    return _WRITERS[form]((table,), [])


def attachment(body: bytes, form: Form, name: str) -> HttpResponse:
    """The bytes of a file under its name."""
    answer = HttpResponse(body, content_type=CONTENT_TYPES[form])
    answer.headers["Content-Disposition"] = content_disposition(name)
    return answer


def content_disposition(name: str) -> str:
    """An attachment's header (RFC 6266): a plain name for old readers, the exact one beside it."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file_name(table: Table, form: Form, as_of: AsOf | None) -> str:
    day = f"-as-of-{as_of.at.date().isoformat()}" if as_of else ""
    return f"sogdia-{table.name}{day}.{form.value}"


def _asked_moment(as_of: AsOf | None) -> list[str]:
    return [_("As known on %(day)s.") % {"day": as_of.at.date().isoformat()}] if as_of else []


def _csv(tables: Sequence[Table], moment: list[str]) -> bytes:
    """A header of column keys, raw values with a dot, then remarks: lines that begin with `#`."""
    table, others = tables[0], tables[1:]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    out.write("\r\n")
    remarks = [*_remarks(table), *_as_notes(moment)]
    if others:
        keys = ", ".join(other.key for other in others)
        remarks.append(_("More tables of this page, asked for with table= in the address: %(keys)s") % {"keys": keys})
    for line in remarks:
        out.write(f"# {' '.join(line.split())}\r\n")
    return out.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, int):
        return str(cell)
    return f"'{_writable(cell)}" if is_like_formula(cell) else _writable(cell)


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet might run the text: it begins as a formula does, after blanks and quotes or at once."""
    return text.startswith(FORMULA_STARTS) or text.lstrip(" \u00a0\u3000'\"").startswith(FORMULA_STARTS)


def as_written(text: str) -> str:
    """The text of a cell of our own CSV as it was before it was made harmless."""
    return text[1:] if text.startswith("'") and is_like_formula(text[1:]) else text


def _writable(text: str) -> str:
    return UNWRITABLE.sub("\ufffd", text)


def _remarks(table: Table) -> Iterator[str]:
    yield table.title
    for source in table.sources:
        yield _("Source: %(source)s") % {"source": source}
    yield from _as_notes(table.notes)


def _as_notes(notes: Sequence[str]) -> Iterator[str]:
    for note in notes:
        yield _("Note: %(note)s") % {"note": note}


def _xlsx(tables: Sequence[Table], moment: list[str]) -> bytes:
    """Numbers as numbers and texts as texts, never as formulas; the sources on a sheet of their own."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True})
    names = [_("Data")] if len(tables) == 1 else [_sheet_name(table) for table in tables]
    for name, table in zip(names, tables, strict=True):
        _write_sheet(book.add_worksheet(name), table, bold)
    sources = book.add_worksheet(_("Sources"))
    sources.set_column(0, 0, 2 * COLUMN_WIDTHS[1])
    remarks = [remark for table in tables for remark in _remarks(table)]
    for line, remark in enumerate([*remarks, *_as_notes(moment)]):
        sources.write_string(line, 0, remark)
    book.close()
    return out.getvalue()


def _sheet_name(table: Table) -> str:
    return "".join(c for c in table.label if c not in SHEET_NAME_WITHOUT)[:SHEET_NAME_LENGTH]


def _write_sheet(sheet: xlsxwriter.worksheet.Worksheet, table: Table, bold: xlsxwriter.format.Format) -> None:
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, bold)
        sheet.set_column(place, place, _width(table, place))
    for line, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(sheet, line, place, cell)
    sheet.freeze_panes(1, 0)


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, int) or (isinstance(cell, Decimal) and _fits(cell)):
        sheet.write_number(line, place, float(cell))
    else:
        sheet.write_string(line, place, format(cell, "f") if isinstance(cell, Decimal) else _writable(str(cell)))


def _fits(value: Decimal) -> bool:
    return len(value.normalize().as_tuple().digits) <= SPREADSHEET_DIGITS


def _width(table: Table, place: int) -> int:
    longest = max([len(table.columns[place].label), *(len(_csv_cell(row[place])) for row in table.rows)])
    return min(max(longest + 1, COLUMN_WIDTHS[0]), COLUMN_WIDTHS[1])


def _json(tables: Sequence[Table], moment: list[str]) -> bytes:
    """`data` by column keys, `sources` and `notes`. Amounts are decimal strings, as in the API."""
    body = _json_table(tables[0], moment)
    if tables[1:]:
        body["tables"] = {table.key: _json_table(table, moment) for table in tables[1:]}
    return orjson.dumps(body)


def _json_table(table: Table, moment: list[str]) -> dict[str, object]:
    keys = [column.key for column in table.columns]
    data = [dict(zip(keys, (_json_cell(cell) for cell in row), strict=True)) for row in table.rows]
    return {"title": table.title, "data": data, "sources": list(table.sources), "notes": [*table.notes, *moment]}


def _json_cell(cell: Cell) -> str | int | None:
    return format(cell, "f") if isinstance(cell, Decimal) else cell


_WRITERS: dict[Form, Callable[[Sequence[Table], list[str]], bytes]] = {
    Form.CSV: _csv,
    Form.XLSX: _xlsx,
    Form.JSON: _json,
}
