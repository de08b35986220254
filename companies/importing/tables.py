"""A file of a stranger as a table: read by a process of its own, row by row, never here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any, Final

from companies.importing.reading.form import Choices, Found
from companies.importing.refusals import file_refused
from markets.confined import Limits, answered
from markets.errors import ReadingBroken

PROGRAM: Final = "companies.importing.reading"
LIMITS: Final = Limits(memory_bytes=600 * 1024 * 1024, cpu_seconds=30, wall_seconds=120, answer_bytes=256 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What was found, and the rows: number in the file, cells as `Cell.packed` packs them."""

    found: Found
    rows: Iterator[tuple[int, list[Any]]]


def read_file(given: IO[bytes], name: str, choices: Choices, languages: Sequence[str]) -> ReadFile:
    """A file that stands at its beginning. languages: of its readers, best first, within which its encoding is guessed.

    Raises FileRefused; ReadingBroken, also while the rows come.
    """
    told = json.dumps({"name": name, "choices": choices.packed(), "languages": list(languages)})
    lines = answered(PROGRAM, (told,), given, LIMITS)
    first = json.loads(next(lines, b"null"))
    if first is None:
        raise ReadingBroken(limit="broken")
    if refused := first.get("refused"):
        lines.close()  # type: ignore[attr-defined]
        raise file_refused(name, refused.pop("code"), refused)
    return ReadFile(Found.unpacked(first["found"]), (tuple(json.loads(line)) for line in lines))
