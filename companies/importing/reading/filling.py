"""A sheet while it is read: cells put where they stand, and refused where they are too many or too far."""

from __future__ import annotations

from typing import Final

from companies.importing.reading.form import (
    EMPTY,
    MOST_CELL_CHARACTERS,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    Refusal,
    Refused,
)

MOST_MERGED: Final = 50_000
# All texts of a sheet together; one text that many cells share counts for each of them.
MOST_CHARACTERS: Final = 40_000_000
# A cell this far after the one before it is no part of its table.
_FAR_ROWS: Final = 5_000
_FAR_COLUMNS: Final = 50


class Filling:
    """The cells of one sheet. Rows are counted from 1, columns from 0."""

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.width = 0
        self.hidden: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int, int, int]] = []
        self._cells = 0
        self._characters = 0

    @property
    def height(self) -> int:
        """Rows up to the last filled one."""
        return len(self.rows)

    def put(self, row: int, column: int, cell: Cell) -> None:
        """One filled cell. Raises Refused for one beyond the limits."""
        rows = self.rows
        if row > len(rows):
            self._reach(row, column)
        cells = rows[row - 1]
        if column >= len(cells):
            if column >= MOST_COLUMNS:
                raise _too_wide(row, column, len(cells))
            if column > len(cells):
                cells.extend([EMPTY] * (column - len(cells)))
            cells.append(cell)
            if column >= self.width:
                self.width = column + 1
        else:
            cells[column] = cell
        characters = len(cell.text)
        if characters > MOST_CELL_CHARACTERS:
            raise self.too_long(row, column, characters)
        self._count(1, characters)

    def put_along(self, row: int, column: int, cell: Cell, times: int) -> None:
        """The same filled cell so often side by side. Raises Refused beyond the limits."""
        for place in range(column, column + times):
            self.put(row, place, cell)

    def repeat(self, row: int, times: int) -> None:
        """The same row again, so often, right after itself. Raises Refused beyond the limits."""
        cells = self.rows[row - 1]
        if row + times > MOST_ROWS:
            raise Refused(Refusal.TOO_MANY_ROWS, most=MOST_ROWS)
        filled = sum(cell is not EMPTY for cell in cells)
        self._count(filled * times, sum(len(cell.text) for cell in cells) * times)
        self.rows.extend(list(cells) for _ in range(times))

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """An area of cells shown as one. Raises Refused where there are too many."""
        if len(self.merged) >= MOST_MERGED:
            raise Refused(Refusal.TOO_MANY_MERGED, most=MOST_MERGED)
        self.merged.append((first_row, first_column, last_row, last_column))

    def grid(self) -> Grid:
        """The sheet as it stands. Raises Refused where its merged areas overlap more than a sheet is large."""
        last, width = len(self.rows), self.width
        merged = tuple(
            (top, left, min(bottom, last), min(right, width - 1))
            for top, left, bottom, right in self.merged
            if top <= last and left < width
        )
        if sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in merged) > MOST_CELLS:
            raise Refused(Refusal.TOO_MANY_MERGED, most=MOST_MERGED)
        columns = {each for first, end in self.hidden_columns for each in range(first, min(end + 1, width))}
        return Grid(self.rows, frozenset(row for row in self.hidden if row <= last), merged, frozenset(columns))

    def too_long(self, row: int, column: int, count: int) -> Refused:
        """The refusal of a cell with more characters than any may have."""
        return Refused(Refusal.LONG_CELL, row=row, column=letters(column), count=count, most=MOST_CELL_CHARACTERS)

    def _reach(self, row: int, column: int) -> None:
        if row > MOST_ROWS or row - len(self.rows) > _FAR_ROWS:
            if row - len(self.rows) > _FAR_ROWS:
                raise Refused(Refusal.FAR_CELL, row=row, column=letters(column))
            raise Refused(Refusal.TOO_MANY_ROWS, most=MOST_ROWS)
        self.rows.extend([] for _ in range(row - len(self.rows)))

    def _count(self, cells: int, characters: int) -> None:
        self._cells += cells
        self._characters += characters
        if self._cells > MOST_CELLS:
            raise Refused(Refusal.TOO_MANY_CELLS, most=MOST_CELLS)
        if self._characters > MOST_CHARACTERS:
            raise Refused(Refusal.BOMB)


class Measure(Filling):
    """How large a sheet is that is not read: its cells are counted, and none is kept or refused."""

    def __init__(self) -> None:
        super().__init__()
        self._last = 0

    @property
    def height(self) -> int:
        return self._last

    def put(self, row: int, column: int, cell: Cell) -> None:  # noqa: ARG002 of Filling
        self._last = max(self._last, row)
        self.width = max(self.width, column + 1)

    def put_along(self, row: int, column: int, cell: Cell, times: int) -> None:
        self.put(row, column + times - 1, cell)

    def repeat(self, row: int, times: int) -> None:
        self._last = max(self._last, row + times)

    def merge(self, first_row: int, first_column: int, last_row: int, last_column: int) -> None:
        """Nothing is kept of it."""


def letters(column: int) -> str:
    """A column from 0 as spreadsheets name it: A, B, … Z, AA."""
    named = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        named = chr(ord("A") + rest) + named
    return named


def _too_wide(row: int, column: int, before: int) -> Refused:
    if column - before > _FAR_COLUMNS:
        return Refused(Refusal.FAR_CELL, row=row, column=letters(column))
    return Refused(Refusal.TOO_MANY_COLUMNS, most=MOST_COLUMNS)
