"""Files inside ZIP archives, opened no further than is bearable; and loose files, looked at in the same way.

Nothing is unpacked to a disk: an entry is a stream of bytes. What an archive says of the size of an entry is the most
that is ever read of it, so the limits hold before the first byte is unpacked.
"""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from markets.errors import SourceChanged, SourceRefused

# Each way of packing has a fault of its own.
BROKEN_ZIP: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)

MOST_ENTRIES: Final = 500
GIB: Final = 1024**3
MOST_ENTRY_BYTES: Final = 4 * GIB
MOST_BYTES: Final = 32 * GIB
# Tables of figures shrink four to eight times. What shrinks far more is no table.
MOST_TIMES_SMALLER: Final = 60
CHUNK_BYTES: Final = 1024 * 1024
SMALL_BYTES: Final = 1024 * 1024
LONGEST_NAME: Final = 200
LONGEST_SHOWN: Final = 60
_UNSAFE_NAME: Final = re.compile(r"^/|^[A-Za-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f]")
_ARCHIVES: Final = (".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".zst", ".tar", ".tgz")
# What computers leave beside people's files.
_LITTER: Final = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.)|Thumbs\.db$|desktop\.ini$)")
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_IS_ENCRYPTED: Final = 0x1
# The record at the end of an archive, with the longest comment after it; a full count stands in another record.
_END_MARK: Final = b"PK\x05\x06"
_LONGEST_END: Final = 22 + 65_535
_COUNTED_ELSEWHERE: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that can be read: one of an archive, or a loose one where archive is None. size_bytes: unpacked."""

    source: str
    path: Path
    archive: zipfile.ZipInfo | None
    size_bytes: int

    @property
    def name(self) -> str:
        """Its own name, without folders."""
        return (self.archive.filename if self.archive else self.path.name).rsplit("/", 1)[-1]

    @property
    def shown(self) -> str:
        """As a person finds it: `BACI_HS92_V202201.zip/country_codes_V202201.csv`."""
        return f"{self.path.name}/{self.name}" if self.archive else self.name

    def chunks(self, size: int = CHUNK_BYTES) -> Generator[bytes]:
        """Its bytes from the beginning. Raises SourceChanged for a damaged archive, SourceRefused for the disk."""
        if self.archive is None:
            with _readable(self.source, self.path), self.path.open("rb") as stream:
                yield from iter(partial(stream.read, size), b"")
            return
        with (
            _undamaged(self.source, self.shown),
            zipfile.ZipFile(self.path) as container,
            container.open(self.archive) as packed,
        ):
            yield from iter(partial(packed.read, size), b"")

    def beginning(self, size: int) -> bytes:
        """Its first bytes, at most so many. Raises what `chunks` raises."""
        reading = self.chunks(size)
        try:
            return next(reading, b"")
        finally:
            reading.close()


def loose(source: str, path: Path) -> Entry:
    """A file that is in no archive. Raises SourceRefused, SourceChanged when it is larger than is bearable."""
    with _readable(source, path):
        size = path.stat().st_size
    if size > MOST_ENTRY_BYTES:
        raise _changed(source, path.name, f"it holds {size:,} bytes, at most {MOST_ENTRY_BYTES:,} are read")
    return Entry(source, path, None, size)


def entries(source: str, path: Path) -> list[Entry]:
    """The files of a ZIP archive, in its order, without folders and what computers leave beside them.

    Raises SourceChanged for an archive that is damaged, encrypted, larger than is bearable or holds archives, links,
    or names that lead out of it; SourceRefused for a file that cannot be read.
    """
    with _readable(source, path):
        path.open("rb").close()
    with _undamaged(source, path.name), zipfile.ZipFile(path) as container:
        listed = container.infolist()
    if len(listed) > MOST_ENTRIES:
        raise _changed(source, path.name, f"the archive lists {len(listed):,} files, at most {MOST_ENTRIES} are read")
    files = [info for info in listed if not info.is_dir() and not _LITTER.search(info.filename)]
    for info in files:
        if fault := _fault(info):
            raise _changed(source, path.name, f"{info.filename[:LONGEST_SHOWN]!r} in it {fault}")
    whole = sum(info.file_size for info in files)
    if whole > MOST_BYTES:
        raise _changed(source, path.name, f"unpacked it would hold {whole:,} bytes, at most {MOST_BYTES:,} are read")
    names = [info.filename.rsplit("/", 1)[-1].lower() for info in files]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise _changed(source, path.name, f"the archive holds {twice[0]} twice; pack it anew with one of them")
    _check_all_are_found(source, path, listed)
    return [Entry(source, path, info, info.file_size) for info in files]


def _check_all_are_found(source: str, path: Path, listed: Sequence[zipfile.ZipInfo]) -> None:
    """An entry that damage hides would be passed over: the archive's end counts them, and names stand there twice."""
    with _undamaged(source, path.name), path.open("rb") as stream, zipfile.ZipFile(stream) as container:
        stream.seek(max(0, path.stat().st_size - _LONGEST_END))
        _before, _mark, end = stream.read().rpartition(_END_MARK)
        counted = int.from_bytes(end[6:8], "little")
        if counted not in (len(listed), _COUNTED_ELSEWHERE):
            raise zipfile.BadZipFile(f"{len(listed)} files found of {counted}")
        for info in listed:
            if not info.flag_bits & _IS_ENCRYPTED and info.compress_type in _PACKINGS:
                container.open(info).close()


def _fault(info: zipfile.ZipInfo) -> str:
    """Why an entry is not to be read, and what to do; empty when nothing is wrong with it."""
    name, size = info.filename, info.file_size
    is_swollen = size > SMALL_BYTES and size > MOST_TIMES_SMALLER * max(info.compress_size, 1)
    faults = {
        "has a name that leads out of the archive or cannot be shown; fetch it anew from its publisher": (
            len(name) > LONGEST_NAME or _UNSAFE_NAME.search(name) is not None
        ),
        "is a link to another file; pack the file itself": stat.S_ISLNK(info.external_attr >> 16),
        "is encrypted; pack it without a password": bool(info.flag_bits & _IS_ENCRYPTED),
        "is an archive itself; unpack it and hand in what it holds": name.lower().endswith(_ARCHIVES),
        f"is packed in a way that is not read here (method {info.compress_type}); pack it anew with Deflate": (
            info.compress_type not in _PACKINGS
        ),
        f"would hold {size:,} bytes, at most {MOST_ENTRY_BYTES:,} are read": size > MOST_ENTRY_BYTES,
        f"is over {MOST_TIMES_SMALLER} times larger unpacked than packed, which no table of figures is": is_swollen,
    }
    return next((reason for reason, is_so in faults.items() if is_so), "")


@contextmanager
def _undamaged(source: str, name: str) -> Iterator[None]:
    try:
        yield
    except BROKEN_ZIP as broken:
        raise _changed(source, name, f"the archive is damaged or cut off ({broken}); fetch it anew") from broken


@contextmanager
def _readable(source: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        raise SourceRefused(source=source, reason=f"{path.name} cannot be read ({fault.strerror})") from fault


def _changed(source: str, name: str, reason: str) -> SourceChanged:
    return SourceChanged(source=source, reason=f"{name}: {reason}")
