"""What a stated growth implies, by the digits that were printed; and that printed digits come back as they were."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.records.amounts import Unreadable, printed
from companies.records.growth import Bounds, Verdict, as_printed, computed_growth, implied_base, shown, verdict
from companies.records.periods import span, year_before
from markets.vocabulary import Period

AMOUNTS = st.decimals(min_value="0.001", max_value=10**12, allow_nan=False, places=3).map(
    lambda each: format(each, "f")
)
GROWTHS = st.decimals(min_value="-98", max_value=900, places=1).map(lambda each: format(each, "f"))
MULTIPLIERS = st.sampled_from([1, 1000, 10_000, 1_000_000, 100_000_000])


def test_the_base_of_january_to_april_is_about_12_25_million() -> None:
    base = implied_base(as_printed("20.7", 1_000_000), as_printed("69"))
    assert base is not None
    assert [round(shown(each) / 10_000) for each in (base.low, base.middle, base.high)] == [1218, 1225, 1231]


@pytest.mark.parametrize(
    ("value", "growth", "bounds"),
    [
        ("286.42", "10.4", ("259.32", "259.44", "259.56")),
        ("26500", "1.3", ("26147", "26160", "26173")),
        ("18", "10", ("15.84", "16.36", "16.89")),
    ],
)
def test_documented_growths_lead_to_their_bases(value: str, growth: str, bounds: tuple[str, ...]) -> None:
    base = implied_base(as_printed(value), as_printed(growth))
    assert base is not None
    for found, expected in zip((base.low, base.middle, base.high), bounds, strict=True):
        assert abs(shown(found) - Decimal(expected)) <= Decimal(1).scaleb(int(Decimal(expected).as_tuple().exponent))


@given(AMOUNTS, GROWTHS, MULTIPLIERS)
def test_the_base_that_was_taken_lies_in_the_implied_interval(base: str, growth: str, times: int) -> None:
    exact = Fraction(Decimal(base)) * times * (1 + Fraction(Decimal(growth)) / 100)
    value = Bounds(exact, exact, exact)
    implied = implied_base(value, as_printed(growth))
    assert implied is not None
    assert implied.low <= Fraction(Decimal(base)) * times <= implied.high
    assert implied.low <= implied.middle <= implied.high


@given(AMOUNTS, GROWTHS)
def test_growth_and_base_undo_each_other(value: str, growth: str) -> None:
    base = implied_base(as_printed(value), as_printed(growth))
    assert base is not None
    back = computed_growth(as_printed(value), base)
    if back is not None:
        assert back.meets(as_printed(growth))
        assert back.low <= Fraction(Decimal(growth)) <= back.high


@given(AMOUNTS, MULTIPLIERS)
def test_a_multiplier_moves_the_interval_and_nothing_else(value: str, times: int) -> None:
    plain, scaled = as_printed(value), as_printed(value, times)
    assert (scaled.low, scaled.middle, scaled.high) == tuple(
        each * times for each in (plain.low, plain.middle, plain.high)
    )
    wide = as_printed(value, times, widely=True)
    assert wide.low <= scaled.low <= scaled.high <= wide.high


def test_a_fall_to_nothing_implies_no_base() -> None:
    assert implied_base(as_printed("0"), as_printed("-100")) is None
    assert computed_growth(as_printed("5"), as_printed("0")) is None


@pytest.mark.parametrize(
    ("stated", "value", "base", "expected"),
    [
        ("69", "20.7", "12.25", Verdict.AGREES),
        ("69", "20.7", "12.2", Verdict.AGREES),
        ("69", "20.7", "13.5", Verdict.DIFFERS),
        ("100", "30000", "20000", Verdict.AGREES_WIDELY),
        ("69", "20.7", "0", None),
    ],
)
def test_rounding_is_no_contradiction(stated: str, value: str, base: str, expected: Verdict | None) -> None:
    assert verdict(stated, value, base, 1, 1) == expected


# ---------------------------------------------------------------- printed digits
@given(st.from_regex(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,9})?", fullmatch=True), MULTIPLIERS)
def test_printed_digits_come_back_as_they_were(text: str, times: int) -> None:
    number = printed(text)
    assert number.digits == text
    assert number.times(times) == Decimal(text) * times
    assert printed(number.digits) == number
    assert printed(Decimal(text)).exact == number.exact


@pytest.mark.parametrize(("text", "digits"), [("007.50", "7.50"), ("-0.0", "0.0"), ("00", "0"), ("-03", "-3")])
def test_noughts_before_a_number_say_nothing(text: str, digits: str) -> None:
    assert printed(text).digits == digits


@given(st.integers(min_value=1000, max_value=10**15), st.sampled_from([" ", "\u00a0", "\u202f", "\u2009"]))
def test_blanks_between_thousands_part_digits_only(number: int, blank: str) -> None:
    assert printed(f"{number:,}".replace(",", blank)).exact == number


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("２０．７", "20.7"),
        ("20,700,000", "20700000"),
        ("1,234.5", "1234.5"),
        ("+69", "69"),
        ("−5.30", "-5.30"),
        (7, "7"),
    ],
)
def test_other_ways_of_writing_are_read(text: str | int, digits: str) -> None:
    assert printed(text).digits == digits


@pytest.mark.parametrize(
    "text", ["20,7", "20,700", "1.234.567", "1e5", "", " ", "12 34", "5-", "(5)", "¥20", "NaN", "1" * 31, "2,07,000"]
)
def test_what_can_be_read_two_ways_is_asked(text: str) -> None:
    with pytest.raises(Unreadable):
        printed(text)


@given(st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        number = printed(text)
    except Unreadable:
        return
    assert number.exact.is_finite()


# ---------------------------------------------------------------- periods
@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("2025", "2024"),
        ("2025-Q1", "2024-Q1"),
        ("2025-04", "2024-04"),
        ("2025-01/2025-04", "2024-01/2024-04"),
        ("2025-04-17", ""),
    ],
)
def test_the_same_time_a_year_before(period: str, before: str) -> None:
    assert year_before(Period.parse(period)) == before


@given(st.integers(1900, 2100), st.integers(1, 12))
def test_months_to_date_begin_with_the_year_and_never_are_one(year: int, month: int) -> None:
    found = span(f"{year}-01/{year}-{month:02d}")
    assert (found.first.month, found.first.day, found.last.month) == (1, 1, month)
    assert found.meets(span(str(year)))
    assert not found.meets(span(str(year - 1)))
