"""What one's own records add up to in their newest months, and how that grew on the same months a year before.

A growth is told only of records that have a counterpart: of the same company, goods and currency, and of the very same
months. What has none says nothing of growth: a record that nobody wrote is missing, not zero.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from companies.records.growth import Bounds, as_printed, computed_growth
from companies.records.overlap import Scope, Stated, Total, counting, totals
from companies.records.periods import Span, span, year_before
from markets.vocabulary import Frequency, Period


class Sale(NamedTuple):
    """One record with an amount. printed, multiplier: the digits of its source, which tell how exact it is."""

    company: Hashable
    currency: str
    scope: Scope
    period: str
    value: Decimal
    printed: str
    multiplier: int
    is_approved: bool

    def stated(self) -> Stated:
        """The same, as statements are added up."""
        return Stated(self.company, self.currency, self.scope, self.value)


@dataclass(frozen=True, slots=True)
class YearOnYear:
    """Sales in one currency over the newest months there are records of.

    value: their sum; counted: how many records it is made of; approved: how many of those. apart: records that overlap
    in part with others and were left out. base_period: the same months a year before. paired: how many of the counted
    have a counterpart there; now, base: the sums of those and of their counterparts; growth: in per cent, between the
    ends that the printed digits allow; None where nothing is paired or the base may be nothing.
    """

    currency: str
    period: str
    value: Decimal
    counted: int
    approved: int
    apart: int
    base_period: str
    paired: int
    now: Decimal
    base: Decimal
    growth: Bounds | None


def newest_span(sales: Sequence[Sale]) -> Span | None:
    """The newest time that a record is about, of two that end on one day the longer; a day counts as its month."""
    if not sales:
        return None
    newest = max(sales, key=lambda sale: (sale.scope.last, -sale.scope.first.toordinal()))
    is_day = Period.parse(newest.period).frequency is Frequency.AS_OF
    return span(newest.period[:7] if is_day else newest.period)


def year_on_year(sales: Sequence[Sale]) -> list[YearOnYear]:
    """The newest months of these records, one line for each currency by its code; none without a record."""
    newest = newest_span(sales)
    if newest is None:
        return []
    base_period = year_before(newest.period)
    now = _counted(sales, newest)
    bases = {_key(sale, sale.period): sale for sale in _counted(sales, span(base_period))}
    found = totals(sale.stated() for sale in _within(sales, newest))
    return [
        _line(
            [sale for sale in now if sale.currency == total.currency], bases, (newest.period.text, base_period), total
        )
        for total in found
    ]


def _within(sales: Sequence[Sale], wanted: Span) -> list[Sale]:
    return [sale for sale in sales if wanted.first <= sale.scope.first and sale.scope.last <= wanted.last]


def _counted(sales: Sequence[Sale], wanted: Span) -> list[Sale]:
    """The records of that time that add up: no trade is counted twice."""
    within = _within(sales, wanted)
    return [within[place] for place in counting([sale.stated() for sale in within])]


def _key(sale: Sale, period: str) -> tuple[Hashable, ...]:
    return (sale.company, sale.currency, sale.scope.places, sale.scope.goods, period)


def _line(
    now: Sequence[Sale], bases: Mapping[tuple[Hashable, ...], Sale], periods: tuple[str, str], total: Total
) -> YearOnYear:
    pairs = []
    for sale in now:
        before = year_before(Period.parse(sale.period))
        if before and (base := bases.get(_key(sale, before))):
            pairs.append((sale, base))
    return YearOnYear(
        currency=total.currency,
        period=periods[0],
        value=total.value,
        counted=total.counted,
        approved=sum(sale.is_approved for sale in now),
        apart=total.apart,
        base_period=periods[1],
        paired=len(pairs),
        now=_sum(sale.value for sale, _base in pairs),
        base=_sum(base.value for _sale, base in pairs),
        growth=computed_growth(*(_bounds([pair[side] for pair in pairs]) for side in (0, 1))),
    )


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _bounds(sales: Sequence[Sale]) -> Bounds:
    parts = [as_printed(sale.printed, sale.multiplier) for sale in sales]
    ends = ([getattr(part, end) for part in parts] for end in ("low", "middle", "high"))
    return Bounds(*(sum(each, Fraction(0)) for each in ends))
