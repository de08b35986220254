"""What a file is, by its bytes and their order; a name says nothing that the bytes do not."""

from __future__ import annotations

import re
from typing import Final

from companies.importing.reading.form import Refusal, Refused

_PACKAGES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Worksheets of Excel 2 to 4, which stand in no container.
_BARE_EXCEL: Final = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00",
    b"\x09\x08\x10\x00",
)
_NAMED: Final = (
    (Refusal.PDF, "PDF", (b"%PDF-",)),
    (Refusal.DOCUMENT, "RTF", (b"{\\rtf",)),
    (Refusal.IMAGE, "PNG", (b"\x89PNG\r\n\x1a\n",)),
    (Refusal.IMAGE, "JPEG", (b"\xff\xd8\xff",)),
    (Refusal.IMAGE, "GIF", (b"GIF87a", b"GIF89a")),
    (Refusal.IMAGE, "TIFF", (b"II*\0", b"MM\0*")),
    (Refusal.IMAGE, "PSD", (b"8BPS\0",)),
    (Refusal.PROGRAM, "ELF", (b"\x7fELF",)),
    (Refusal.PROGRAM, "Mach-O", (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
    (Refusal.PROGRAM, "script", (b"#!/", b"#! /")),
    (Refusal.ARCHIVE, "gzip", (b"\x1f\x8b",)),
    (Refusal.ARCHIVE, "bzip2", (b"BZh",)),
    (Refusal.ARCHIVE, "xz", (b"\xfd7zXZ\0",)),
    (Refusal.ARCHIVE, "7z", (b"7z\xbc\xaf\x27\x1c",)),
    (Refusal.ARCHIVE, "RAR", (b"Rar!\x1a\x07",)),
    (Refusal.ARCHIVE, "Zstandard", (b"\x28\xb5\x2f\xfd",)),
    (Refusal.ARCHIVE, "CAB", (b"MSCF\0\0\0\0",)),
    (Refusal.NOT_TEXT, "SQLite", (b"SQLite format 3\0",)),
    (Refusal.NOT_TEXT, "Parquet", (b"PAR1",)),
)
_STREAMS: Final = (
    ("EncryptedPackage", Refusal.ENCRYPTED, ""),
    ("Workbook", Refusal.OLD_EXCEL, ""),
    ("Book", Refusal.OLD_EXCEL, ""),
    ("WordDocument", Refusal.DOCUMENT, "Word"),
    ("PowerPoint Document", Refusal.DOCUMENT, "PowerPoint"),
)
_DIRECTORY_ENTRY: Final = 128
_WEB_PAGE: Final = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|meta|script|style|div)\b|\s*MIME-Version:\s*\d",
    re.IGNORECASE | re.DOTALL,
)
_XML: Final = re.compile(
    r"\s*(?:<\?xml\b|<!doctype\b|<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*[\"'][^\"']*[\"'])+\s*/?>)", re.IGNORECASE
)
_JSON: Final = re.compile(r"\s*(?:\{\s*(?:\"[^\"]*\"\s*:|\}\s*\Z)|\[\s*(?:\{\s*\"|\[|\"[^\"]*\"\s*,|\]\s*\Z))")
_SPREADSHEET_XML: Final = "urn:schemas-microsoft-com:office:spreadsheet"
# How many of the first bytes or letters tell what a file is.
LOOKED_AT: Final = 4_096
_PDF_BEGINS_BY: Final = 1_024


def is_package(content: bytes) -> bool:
    """Whether the bytes are a zip file, as workbooks are; `packages` looks into it."""
    return content.startswith(_PACKAGES)


def check_bytes(content: bytes) -> None:
    """Raises Refused for what is neither a package nor text, naming what it is."""
    if not content.strip(b"\0 \t\r\n\f\v\xef\xbb\xbf\xff\xfe"):
        raise Refused(Refusal.EMPTY)
    if content.startswith(_COMPOUND):
        raise _compound(content)
    if content.startswith(_BARE_EXCEL):
        raise Refused(Refusal.OLD_EXCEL)
    for code, what, beginnings in _NAMED:
        if content.startswith(beginnings):
            raise Refused(code, what=what)
    if shape := _shaped(content[:LOOKED_AT]):
        raise Refused(shape[0], what=shape[1])


def check_text(text: str) -> None:
    """Raises Refused for text that is no table: a web page, XML, JSON."""
    head = text[:LOOKED_AT]
    if not text.strip():
        raise Refused(Refusal.EMPTY)
    if _WEB_PAGE.match(head):
        raise Refused(Refusal.WEB_PAGE)
    if _XML.match(head):
        if "<html" in head.lower():
            raise Refused(Refusal.WEB_PAGE)
        raise Refused(Refusal.XML, what="Excel 2003" if _SPREADSHEET_XML in head else "")
    if _JSON.match(head):
        raise Refused(Refusal.JSON)


def _shaped(head: bytes) -> tuple[Refusal, str] | None:
    """What is told by more than its first bytes, which a text may have too."""
    shapes = (
        (Refusal.PDF, "PDF", b"%PDF-" in head[:_PDF_BEGINS_BY]),
        (Refusal.PROGRAM, "Windows", head[:2] == b"MZ" and b"\0" in head),
        (Refusal.IMAGE, "BMP", head[:2] == b"BM" and b"\0" in head[2:18]),
        (Refusal.IMAGE, "WebP", head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
        (Refusal.IMAGE, "HEIF", head[4:8] == b"ftyp"),
        (Refusal.ARCHIVE, "tar", head[257:262] == b"ustar"),
    )
    return next(((code, what) for code, what, is_so in shapes if is_so), None)


def _compound(content: bytes) -> Refused:
    """What an old container of Microsoft's holds, by the names in its directory."""
    for name, code, what in _STREAMS:
        entry = name.encode("utf-16-le") + b"\0\0"
        place = content.find(entry)
        while place >= 0:
            # Entries of the directory stand at even distances and say how long their names are.
            if place % _DIRECTORY_ENTRY == 0 and content[place + 64 : place + 66] == len(entry).to_bytes(2, "little"):
                return Refused(code, what=what) if what else Refused(code)
            place = content.find(entry, place + 1)
    return Refused(Refusal.DOCUMENT, what="")
