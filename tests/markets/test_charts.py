"""Charts as data: what is drawn, what is said instead, and that table and picture hold the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from markets.charts import MAP_CLASSES, MOST_LINES, class_bounds, class_of, line_chart, sparkline, world_map
from markets.profiles.figures import Figure, IndicatorRef, Point
from markets.profiles.markets import MarketRef
from markets.profiles.series import SeriesLine

GDP = IndicatorRef("NY.GDP.MKTP.CD", "GDP", "size", "usd", 0, "up", "", "", "worldbank")
IMPORTS = IndicatorRef("unctad.merch_imports_usd_m", "Goods imports", "trade", "usd_million", 0, "up", "", "", "unctad")


def points(*values: tuple[str, int | None]) -> tuple[Point, ...]:
    return tuple(Point(period, None if value is None else Decimal(value)) for period, value in values)


def line(name: str, *values: tuple[str, int | None]) -> SeriesLine:
    return SeriesLine(name[:3].upper(), name, is_aggregate=False, points=points(*values))


def test_a_year_without_a_value_is_a_gap_and_not_nought() -> None:
    chart = line_chart("k", "T", GDP, [line("Kazakhstan", ("2020", 1), ("2022", 3))], [])
    assert [period["key"] for period in chart.spec["periods"]] == ["2020", "2021", "2022"]
    assert "2021" not in chart.spec["series"][0]["values"]
    assert ("2021", None, "") in chart.table.rows


def test_a_value_that_was_taken_back_says_that_it_is_not_available() -> None:
    lines = [line("Kazakhstan", ("2020", 1), ("2021", None), ("2022", 3)), line("Uzbekistan", ("2021", 5))]
    alone = line_chart("k", "T", GDP, lines[:1], [])
    assert ("2021", None, "x") in alone.table.rows
    with override("en"):
        both = line_chart("k", "T", GDP, lines, [])
    assert ("2021", "not available", Decimal(5)) in both.table.rows


def test_picture_and_table_hold_the_same_values() -> None:
    lines = [line("Kazakhstan", ("2020", 1), ("2021", 2)), line("Uzbekistan", ("2021", 5))]
    chart = line_chart("k", "T", GDP, lines, [])
    assert chart.table.rows == [("2021", Decimal(2), Decimal(5)), ("2020", Decimal(1), None)]
    assert chart.spec["series"][1]["values"]["2021"]["value"] == 5.0


def test_millions_of_dollars_are_drawn_as_dollars() -> None:
    chart = line_chart("k", "T", IMPORTS, [line("Kazakhstan", ("2020", 61))], [])
    assert chart.spec["series"][0]["values"]["2020"]["value"] == 61_000_000.0


def test_at_most_six_lines_are_drawn_and_the_table_has_all() -> None:
    lines = [line(f"Market {n}", ("2020", n)) for n in range(MOST_LINES + 2)]
    with override("en"):
        chart = line_chart("k", "T", GDP, lines, [])
    assert len(chart.spec["series"]) == MOST_LINES
    assert len(chart.table.columns) == len(lines) + 1
    assert chart.note == "2 more lines stand in the table only."


def test_the_words_instead_of_a_picture_tell_ends_and_extremes() -> None:
    with override("en"):
        chart = line_chart("k", "GDP", GDP, [line("Kazakhstan", ("2020", 5), ("2021", 2), ("2022", 9))], [])
    assert chart.alt == (
        "Line chart: GDP. Kazakhstan: US$5 in 2020, US$9 in 2022; lowest US$2 in 2021, highest US$9 in 2022."
    )


def test_a_small_line_breaks_where_a_year_is_missing() -> None:
    drawn = sparkline(GDP, points(("2019", 1), ("2020", 2), ("2022", 3)))
    assert drawn is not None
    assert drawn.path.count("M") == 2
    assert drawn.path.count("L") == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_values_are_no_course(count: int) -> None:
    assert sparkline(GDP, points(*[(str(2000 + n), n) for n in range(count)])) is None


@given(st.lists(st.decimals(-1000, 1000, allow_nan=False, places=1), min_size=1, max_size=300))
def test_classes_part_values_in_order_and_never_equal_ones(values: list[Decimal]) -> None:
    bounds = class_bounds(values)
    classes = [class_of(value, bounds) for value in sorted(values)]
    assert classes == sorted(classes)
    assert set(classes) == set(range(len(bounds) + 1))
    assert len(bounds) < MAP_CLASSES


def test_a_market_without_a_value_is_drawn_as_such() -> None:
    kazakhstan = MarketRef("KAZ", "Kazakhstan", "KZ", "398", "central-asia", is_focus=True)
    kosovo = MarketRef("XKX", "Kosovo", "XK", "", "southern-europe", is_focus=False)
    figures = [
        (kazakhstan, Figure(GDP, "KAZ", "2023", Decimal(7)), "/k/"),
        (kosovo, Figure(GDP, "XKX", missing="not_loaded"), "/x/"),
    ]
    with override("en"):
        chart = world_map("m", "GDP", GDP, figures, shapes="/world.json", sources=[])
    first, second = chart.spec["areas"]
    assert (first["key"], first["class"]) == ("398", 0)
    assert (second["key"], second["class"], second["value"]) == ("XKX", None, None)
    assert second["text"].startswith("not loaded")
    assert chart.without_value == 1
    assert chart.alt.startswith("World map: GDP, 1 market coloured.")
