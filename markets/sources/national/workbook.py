"""Sheets out of bytes: .xls, .xlsx and .csv, and plain words about what else came under such a name."""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from markets.confined import Limits, answered
from markets.errors import ReadingBroken, SourceChanged
from markets.sources.base import RawPayload
from markets.sources.national import unpack
from markets.sources.national.figures import Cell, text_of
from markets.sources.national.unpack import MOST_ANSWER_BYTES, MOST_COLUMNS, MOST_ROWS

MOST_BYTES: Final = 64 * 1024 * 1024

_UNPACK: Final = Path(unpack.__file__)
LIMITS: Final = Limits(memory_bytes=1 << 30, cpu_seconds=60, wall_seconds=60, answer_bytes=MOST_ANSWER_BYTES + 1)
_DAMAGED: Final = "the workbook is damaged, or a cell stands far outside its table; open it and save it again"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCODINGS: Final = ("utf-8-sig", "cp1251")


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
    if len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise _refused(source, f"{len(rows):,} rows came; at most {MOST_ROWS:,}, with {MOST_COLUMNS} columns, are read")
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
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as broken:
        raise _refused(source, f"the workbook is damaged ({broken}); fetch it again") from broken
    if not any(name.startswith("xl/") for name in names):
        what = "a Word document" if any(name.startswith("word/") for name in names) else "a package of other files"
        raise _refused(source, f"{what} came; a workbook (.xls or .xlsx) with trade by partner is read")


def _workbook_sheets(source: str, body: bytes) -> list[Sheet]:
    """The sheets, by a process of its own that may run out of memory or time without us."""
    try:
        with tempfile.TemporaryFile() as given:
            given.write(body)
            given.seek(0)
            told = b"".join(answered(str(_UNPACK), (), given, LIMITS))
        answer: dict[str, Any] = json.loads(told)
    except ReadingBroken as broken:
        if broken.context["limit"] == "time":
            why = f"the workbook was not read within {LIMITS.wall_seconds:g} seconds; fetch it again"
            raise _refused(source, why) from broken
        raise _refused(source, _DAMAGED) from broken
    if "refused" in answer:
        raise _refused(source, answer["refused"])
    sheets: list[tuple[str, list[list[Cell | dict[str, str]]]]] = answer["sheets"]
    return [Sheet(name, [[_cell(cell) for cell in row] for row in rows]) for name, rows in sheets]


def _cell(cell: Cell | dict[str, str]) -> Cell:
    return f"date {cell['other']}" if isinstance(cell, dict) else cell


def _refused(source: str, reason: str) -> SourceChanged:
    return SourceChanged(source=source, reason=reason)
