"""The text of a year's file: its header, its fingerprint, and its bytes as UTF-8, a piece at a time."""

from __future__ import annotations

import codecs
import csv
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from markets.sources.archives import Entry
from markets.sources.baci.names import changed
from markets.sources.cubes import CubeColumn

# Their word -> ours, and by what its numbers are multiplied: thousands of dollars, metric tons.
COLUMNS: Final = {
    "t": ("year", 1),
    "i": ("exporter", 1),
    "j": ("importer", 1),
    "k": ("product", 1),
    "v": ("value_usd", 1000),
    "q": ("net_weight_kg", 1000),
}
_DELIMITERS: Final = (",", ";", "\t")
LONGEST_HEADER: Final = 64 * 1024
# The marks at the beginning of a file that a spreadsheet program saved again -> in what it is written.
_MARKS: Final = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_UTF8: Final = "utf-8"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first line says: the columns in the file's order, and what stands between them."""

    columns: Sequence[CubeColumn]
    delimiter: str


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """By what the same bytes are known again."""

    sha256: str
    size_bytes: int


def header(entry: Entry) -> Header:
    """The first line. Raises SourceChanged when it does not name the six columns, in whatever order."""
    beginning = entry.beginning(LONGEST_HEADER)
    if not beginning:
        raise changed(entry.shown, "the file is empty")
    shown = beginning.decode(_written_in(beginning), "replace")
    if "\n" not in shown:
        raise changed(entry.shown, "its first line has no end, so it is no CSV file of BACI")
    line = shown.split("\n", 1)[0].rstrip("\r")
    names, delimiter = max(((_fields(line, each), each) for each in _DELIMITERS), key=lambda found: len(found[0]))
    known = [name.lower() for name in names]
    lacking = [name for name in COLUMNS if name not in known]
    if lacking:
        told = f"{', '.join(lacking)} is missing of {', '.join(COLUMNS)}; its columns are {', '.join(names)}"
        raise changed(entry.shown, told)
    twice = [name for name in COLUMNS if known.count(name) > 1]
    if twice:
        raise changed(entry.shown, f"its column {twice[0]} stands there twice")
    return Header([CubeColumn(name, *COLUMNS.get(name.lower(), ())) for name in names], delimiter)


def fingerprint(entry: Entry) -> Fingerprint:
    """The file read through once: its hash, and that it is whole, and text, and has rows.

    Raises SourceChanged where it is not.
    """
    digest, size, filled = hashlib.sha256(), 0, 0

    def passed() -> Iterator[bytes]:
        nonlocal size
        for chunk in entry.chunks():
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    for piece in _as_utf8(entry.shown, passed()):
        if filled < 2:
            filled += sum(1 for line in piece.splitlines() if line.strip())
    if filled < 2:
        raise changed(entry.shown, "it holds no row; empty is not a deletion")
    return Fingerprint(digest.hexdigest(), size)


def pieces(entry: Entry) -> Iterator[bytes]:
    """The text from the beginning, header line included, as UTF-8 without a byte order mark."""
    yield from _as_utf8(entry.shown, entry.chunks())


def _as_utf8(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text as UTF-8. What is ASCII, as all figures are, goes through as it came. Raises SourceChanged."""
    written_in, is_plain, done = "", True, 0
    decoder: codecs.IncrementalDecoder | None = None
    for chunk in chunks:
        if not written_in:
            written_in = _written_in(chunk)
            is_plain = written_in == _UTF8
            decoder = codecs.getincrementaldecoder(written_in)()
        if is_plain and chunk.isascii() and b"\0" not in chunk:
            yield chunk
        else:
            # A letter may begin in one chunk and end in the next: from here on all is decoded.
            is_plain = False
            yield _decoded(name, decoder, chunk, done)
        done += len(chunk)
    if decoder is not None and not is_plain:
        yield _decoded(name, decoder, b"", done, is_last=True)


def _decoded(
    name: str, decoder: codecs.IncrementalDecoder | None, chunk: bytes, done: int, *, is_last: bool = False
) -> bytes:
    if decoder is None:
        raise TypeError
    try:
        text = decoder.decode(chunk, is_last)
    except UnicodeDecodeError as wrong:
        where = f"about byte {done + wrong.start + 1:,}"
        raise changed(name, f"{where} it is no text in UTF-8; save it as UTF-8 or fetch it anew") from wrong
    if "\0" in text:
        raise changed(name, f"after byte {done:,} it holds a NUL character, so it is no text; fetch it anew")
    return text.encode()


def _written_in(beginning: bytes) -> str:
    return next((codec for mark, codec in _MARKS.items() if beginning.startswith(mark)), _UTF8)


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []
