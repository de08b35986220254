"""A sheet as it stands into what it holds: names of columns, rows of the table, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from companies.importing.reading.form import (
    EMPTY,
    MOST_ROWS,
    OWN_COLUMNS,
    TOP_CELL_CHARACTERS,
    TOP_ROWS,
    Cell,
    Choices,
    Found,
    Grid,
    Notice,
    NoticeCode,
    Refusal,
    Refused,
)
from companies.importing.reading.headers import UNSEEN, Columns, filled, header_rows, header_texts, is_blank
from companies.importing.reading.sums import Sums, note_rows

_OWN: Final = frozenset(name for names in OWN_COLUMNS.values() for name in names)
ROWS_NAMED: Final = 20
_REPEATED: Final = 0.8
# A number that is no year: no name of a column.
_AMOUNT: Final = re.compile(r"(?!(19|20)\d\d$)[\d.,]+", re.ASCII)
_RENAMED: Final = 0.5


@dataclass(slots=True)
class Table:
    """The table of a sheet: names, places in the file, rows with their numbers, and what was left out."""

    headers: list[str]
    header_first: int
    header_last: int
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    blank: int = 0
    blank_columns: list[int] = field(default_factory=list)
    merged: int = 0
    notices: list[Notice] = field(default_factory=list)

    def found(self, form: str, grid: Grid, **read: Any) -> Found:
        """All of it but the rows. read: how the file was read, as `Found` names it."""
        notices = (*read.pop("notices", ()), *self.notices)
        return Found(
            form=form,
            headers=tuple(self.headers),
            header_first=self.header_first,
            header_last=self.header_last,
            row_count=len(self.rows),
            top=tuple(_top(grid)),
            totals=tuple(self.totals),
            hidden=tuple(self.hidden),
            repeated=tuple(self.repeated),
            blank=self.blank,
            blank_columns=tuple(self.blank_columns),
            merged=self.merged,
            formulas=0 if form == "csv" else sum(cell.is_formula for _number, row in self.rows for cell in row),
            notices=notices,
            **read,
        )

    def packed_rows(self) -> Iterator[tuple[int, list[Any]]]:
        """Each row as a line of the answer keeps it, as wide as the table."""
        width = len(self.headers)
        for number, row in self.rows:
            packed = [cell.packed() for cell in row[:width]]
            yield number, packed + [None] * (width - len(packed))


def laid_out(grid: Grid, choices: Choices) -> Table:
    """The table of a sheet. Raises Refused where no row follows the header, or too many do."""
    first, last = _header(grid, choices)
    if choices.fill_merged:
        _fill_merged(grid, last)
    width = max(map(len, grid.rows[max(first - 1, 0) :]), default=0)
    table = Table(header_texts(grid, first, last, width), first, last)
    table.merged = sum(area[2] > last for area in grid.merged)
    table.rows = _body(grid, table, choices)
    if not table.rows:
        raise Refused(Refusal.NO_ROWS)
    if len(table.rows) > MOST_ROWS:
        raise Refused(Refusal.TOO_MANY_ROWS, count=len(table.rows), most=MOST_ROWS)
    _drop_own_columns(table)
    _trim(table)
    return table


def _header(grid: Grid, choices: Choices) -> tuple[int, int]:
    if choices.header_first is None:
        return header_rows(grid)
    first = min(choices.header_first, len(grid.rows))
    return first, max(first, min(choices.header_last or 0, len(grid.rows))) if first else 0


def _body(grid: Grid, table: Table, choices: Choices) -> list[tuple[int, list[Cell]]]:
    """The rows under the header that are records, each other one noted in the table by its number."""
    rows = grid.rows
    names = [_folded(rows[number - 1]) for number in range(table.header_first, table.header_last + 1) if number]
    notes = note_rows(rows[table.header_last :])
    end = len(rows) - notes
    left_out = [number for number in range(end + 1, len(rows) + 1) if filled(rows[number - 1])]
    if left_out:
        context = {"count": len(left_out), "rows": left_out[:ROWS_NAMED], "texts": _texts(rows, left_out[:ROWS_NAMED])}
        table.notices.append(Notice(NoticeCode.NOTES, context))
    body: list[tuple[int, list[Cell]]] = []
    columns = Columns([row for row in rows[table.header_last : end] if filled(row)])
    was_blank = False
    for number in range(table.header_last + 1, end + 1):
        row = rows[number - 1]
        is_hidden = number in grid.hidden
        is_empty = all(map(is_blank, row))
        if body and not is_empty and (_renames(row, names) or (was_blank and columns.are_named_by(row))):
            context = {"row": number, "count": sum(bool(filled(each)) for each in rows[number:end])}
            table.notices.append(Notice(NoticeCode.OTHER_TABLE, context))
            break
        was_blank = is_empty
        if is_hidden:
            table.hidden.append(number)
        if is_empty:
            table.blank += 1
        elif is_hidden and not choices.with_hidden:
            continue
        elif _repeats(row, names):
            table.repeated.append(number)
        else:
            body.append((number, row))
    return body if choices.with_totals else _without_totals(body, table)


def _without_totals(body: list[tuple[int, list[Cell]]], table: Table) -> list[tuple[int, list[Cell]]]:
    sums = Sums([row for _number, row in body])
    kept = [each for each in body if not sums.is_named(each[1])]
    if kept and sums.is_sum(kept[-1][1], [row for _number, row in kept[:-1]]):
        kept.pop()
    numbers = {number for number, _row in kept}
    table.totals = [number for number, _row in body if number not in numbers]
    return kept


def _texts(rows: Sequence[Sequence[Cell]], numbers: Sequence[int]) -> list[str]:
    return [_shortened(cell).text for number in numbers for cell in rows[number - 1] if not is_blank(cell)]


def _folded(row: Sequence[Cell]) -> dict[int, str]:
    return {column: " ".join(row[column].text.split()).casefold() for column in filled(row)}


def _repeats(row: Sequence[Cell], names: Sequence[dict[int, str]]) -> bool:
    """Whether a row says a row of the header once more, as pages of a printed table do."""
    for said in names:
        if len(said) > 1:
            same = sum(
                column < len(row) and " ".join(row[column].text.split()).casefold() == text
                for column, text in said.items()
            )
            if same >= max(2, _REPEATED * len(said)) and len(filled(row)) <= len(said):
                return True
    return False


def _renames(row: Sequence[Cell], names: Sequence[dict[int, str]]) -> bool:
    """Whether a row says nearly all of a row of the header once more, and something else in its place: what follows it
    is another table, in another unit perhaps.
    """
    pairs = (pair for of_header in names for pair in of_header.items())
    if not any(column < len(row) and row[column].text.casefold() == text for column, text in pairs):
        return False  # hardly any row goes further
    said = _folded(row)
    for of_header in names:
        if any(_AMOUNT.fullmatch(text) for text in of_header.values()):
            continue  # a row of records was chosen as the header, and records are alike
        same = sum(said.get(column) == text for column, text in of_header.items())
        if same >= max(2, _RENAMED * len(of_header)) and any(
            said[column] != text for column, text in of_header.items() if column in said
        ):
            return True
    return False


def _fill_merged(grid: Grid, header_last: int) -> None:
    """What a merged area says, in every cell of it that lies under the header."""
    for top, left, bottom, right in grid.merged:
        if bottom <= header_last or left >= len(grid.rows[top - 1]):
            continue
        said = grid.rows[top - 1][left]
        for number in range(max(top, header_last + 1), min(bottom, len(grid.rows)) + 1):
            row = grid.rows[number - 1]
            row.extend([EMPTY] * (right + 1 - len(row)))
            row[left : right + 1] = [said] * (right + 1 - left)


def _drop_own_columns(table: Table) -> None:
    own = [column for column, name in enumerate(table.headers) if name in _OWN]
    if not own:
        return
    table.notices.append(Notice(NoticeCode.OWN_COLUMNS, {"count": len(own)}))
    for column in reversed(own):
        del table.headers[column]
        for _number, row in table.rows:
            del row[column : column + 1]


def _trim(table: Table) -> None:
    """Leave out columns at the end that hold nothing and have no name; note the other ones that hold nothing."""
    used = [False] * len(table.headers)
    for _number, row in table.rows:
        for column, cell in enumerate(row):
            if cell.text and not used[column] and not is_blank(cell):
                used[column] = True
    while used and not used[-1] and not table.headers[-1]:
        used.pop()
        table.headers.pop()
    table.blank_columns = [column for column, is_used in enumerate(used) if not is_used]


def _top(grid: Grid) -> Iterator[tuple[int, tuple[Any, ...]]]:
    for number, row in enumerate(grid.rows[:TOP_ROWS], 1):
        yield number, tuple(_shortened(cell).packed() for cell in row)


def _shortened(cell: Cell) -> Cell:
    if len(cell.text) <= TOP_CELL_CHARACTERS:
        return cell
    return Cell(cell.text[: TOP_CELL_CHARACTERS - 1].rstrip(UNSEEN) + "…", cell.kind, cell.is_formula)
