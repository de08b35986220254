"""Words, periods, figures and names of the statistics offices, one by one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import InvalidValue
from markets.sources.bundled import FACTS, fact_rows
from markets.sources.national.figures import Cell, figure_of, half_unit, is_number
from markets.sources.national.partners import NAMES, Kind, Partner, partner_of
from markets.sources.national.periods import of_sheet, stated_in
from markets.sources.national.words import dollars_in, flow_in, is_no_value, key_of, names_other_money
from markets.vocabulary import Flow, ObsStatus


@pytest.mark.parametrize(
    ("heading", "period", "mark"),
    [
        ("2023", "2023", ""),
        ("2023 1", "2023", "1"),
        ("20231", "2023", "1"),
        ("2023¹", "2023", "1"),
        ("2023*", "2023", "*"),
        ("2023 1)", "2023", "1"),
        ("2023 г.", "2023", ""),
        ("2023-ж.", "2023", ""),
        ("январь-декабрь 2020 года", "2020", ""),
        ("январь – июнь 2024 г.", "2024-01/2024-06", ""),
        ("January-June 2024", "2024-01/2024-06", ""),
        ("2024 жылғы қаңтар-маусым", "2024-01/2024-06", ""),
        ("2024 yil yanvar-iyun", "2024-01/2024-06", ""),
        ("9 месяцев 2024 года", "2024-01/2024-09", ""),
        ("1 полугодие 2024", "2024-01/2024-06", ""),
        ("январь 2024", "2024-01", ""),
        ("мая 2024", "2024-05", ""),
        ("апрель-июнь 2024", "2024-Q2", ""),
        ("III квартал 2024 г.", "2024-Q3", ""),
        ("2024 Q1", "2024-Q1", ""),
    ],
)
def test_headings_name_periods(heading: str, period: str, mark: str) -> None:
    stated = stated_in(heading, whole=True)
    assert stated is not None
    assert (stated.period, stated.mark) == (period, mark)


@pytest.mark.parametrize(
    "heading",
    [
        "2023 оценка",
        "шесть месяцев 2024",
        "апрель-октябрь 2024",
        "202312 и 2023",
        "13 месяцев 2024",
        "2 полугодие 2024",
    ],
)
def test_a_year_beside_strange_words_is_not_the_year(heading: str) -> None:
    stated = stated_in(heading, whole=True)
    assert stated is not None
    assert stated.period == ""


@pytest.mark.parametrize("heading", ["", "Экспорт", "202312", "2018-2023", "2023 в % к 2022", "1234", "2023,5"])
def test_no_year_or_several_are_no_period(heading: str) -> None:
    assert stated_in(heading, whole=True) is None


def test_titles_name_a_period_among_other_words() -> None:
    title = "Основные показатели внешней торговли Республики Казахстан за  2022 год"
    assert stated_in(title, whole=False) == stated_in("2022", whole=True)
    printed = stated_in("за январь-июнь 2024 года (по состоянию на 15 августа 2024)", whole=False)
    assert printed is not None
    assert printed.period == "2024-01/2024-06"
    part = stated_in("Импорт за первые шесть месяцев 2024 года", whole=False)
    assert part is not None
    assert part.period == "", "part of a year never passes as the year"


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("2022", "2022"),
        ("12_2020", "2020"),
        ("06_2024", "2024-01/2024-06"),
        ("2024-06", "2024-01/2024-06"),
        ("01.2024", "2024-01/2024-01"),
    ],
)
def test_names_of_sheets_are_periods(name: str, period: str) -> None:
    stated = of_sheet(name)
    assert stated is not None
    assert stated.period == period


def test_names_of_sheets_that_say_nothing() -> None:
    assert of_sheet("Лист1") is None
    assert of_sheet("import") is None


@pytest.mark.parametrize(
    ("text", "flow"),
    [
        ("Импорт", Flow.IMPORT),
        ("Geographic distribution of exports of goods", Flow.EXPORT),
        ("eksport 2023", Flow.EXPORT),
        ("Экспорт и импорт", None),
        ("Товарооборот", None),
        ("Реэкспорт", None),
        ("Страна", None),
    ],
)
def test_flows_by_word(text: str, flow: Flow | None) -> None:
    assert flow_in(text) is flow


@pytest.mark.parametrize(
    ("text", "dollars"),
    [
        ("тыс. долларов США", 1000),
        ("(миң АКШ доллары)", 1000),
        ("(thousand US dollars)", 1000),
        ("млн. долларов США", 10**6),
        ("(million US dollars)", 10**6),
        ("млрд. долл.", 10**9),
        ("ming AQSH dollari", 1000),
        ("в долларах США", 1),
        ("тыс. тенге", None),
        ("удельный вес, %", None),
    ],
)
def test_units(text: str, dollars: int | None) -> None:
    assert dollars_in(text) == dollars


def test_other_money_is_told_from_dollars() -> None:
    assert names_other_money("млн. тенге")
    assert names_other_money("млн. сомов")
    assert not names_other_money("тыс. долларов США")
    assert is_no_value("удельный вес страны в общем объеме экспорта, %")
    assert not is_no_value("Всего")


@pytest.mark.parametrize(
    ("cell", "value", "exponent"),
    [
        (44721.200000000004, "44721.2", -1),
        (149079.90000000005, "149079.9", -1),
        (7871.79999999993, "7871.79999999993", -11),
        (1e-05, "0.00001", -5),
        (14832.0, "14832", 0),
        ("88,0", "88.0", -1),
        ("1 234,5", "1234.5", -1),
        ("1\N{NO-BREAK SPACE}234\N{NO-BREAK SPACE}567,25", "1234567.25", -2),
        ("1,234,567", "1234567", 0),
        ("1,234.5", "1234.5", -1),
        ("12.50", "12.50", -2),
        (7, "7", 0),
    ],
)
def test_figures_are_what_was_printed(cell: Cell, value: str, exponent: int) -> None:
    figure = figure_of(cell)
    assert figure is not None
    assert figure.printed is not None
    assert figure.printed.value == Decimal(value)
    assert figure.printed.exponent == exponent
    assert figure.obs_status is ObsStatus.NORMAL


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("-", ObsStatus.NONE_RECORDED),
        (" – ", ObsStatus.NONE_RECORDED),
        ("...", ObsStatus.NOT_AVAILABLE),
        ("…", ObsStatus.NOT_AVAILABLE),
        ("х", ObsStatus.CONFIDENTIAL),
    ],
)
def test_signs_are_reasons_and_never_zero(cell: str, status: ObsStatus) -> None:
    figure = figure_of(cell)
    assert figure is not None
    assert figure.printed is None
    assert figure.obs_status is status
    assert not is_number(cell)


def test_zero_is_low_and_empty_is_nothing() -> None:
    for zero in (0.0, "0.0", "0,0"):
        figure = figure_of(zero)
        assert figure is not None
        assert figure.printed is not None
        assert (figure.printed.value, figure.printed.exponent) == (0, -1)
        assert figure.obs_status is ObsStatus.LOW
    assert figure_of("  ") is None


@pytest.mark.parametrize("cell", ["#REF!", "12a", "date 2024-01-01", True, -5.0, float("inf"), float("nan"), "1;2"])
def test_what_is_no_figure_is_refused(cell: Cell) -> None:
    with pytest.raises(InvalidValue):
        figure_of(cell)


@given(st.decimals(min_value=0, max_value=10**9, places=3))
def test_a_double_gives_back_the_digits_that_were_typed(typed: Decimal) -> None:
    figure = figure_of(float(typed))
    assert figure is not None
    assert figure.number == typed
    assert half_unit([figure]) <= Decimal("0.5")


def test_keys_of_names_see_through_typing() -> None:
    assert key_of("Кот-д'Ивуар") == key_of("Кот-Д’Ивуар") == key_of("КотдИвуар 2")
    assert key_of("Réunion") == key_of("Reunion")
    assert key_of("Гвинея") != key_of("Гвинея-Бисау")
    assert key_of("Pоссия") == key_of("Россия"), "a Latin P that looks Cyrillic"


@pytest.mark.parametrize(
    ("names", "code", "partner"),
    [
        (["Китай"], "", Partner(Kind.AREA, "CHN")),
        (["Кытай", "Китай", "China"], "", Partner(Kind.AREA, "CHN")),
        (["Xitoy", "Китай", "China"], "156", Partner(Kind.AREA, "CHN")),
        (["Albaniya"], "8", Partner(Kind.AREA, "ALB")),
        (["Sudan"], "736", Partner(Kind.AREA, "SDN")),
        (["Гонконг"], "", Partner(Kind.AREA, "HKG")),
        (["Тайвань (Китай)"], "", Partner(Kind.AREA, "TWN")),
        (["Косово"], "", Partner(Kind.AREA, "XKX")),
        (["Антарктида"], "", Partner(Kind.AREA, "ATA")),
        (["Заир", "Zaire"], "", Partner(Kind.AREA, "COD")),
        (["Гуам (Сша)"], "", Partner(Kind.AREA, "GUM")),
        (["Америка"], "", Partner(Kind.GROUP)),
        (["Страны вне ЕАЭС"], "", Partner(Kind.GROUP)),
        (["Всего\nв том числе"], "", Partner(Kind.TOTAL, "WLD")),
        (["Бардыгы2", "Всего 2", "Total 2"], "", Partner(Kind.TOTAL, "WLD")),
        (["Остальные страны мира"], "", Partner(Kind.REST)),
        (["Boshqa mamlakatlar", "Другие страны"], "0", Partner(Kind.REST)),
    ],
)
def test_partners(names: list[str], code: str, partner: Partner) -> None:
    assert partner_of(names, code) == partner


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["Неопределенная страна"], ""),
        (["Нидерландские Антильские острова"], "530"),
        (["Сербия и Черногория"], "891"),
        (["ООН"], ""),
        (["Китай", "Germany"], ""),
        (["Китай"], "276"),
        ([""], ""),
    ],
)
def test_nobody_is_guessed(names: list[str], code: str) -> None:
    assert partner_of(names, code).kind is Kind.UNKNOWN


def test_the_table_of_names_is_whole() -> None:
    areas = {row["code"] for _line, row in fact_rows(FACTS / "areas.csv")} | {"WLD"}
    rows = [row for _line, row in fact_rows(FACTS / NAMES, ("scheme", "name", "area"))]
    assert {row["scheme"] for row in rows} == {"name", "total", "group", "rest", "m49"}
    assert {row["area"] for row in rows if row["area"]} <= areas
    assert all(bool(row["area"]) == (row["scheme"] in ("name", "total")) for row in rows if row["scheme"] != "m49")
    keys = [key_of(row["name"]) or row["name"] for row in rows]
    assert [key for key in keys if keys.count(key) > 1] == []
