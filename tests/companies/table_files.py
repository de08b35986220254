"""Files handed to the real reading program, in its own process and within its limits."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

from companies.errors import FileRefused
from companies.importing.reading.form import Cell, Choices, Found
from companies.importing.tables import read_file


def read(
    content: bytes, name: str = "table.csv", *, languages: Sequence[str] = ("en",), **choices: Any
) -> tuple[Found, list[tuple[int, list[Cell]]]]:
    """What was found of a file, and its rows by their numbers. Raises FileRefused."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        made = read_file(file, name, Choices(**choices), languages)
        return made.found, [(number, [Cell.unpacked(each) for each in cells]) for number, cells in made.rows]


def texts(content: bytes, **said: Any) -> list[list[str]]:
    """The cells of the rows as texts."""
    return [[cell.text for cell in cells] for _number, cells in read(content, **said)[1]]


def refusal(content: bytes, name: str = "table.csv", **said: Any) -> tuple[str, dict[str, Any]]:
    """Why a file is not read, and the numbers its sentence needs."""
    try:
        read(content, name, **said)
    except FileRefused as refused:
        return refused.context["why"], refused.context["facts"]
    raise AssertionError(name)


def csv_text(rows: Iterable[Iterable[str]], *, delimiter: str = ",", line_end: str = "\r\n") -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    return made.getvalue()


def notices(found: Found) -> dict[str, dict[str, Any]]:
    """What people are told of a reading, by code."""
    return {each.code: dict(each.context) for each in found.notices}
