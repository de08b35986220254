"""Own sales of the newest months and the same months a year before: only what has a counterpart tells of growth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from companies.records.growth import Bounds, shown
from companies.records.overlap import Scope
from companies.records.pairs import Sale, YearOnYear, newest_span, year_on_year
from companies.records.periods import span

KAZ = frozenset({"KAZ"})


def sale(period: str, value: str, *, company: str = "one", goods: str = "8418", **beside: Any) -> Sale:
    asked = span(period)
    known: dict[str, Any] = {"currency": "CNY", "multiplier": 1, "is_approved": True} | beside
    scope = Scope(KAZ, (goods,), asked.first, asked.last)
    return Sale(company, scope=scope, period=period, value=Decimal(value), printed=value, **known)


def only(sales: list[Sale]) -> YearOnYear:
    (line,) = year_on_year(sales)
    return line


def middle(growth: Bounds | None) -> Decimal:
    assert growth is not None
    return round(shown(growth.middle), 2)


def test_the_same_months_a_year_before_are_the_base() -> None:
    line = only([sale("2025-01/2025-04", "120"), sale("2024-01/2024-04", "100"), sale("2024", "900")])
    assert (line.period, line.base_period) == ("2025-01/2025-04", "2024-01/2024-04")
    assert (line.value, line.counted, line.paired, line.now, line.base) == (120, 1, 1, 120, 100)
    assert middle(line.growth) == 20


def test_a_record_without_a_counterpart_is_in_the_sum_and_not_in_the_growth() -> None:
    sales = [sale("2025", "120"), sale("2024", "100"), sale("2025", "50", company="two"), sale("2024", "7", goods="85")]
    line = only(sales)
    assert (line.value, line.counted, line.paired, line.now, line.base) == (170, 2, 1, 120, 100)
    assert middle(line.growth) == 20


def test_half_a_year_is_no_base_for_a_year() -> None:
    line = only([sale("2025", "120"), sale("2024-01/2024-06", "60")])
    assert (line.paired, line.growth) == (0, None)


def test_a_part_within_a_wider_record_is_not_added_again() -> None:
    line = only([sale("2025", "120"), sale("2025-03", "10"), sale("2024", "100")])
    assert (line.value, line.counted, line.paired) == (120, 1, 1)


def test_two_amounts_for_the_same_are_left_out_and_counted_apart() -> None:
    line = only([sale("2025", "120"), sale("2025", "130")])
    assert (line.value, line.counted, line.apart, line.growth) == (0, 0, 2, None)


def test_currencies_are_never_mixed() -> None:
    lines = year_on_year([sale("2025", "120"), sale("2025", "30", currency="USD"), sale("2024", "100")])
    assert [(line.currency, line.value, line.paired) for line in lines] == [("CNY", 120, 1), ("USD", 30, 0)]


def test_a_shipment_counts_for_its_month_and_has_no_counterpart() -> None:
    sales = [sale("2025-04-17", "5"), sale("2024-04-17", "4")]
    assert newest_span(sales) == span("2025-04")
    assert (only(sales).period, only(sales).value, only(sales).paired) == ("2025-04", 5, 0)


def test_the_growth_is_as_exact_as_the_printed_digits() -> None:
    line = only([sale("2025", "1.2", multiplier=100), sale("2024", "1.0", multiplier=100)])
    assert line.growth is not None
    assert line.growth.low < 20 < line.growth.high
    assert only([sale("2025", "120"), sale("2024", "0")]).growth is None


def test_no_record_is_no_line() -> None:
    assert newest_span([]) is None
    assert year_on_year([]) == []


amounts = st.integers(min_value=1, max_value=10**9)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), amounts, amounts), unique_by=lambda row: row[0], min_size=1))
def test_the_growth_of_all_pairs_is_that_of_their_sums(rows: list[tuple[str, int, int]]) -> None:
    now = [sale("2025-04", str(value), company=company) for company, value, _base in rows]
    base = [sale("2024-04", str(value), company=company) for company, _value, value in rows]
    line = only([*now, *base])
    assert (line.now, line.base, line.paired) == (sum(r[1] for r in rows), sum(r[2] for r in rows), len(rows))
    assert line.growth is not None
    assert line.growth.middle * Fraction(line.base) == 100 * Fraction(line.now - line.base)
    assert line.growth.low <= line.growth.middle <= line.growth.high


def test_the_newest_time_is_the_longer_of_two_that_end_together() -> None:
    found = newest_span([sale("2025-04", "1"), sale("2025-01/2025-04", "4"), sale("2025-03", "1")])
    assert found is not None
    assert (found.first, found.last) == (dt.date(2025, 1, 1), dt.date(2025, 4, 30))
