"""Periods, codes, printed numbers and moments: what they read, what they refuse, and that nothing is lost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from markets.errors import InvalidValue
from markets.vocabulary import (
    LANGUAGE_COLUMNS,
    LANGUAGES,
    AsOf,
    Frequency,
    HSCode,
    ObsStatus,
    Period,
    PrintedNumber,
)

YEARS = st.integers(1900, 2100)
MONTHS = st.integers(1, 12)
ANY_TEXT = st.text(max_size=30)
NUMBER_TEXT = st.text("0123456789.eE+-_ ,٣３nNaAiIfF", max_size=12)


def refused(read: object, text: str) -> bool:
    try:
        read(text)  # type: ignore[operator]
    except InvalidValue:
        return True
    return False


# ---------------------------------------------------------------- periods
@pytest.mark.parametrize(
    ("text", "frequency"),
    [
        ("2023", Frequency.ANNUAL),
        ("2023-Q1", Frequency.QUARTERLY),
        ("2023-12", Frequency.MONTHLY),
        ("2025-01/2025-05", Frequency.YEAR_TO_DATE),
        ("2024-12-01", Frequency.AS_OF),
        ("2024-02-29", Frequency.AS_OF),
    ],
)
def test_each_form_of_period_is_read_and_written_alike(text: str, frequency: Frequency) -> None:
    period = Period.parse(text)
    assert (str(period), period.frequency, period.year) == (text, frequency, int(text[:4]))


@pytest.mark.parametrize(
    "text",
    [
        "", "23", "02023", "2023-00", "2023-13", "2023-Q0", "2023-Q5", "2023-q1", "2023Q1", "2023-1", " 2023",
        "2023\n", "２０２３", "٢٠٢٣", "2025-01/2024-05", "2025-02/2025-05", "2025-01/2025-13", "2023-02-29",
        "2023-04-31", "0000", "9999", "2023-12-1", "latest", "NaN", "-2023", "2023\x00",
    ],
)  # fmt: skip
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        Period.parse(text)
    assert refusal.value.context["parameter"] == "period"


@given(st.one_of(YEARS.map(str), st.tuples(YEARS, MONTHS).map(lambda p: f"{p[0]}-{p[1]:02}"), st.dates().map(str)))
def test_a_period_survives_its_own_text(text: str) -> None:
    if not refused(Period.parse, text):
        assert str(Period.parse(str(Period.parse(text)))) == text


@given(ANY_TEXT)
def test_a_period_is_read_or_refused_never_anything_else(text: str) -> None:
    if not refused(Period.parse, text):
        assert str(Period.parse(text)) == text
        assert text.isascii()


@given(st.lists(st.tuples(YEARS, MONTHS), min_size=2, max_size=5))
def test_periods_of_one_frequency_sort_as_text(months: list[tuple[int, int]]) -> None:
    texts = [f"{year}-{month:02}" for year, month in months]
    assert sorted(texts) == [f"{year}-{month:02}" for year, month in sorted(months)]


# ---------------------------------------------------------------- HS codes
@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("84", "84"), ("8418", "8418"), ("84.18", "8418"), ("8418.21", "841821"), ("8418 21", "841821"),
        ("01.01.21", "010121"), ("８４１８", "8418"), ("8418\u00a021", "841821"), ("0101", "0101"),
    ],
)  # fmt: skip
def test_hs_codes_are_read_as_people_write_them(text: str, digits: str) -> None:
    assert HSCode.parse(text).digits == digits


@pytest.mark.parametrize(
    "text", ["", "8", "841", "84182", "8418211", "84-18", "8418x", "HS8418", "8418\x00", "½4", "²4"]
)
def test_what_is_no_hs_code_is_refused(text: str) -> None:
    assert refused(HSCode.parse, text)


@given(st.sampled_from(HSCode.LEVELS).flatmap(lambda level: st.text("0123456789", min_size=level, max_size=level)))
def test_an_hs_code_keeps_its_zeros_and_knows_its_parents(digits: str) -> None:
    code = HSCode.parse(digits)
    assert str(code) == digits
    assert HSCode.parse(code.dotted) == code
    assert code.level == len(digits)
    parent = code.parent
    assert (parent.digits if parent else "") == (digits[:-2] if len(digits) > 2 else "")


@given(ANY_TEXT)
def test_an_hs_code_is_two_four_or_six_ascii_digits_or_refused(text: str) -> None:
    if not refused(HSCode.parse, text):
        digits = HSCode.parse(text).digits
        assert digits.isascii()
        assert digits.isdigit()
        assert len(digits) in HSCode.LEVELS


# ---------------------------------------------------------------- printed numbers
@pytest.mark.parametrize(
    ("text", "value", "exponent"),
    [
        ("12.50", Decimal("12.50"), -2),
        ("2.62642E+11", Decimal(262642000000), 6),
        ("-18.75253732", Decimal("-18.75253732"), -8),
        ("0", Decimal(0), 0),
        ("0.00", Decimal(0), -2),
        ("1e-5", Decimal("0.00001"), -5),
        (" 7 ", Decimal(7), 0),
        (".5", Decimal("0.5"), -1),
        ("5.", Decimal(5), 0),
    ],
)
def test_the_last_printed_digit_is_known(text: str, value: Decimal, exponent: int) -> None:
    assert PrintedNumber.parse(text) == PrintedNumber(value, exponent)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "NaN", "sNaN", "-NaN", "Infinity", "-inf", "1e400", "1e-400", "1E+99999999999999999999", "0e400",
        "1_000", "1,000", "1 000", "12,5", "１２", "٣", "0x10", "12%", "—", "n/a", "null", "1" * 62, "0." + "1" * 61,
        "1\x00",
    ],
)  # fmt: skip
def test_what_is_no_finite_decimal_is_refused(text: str) -> None:
    assert refused(PrintedNumber.parse, text)


@given(NUMBER_TEXT)
@example("1_0")
def test_a_number_is_finite_and_ascii_or_refused(text: str) -> None:
    if not refused(PrintedNumber.parse, text):
        printed = PrintedNumber.parse(text)
        assert printed.value.is_finite()
        assert text.isascii()
        assert "_" not in text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=9))
def test_a_number_survives_its_own_text(value: Decimal) -> None:
    printed = PrintedNumber.parse(str(value))
    assert printed.value == value
    assert PrintedNumber.parse(str(printed.value)) == printed


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("2.62642E+11", "262641955166.886", True),
        ("2.62642E+11", "262643955166.886", False),
        ("12.5", "12.46", True),
        ("12.5", "12.55", True),  # half either way: nobody knows how the source rounds
        ("12.5", "12.56", False),
        ("12.5", "12.6", False),
        ("12.50", "12.5", True),
        ("0", "0.4", True),
        ("0.0", "0.4", False),
        ("-3", "-2.6", True),
        ("99.6", "100", True),
        ("1e28", "10000000000000000000000000001", True),
        ("1e30", "1500000000000000000000000000000.0", True),
        ("1e30", "1500000000000000000000000000000.0001", False),
    ],
)
def test_one_figure_printed_to_two_lengths_is_one_figure(left: str, right: str, *, same: bool) -> None:
    assert PrintedNumber.parse(left).agrees_with(PrintedNumber.parse(right)) is same


PRINTED = st.builds(
    lambda digits, exponent: PrintedNumber(Decimal(digits).scaleb(exponent), exponent),
    st.integers(-(10**9), 10**9),
    st.integers(-9, 12),
)


@given(PRINTED, PRINTED)
def test_agreement_goes_both_ways(left: PrintedNumber, right: PrintedNumber) -> None:
    assert left.agrees_with(right) == right.agrees_with(left)
    assert left.agrees_with(left)


@given(PRINTED, st.integers(0, 6))
def test_a_figure_agrees_with_its_own_rounding(printed: PrintedNumber, dropped: int) -> None:
    exponent = printed.exponent + dropped
    rounded = printed.value.scaleb(-exponent).to_integral_value().scaleb(exponent)
    assert PrintedNumber(rounded, exponent).agrees_with(printed)


# ---------------------------------------------------------------- moments
def test_a_day_means_its_end() -> None:
    assert AsOf.parse("2025-06-30").at == dt.datetime(2025, 6, 30, 23, 59, 59, 999999, dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2025-06-30T12:00:00Z", "2025-06-30t12:00:00z", "2025-06-30T12:00:00", "2025-06-30 12:00:00Z",
        "2025-06-30T20:00:00+08:00", "2025-06-30T20:00:00 08:00", "2025-06-30T12:00", "2025-06-30T12:00:00.000Z",
    ],
)  # fmt: skip
def test_a_moment_is_taken_as_it_is_in_universal_time(text: str) -> None:
    moment = AsOf.parse(text).at
    assert moment == dt.datetime(2025, 6, 30, 12, tzinfo=dt.UTC)
    assert moment.utcoffset() == dt.timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2025", "2025-06", "2025-6-30", "20250630", "2025-W26", "2025-W26-1", "2025-06-31", "2025-13-01",
        "2025-06-30T25:00:00Z", "2025-06-30T12:00:00+99:00", "0000-01-01", "9999-12-31",
        "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "２０２５-06-30", "2025-06-30\x00", "30.06.2025",
        "1751241600", "2025-06-30T12:00:00ZZ", "2025-06-30X12:00:00",
    ],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        AsOf.parse(text)
    assert refusal.value.context["parameter"] == "as_of"


@given(
    st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9998, 12, 30)),  # noqa: DTZ001 the offset is drawn beside
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes))),
)
def test_a_moment_survives_its_own_text(local: dt.datetime, offset: dt.timezone) -> None:
    moment = local.replace(tzinfo=offset)
    asked = AsOf.parse(moment.isoformat())
    assert asked.at == moment
    assert AsOf.parse(asked.at.isoformat()) == asked


@given(ANY_TEXT)
def test_a_moment_is_read_or_refused_never_anything_else(text: str) -> None:
    if not refused(AsOf.parse, text):
        assert AsOf.parse(text).at.tzinfo is dt.UTC


# ---------------------------------------------------------------- letters
def test_every_status_letter_has_its_code_in_sdmx() -> None:
    assert {status.sdmx for status in ObsStatus} <= set("ABEFPUNMLS")
    assert ObsStatus.REVISED.sdmx == "A"
    assert ObsStatus.NOT_AVAILABLE.sdmx == "M"
    assert len({status.value for status in ObsStatus}) == len(ObsStatus)


def test_each_language_has_its_column() -> None:
    assert tuple(LANGUAGE_COLUMNS) == LANGUAGES
