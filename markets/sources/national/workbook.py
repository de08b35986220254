"""Sheets out of bytes: .xls, .xlsx and .csv, and plain words about what else came under such a name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import python_calamine

from markets.errors import SourceChanged
from markets.sources.base import RawPayload
from markets.sources.national.figures import Cell, text_of

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 256 * 1024 * 1024
MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 400

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODINGS: Final = ("utf-8-sig", "cp1251")
_LAST_CELL: Final = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet, from its first row and column on, whatever is empty there."""

    name: str
    rows: Sequence[Sequence[Cell]]


def sheets_of(source: str, payload: RawPayload) -> list[Sheet]:
    """All visible sheets that hold something. Raises SourceChanged and says what the file is instead."""
    body = payload.body
    if len(body) > MOST_BYTES:
        raise _refused(source, f"the file has {len(body):,} bytes, at most {MOST_BYTES:,} are read")
    if not body.strip():
        raise _refused(source, "the file is empty; fetch it again from the office")
    if payload.request.casefold().endswith(".csv"):
        sheets = [Sheet("", _csv_rows(source, body))]
    else:
        _check_is_workbook(source, body)
        sheets = _workbook_sheets(source, body)
    held = [sheet for sheet in sheets if any(text_of(cell) for row in sheet.rows for cell in row)]
    if not held:
        raise _refused(source, "the workbook has no filled sheet; fetch it again from the office")
    return held


def _csv_rows(source: str, body: bytes) -> list[list[Cell]]:
    if body.startswith((_ZIP, _OLE)):
        raise _refused(source, "a workbook is named .csv; give it the ending .xlsx or .xls")
    _check_is_no_page(source, body)
    text = next((text for encoding in _ENCODINGS if (text := _decoded(body, encoding)) is not None), None)
    if text is None or "\x00" in text:
        raise _refused(source, "the file is no text in UTF-8 or Windows-1251; save it as CSV UTF-8")
    head = text.split("\n", 1)[0]
    try:
        rows: list[list[Cell]] = [
            list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
        ]
    except csv.Error as unreadable:
        raise _refused(source, f"the file is no CSV ({unreadable})") from unreadable
    _check_size(source, "the file", len(rows), max(map(len, rows), default=0))
    return rows


def _decoded(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _check_is_workbook(source: str, body: bytes) -> None:
    _check_is_no_page(source, body)
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise _refused(source, "the workbook is encrypted; open it with its password and save it without one")
    if body.startswith(_ZIP):
        _check_is_xlsx(source, body)
    elif "WordDocument".encode("utf-16-le") in body:
        raise _refused(source, "a Word document came; a workbook (.xls or .xlsx) with trade by partner is read")
    elif not body.startswith(_OLE):
        what = "a PDF" if body.startswith(b"%PDF") else f"a file that begins with {body[:12]!r}"
        raise _refused(source, f"{what} came; a workbook (.xls or .xlsx) with trade by partner is read")


def _check_is_no_page(source: str, body: bytes) -> None:
    head = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if head.startswith((b"<!doctype", b"<html", b"<table", b"<head", b"<?xml", b"<meta")):
        raise _refused(source, "a web page came under the name of a table; open it and save it as .xlsx or .csv")


def _check_is_xlsx(source: str, body: bytes) -> None:
    """Whether the package is a workbook, and one whose unpacked size and cells do not fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            names = package.namelist()
            if not any(name.startswith("xl/workbook") for name in names):
                is_word = any(name.startswith("word/") for name in names)
                raise _refused(source, f"{'a Word document' if is_word else 'a zip'} came; a workbook is read")
            unpacked = sum(entry.file_size for entry in package.infolist())
            if unpacked > MOST_UNPACKED_BYTES:
                raise _refused(source, f"the workbook unpacks to {unpacked:,} bytes, too many for trade by partner")
            for name in names:
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    _check_size(source, name, *_reach(package, name))
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as broken:
        raise _refused(source, f"the workbook is damaged ({broken}); fetch it again") from broken


def _reach(package: zipfile.ZipFile, name: str) -> tuple[int, int]:
    """The last row and column that a sheet names. One cell at the far corner would be a grid of 17 billion cells."""
    rows = columns = 0
    rest = b""
    with package.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            for letters, number in _LAST_CELL.findall(rest + chunk):
                rows = max(rows, int(number))
                columns = max(columns, _column_number(letters))
            rest = chunk[-64:]
    return rows, columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _check_size(source: str, what: str, rows: int, columns: int) -> None:
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        reason = f"{what} has {rows:,} rows and {columns:,} columns; at most {MOST_ROWS:,} and {MOST_COLUMNS} are read"
        raise _refused(source, reason)


def _workbook_sheets(source: str, body: bytes) -> list[Sheet]:
    try:
        with python_calamine.load_workbook(io.BytesIO(body)) as book:
            return [
                _sheet(source, book, each.name)
                for each in book.sheets_metadata
                if each.typ is python_calamine.SheetTypeEnum.WorkSheet
                # A hidden sheet is a draft, nothing the office shows.
                and each.visible is python_calamine.SheetVisibleEnum.Visible
            ]
    except python_calamine.PasswordError as locked:
        reason = "the workbook is encrypted; open it with its password and save it without one"
        raise _refused(source, reason) from locked
    except (python_calamine.CalamineError, OSError, ValueError) as broken:
        raise _refused(source, f"the workbook cannot be opened ({broken}); fetch it again") from broken


def _sheet(source: str, book: python_calamine.CalamineWorkbook, name: str) -> Sheet:
    sheet = book.get_sheet_by_name(name)
    _check_size(source, f"sheet {name!r}", sheet.total_height, sheet.total_width)
    return Sheet(name, sheet.to_python(skip_empty_area=False))


def _refused(source: str, reason: str) -> SourceChanged:
    return SourceChanged(source=source, reason=reason)
