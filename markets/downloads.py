"""A page's table as a file: CSV, XLSX or JSON, with the same values as the screen and the sources below."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from urllib.parse import quote

import orjson
import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from markets.profiles.tables import Cell, Table
from markets.vocabulary import AsOf

# A spreadsheet reads a text that begins with one of these as a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# Spreadsheets keep fifteen digits of a number; a longer one stays exact as text.
SPREADSHEET_DIGITS = 15
COLUMN_WIDTHS = (8, 60)


class Form(StrEnum):
    """The forms a table is given out in."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


_CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.JSON: "application/json",
}


def response(table: Table, form: Form, *, as_of: AsOf | None = None) -> HttpResponse:
    """The table as an attachment. as_of: the moment of knowledge the table was asked for, told beside the sources."""
    body = _WRITERS[form](table, _notes(table, as_of))
    answer = HttpResponse(body, content_type=_CONTENT_TYPES[form])
    answer.headers["Content-Disposition"] = content_disposition(_file_name(table, form, as_of))
    return answer


def content_disposition(name: str) -> str:
    """An attachment's header (RFC 6266): a plain name for old readers, the exact one beside it."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _file_name(table: Table, form: Form, as_of: AsOf | None) -> str:
    day = f"-as-of-{as_of.at.date().isoformat()}" if as_of else ""
    return f"sogdia-{table.name}{day}.{form.value}"


def _notes(table: Table, as_of: AsOf | None) -> list[str]:
    notes = list(table.notes)
    if as_of:
        notes.append(_("As known on %(day)s.") % {"day": as_of.at.date().isoformat()})
    return notes


def _csv(table: Table, notes: list[str]) -> bytes:
    """A header of column keys, raw values with a dot, then remarks: lines that begin with `#`."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([column.key for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    out.write("\r\n")
    for line in _remarks(table, notes):
        out.write(f"# {' '.join(line.split())}\r\n")
    return out.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def _remarks(table: Table, notes: list[str]) -> Iterator[str]:
    yield table.title
    for source in table.sources:
        yield _("Source: %(source)s") % {"source": source}
    for note in notes:
        yield _("Note: %(note)s") % {"note": note}


def _xlsx(table: Table, notes: list[str]) -> bytes:
    """Numbers as numbers and texts as texts, never as formulas; the sources on a sheet of their own."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold = book.add_format({"bold": True})
    data = book.add_worksheet(_("Data"))
    for place, column in enumerate(table.columns):
        data.write_string(0, place, column.label, bold)
        data.set_column(place, place, _width(table, place))
    for line, row in enumerate(table.rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(data, line, place, cell)
    data.freeze_panes(1, 0)
    sources = book.add_worksheet(_("Sources"))
    sources.set_column(0, 0, 2 * COLUMN_WIDTHS[1])
    for line, remark in enumerate(_remarks(table, notes)):
        sources.write_string(line, 0, remark)
    book.close()
    return out.getvalue()


def _write_cell(sheet: xlsxwriter.worksheet.Worksheet, line: int, place: int, cell: Cell) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, int) or (isinstance(cell, Decimal) and _fits(cell)):
        sheet.write_number(line, place, float(cell))
    else:
        sheet.write_string(line, place, format(cell, "f") if isinstance(cell, Decimal) else str(cell))


def _fits(value: Decimal) -> bool:
    return len(value.normalize().as_tuple().digits) <= SPREADSHEET_DIGITS


def _width(table: Table, place: int) -> int:
    longest = max([len(table.columns[place].label), *(len(_csv_cell(row[place])) for row in table.rows)])
    return min(max(longest + 1, COLUMN_WIDTHS[0]), COLUMN_WIDTHS[1])


def _json(table: Table, notes: list[str]) -> bytes:
    """`data` by column keys, then `sources` and `notes`. Amounts are decimal strings, as in the API."""
    keys = [column.key for column in table.columns]
    data = [dict(zip(keys, (_json_cell(cell) for cell in row), strict=True)) for row in table.rows]
    return orjson.dumps({"title": table.title, "data": data, "sources": list(table.sources), "notes": notes})


def _json_cell(cell: Cell) -> str | int | None:
    return format(cell, "f") if isinstance(cell, Decimal) else cell


_WRITERS: dict[Form, Callable[[Table, list[str]], bytes]] = {Form.CSV: _csv, Form.XLSX: _xlsx, Form.JSON: _json}
