"""The reading program: a file on its standard input, what it is told as its argument, lines of an answer as its output.

Run by `companies.importing.tables` within limits of memory and time; it holds no settings and reaches nothing else.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import IO, Any

import orjson

from companies.importing.reading import delimited, kinds, layout, texts
from companies.importing.reading.form import MOST_BYTES, Choices, Found, Notice, NoticeCode, Refusal, Refused

_NAMES = {"csv": (".csv", ".tsv", ".txt", ".tab", ""), "xlsx": (".xlsx",), "ods": (".ods",)}


def main(told: str, given: IO[bytes], answer: IO[bytes]) -> None:
    """Read the file and answer; a file that is not read is answered too."""
    asked = json.loads(told)
    try:
        found, rows = read(given, asked["name"], Choices(**asked["choices"]), asked["languages"])
    except Refused as refused:
        answer.write(orjson.dumps({"refused": {"code": refused.code.value, **refused.context}}) + b"\n")
        return
    answer.write(orjson.dumps({"found": asdict(found)}) + b"\n")
    for each in rows:
        answer.write(orjson.dumps(each) + b"\n")


def read(
    given: IO[bytes], name: str, choices: Choices, languages: Sequence[str]
) -> tuple[Found, Iterator[tuple[int, list[Any]]]]:
    """What a file holds, and its rows packed. Raises Refused."""
    content = given.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise Refused(Refusal.TOO_LARGE, most=MOST_BYTES)
    if kinds.is_package(content):
        raise Refused(Refusal.ARCHIVE, what="zip")
    return _text_file(content, name, choices, languages)


def _text_file(
    content: bytes, name: str, choices: Choices, languages: Sequence[str]
) -> tuple[Found, Iterator[tuple[int, list[Any]]]]:
    kinds.check_bytes(content)
    text = texts.decoded(content, choices.encoding, languages)
    kinds.check_text(text.text)
    split = delimited.split(text.text, choices.delimiter)
    table = layout.laid_out(split.grid, choices)
    read: Mapping[str, Any] = {
        "encoding": text.encoding,
        "encodings": text.encodings,
        "delimiter": split.delimiter,
        "delimiters": split.delimiters,
        "notices": (*_other_name("csv", name), *text.notices, *split.notices),
    }
    return table.found("csv", split.grid, **read), table.packed_rows()


def _other_name(form: str, name: str) -> Iterator[Notice]:
    """What is a table is read under any name, and people are told; what is none is refused under any name."""
    ending = PurePath(name).suffix.lower()
    if ending not in _NAMES[form]:
        yield Notice(NoticeCode.OTHER_NAME, {"form": form, "what": ending})


if __name__ == "__main__":
    main(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
