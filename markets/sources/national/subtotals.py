"""Which rows are sums of others: known by their names, and where the names are strange, by arithmetic.

Members that add up to more than the stated total hold a subtotal. It is the row that equals the rows right below it,
or a few rows that are together just what is too much. Less than the total is no contradiction: offices state
partners they do not name (persons who carry goods, gold) in the total alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from markets.errors import SourceChanged
from markets.sources.national.figures import half_unit
from markets.sources.national.partners import Kind
from markets.sources.national.table import Line, Table

# Sums made of unrounded figures drift a little further than printed digits say.
_DRIFT_SHARE: Final = Decimal("0.000001")
_MOST_STRANGERS: Final = 12
_MOST_TOGETHER: Final = 3
_CANDIDATES: Final = (Kind.UNKNOWN, Kind.REST)


def members(table: Table, source: str) -> list[Line]:
    """The rows that are partners of their own. Raises SourceChanged when they contradict the stated total."""
    rows = [line for line in table.lines if line.partner.kind not in (Kind.TOTAL, Kind.GROUP)]
    totals = table.totals
    if not totals:
        return rows
    if any(line.figures != totals[0].figures for line in totals[1:]):
        numbers = ", ".join(str(line.number) for line in totals)
        raise SourceChanged(source=source, reason=f"sheet {table.sheet!r}: rows {numbers} state different totals")
    sums = _Sums(table, totals[0])
    kept = _without_headings(rows, sums)
    if sums.excess(kept):
        kept = _without_overlapping(kept, sums)
    if over := sums.excess(kept):
        column, excess = next(iter(over.items()))
        stated = sums.total[column]
        where = f"{table.columns[column].flow} {table.columns[column].period}"
        reason = f"{where}: the partners add up to {stated + excess}, {excess} more than the stated total {stated}"
        raise SourceChanged(source=source, reason=f"{reason}; a subtotal among them is not known by name")
    return kept


class _Sums:
    """Sums of rows column by column, compared within what printed digits allow."""

    def __init__(self, table: Table, total: Line) -> None:
        self.columns = [i for i in range(len(table.columns)) if (figure := total.figures[i]) and figure.printed]
        self.total = {i: figure.number for i in self.columns if (figure := total.figures[i])}
        self._of_total = total

    def excess(self, rows: Sequence[Line]) -> dict[int, Decimal]:
        """By how much the rows exceed the total, for the columns where they do."""
        over = {i: self.summed(rows, i) - self.total[i] for i in self.columns}
        return {i: more for i, more in over.items() if more > self.slack([*rows, self._of_total], i)}

    def summed(self, rows: Iterable[Line], column: int) -> Decimal:
        return sum((figure.number for row in rows if (figure := row.figures[column])), Decimal(0))

    def slack(self, rows: Sequence[Line], column: int) -> Decimal:
        rounding = half_unit([figure for row in rows if (figure := row.figures[column])])
        return rounding + _DRIFT_SHARE * self.total[column]

    def equals_sum(self, line: Line, rows: Sequence[Line]) -> bool:
        """True where one row is the sum of the others in each column, and there is something to add."""
        close = (
            abs(self.summed([line], i) - self.summed(rows, i))
            <= half_unit([f for r in (line, *rows) if (f := r.figures[i])])
            for i in self.columns
        )
        return all(close) and any(self.summed(rows, i) for i in self.columns)

    def falls_short(self, line: Line, rows: Sequence[Line]) -> bool:
        """True while one row may still be the sum of these and further ones."""
        return all(self.summed(rows, i) <= self.summed([line], i) + self.slack([line], i) for i in self.columns)


def _without_headings(rows: Sequence[Line], sums: _Sums) -> list[Line]:
    """Without strange rows that equal the rows right below them; the innermost is found first."""
    kept = list(rows)
    for line in reversed(rows):
        if line.partner.kind in _CANDIDATES and sums.excess(kept):
            below = kept[kept.index(line) + 1 :]
            if _heads(line, below, sums):
                kept.remove(line)
    return kept


def _heads(line: Line, below: Sequence[Line], sums: _Sums) -> bool:
    for length in range(1, len(below) + 1):
        if sums.equals_sum(line, below[:length]):
            return True
        if not sums.falls_short(line, below[:length]):
            return False
    return False


def _without_overlapping(rows: Sequence[Line], sums: _Sums) -> list[Line]:
    """Without the one to three strange rows that are together exactly what is too much."""
    strangers = [line for line in rows if line.partner.kind in _CANDIDATES]
    if len(strangers) > _MOST_STRANGERS:
        return list(rows)
    for length in range(1, _MOST_TOGETHER + 1):
        for chosen in combinations(strangers, length):
            rest = [line for line in rows if line not in chosen]
            if _fits(rest, sums):
                return rest
    return list(rows)


def _fits(rows: Sequence[Line], sums: _Sums) -> bool:
    """True when the rows are the total in every column."""
    return all(abs(sums.summed(rows, i) - sums.total[i]) <= sums.slack(rows, i) for i in sums.columns)
