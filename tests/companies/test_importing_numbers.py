"""Numbers in every style people write: read exactly, or told to be in doubt; never read wrong."""

from __future__ import annotations

import time
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.importing.meaning import numbers
from companies.importing.meaning.numbers import Number
from companies.importing.meaning.unread import Unread, sentence
from companies.importing.plan import NumberStyle
from companies.importing.reading.form import Cell, Kind

POINT, COMMA = NumberStyle.POINT, NumberStyle.COMMA
NBSP, NARROW, THIN = "\u00a0", "\u202f", "\u2009"


def text(said: str) -> Cell:
    return Cell(said, Kind.TEXT)


def outcome(said: str, style: NumberStyle | None) -> Number | Unread | None:
    """What is read of a text, or why it is not."""
    try:
        return numbers.number(text(said), style)
    except Unread as told:
        return told


READ_IN_ONE_WAY = {
    "1,234.5": "1234.5",
    "1.234,5": "1234.5",
    "1 234,5": "1234.5",
    f"1{NBSP}234,5": "1234.5",
    f"1{NARROW}234.5": "1234.5",
    f"12{THIN}345{THIN}678": "12345678",
    "1'234.5": "1234.5",
    "1’234’567.89": "1234567.89",
    "1.234.567": "1234567",
    "1,234,567": "1234567",
    "1,23": "1.23",
    "0.5": "0.5",
    "0.123": "0.123",
    "0,123": "0.123",
    ".5": "0.5",
    "1.2345": "1.2345",
    "1234.567": "1234.567",
    "20.70": "20.70",
    "007": "7",
    "12,34,567": "1234567",
    "1,23,456.78": "123456.78",
    "１，２３４．５": "1234.5",
    "１２３": "123",
    "٣٤": "34",
    "(123)": "-123",
    "（123.40）": "-123.40",
    "($1,234.50)": "-1234.50",
    "-5": "-5",
    "5-": "-5",
    "−5": "-5",
    "–5": "-5",
    "－５": "-5",
    "- 5": "-5",
    "-$5": "-5",
    "$-5": "-5",
    "+5": "5",
    "-0.0": "0.0",
    "'123": "123",
    " 42 ": "42",
    "\u200e42\ufeff": "42",
}


@pytest.mark.parametrize(("said", "digits"), READ_IN_ONE_WAY.items())
def test_a_number_that_can_be_read_in_one_way_alone_needs_no_style(said: str, digits: str) -> None:
    read = numbers.number(text(said), None)
    assert read is not None
    assert read.digits == digits


BESIDE = {
    "3.2亿": Number("3.2", 100_000_000),
    "56.7万": Number("56.7", 10_000),
    "56.7 万美元": Number("56.7", 10_000, "USD"),
    "3亿2000万美元": Number("32000", 10_000, "USD"),
    "人民币500万元": Number("500", 10_000, "CNY"),
    "1.5百万": Number("1.5", 1_000_000),
    "1.5 млн": Number("1.5", 1_000_000),
    "12 тыс.": Number("12", 1_000),
    "12,5 тыс. долл. США": Number("12.5", 1_000, "USD"),
    "3 млрд руб.": Number("3", 1_000_000_000, "RUB"),
    "5 т.р.": Number("5", 1_000, "RUB"),
    "3 mln": Number("3", 1_000_000),
    "USD 3 million": Number("3", 1_000_000, "USD"),
    "2bn": Number("2", 1_000_000_000),
    "5k": Number("5", 1_000),
    "$5": Number("5", None, "USD"),
    "US$ 5.00": Number("5.00", None, "USD"),
    "HK$ 500": Number("500", None, "HKD"),
    "€5,50": Number("5.50", None, "EUR"),
    "5 ₽": Number("5", None, "RUB"),
    "100 руб.": Number("100", None, "RUB"),
    "5 тг": Number("5", None, "KZT"),
    "5₸": Number("5", None, "KZT"),
    "7 сом": Number("7", None, "KGS"),
    "7 сум": Number("7", None, "UZS"),
    "500元": Number("500", None, "CNY"),
    "RMB 12.5": Number("12.5", None, "CNY"),
    "500 日元": Number("500", None, "JPY"),
    "12%": Number("12", is_pct=True),
    "-3,5 %": Number("-3.5", is_pct=True),
    "12％": Number("12", is_pct=True),
    "12.5 т": Number("12.5", unit="t"),
    "12.5吨": Number("12.5", unit="t"),
    "1 200 кг": Number("1200", unit="kg"),
    "3万吨": Number("3", 10_000, unit="t"),
    "5千克": Number("5", unit="kg"),
    "300 шт": Number("300", unit="шт"),
    "300 шт.": Number("300", unit="шт"),
    "300台": Number("300", unit="台"),
    "5 m3": Number("5", unit="m3"),
    "300 рулончиков": Number("300", unit="рулончиков"),
}


@pytest.mark.parametrize(("said", "meant"), BESIDE.items())
def test_what_stands_beside_a_number_is_read_with_it(said: str, meant: Number) -> None:
    assert numbers.number(text(said), None) == meant


@pytest.mark.parametrize("said", ["¥500", "￥500", "500 манат"])
def test_a_sign_of_several_countries_claims_no_currency(said: str) -> None:
    assert numbers.number(text(said), None) == Number("500")


@pytest.mark.parametrize(
    "said", ["1,234", "1.234", "12.345", "(1,234)", "$1,234", "1.234 млн", "１，２３４", "1.234e5"]
)
def test_a_number_that_can_be_read_two_ways_is_asked_about(said: str) -> None:
    with pytest.raises(Unread) as doubt:
        numbers.number(text(said), None)
    assert doubt.value.code == "ambiguous_number"
    assert len(doubt.value.context["readings"]) == 2
    pointed, parted = numbers.number(text(said), POINT), numbers.number(text(said), COMMA)
    assert pointed is not None
    assert parted is not None
    assert {pointed.digits, parted.digits} == set(doubt.value.context["readings"])


MISSING = (
    "n/a|N/A|NA|n.a.|-|—|–|--|…|...|..|x|null|None|none|nil|无|暂无|不详|（无）|нет|Нет данных|н/д|Н/Д|#N/A|  |нд|"
    "не указано|未公布|?|*"
)


@pytest.mark.parametrize("said", MISSING.split("|"))
def test_a_word_for_missing_is_no_number(said: str) -> None:
    assert numbers.number(text(said), None) is None
    assert numbers.is_missing(said)


def test_an_empty_cell_and_the_sign_of_no_value_are_missing() -> None:
    assert numbers.number(Cell(), None) is None
    assert numbers.number(Cell("#N/A", Kind.ERROR), None) is None


REFUSED = {
    "abc": "not_a_number",
    "12 34": "not_a_number",
    "1,234 567": "not_a_number",
    "1,2,3": "not_a_number",
    "1.2.3": "not_a_number",
    "12.03.2024": "not_a_number",
    "2024年": "not_a_number",
    "90111A": "not_a_number",
    "--5": "not_a_number",
    "(-5)": "not_a_number",
    "5,": "not_a_number",
    "5 USD 3 EUR": "not_a_number",
    "5 USD EUR": "not_a_number",
    "5000 USD/t": "not_a_number",
    "№ 5": "not_a_number",
    "0": "",
    "5-7": "not_one_number",
    "10 – 20": "not_one_number",
    "约500": "not_one_number",
    "около 5": "not_one_number",
    ">100": "not_one_number",
    "5M": "unclear_scale",
    "$5m": "unclear_scale",
    "3.2B": "unclear_scale",
    "=1+1": "formula",
    "#DIV/0!": "error_value",
    "#REF!": "error_value",
    "1" * 31: "too_many_digits",
    "1e40": "too_many_digits",
}


@pytest.mark.parametrize(("said", "code"), REFUSED.items())
def test_what_is_no_number_says_why(said: str, code: str) -> None:
    if not code:
        assert numbers.number(text(said), None) == Number(said)
        return
    with pytest.raises(Unread) as refused:
        numbers.number(text(said), None)
    assert refused.value.code == code
    assert "%(" not in sentence(code, refused.value.context)


def test_an_exponent_is_read_with_a_warning() -> None:
    assert numbers.number(text("1.23E+08"), None) == Number("123000000", warnings=("exponent",))
    assert numbers.number(text("1e5"), None) == Number("100000", warnings=("exponent",))
    assert numbers.number(text("5e-3"), None) == Number("0.005", warnings=("exponent",))
    assert sentence("exponent", {"text": "1e5"})


def test_a_number_of_another_style_than_its_column_is_told() -> None:
    for said, style in (("1.234,5", POINT), ("1,234.5", COMMA), ("0.5", COMMA), ("1,5", POINT)):
        with pytest.raises(Unread) as refused:
            numbers.number(text(said), style)
        assert refused.value.code == "other_style"


def test_what_the_workbook_typed_needs_no_style() -> None:
    for style in (None, POINT, COMMA):
        assert numbers.number(Cell("1.234", Kind.NUMBER), style) == Number("1.234")
        assert numbers.number(Cell("-1234567", Kind.NUMBER), style) == Number("-1234567")
    for cell, code in (
        (Cell("2024-03-05", Kind.DATE), "date_for_number"),
        (Cell("TRUE", Kind.BOOL), "not_a_number"),
        (Cell("#VALUE!", Kind.ERROR), "error_value"),
        (Cell("", Kind.NUMBER, is_formula=True), "formula_empty"),
    ):
        with pytest.raises(Unread) as refused:
            numbers.number(cell, None)
        assert refused.value.code == code


# ---------------------------------------------------------------- whole columns
COLUMNS: Sequence[tuple[str, set[NumberStyle]]] = (
    ("1,234|1,235", {POINT, COMMA}),
    ("1.234|12|7", {POINT, COMMA}),
    ("1.234|12.5", {POINT}),
    ("1,234|12,5", {COMMA}),
    ("1.234|1.234.567", {COMMA}),
    ("1,234|0.5|n/a|abc", {POINT}),
    ("1,234|0,500", {COMMA}),
    ("12|1 234|-7|n/a", set()),
    ("1.5|1,5", set()),
    ("1,5|1,234|1.5", set()),
    ("", set()),
)


@pytest.mark.parametrize(("column", "styles"), COLUMNS)
def test_the_whole_column_decides_its_style(column: str, styles: set[NumberStyle]) -> None:
    assert numbers.styles_of(text(said) for said in column.split("|")) == styles


def test_typed_numbers_show_no_style_and_a_few_doubtful_texts_are_kept_to_show() -> None:
    assert numbers.styles_of([Cell("1.5", Kind.NUMBER), text("1,234")]) == {POINT, COMMA}
    seen = numbers.StylesSeen()
    for number in range(20):
        seen.add(text(f"1.{number:03d}"))
    assert seen.styles == {POINT, COMMA}
    assert seen.ambiguous == ["1.000", "1.001", "1.002", "1.003", "1.004", "1.005"]


# ---------------------------------------------------------------- any number in any style
AMOUNTS = st.decimals(min_value=0, max_value=10**15, allow_nan=False, allow_infinity=False, places=None).map(
    lambda number: Decimal(format(number, "f")[:25].rstrip("."))
)
THOUSANDS = {POINT: [",", "", " ", NBSP, NARROW, "'", "’"], COMMA: [".", "", " ", NBSP, NARROW, "'"]}


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Decimal, NumberStyle]:
    """A number as somebody writes it, with what it is and the style."""
    amount = draw(AMOUNTS)
    style = draw(st.sampled_from(NumberStyle))
    whole, _point, fraction = format(amount, "f").partition(".")
    groups = draw(st.sampled_from(THOUSANDS[style]))
    said = f"{int(whole):,}".replace(",", groups) + (("," if style is COMMA else ".") + fraction if fraction else "")
    wide = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")
    sign, around = draw(
        st.sampled_from([(1, "{}"), (-1, "-{}"), (-1, "({})"), (-1, "{}-"), (-1, "−{}"), (1, "+{}"), (-1, "（{}）")])
    )
    said = around.format(said)
    said = said.translate(wide) if draw(st.booleans()) else said
    return said, sign * amount, style


@given(written())
def test_a_number_in_the_style_of_its_column_is_read_exactly(given_: tuple[str, Decimal, NumberStyle]) -> None:
    said, amount, style = given_
    read = numbers.number(text(said), style)
    assert read is not None
    assert Decimal(read.digits) == amount
    assert read.digits.lstrip("-") == format(abs(amount), "f"), "no printed digit is lost, and none is added"


@given(written())
def test_a_number_without_a_style_is_read_exactly_or_asked_about(given_: tuple[str, Decimal, NumberStyle]) -> None:
    said, amount, style = given_
    read = outcome(said, None)
    if isinstance(read, Unread):
        assert read.code == "ambiguous_number"
        assert amount in {Decimal(reading) for reading in read.context["readings"]}
        assert numbers.styles_of([text(said)]) == {POINT, COMMA}
        return
    assert read is not None
    assert Decimal(read.digits) == amount
    assert numbers.styles_of([text(said)]) in ({style}, set())


@given(st.lists(written(), max_size=20))
def test_a_column_of_one_style_is_never_decided_for_the_other(column: list[tuple[str, Decimal, NumberStyle]]) -> None:
    for style in NumberStyle:
        cells = [text(said) for said, _amount, of in column if of is style]
        styles = numbers.styles_of(cells)
        assert not styles or style in styles


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_missing_or_told(said: str) -> None:
    for style in (None, POINT, COMMA):
        read = outcome(said, style)
        if isinstance(read, Unread):
            assert sentence(read.code, read.context)
        else:
            assert read is None or Decimal(read.digits).is_finite()


def test_a_column_of_ten_thousand_is_read_in_well_under_a_second() -> None:
    cells = [text(f"{number:,}.50 USD") for number in range(10_000)]
    began = time.process_time()
    assert numbers.styles_of(cells) == {POINT}
    assert sum(Decimal(read.digits) for cell in cells if (read := numbers.number(cell, POINT))) == 50_000_000
    assert time.process_time() - began < 2
