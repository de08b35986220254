"""What one file of an office states, in our rows: a table a sheet, one slice a flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markets.errors import SourceChanged
from markets.sources.base import SliceDelivery, TradeTotalRow, UnmappedRow
from markets.sources.national.figures import Figure
from markets.sources.national.subtotals import members
from markets.sources.national.table import Column, Line, Table
from markets.vocabulary import Flow, Frequency, ObsStatus, Period

# A table of one of these lists the other two as partners, and hardly itself.
_NEIGHBOURS: Final = frozenset({"KAZ", "KGZ", "UZB"})
# What is finer than a cent is the noise of a spreadsheet.
_CENT: Final = -2

Partners = dict[str, list[TradeTotalRow]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One table's rows of one flow and period, and the names nobody here knows."""

    flow: Flow
    period: str
    rows: Sequence[TradeTotalRow]
    unmapped: Sequence[UnmappedRow]


def statements_of(table: Table, reporter: str, source: str) -> list[Statement]:
    """Each column of a table. Raises SourceChanged when it is another country's, or its sums contradict each other."""
    _check_reporter(table, reporter, source)
    lines = members(table, source)
    return [_statement(table, lines, position, reporter) for position in range(len(table.columns))]


def slices_of(statements: Sequence[Statement]) -> list[SliceDelivery]:
    """One slice a flow; of each of its periods everything is here, so what lacks in it is withdrawn."""
    by_key: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.rows:
            by_key.setdefault(statement.rows[0].slice_key, []).append(statement)
    return [
        SliceDelivery(
            key=key,
            rows=[row for each in its for row in each.rows],
            unmapped=[row for each in its for row in each.unmapped],
            covers_periods=tuple(sorted({each.period for each in its})),
        )
        for key, its in by_key.items()
    ]


def _check_reporter(table: Table, reporter: str, source: str) -> None:
    listed = {line.partner.area for line in table.lines}
    lacking = _NEIGHBOURS - listed - {reporter}
    if reporter in listed and lacking:
        other = ", ".join(sorted(lacking))
        reason = f"{table.title!r} lists {reporter} among its partners and not {other}: it is the table of {other}"
        raise SourceChanged(source=source, reason=f"{reason}; load it there")


def _statement(table: Table, lines: Sequence[Line], position: int, reporter: str) -> Statement:
    column = table.columns[position]
    by_partner: Partners = {}
    unmapped: list[UnmappedRow] = []
    for line in (*table.totals[:1], *lines):
        figure = line.figures[position]
        if figure is None:
            continue
        if line.partner.area:
            _add(by_partner, _row(table, column, reporter, line.partner.area, figure))
        elif figure.printed:
            unmapped.append(_unmapped(line))
    return Statement(column.flow, column.period, [row for rows in by_partner.values() for row in rows], unmapped)


def _add(by_partner: Partners, row: TradeTotalRow) -> None:
    """Two names of one country in a table: the one with a figure speaks. Two figures both stand, to be held."""
    stated = by_partner.setdefault(row.partner, [])
    if row.value is not None:
        stated[:] = [other for other in stated if other.value is not None and other.value != row.value]
    elif stated:
        return
    stated.append(row)


def _row(table: Table, column: Column, reporter: str, partner: str, figure: Figure) -> TradeTotalRow:
    value, exponent = None, None
    status = figure.obs_status
    if figure.printed:
        exponent = max(_CENT, figure.printed.exponent + table.multiplier.adjusted())
        value = _in_dollars(figure.printed.value * table.multiplier)
        if column.is_provisional and status is ObsStatus.NORMAL:
            status = ObsStatus.PROVISIONAL
    return TradeTotalRow(
        reporter=reporter,
        flow=column.flow,
        partner=partner,
        period=column.period,
        value=value,
        last_digit_exponent=exponent,
        obs_status=status,
        frequency=Frequency(Period.parse(column.period).frequency),
    )


def _in_dollars(dollars: Decimal) -> Decimal:
    """Whole dollars and cents without the zeros that the multiplication leaves behind."""
    return Decimal(format(dollars.quantize(Decimal(1).scaleb(_CENT)).normalize(), "f"))


def _unmapped(line: Line) -> UnmappedRow:
    if line.code:
        return UnmappedRow("M49", line.code, " / ".join(line.names))
    return UnmappedRow("partner name", line.names[0], " / ".join(line.names[1:]))
