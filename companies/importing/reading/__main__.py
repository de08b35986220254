"""The reading program: a file on its standard input, what it is told as its argument, lines of an answer as its output.

Run by `companies.importing.tables` within limits of memory and time; it holds no settings and reaches nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from os import SEEK_END
from pathlib import PurePath
from typing import IO, Any

import orjson

from companies.importing.reading import delimited, kinds, layout, packages, texts, workbook
from companies.importing.reading.form import MOST_BYTES, Choices, Found, Notice, NoticeCode, Refusal, Refused
from companies.importing.reading.layout import Table

_NAMES = {"csv": (".csv", ".tsv", ".txt", ".tab", ""), "xlsx": (".xlsx",), "ods": (".ods",)}


def main(told: str, given: IO[bytes], answer: IO[bytes]) -> None:
    """Read the file and answer; a file that is not read is answered too."""
    asked = json.loads(told)
    try:
        table, found = read(given, asked["name"], Choices(**asked["choices"]), asked["languages"])
    except Refused as refused:
        answer.write(orjson.dumps({"refused": {"code": refused.code.value, **refused.context}}) + b"\n")
        return
    answer.write(orjson.dumps({"found": asdict(found)}) + b"\n")
    for each in table.packed_rows():
        answer.write(orjson.dumps(each) + b"\n")


def read(given: IO[bytes], name: str, choices: Choices, languages: Sequence[str]) -> tuple[Table, Found]:
    """The table of a file, and what was found of it. Raises Refused."""
    beginning = given.read(kinds.LOOKED_AT)
    if given.seek(0, SEEK_END) > MOST_BYTES:
        raise Refused(Refusal.TOO_LARGE, most=MOST_BYTES)
    given.seek(0)
    return _workbook(given, name, choices) if kinds.is_package(beginning) else _text(given, name, choices, languages)


def _workbook(given: IO[bytes], name: str, choices: Choices) -> tuple[Table, Found]:
    form = packages.check(given)
    given.seek(0)
    sheets, place, grid = workbook.opened(given, form, choices)
    table = layout.laid_out(grid, choices)
    return table, table.found(form, grid, sheets=sheets, sheet=place, notices=tuple(_other_name(form, name)))


def _text(given: IO[bytes], name: str, choices: Choices, languages: Sequence[str]) -> tuple[Table, Found]:
    content = given.read()
    kinds.check_bytes(content)
    text = texts.decoded(content, choices.encoding, languages)
    del content
    kinds.check_text(text.text)
    split = delimited.split(text.text, choices.delimiter)
    table = layout.laid_out(split.grid, choices)
    read_as: Mapping[str, Any] = {
        "encoding": text.encoding,
        "encodings": text.encodings,
        "delimiter": split.delimiter,
        "delimiters": split.delimiters,
        "notices": (*_other_name("csv", name), *text.notices, *split.notices),
    }
    return table, table.found("csv", split.grid, **read_as)


def _other_name(form: str, name: str) -> Iterator[Notice]:
    """What is a table is read under any name, and people are told; what is none is refused under any name."""
    ending = PurePath(name).suffix.lower()
    if ending not in _NAMES[form]:
        yield Notice(NoticeCode.OTHER_NAME, {"form": form, "what": ending})


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
