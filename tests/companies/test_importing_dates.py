"""Dates and periods in every form people write: read as they were meant, or told to be in doubt; never read wrong."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from companies.importing.meaning import dates
from companies.importing.meaning.unread import Unread, sentence
from companies.importing.plan import DateOrder
from companies.importing.reading.form import Cell, Kind
from companies.records.periods import span

YMD, DMY, MDY = DateOrder.YMD, DateOrder.DMY, DateOrder.MDY
SERIAL_1900, SERIAL_1904 = DateOrder.SERIAL_1900, DateOrder.SERIAL_1904


def text(said: str) -> Cell:
    return Cell(said, Kind.TEXT)


def outcome(cell: Cell, order: DateOrder | None) -> str | Unread:
    """What is read of a cell, or why it is not."""
    try:
        return dates.period(cell, order)
    except Unread as told:
        return told


def typed(said: str) -> Cell:
    return Cell(said, Kind.NUMBER)


DAYS = (
    "2024-03-05|2024/3/5|2024.03.05|2024. 3. 5|05.03.2024|5.3.2024|2024年3月5日|2024年03月05日|2024年3月5号"
    "|20240305|２０２４年３月５日|二〇二四年三月五日|5 марта 2024 г.|5 марта 2024 года|05 мар. 2024"
    "|5 March 2024|March 5, 2024|Mar 5 2024|March 5th, 2024|05-Mar-2024|05-MAR-24|2024-Mar-05"
    "|2024-03-05 10:30|2024-03-05T10:30:00|2024-03-05T23:30:00Z|2024-03-05T01:30:00+05:00|05.03.2024 10:30"
    "|2024/3/5 10:30:15|2024年3月5日 10时30分|5-е марта 2024"
)


@pytest.mark.parametrize("said", DAYS.split("|"))
def test_a_day_that_can_be_read_in_one_way_alone_needs_no_order(said: str) -> None:
    for order in (None, *DateOrder):
        assert dates.period(text(said), order) == "2024-03-05"


PERIODS = {
    "2024-03": (
        "2024-03|2024/3|2024.03|202403|03/2024|3.2024|Mar-24|Mar 2024|March 2024|мар.24|мар-24|март 2024 г."
        "|в марте 2024|2024 март|2024年3月|2024年三月|2024年03月份|24年3月|2024M03|Mar'24|март.2024"
        "|01.03.2024-31.03.2024"
    ),
    "2024": (
        "2024|2024年|2024年度|2024 г.|2024 год|за 2024 год|01.01.2024 - 31.12.2024|2024年1-12月"
        "|январь – декабрь 2024|12 месяцев 2024"
    ),
    "2024-Q1": (
        "2024Q1|2024-Q1|Q1 2024|1Q24|Q1'24|1 кв. 2024|I квартал 2024|Ⅰ квартал 2024 г.|1-й квартал 2024 года"
        "|2024年第一季度|2024年一季度|2024年1季度|2024年Q1|1st quarter 2024|Quarter 1 2024"
    ),
    "2024-Q4": ("2024Q4|IV квартал 2024|2024年第四季度|октябрь-декабрь 2024"),
    "2025-01/2025-04": (
        "2025年1-4月|2025年1—4月|2025年1月-4月|2025年1至4月|2025年一至四月|2025年1-4月累计"
        "|2025年1月至2025年4月|2025年前4个月|январь-апрель 2025|янв.–апр. 2025|Январь — апрель 2025 г."
        "|с января по апрель 2025|4 месяца 2025|Jan-Apr 2025|January to April 2025|1-4/2025|01-04.2025"
        "|01.2025-04.2025|2025-01/2025-04|2025-01 - 2025-04|4M 2025|01.01.2025-30.04.2025"
        "|2025-01-01 - 2025-04-30"
    ),
    "2025-01/2025-06": ("H1 2025|1H 2025|2025H1|1 полугодие 2025|I полугодие 2025 г.|2025年上半年|6 мес. 2025"),
    "2025-01/2025-09": ("9 месяцев 2025|9 мес. 2025 г.|9M2025|2025年前三季度"),
}


@pytest.mark.parametrize(("period", "forms"), PERIODS.items())
def test_a_period_is_read_in_every_form(period: str, forms: str) -> None:
    span(period)
    for said in forms.split("|"):
        assert dates.period(text(said), None) == period, said


def test_a_period_as_records_write_it_is_kept_as_it_is() -> None:
    for period in ("2024", "2024-Q3", "2024-03", "2024-03-05", "2024-01/2024-01", "2024-01/2024-05", "2024-01/2024-12"):
        assert dates.period(text(period), None) == period


def test_the_months_of_three_languages_are_known() -> None:
    names = (
        ("January", "января", "янв."), ("February", "февраля", "фев"), ("March", "марта", "мар"),
        ("April", "апреля", "апр"),
        ("May", "мая", "май"), ("June", "июня", "июнь"), ("July", "июля", "июль"), ("August", "августа", "авг."),
        ("September", "сентября", "сент."), ("October", "октября", "окт."), ("November", "ноября", "нояб."),
        ("December", "декабря", "дек."),
    )  # fmt: skip
    chinese = "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月".split()
    for number, (words, sign) in enumerate(zip(names, chinese, strict=True), 1):
        for word in (*words, words[0][:3].upper(), f"{number}月", sign):
            assert dates.month(text(word)) == number, word
        assert dates.period(text(f"2024年{sign}"), None) == f"2024-{number:02d}"


DOUBTFUL = {
    "05/03/2024": {DMY: "2024-03-05", MDY: "2024-05-03"},
    "3/5/2024": {DMY: "2024-05-03", MDY: "2024-03-05"},
    "05-03-2024": {DMY: "2024-03-05", MDY: "2024-05-03"},
    "05032024": {DMY: "2024-03-05", MDY: "2024-05-03"},
    "05/03/2024 10:30": {DMY: "2024-03-05", MDY: "2024-05-03"},
    "3/5/2024 10:30 AM": {DMY: "2024-05-03", MDY: "2024-03-05"},
    "05.03.24": {DMY: "2024-03-05", YMD: "2005-03-24"},
    "24-03-05": {DMY: "2005-03-24", YMD: "2024-03-05"},
    "05/03/24": {DMY: "2024-03-05", MDY: "2024-05-03", YMD: "2005-03-24"},
    "５／３／２０２４": {DMY: "2024-03-05", MDY: "2024-05-03"},
}


@pytest.mark.parametrize(("said", "readings"), DOUBTFUL.items())
def test_an_order_that_can_be_read_two_ways_is_asked_about(said: str, readings: dict[DateOrder, str]) -> None:
    with pytest.raises(Unread) as doubt:
        dates.period(text(said), None)
    assert doubt.value.code == "ambiguous_date"
    assert set(doubt.value.context["readings"]) == set(readings.values())
    assert dates.orders_of([text(said)]) == readings.keys()
    for order, meant in readings.items():
        assert dates.period(text(said), order) == meant


REFUSED = {
    "31/02/2024": "no_such_day",
    "31.02.2024": "no_such_day",
    "29.02.2023": "no_such_day",
    "2024-13-05": "no_such_day",
    "2024-00": "no_such_day",
    "13/13/2024": "no_such_day",
    "00/05/2024": "no_such_day",
    "2024年13月": "no_such_day",
    "31 февраля 2024": "no_such_day",
    "1-4月": "no_year",
    "三月": "no_year",
    "3月5日": "no_year",
    "24-Mar": "no_year",
    "Mar 24": "no_year",
    "март": "no_year",
    "январь-апрель": "no_year",
    "Q1": "no_year",
    "I квартал": "no_year",
    "03/24": "no_year",
    "2024年下半年": "period_not_held",
    "март-май 2025": "period_not_held",
    "2025年3-5月": "period_not_held",
    "2023-2024": "period_not_held",
    "10.03.2025-20.03.2025": "period_not_held",
    "2024.1": "ambiguous_date",
    "abc": "not_a_date",
    "12345678": "not_a_date",
    "FY2024": "not_a_date",
    "99999": "not_a_date",
    "нет": "not_a_date",
    "": "not_a_date",
    "45356": "serial_date",
    "=TODAY()": "formula",
    "2024" + " " * 80 + "x": "not_a_date",
}


@pytest.mark.parametrize(("said", "code"), REFUSED.items())
def test_what_is_no_period_says_why(said: str, code: str) -> None:
    with pytest.raises(Unread) as refused:
        dates.period(text(said), None)
    assert refused.value.code == code
    assert "%(" not in sentence(code, refused.value.context)


def test_a_day_in_another_order_than_its_column_is_told() -> None:
    for said, order in (("25/03/2024", MDY), ("03/25/2024", DMY), ("25/03/2024", YMD)):
        with pytest.raises(Unread) as refused:
            dates.period(text(said), order)
        assert refused.value.code == "other_order"
        assert sentence("other_order", refused.value.context)


# ---------------------------------------------------------------- what the workbook typed
def test_dates_typed_by_the_workbook_need_no_order_and_their_hour_is_cut_off() -> None:
    for order in (None, *DateOrder):
        assert dates.period(Cell("2024-03-05", Kind.DATE), order) == "2024-03-05"
        assert dates.period(Cell("2024-03-05T10:30:00", Kind.DATE), order) == "2024-03-05"


def test_days_counted_by_number_are_read_where_one_count_alone_fits() -> None:
    assert dates.period(typed("45356"), None) == "2024-03-05"
    assert dates.period(typed("45356.4375"), DMY) == "2024-03-05"
    assert dates.orders_of([typed("45356")]) == set()
    assert dates.orders_of([text("45356")]) == {SERIAL_1900}
    assert dates.period(text("45356"), SERIAL_1900) == "2024-03-05"


def test_days_that_both_counts_fit_are_asked_about() -> None:
    assert dates.orders_of([typed("42005")]) == {SERIAL_1900, SERIAL_1904}
    assert dates.orders_of([typed("42005"), text("45356")]) == {SERIAL_1900}
    assert dates.period(typed("42005"), SERIAL_1900) == "2015-01-01"
    assert dates.period(typed("42005"), SERIAL_1904) == "2019-01-02"
    with pytest.raises(Unread) as doubt:
        dates.period(typed("42005"), None)
    assert doubt.value.code == "serial_date"
    assert doubt.value.context["readings"] == ["2015-01-01", "2019-01-02"]


def test_numbers_of_a_column_of_periods_are_years_months_and_days() -> None:
    assert dates.period(typed("2024"), None) == "2024"
    assert dates.period(typed("202403"), None) == "2024-03"
    assert dates.period(typed("20240305"), None) == "2024-03-05"
    assert dates.period(typed("2024.03"), None) == "2024-03"
    with pytest.raises(Unread) as doubt:
        dates.period(typed("2024.1"), None)
    assert doubt.value.context["readings"] == ["2024-01", "2024-10"]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (Cell("TRUE", Kind.BOOL), "not_a_date"),
        (Cell("#REF!", Kind.ERROR), "error_value"),
        (Cell("", Kind.TEXT, is_formula=True), "formula_empty"),
        (Cell(), "not_a_date"),
        (Cell("10:30:00", Kind.DATE), "not_a_date"),
    ],
)
def test_a_cell_of_another_kind_is_no_date(cell: Cell, code: str) -> None:
    with pytest.raises(Unread) as refused:
        dates.period(cell, None)
    assert refused.value.code == code
    assert sentence(code, refused.value.context)


# ---------------------------------------------------------------- whole columns
COLUMNS = (
    ("05/03/2024|06/03/2024", {DMY, MDY}),
    ("05/03/2024|25/03/2024", {DMY}),
    ("05/03/2024|03/25/2024", {MDY}),
    ("05/03/2024|25/03/2024|03/25/2024", set()),
    ("05/05/2024|06/06/2024", set()),
    ("05/05/24", {DMY, MDY, YMD}),
    ("05/03/24|05/03/2024", {DMY, MDY}),
    ("24-03-05|24-03-28", {YMD}),
    ("05.03.24|31.03.24", {DMY}),
    ("2024-03-05|5 марта 2024|2024年3月5日|n/a", set()),
    ("2024-03-05|05/03/2024", {DMY, MDY}),
    ("45356|45357", {SERIAL_1900}),
    ("45356|05/03/2024", {DMY, MDY}),
    ("ТОО Алмаз 5/3/2024 года|12/5", set()),
    ("", set()),
)


@pytest.mark.parametrize(("column", "orders"), COLUMNS)
def test_the_whole_column_decides_its_order(column: str, orders: set[DateOrder]) -> None:
    assert dates.orders_of(text(said) for said in column.split("|")) == orders


def test_a_few_doubtful_days_are_kept_to_show() -> None:
    seen = dates.OrdersSeen()
    for number in range(1, 13):
        seen.add(text(f"{number:02d}/12/2023"))
    assert seen.orders == {DMY, MDY}
    assert seen.ambiguous == [f"{number:02d}/12/2023" for number in range(1, 7)]


# ---------------------------------------------------------------- parts
@pytest.mark.parametrize(
    ("part", "said", "meant"),
    [
        (dates.year, "2024|2024年|2024 г.|2024 год|2024-03-05|март 2024", 2024),
        (dates.quarter, "1|Q1|1Q|I|1 кв.|1 квартал|I квартал|一季度|第1季度|第一季度|2024Q1", 1),
        (dates.month, "3|03|3月|三月|March|мар.|марта|M3|2024-03|2024-03-05", 3),
        (dates.day, "5|05|5日|2024-03-05", 5),
    ],
)
def test_a_part_of_a_date_is_read_alone_and_out_of_a_whole_one(
    part: Callable[[Cell], int], said: str, meant: int
) -> None:
    for each in said.split("|"):
        assert part(text(each)) == meant, each


def test_parts_of_typed_cells_are_read_too() -> None:
    on = Cell("2024-03-05", Kind.DATE)
    assert (dates.year(on), dates.month(on), dates.day(on)) == (2024, 3, 5)
    assert (dates.year(typed("2024")), dates.month(typed("12")), dates.quarter(typed("4"))) == (2024, 12, 4)


@pytest.mark.parametrize(
    ("part", "said", "code"),
    [
        (dates.year, "24|abc||05/03", "not_a_year"),
        (dates.quarter, "5|0|abc||2024-03", "not_a_quarter"),
        (dates.month, "13|0|abc||2024|2024-Q1|2025年1-4月", "not_a_month"),
        (dates.day, "32|0|abc||2024-03", "not_a_day"),
    ],
)
def test_what_is_no_such_part_says_so(part: Callable[[Cell], int], said: str, code: str) -> None:
    for each in said.split("|"):
        with pytest.raises(Unread) as refused:
            part(text(each))
        assert refused.value.code == code, each
        assert sentence(code, refused.value.context)


# ---------------------------------------------------------------- any day in any form
ANY_DAY = st.dates(dt.date(1990, 1, 1), dt.date(2025, 12, 31))
FORMS = {
    YMD: (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%Y%m%d",
        "%Y年%m月%d日",
        "%y-%m-%d",
        "%y/%m/%d",
        "%y.%m.%d",
        "%Y-%m-%d %H:%M",
    ),
    DMY: ("%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d/%m/%y", "%d.%m.%y", "%d-%m-%y", "%d%m%Y", "%d %B %Y", "%d-%b-%y"),
    MDY: ("%m/%d/%Y", "%m-%d-%Y", "%m/%d/%y", "%m%d%Y", "%B %d, %Y", "%m/%d/%Y %H:%M"),
}


@st.composite
def written(draw: st.DrawFn) -> tuple[str, dt.date, DateOrder]:
    """A day as somebody writes it, with what it is and the order."""
    on = draw(ANY_DAY)
    order = draw(st.sampled_from((YMD, DMY, MDY)))
    said = on.strftime(draw(st.sampled_from(FORMS[order])))
    is_bare = draw(st.booleans()) and "/" in said and not (order is YMD and said[:2] == f"{on:%y}")
    return re.sub(r"(?<![\d:])0(?=\d/)", "", said) if is_bare else said, on, order


@given(written())
def test_a_day_in_the_order_of_its_column_is_read_exactly(given_: tuple[str, dt.date, DateOrder]) -> None:
    said, on, order = given_
    assert dates.period(text(said), order) == on.isoformat()


@given(written())
def test_a_day_without_an_order_is_read_exactly_or_asked_about(given_: tuple[str, dt.date, DateOrder]) -> None:
    said, on, order = given_
    read = outcome(text(said), None)
    if isinstance(read, Unread):
        assert read.code == "ambiguous_date"
        assert on.isoformat() in read.context["readings"]
        assert order in dates.orders_of([text(said)])
    else:
        assert read == on.isoformat()


@given(ANY_DAY)
def test_a_count_of_days_is_read_exactly_or_asked_about(on: dt.date) -> None:
    for order, epoch in ((SERIAL_1900, dt.date(1899, 12, 30)), (SERIAL_1904, dt.date(1904, 1, 1))):
        days = str((on - epoch).days)
        assert dates.period(text(days), order) == on.isoformat()
        read = outcome(typed(days), None)
        if isinstance(read, Unread):
            assert on.isoformat() in read.context["readings"]
        else:
            assert read == on.isoformat() or order is SERIAL_1904


@given(st.one_of(st.text(max_size=40), st.from_regex(r"[0-9QI年月日季кв./ \-]{1,16}", fullmatch=True)))
def test_any_text_is_a_period_that_records_hold_or_is_told(said: str) -> None:
    for order in (None, *DateOrder):
        read = outcome(text(said), order)
        assert sentence(read.code, read.context) if isinstance(read, Unread) else span(read)


def test_two_digits_of_a_year_are_never_of_a_time_far_ahead() -> None:
    today = timezone.now().date()
    soon, later = f"{today.year % 100:02d}", f"{(today.year + 2) % 100:02d}"
    assert dates.period(text(f"05-Mar-{soon}"), None) == f"{today.year}-03-05"
    with pytest.raises(Unread):
        dates.period(text(f"05-Mar-{later}"), None)
    assert dates.period(text("05-Mar-99"), None) == "1999-03-05"


def test_a_column_of_ten_thousand_is_read_in_well_under_a_second() -> None:
    cells = [
        text(f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1990 + n % 35} {n % 24:02d}:{n % 60:02d}") for n in range(10_000)
    ]
    words = [text(f"ТОО «Компания {number}», Алматы") for number in range(10_000)]
    began = time.process_time()
    assert dates.orders_of(cells) == {DMY}
    assert all(dates.period(cell, DMY) for cell in cells)
    assert dates.orders_of(words) == set()
    assert time.process_time() - began < 2
