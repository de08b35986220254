"""Which rows of a sheet name its columns, and what they name them: below titles, one row or several, merged or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median_high
from typing import Final

from companies.importing.reading.form import Cell, Grid, Kind

# Signs that leave a cell blank for the eye.
UNSEEN: Final = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200e\u200f\u202f\u2060\u3000\ufeff"
)
_LOOKED_AT: Final = 300
# Below a header so many rows tell what its columns hold.
_BELOW: Final = 60
_MOST_HEADER_ROWS: Final = 5
_TITLES_END_BY: Final = 60
_PERIOD: Final = re.compile(
    r"(?:19|20)\d\d(?:\s?(?:年|г\.?|год|yil))?(?:\s?[-./年]?\s?(?:(?:Q|H|кв\.?)?\s?\d{1,2})\s?(?:月|季度|кв\.?)?)?"
    r"|\d{1,2}\s?(?:月|季度|кв\.?|квартал)|(?:Q|H)\d(?:[\s/-]?(?:19|20)?\d\d)?|[^\W\d_]{3,9}\.?[\s-]?(?:19|20)\d\d",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(
    r"[(（\[【].{1,30}[)）\]】]"
    r"|(?:万|亿|千|百万)?(?:美元|元|人民币|卢布|千克|公斤|吨|克|台|件|个|辆|套|升|欧元|米|平方米|只)"
    r"|(?:тыс|млн|млрд)\.?\s*(?:долл|руб|евро|usd|eur|т|тонн|шт)?.{0,8}|(?:долл|руб|евро|кг|тонн|т|шт|сум)\.?.{0,8}"
    r"|(?:usd|eur|rub|cny|uzs|us\$|\$|€|¥|₽|kg|t|tons?|tonnes?|pcs|units?|mln|million|thousand|bn|%)"
    r"(?:\s*(?:usd|eur|rub|cny|uzs|mln|million|thousand|bn|\$))?",
    re.IGNORECASE,
)
_NUMBERED_NAME: Final = re.compile(r"\s*[^\W\d_]+[\s_.№-]*\d{1,2}\s*")
_MISSING: Final = frozenset(("", "-", "–", "—", "n/a", "na", "无", "нет", "none", "null", "..", "...", "x", "unknown"))
_VALUES_PREVAIL: Final = 0.6
_FEW_VALUES: Final = 0.25
_NUMBERED: Final = 3


def is_blank(cell: Cell) -> bool:
    """Whether nothing can be seen in it."""
    return not cell.text or not cell.text.strip(UNSEEN)


def filled(row: Sequence[Cell]) -> list[int]:
    """The columns that something stands in."""
    return [column for column, cell in enumerate(row) if not is_blank(cell)]


def is_value(cell: Cell) -> bool:
    """A number, a date or a code rather than a name: it has at least as many digits as letters (`Q1` is a name)."""
    if cell.kind is not Kind.TEXT:
        return cell.kind is not Kind.EMPTY
    digits = sum(map(str.isdigit, cell.text))
    return 0 < digits >= sum(map(str.isalpha, cell.text)) and not _NUMBERED_NAME.fullmatch(cell.text)


class Columns:
    """What the columns of a table hold for the most part. body: its rows that are not blank."""

    def __init__(self, body: Sequence[Sequence[Cell]]) -> None:
        self._of_values: set[int] = set()
        looked_at = body[:_LOOKED_AT]
        for column in range(max(map(len, looked_at), default=0)):
            cells = [row[column] for row in looked_at if column < len(row) and not is_blank(row[column])]
            if _share(map(is_value, cells)) >= _VALUES_PREVAIL:
                self._of_values.add(column)

    def are_named_by(self, row: Sequence[Cell]) -> bool:
        """Whether a row has names alone, also where the others have values: two of them at least."""
        columns = filled(row)
        names = self._of_values.intersection(columns)
        return len(names) > 1 and not any(
            is_value(row[each]) or row[each].text.strip(UNSEEN).lower() in _MISSING for each in columns
        )


def header_rows(grid: Grid) -> tuple[int, int]:
    """The first and the last row that name the columns, from 1; (0, 0) where none does."""
    return _Looking(grid).header()


def header_texts(grid: Grid, first: int, last: int, width: int) -> list[str]:
    """What the rows name each column: their texts from above, each once, a blank between; empty where there is none."""
    if not first:
        return [""] * width
    spread = [_spread(grid, number, width, rightwards=number < last) for number in range(first, last + 1)]
    rows = [texts for texts in spread if not _is_numbering(texts)]
    named = []
    for column in range(width):
        parts = [" ".join(texts[column].strip(UNSEEN).split()) for texts in rows]
        named.append(" ".join(part for part in dict.fromkeys(parts) if part))
    return named


def _areas_of(grid: Grid, number: int) -> list[tuple[int, int, int, int]]:
    """The merged areas that a row lies in."""
    return [each for each in grid.merged if each[0] <= number <= each[2]]


def _spread(grid: Grid, number: int, width: int, *, rightwards: bool) -> list[str]:
    """A row's texts, those of merged areas in every column of theirs.

    rightwards: a file that cannot say what is merged leaves the cells right of a group's name blank.
    """
    texts = [each.text for each in grid.rows[number - 1][:width]] if number <= len(grid.rows) else []
    texts += [""] * (width - len(texts))
    areas = _areas_of(grid, number)
    for top, left, _bottom, right in areas:
        said = grid.rows[top - 1][left].text if left < len(grid.rows[top - 1]) else ""
        for column in range(left, min(right + 1, width)):
            texts[column] = said
    if rightwards and not grid.merged:
        below = grid.rows[number] if number < len(grid.rows) else []
        for column in range(1, width):
            if not texts[column].strip(UNSEEN) and column < len(below) and not is_blank(below[column]):
                texts[column] = texts[column - 1]
    return texts


def _is_numbering(texts: Sequence[str]) -> bool:
    """Whether a row counts the columns: 1, 2, 3, or А, Б, 1, 2."""
    said = [each.strip(UNSEEN) for each in texts if each.strip(UNSEEN)]
    while said and len(said[0]) == 1 and said[0].isalpha():
        said = said[1:]
    return len(said) >= _NUMBERED and said == [str(each) for each in range(1, len(said) + 1)]


class _Looking:
    """A look at the first rows of a sheet."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._rows = grid.rows[: _LOOKED_AT + _TITLES_END_BY]
        self._filled = [filled(each) for each in self._rows]
        self._areas: dict[int, list[tuple[int, int, int, int]]] = {}
        for area in grid.merged:
            for at in range(area[0] - 1, min(area[2], _TITLES_END_BY + _MOST_HEADER_ROWS)):
                self._areas.setdefault(at, []).append(area)
        counts = [len(each) for each in self._filled if each]
        self._usual = median_high(counts) if counts else 0

    def header(self) -> tuple[int, int]:
        if not self._usual:
            return 0, 0
        least = max(2, self._usual / 2) if self._usual > 1 else 1
        tables = [at for at, each in enumerate(self._filled[:_TITLES_END_BY]) if len(each) >= least]
        for at in tables:
            if self._names_columns(at):
                first = self._upwards(at)
                return first + 1, self._downwards(at) + 1
            if len(self._filled[at]) >= self._usual * 0.8:
                return 0, 0
        return 0, 0

    def _names_columns(self, at: int) -> bool:
        columns = self._filled[at]
        values = [each for each in columns if self._is_value_here(at, each)]
        if not values:
            return len(self._filled) > at + 1 or self._usual > 1
        contrasts = sum(each not in values and self._holds_values(at + 1, each) for each in columns)
        return len(values) <= _FEW_VALUES * len(columns) and contrasts > 1

    def _is_value_here(self, at: int, column: int) -> bool:
        """A value, unless it is a year or a month that names a column of something else."""
        cell = self._rows[at][column]
        if not is_value(cell):
            return False
        return not (_is_period(cell) and not self._holds_periods(at + 1, column))

    def _below(self, at: int, column: int) -> list[Cell]:
        rows = self._rows[at : at + _BELOW]
        return [row[column] for row in rows if column < len(row) and not is_blank(row[column])]

    def _holds_values(self, at: int, column: int) -> bool:
        return _share(is_value(each) for each in self._below(at, column)) >= _VALUES_PREVAIL

    def _holds_periods(self, at: int, column: int) -> bool:
        return _share(_is_period(each) for each in self._below(at, column)) >= _VALUES_PREVAIL

    def _upwards(self, at: int) -> int:
        """The first row of a header whose fuller row is this one: names of groups stand above."""
        first = at
        while first > 0 and at - first < _MOST_HEADER_ROWS and self._groups(first - 1, first):
            first -= 1
        return first

    def _groups(self, above: int, below: int) -> bool:
        columns = self._filled[above]
        width = len(self._rows[below])
        if not columns or any(self._is_value_here(above, each) for each in columns):
            return False
        spans = self._spans(above)
        if spans:
            return any(area[3] - area[1] + 1 < width for area in spans) and len(columns) > 1
        texts = [self._rows[below][each].text for each in self._filled[below]]
        return len(columns) > 1 and len(set(texts)) < len(texts)

    def _downwards(self, at: int) -> int:
        """The last row of the header: parts of groups, units, numbers of columns."""
        last = at
        while last + 1 < len(self._rows) and last - at < _MOST_HEADER_ROWS and self._continues(at, last + 1):
            last += 1
        return last

    def _continues(self, at: int, next_at: int) -> bool:
        """Whether a row below the header goes on with it."""
        columns = self._filled[next_at]
        reached = any(area[0] <= next_at < area[2] for area in self._areas.get(next_at, ()))
        if columns and (reached or _is_numbering([each.text for each in self._rows[next_at]])):
            return True
        if not columns or any(self._is_value_here(next_at, each) for each in columns):
            return False
        names = {each: self._rows[next_at][each] for each in columns}
        if all(cell.text.strip(UNSEEN).lower() in _MISSING for cell in names.values()):
            return False
        if not self._spans(at) and not any(self._holds_values(next_at + 1, each) for each in columns):
            return False
        return all(_is_unit(cell) or self._is_under_group(at, column, columns) for column, cell in names.items())

    def _spans(self, at: int) -> list[tuple[int, int, int, int]]:
        """The merged areas of a row that lie over several columns."""
        return [area for area in self._areas.get(at, ()) if area[3] > area[1]]

    def _is_under_group(self, at: int, column: int, beside: Sequence[int]) -> bool:
        """Whether the header says nothing of its own here: it is blank, or one name stands over several columns.

        beside: the columns of the row below that say something.
        """
        if any(area[1] <= column <= area[3] for area in self._spans(at)):
            return True
        above = self._filled[at]
        goes_on = column + 1 not in above and column + 1 in beside
        return column not in above or (goes_on and not self._grid.merged)


def _share(said: Iterable[bool]) -> float:
    answers = list(said)
    return sum(answers) / len(answers) if answers else 0.0


def _is_period(cell: Cell) -> bool:
    return cell.kind is Kind.DATE or _PERIOD.fullmatch(cell.text.strip(UNSEEN)) is not None


def _is_unit(cell: Cell) -> bool:
    return _UNIT.fullmatch(cell.text.strip(UNSEEN)) is not None
