"""Zip packages of strangers: what one holds is judged by its directory before anything of it is inflated."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Mapping
from typing import IO, Final, Literal
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from companies.importing.reading.form import MOST_SHEETS, Refusal, Refused
from companies.importing.reading.xml_scan import Reader, scan

MOST_ENTRIES: Final = 5_000
MOST_INFLATED_BYTES: Final = 400 * 1024 * 1024
# Sheets shrink to a tenth or a fiftieth; a part that shrinks more than this is made to.
MOST_RATIO: Final = 200
_SMALL_BYTES: Final = 8 * 1024 * 1024
_MOST_DIRECTORY_BYTES: Final = 4 * 1024 * 1024
_ENCRYPTED_FLAG: Final = 0x1

CONTENT_TYPES: Final = "[Content_Types].xml"
MANIFEST: Final = "META-INF/manifest.xml"
# Newer LibreOffice locks all parts of a workbook together.
_LOCKED_WHOLE: Final = "encrypted-package"
_WORKBOOK_TYPES: Final = ("spreadsheetml.sheet.main+xml", "spreadsheetml.template.main+xml")
_OPEN_DOCUMENT: Final = "application/vnd.oasis.opendocument."
_ODS_TYPES: Final = frozenset({f"{_OPEN_DOCUMENT}spreadsheet", f"{_OPEN_DOCUMENT}spreadsheet-template"})
# Parts of a workbook that are drawn or set, and so bring nothing from elsewhere into it.
_DRAWN_TYPES: Final = frozenset({f"{_OPEN_DOCUMENT}chart", f"{_OPEN_DOCUMENT}formula"})
_FOREIGN_FOLDERS: Final = ("/externallinks/", "/embeddings/", "/activex/", "/querytables/", "/model/")
# What LibreOffice leaves of a library of macros that holds none.
_EMPTY_MACROS: Final = ("script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml")


class Package:
    """A zip that is safe to read part by part. Raises Refused when made of one that is not, before it is inflated."""

    def __init__(self, file: IO[bytes]) -> None:
        _check_directory_size(file)
        try:
            self._zip = ZipFile(file)
        except (BadZipFile, struct.error, ValueError, NotImplementedError) as broken:
            raise Refused(Refusal.DAMAGED) from broken
        entries = self._zip.infolist()
        self.names: Mapping[str, ZipInfo] = {each.filename: each for each in entries}
        if _LOCKED_WHOLE in self.names:
            raise Refused(Refusal.ENCRYPTED)
        if CONTENT_TYPES not in self.names and not self._is_open_document():
            raise Refused(Refusal.DOCUMENT if "Index/Document.iwa" in self.names else Refusal.ARCHIVE)
        _check_entries(entries, self._zip.start_dir)

    def part(self, name: str) -> IO[bytes]:
        """A part as a stream that yields no byte beyond the size the directory states. Raises Refused without it."""
        info = self.names.get(name)
        if info is None:
            raise Refused(Refusal.DAMAGED)
        try:
            return self._zip.open(info)
        except (BadZipFile, struct.error, NotImplementedError, RuntimeError) as broken:
            raise Refused(Refusal.DAMAGED) from broken

    def _is_open_document(self) -> bool:
        return "content.xml" in self.names and ("mimetype" in self.names or MANIFEST in self.names)


def check(file: IO[bytes]) -> Literal["xlsx", "ods"]:
    """Which kind of workbook a zip is, by what it holds. Raises Refused for all others, and for unsafe ones."""
    package = Package(file)
    if CONTENT_TYPES in package.names:
        _check_office_open(package)
        return "xlsx"
    _check_open_document(package)
    return "ods"


# ---------------------------------------------------------------- the directory
def _check_directory_size(file: IO[bytes]) -> None:
    """How much memory the directory of the zip will take, by what its end says; the library reads all of it at once."""
    size = file.seek(0, 2)
    start = max(0, size - 65_557)
    file.seek(start)
    tail = file.read()
    file.seek(0)
    if file.read(4) != b"PK\x03\x04" or (at := tail.rfind(b"PK\x05\x06")) < 0 or at + 22 > len(tail):
        raise Refused(Refusal.DAMAGED)
    stated = [struct.unpack_from("<L", tail, at + 12)[0]]
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        stated = [_size_in_large_zip(file, struct.unpack_from("<Q", tail, at - 12)[0])]
    file.seek(0)
    if max(stated) > _MOST_DIRECTORY_BYTES:
        raise Refused(Refusal.BOMB)


def _size_in_large_zip(file: IO[bytes], offset: int) -> int:
    if offset > MOST_INFLATED_BYTES:
        raise Refused(Refusal.DAMAGED)
    file.seek(offset)
    end = file.read(56)
    if len(end) < 56:
        raise Refused(Refusal.DAMAGED)
    return int(struct.unpack_from("<Q", end, 40)[0])


def _check_entries(entries: list[ZipInfo], directory_at: int) -> None:
    folded = {each.filename.casefold() for each in entries}
    if len(folded) < len(entries) or any(_is_badly_named(each) for each in entries):
        raise Refused(Refusal.BAD_NAMES)
    sheets = sum(name.startswith("xl/worksheets/") and name.endswith(".xml") for name in folded)
    if sheets > MOST_SHEETS:
        raise Refused(Refusal.TOO_MANY_SHEETS, count=sheets, most=MOST_SHEETS)
    if len(entries) > MOST_ENTRIES:
        raise Refused(Refusal.BOMB)
    if any(each.flag_bits & _ENCRYPTED_FLAG for each in entries):
        raise Refused(Refusal.ENCRYPTED)
    if any(each.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for each in entries):
        raise Refused(Refusal.DAMAGED)
    if sum(each.file_size for each in entries) > MOST_INFLATED_BYTES or any(_swells(each) for each in entries):
        raise Refused(Refusal.BOMB)
    _check_apart(entries, directory_at)


def _is_badly_named(entry: ZipInfo) -> bool:
    name = entry.orig_filename
    mode = entry.external_attr >> 16
    is_special = entry.create_system == 3 and stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR)
    steps = name.split("/")
    return is_special or name.startswith("/") or ".." in steps or any(sign in name for sign in "\\\0:")


def _swells(entry: ZipInfo) -> bool:
    return entry.file_size > _SMALL_BYTES and entry.file_size > MOST_RATIO * entry.compress_size


def _check_apart(entries: list[ZipInfo], directory_at: int) -> None:
    """No two entries share bytes: what is kept once is inflated once."""
    placed = sorted(entries, key=lambda each: each.header_offset)
    if placed[0].header_offset < 0:
        raise Refused(Refusal.DAMAGED)
    nexts = [*(each.header_offset for each in placed[1:]), directory_at]
    for entry, following in zip(placed, nexts, strict=True):
        if entry.header_offset + 30 + len(entry.orig_filename) + entry.compress_size > following:
            raise Refused(Refusal.BOMB)


# ---------------------------------------------------------------- Office Open XML
def _check_office_open(package: Package) -> None:
    types = _Types()
    with package.part(CONTENT_TYPES) as stream:
        scan(stream, types)
    stated = " ".join(types.stated).casefold()
    names = [f"/{name.casefold()}" for name in package.names]
    if "sheet.binary." in stated:
        raise Refused(Refusal.BINARY_EXCEL)
    if any(sign in stated for sign in ("macroenabled", "vbaproject", "ms-excel.macrosheet", "ms-excel.addin")) or any(
        name.endswith("/vbaproject.bin") for name in names
    ):
        raise Refused(Refusal.MACROS)
    if not any(kind in stated for kind in _WORKBOOK_TYPES):
        is_document = any(sign in stated for sign in ("wordprocessingml", "presentationml", "visio", "opendocument"))
        raise Refused(Refusal.DOCUMENT if is_document else Refusal.ARCHIVE)
    if any(folder in name for folder in _FOREIGN_FOLDERS for name in names) or "/xl/connections.xml" in names:
        raise Refused(Refusal.EXTERNAL_LINKS)
    for name in package.names:
        if name.endswith(".rels"):
            with package.part(name) as stream:
                scan(stream, _OutsideLinks())


class _Types(Reader):
    def __init__(self) -> None:
        self.stated: set[str] = set()

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("Default", "Override"):
            self.stated.add(attributes.get("ContentType", ""))


class _OutsideLinks(Reader):
    """Refuses what a part fetches from elsewhere; an address to click on is only a text."""

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        is_outside = attributes.get("TargetMode", "").casefold() == "external"
        kind = attributes.get("Type", "").rpartition("/")[2]
        if name == "Relationship" and (
            (is_outside and kind != "hyperlink") or kind in ("oleObject", "externalLink", "externalLinkPath")
        ):
            raise Refused(Refusal.EXTERNAL_LINKS)


# ---------------------------------------------------------------- OpenDocument
def _check_open_document(package: Package) -> None:
    manifest = _Manifest()
    if MANIFEST in package.names:
        with package.part(MANIFEST) as stream:
            scan(stream, manifest)
    kind = _mimetype(package) or manifest.kinds.get("/", "")
    if kind not in _ODS_TYPES:
        raise Refused(Refusal.DOCUMENT if kind.startswith(_OPEN_DOCUMENT) else Refusal.ARCHIVE)
    if any(_is_macro(name) for name in package.names):
        raise Refused(Refusal.MACROS)
    objects = {path for path in manifest.kinds if path.rstrip("/").startswith("Object ") and path.endswith("/")}
    if any(manifest.kinds[path] not in _DRAWN_TYPES for path in objects) or any(
        "oleobject" in kind for kind in manifest.kinds.values()
    ):
        raise Refused(Refusal.EXTERNAL_LINKS)


def _mimetype(package: Package) -> str:
    if "mimetype" not in package.names:
        return ""
    try:
        with package.part("mimetype") as stream:
            return stream.read(200).decode("ascii", "replace").strip()
    except (BadZipFile, zlib.error, EOFError) as broken:
        raise Refused(Refusal.DAMAGED) from broken


def _is_macro(name: str) -> bool:
    folder, _, rest = name.partition("/")
    return folder in ("Basic", "Scripts") and bool(rest) and not rest.endswith(("/", *_EMPTY_MACROS))


class _Manifest(Reader):
    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self.opened(name.rpartition(" ")[2], {each.rpartition(" ")[2]: said for each, said in attributes.items()})

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in ("encryption-data", "encrypted-key"):
            raise Refused(Refusal.ENCRYPTED)
        if name == "file-entry":
            self.kinds[attributes.get("full-path", "")] = attributes.get("media-type", "")
