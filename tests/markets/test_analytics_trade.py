"""Concentration, mirror gap and growth: examples worked by hand, and what holds for any values."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.analytics import MEASURES
from markets.analytics.concentration import hhi
from markets.analytics.growth import cagr
from markets.analytics.mirror import MirrorGap, mirror_gap
from markets.errors import NotComparable
from markets.wording import unit_words

LAST_DIGIT = Decimal("0.000001")
money = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("1E+13"), places=2)
amounts = st.lists(money, min_size=1, max_size=60)


def near(found: Decimal | None, wanted: Fraction | float) -> bool:
    return found is not None and abs(Fraction(found) - Fraction(wanted)) <= Fraction(1, 1_000_000)


def shares(values: list[Decimal]) -> list[Decimal]:
    whole = sum(values)
    return [value / whole for value in values]


# ---------------------------------------------------------------- concentration
@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([60, 20, 20], Fraction(11, 25)),  # refrigerators in Kazakhstan, three suppliers
        ([30, 30], Fraction(1, 2)),
        ([7], Fraction(1)),
        ([50, 30, 20], Fraction(38, 100)),
        ([1, 1, 1, 1], Fraction(1, 4)),
    ],
)
def test_concentration_as_reckoned_by_hand(values: list[int], wanted: Fraction) -> None:
    assert near(hhi(shares([Decimal(value) for value in values])), wanted)


def test_no_supplier_has_no_concentration() -> None:
    assert hhi([]) is None


@pytest.mark.parametrize("parts", [["0.5", "0.4"], ["0.6", "0.6"], ["1.2", "-0.2"], ["0"]])
def test_shares_of_no_whole_are_not_squared(parts: list[str]) -> None:
    with pytest.raises(NotComparable):
        hhi([Decimal(part) for part in parts])


@given(amounts)
def test_concentration_lies_between_one_nth_and_one(values: list[Decimal]) -> None:
    found = hhi(shares(values))
    assert found is not None
    assert Decimal(1) / len(values) - LAST_DIGIT <= found <= 1


@given(amounts)
def test_concentration_knows_neither_scale_nor_order(values: list[Decimal]) -> None:
    assert hhi(shares(values)) == hhi(shares([value * 1000 for value in values]))
    assert hhi(shares(values)) == hhi(shares(values[::-1]))


@given(amounts, st.integers(0, 59))
def test_two_suppliers_that_merge_concentrate(values: list[Decimal], place: int) -> None:
    if len(values) < 2:
        return
    first = place % (len(values) - 1)
    merged = [*values[:first], values[first] + values[first + 1], *values[first + 2 :]]
    before, after = hhi(shares(values)), hhi(shares(merged))
    assert before is not None
    assert after is not None
    assert after >= before


# ---------------------------------------------------------------- mirror
def test_mirror_gap_of_kyrgyzstan_in_2023() -> None:
    gap = mirror_gap(Decimal(19_720_744_971), Decimal(5_351_900_000))
    assert gap is not None
    assert near(gap.ratio, Fraction(19_720_744_971, 5_351_900_000))
    assert near(gap.discrepancy, Fraction(19_720_744_971 - 5_351_900_000, 19_720_744_971 + 5_351_900_000))
    assert round(gap.discrepancy, 2) == Decimal("0.57")


@pytest.mark.parametrize(
    ("exported", "imported", "wanted"),
    [
        (3, 1, MirrorGap(Decimal("3.000000"), Decimal("0.500000"))),
        (1, 3, MirrorGap(Decimal("0.333333"), Decimal("0.500000"))),
        (5, 5, MirrorGap(Decimal("1.000000"), Decimal("0.000000"))),
        (5, 0, MirrorGap(None, Decimal("1.000000"))),
        (0, 5, MirrorGap(Decimal("0.000000"), Decimal("1.000000"))),
        (0, 0, None),
        (None, 5, None),
        (5, None, None),
        (-1, 5, None),
    ],
)
def test_mirror_gap_by_hand(exported: int | None, imported: int | None, wanted: MirrorGap | None) -> None:
    sides = [None if side is None else Decimal(side) for side in (exported, imported)]
    assert mirror_gap(*sides) == wanted


@given(money, money)
def test_mirror_gap_is_the_same_from_both_sides(exported: Decimal, imported: Decimal) -> None:
    there, back = mirror_gap(exported, imported), mirror_gap(imported, exported)
    assert there is not None
    assert back is not None
    assert there.discrepancy == back.discrepancy
    assert 0 <= there.discrepancy <= 1
    assert (there.discrepancy == 0) >= (exported == imported)


@given(money, money, st.integers(1, 1000))
def test_mirror_gap_knows_no_scale(exported: Decimal, imported: Decimal, times: int) -> None:
    assert mirror_gap(exported, imported) == mirror_gap(exported * times, imported * times)


# ---------------------------------------------------------------- growth
@pytest.mark.parametrize(
    ("first", "last", "years", "wanted"),
    [
        (100, 121, 2, Fraction(10)),
        (100, 100, 5, Fraction(0)),
        (200, 50, 2, Fraction(-50)),
        (100, 0, 3, Fraction(-100)),
        (1, 1024, 10, Fraction(100)),
    ],
)
def test_growth_as_reckoned_by_hand(first: int, last: int, years: int, wanted: Fraction) -> None:
    assert near(cagr(Decimal(first), Decimal(last), years), wanted)


@pytest.mark.parametrize(("first", "last", "years"), [(0, 5, 3), (-1, 5, 3), (5, -1, 3), (5, 6, 0), (5, 6, -2)])
def test_growth_from_nothing_or_over_no_time_is_not_defined(first: int, last: int, years: int) -> None:
    assert cagr(Decimal(first), Decimal(last), years) is None


@given(money, st.integers(-90, 300), st.integers(1, 30))
def test_growth_is_found_again(first: Decimal, rate_pct: int, years: int) -> None:
    last = first * (1 + Decimal(rate_pct) / 100) ** years
    found = cagr(first, last, years)
    assert found is not None
    assert abs(found - rate_pct) < Decimal("0.0001")


@given(money, money, st.integers(1, 30))
def test_growth_has_the_sign_of_the_change(first: Decimal, last: Decimal, years: int) -> None:
    found = cagr(first, last, years)
    assert found is not None
    assert (found >= 0) >= (last > first)
    assert (found <= 0) >= (last < first)


# ---------------------------------------------------------------- the register
@pytest.mark.parametrize("key", MEASURES)
def test_every_measure_says_what_it_is(key: str) -> None:
    measure = MEASURES[key]
    assert measure.key == key == measure.function.__name__
    assert measure.label
    assert measure.formula
    assert measure.caveat.endswith(".")
    assert measure.reference
    assert measure.decimals >= 0
    if measure.unit:
        assert unit_words(measure.unit)
