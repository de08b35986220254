"""Workbooks as grids: which sheets one has, which is meant, and what that one holds."""

from __future__ import annotations

from typing import IO

from companies.importing.reading import excel, open_document
from companies.importing.reading.form import Choices, Grid, SheetInfo
from companies.importing.reading.packages import Package


def opened(file: IO[bytes], form: str, choices: Choices) -> tuple[tuple[SheetInfo, ...], int, Grid]:
    """All sheets, the place of the chosen one among them, and what it holds. form: as `packages.check` says.

    The first visible sheet that holds anything is chosen, unless somebody did. Raises Refused.
    """
    book = excel if form == "xlsx" else open_document
    sheets, place, filling = book.read(Package(file), choices.sheet)
    return sheets, place, filling.grid()
