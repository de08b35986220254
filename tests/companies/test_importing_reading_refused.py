"""What is no table is refused under any name, and is told what it is; a table is read under any name."""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
from typing import Any

import pytest
import xlsxwriter
import xlwt

from companies.importing.reading.form import MOST_BYTES, MOST_CELL_CHARACTERS, MOST_COLUMNS, MOST_ROWS
from tests.companies.table_files import notices, read, refusal


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    book.add_sheet("Data").write(0, 0, "name")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def tar() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return made.getvalue()


def container(stream: str) -> bytes:
    """An old container of Microsoft's with one entry in its directory."""
    name = stream.encode("utf-16-le") + b"\0\0"
    entry = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + bytes(62)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + entry


SPREADSHEET_XML = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
REFUSED: list[tuple[bytes, str, dict[str, Any]]] = [
    (b"", "empty", {}),
    (b"\xef\xbb\xbf \r\n\r\n", "empty", {}),
    (b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + bytes(200), "program", {"what": "Windows"}),
    (b"\x7fELF\x02\x01\x01" + bytes(200), "program", {"what": "ELF"}),
    (b"#!/bin/sh\necho a,b\n", "program", {"what": "script"}),
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "pdf", {"what": "PDF"}),
    (b"{\\rtf1\\ansi a,b}", "document", {"what": "RTF"}),
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "image", {"what": "PNG"}),
    (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "image", {"what": "JPEG"}),
    (b"GIF89a\x01\0\x01\0", "image", {"what": "GIF"}),
    (gzip.compress(b"a,b\n1,2\n", mtime=0), "archive", {"what": "gzip"}),
    (b"7z\xbc\xaf\x27\x1c" + bytes(50), "archive", {"what": "7z"}),
    (b"Rar!\x1a\x07\x01\0" + bytes(50), "archive", {"what": "RAR"}),
    (tar(), "archive", {"what": "tar"}),
    (old_workbook(), "old_excel", {}),
    (container("EncryptedPackage"), "encrypted", {}),
    (container("WordDocument"), "document", {"what": "Word"}),
    (b"<!DOCTYPE html><html><body><table><tr><td>a</td></tr></table>", "web_page", {}),
    (b"\r\n<table border=1><tr><td>a</td></tr></table>", "web_page", {}),
    ("<html><table>".encode("utf-16"), "web_page", {}),
    (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n", "web_page", {}),
    (SPREADSHEET_XML.encode(), "xml", {"what": "Excel 2003"}),
    (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "xml", {"what": ""}),
    (json.dumps([{"company": "A", "value": 1}]).encode(), "json", {}),
    (b'{"rows": [1, 2]}', "json", {}),
    (random.Random(1).randbytes(5_000), "not_text", {}),  # noqa: S311 noise, not a secret
    (b"a,b\n" + bytes(1_000), "not_text", {}),
    (b"company,value\n", "no_rows", {}),
    (b"a" * (MOST_BYTES + 1), "too_large", {"most": MOST_BYTES}),
]


# Names of their own: the bytes themselves would be names of megabytes, and of a moment where a form keeps one.
NAMES = [f"{number}-{code}" for number, (_content, code, _facts) in enumerate(REFUSED)]


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx", "table.ods"])
@pytest.mark.parametrize(("content", "code", "facts"), REFUSED, ids=NAMES)
def test_what_is_no_table_is_refused_under_any_name(
    content: bytes, code: str, facts: dict[str, Any], name: str
) -> None:
    assert refusal(content, name) == (code, facts)


def test_a_table_is_read_under_any_name_and_its_readers_are_told() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "value"])
        sheet.write_row(1, 0, ["A", 5])
    found, rows = read(made.getvalue(), "table.csv")
    assert (found.form, len(rows)) == ("xlsx", 1)
    assert notices(found)["other_name"] == {"form": "xlsx", "what": ".csv"}
    found, rows = read(b"name\tvalue\nA\t5\n", "table.xls")
    assert (found.form, len(rows)) == ("csv", 1)
    assert notices(found)["other_name"] == {"form": "csv", "what": ".xls"}
    found, _rows = read(b"name,value\nA,5\n", "TABLE.CSV")
    assert notices(found) == {}


def test_a_long_cell_is_named_by_its_place() -> None:
    long = b"x" * (MOST_CELL_CHARACTERS + 1)
    facts = {"row": 3, "column": "B", "count": MOST_CELL_CHARACTERS + 1, "most": MOST_CELL_CHARACTERS}
    assert refusal(b"a,b\n1,2\n3," + long + b"\n") == ("long_cell", facts)
    assert refusal(b"a,b\n1,2\n3," + b"y" * 1_000_000 + b"\n")[0] == "long_cell"
    found, _rows = read(b"a,b\n1,2\n3," + long[1:] + b"\n")
    assert found.row_count == 2


def test_twenty_thousand_columns_are_too_many_and_blank_ones_are_none() -> None:
    wide = b",".join(b"c" for _ in range(20_000))
    assert refusal(wide + b"\n" + wide) == ("too_many_columns", {"row": 1, "count": 20_000, "most": MOST_COLUMNS})
    found, _rows = read(b"a,b" + b"," * 20_000 + b"\n1,2" + b"," * 20_000 + b"\n")
    assert list(found.headers) == ["a", "b"]


def test_a_row_too_many_refuses_the_file_and_drops_none() -> None:
    rows = b"".join(b"%d,x\n" % number for number in range(MOST_ROWS))
    assert read(b"a,b\n" + rows)[0].row_count == MOST_ROWS
    assert refusal(b"a,b\n" + rows + b"1,y\n")[0] == "too_many_rows"
    assert refusal(b"a,b\n" + rows * 3)[1]["count"] == MOST_ROWS * 3 + 1


@pytest.mark.parametrize(
    "piece",
    [b"\n", b",", b'"', b"\r", b"a b ", b"<a ", b"[ ", b'{"a', b'"a,""b"""\n', b"\xd6\xd0", b"\xd6\xd0,1\n", b"\xe9\n"],
)
def test_monotonous_files_of_all_the_bytes_allowed_end_within_the_limits(piece: bytes) -> None:
    content = (piece * (MOST_BYTES // len(piece)))[:MOST_BYTES]
    assert refusal(content)[0] in {"empty", "no_rows", "long_cell", "too_many_rows", "too_many_columns", "json"}
