"""Workbooks written by hand for the tests: well-formed ones, and ones that no honest program writes."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
PLAIN_ROWS = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Company</t></is></c>'
    '<c r="B1" t="inlineStr"><is><t>Value</t></is></c></row>'
    '<row r="2"><c r="A2" t="inlineStr"><is><t>Alatau Foods</t></is></c><c r="B2"><v>12.5</v></c></row>'
)


def zipped(parts: Mapping[str, str | bytes], *, level: int = 6) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return made.getvalue()


def sheet(rows: str = PLAIN_ROWS, *, before: str = "", after: str = "", prolog: str = "") -> str:
    opening = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{opening}{prolog}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def xlsx_parts(
    *sheets: str,
    book_type: str = BOOK_TYPE,
    strings: str = "",
    styles: str = "",
    states: Mapping[int, str] | None = None,
    properties: str = "",
) -> dict[str, str | bytes]:
    """The parts of a workbook: one sheet of two rows, unless others are given."""
    given = sheets or (sheet(),)
    numbers = range(1, len(given) + 1)
    listed = "".join(
        f'<sheet name="Sheet{n}" sheetId="{n}" r:id="r{n}" state="{(states or {}).get(n, "visible")}"/>'
        for n in numbers
    )
    related = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="text/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{book_type}"/>'
        + "".join(f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET_TYPE}"/>' for n in numbers)
        + "</Types>",
        "_rels/.rels": relations(f'<Relationship Id="b" Type="{RELATIONS}/officeDocument" Target="/xl/workbook.xml"/>'),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}'
        f"<sheets>{listed}</sheets></workbook>",
    }
    if strings:
        related += f'<Relationship Id="s" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles:
        related += f'<Relationship Id="t" Type="{RELATIONS}/styles" Target="styles.xml"/>'
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    parts["xl/_rels/workbook.xml.rels"] = relations(related)
    return parts | {f"xl/worksheets/sheet{n}.xml": each for n, each in zip(numbers, given, strict=True)}


def relations(listed: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def xlsx(*sheets: str, **parts: str) -> bytes:
    """A workbook of sheets; further parts by name."""
    return zipped({**xlsx_parts(*sheets), **parts})


def ods(tables: str, *, styles: str = "", kind: str = ODS_TYPE, manifest: str = "", prolog: str = "") -> bytes:
    """A workbook of OpenDocument with this between the tags of its spreadsheet."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (
            ("office", "office"),
            ("table", "table"),
            ("text", "text"),
            ("style", "style"),
            ("draw", "drawing"),
            ("number", "datastyle"),
            ("script", "script"),
        )
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    spaces += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<office:document-content{spaces}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f"{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    listed = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>{manifest}</manifest:manifest>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": listed})


def ods_table(rows: str, name: str = "Table", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{rows}</table:table>'


def ods_cell(shown: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def far_apart(name: str, size: int) -> bytes:
    """A zip whose entry inflates to so many blanks, and whose other entries are a workbook's."""
    return zipped({**xlsx_parts(), name: b" " * size}, level=9)


def overlapping(copies: int) -> bytes:
    """A workbook whose directory names the same bytes again and again, each time under another name."""
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"0" * 1_000_000
    squeezed = kernel.compress(data) + kernel.flush()
    made = bytearray(xlsx(**{"xl/media/kernel.bin": "."}))
    with zipfile.ZipFile(io.BytesIO(bytes(made))) as package:
        start = package.start_dir
        entries = len(package.infolist())
    directory = bytes(made[start:-22])
    head = (20, 0, 8, 0, 0x21, zlib.crc32(data), len(squeezed), len(data))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", *head[:5], *head[5:], 3, 0) + b"000" + squeezed
    for number in range(copies):
        name = f"{number:03}".encode()
        directory += (
            struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, *head[:5], *head[5:], len(name), 0, 0, 0, 0, 0, start) + name
        )
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, entries + copies, entries + copies, len(directory), start + len(local), 0
    )
    return bytes(made[:start]) + local + directory + end
