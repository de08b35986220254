"""What records add up to: nothing twice, nothing across currencies, whatever the order."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from companies.records.overlap import Scope, Stated, goods_of, totals

KAZ, UZB = frozenset({"KAZ"}), frozenset({"UZB"})
BOTH, OTHERS = KAZ | UZB, frozenset({"UZB", "KGZ"})
DAYS = [(dt.date(2024, first, 1), dt.date(2024, last, 28)) for first in (1, 3, 6) for last in (6, 9, 12)]


def scope(
    places: frozenset[str] = KAZ,
    goods: tuple[str, ...] = ("8418",),
    months: tuple[int, int] = (1, 12),
    shipment: str = "",
) -> Scope:
    return Scope(places, goods, dt.date(2024, months[0], 1), dt.date(2024, months[1], 28), shipment)


def stated(of: Scope, value: int, currency: str = "CNY", company: str = "a") -> Stated:
    return Stated(company, currency, of, Decimal(value))


def told(*rows: Stated) -> tuple[int, int, int, int]:
    (total,) = totals(rows)
    return int(total.value), total.counted, total.inside, total.apart


def test_a_month_within_its_year_is_not_added_again() -> None:
    assert told(stated(scope(), 100), stated(scope(months=(4, 4)), 10)) == (100, 1, 1, 0)


def test_a_group_counts_and_its_member_does_not() -> None:
    assert told(stated(scope(BOTH), 100), stated(scope(KAZ), 60), stated(scope(UZB), 30)) == (100, 1, 2, 0)


def test_a_chapter_counts_and_the_code_within_it_does_not() -> None:
    assert told(stated(scope(goods=("84",)), 100), stated(scope(), 60)) == (100, 1, 1, 0)


def test_where_neither_holds_the_other_neither_is_added() -> None:
    year_of_one, month_of_all = scope(KAZ), scope(BOTH, months=(4, 4))
    assert told(stated(year_of_one, 100), stated(month_of_all, 30)) == (0, 0, 0, 2)


def test_what_stands_within_one_that_is_left_out_is_left_out_too() -> None:
    rows = stated(scope(KAZ), 100), stated(scope(BOTH, months=(4, 4)), 30), stated(scope(months=(6, 6)), 5)
    assert told(*rows) == (0, 0, 0, 3)


def test_two_groups_with_a_common_member_overlap_in_part() -> None:
    assert told(stated(scope(BOTH), 100), stated(scope(OTHERS), 60)) == (0, 0, 0, 2)


def test_the_same_statement_twice_counts_once_and_two_amounts_for_it_not_at_all() -> None:
    assert told(stated(scope(), 100), stated(scope(), 100)) == (100, 1, 1, 0)
    assert told(stated(scope(), 100), stated(scope(), 90)) == (0, 0, 0, 2)


def test_two_shipments_of_one_day_are_two_by_their_references() -> None:
    day = (dt.date(2024, 4, 17), dt.date(2024, 4, 17))
    rows = [stated(Scope(KAZ, ("8418",), *day, reference), 10) for reference in ("A-1", "A-2")]
    assert told(*rows) == (20, 2, 0, 0)


def test_companies_goods_and_times_apart_are_added() -> None:
    rows = [
        stated(scope(), 1),
        stated(scope(), 2, company="b"),
        stated(scope(goods=("8450",)), 4),
        stated(scope(UZB), 8),
    ]
    assert told(*rows) == (15, 4, 0, 0)


def test_a_category_covers_its_codes_and_one_without_codes_is_its_own() -> None:
    codes = {"appliances": ["8418", "841821", "8450"], "services": []}
    assert goods_of("appliances", "", codes.__getitem__) == ("8418", "8450")
    assert goods_of("services", "", codes.__getitem__) == ("category:services",)
    assert goods_of("appliances", "841821", codes.__getitem__) == ("841821",)
    assert goods_of("", "", codes.__getitem__) == ("",)


ROWS = st.lists(
    st.builds(
        Stated,
        company=st.sampled_from("ab"),
        currency=st.sampled_from(["CNY", "USD"]),
        scope=st.builds(
            lambda places, goods, days, shipment: Scope(places, goods, *days, shipment),
            st.sampled_from([KAZ, UZB, BOTH, OTHERS]),
            st.sampled_from([("84",), ("8418",), ("8418", "8450"), ("",), ("category:x",)]),
            st.sampled_from([days for days in DAYS if days[0] < days[1]]),
            st.just(""),
        ),
        value=st.integers(0, 5).map(Decimal),
    ),
    max_size=12,
)


@given(rows=ROWS)
def test_a_total_never_exceeds_the_plain_sum_and_every_row_is_told_of(rows: list[Stated]) -> None:
    by_currency = {total.currency: total for total in totals(rows)}
    ordered = sorted(rows, key=lambda row: row.currency)
    for currency, group in groupby(ordered, key=lambda row: row.currency):
        values = [row.value for row in group]
        total = by_currency.pop(currency)
        assert 0 <= total.value <= sum(values)
        assert total.counted + total.inside + total.apart == len(values)
    assert by_currency == {}


@given(rows=ROWS, data=st.data())
def test_the_order_of_rows_does_not_matter(rows: list[Stated], data: st.DataObject) -> None:
    assert totals(data.draw(st.permutations(rows))) == totals(rows)


@given(rows=ROWS)
def test_no_currency_touches_another(rows: list[Stated]) -> None:
    apart = [
        total for currency in ("CNY", "USD") for total in totals([row for row in rows if row.currency == currency])
    ]
    assert apart == totals(rows)
