"""What is told of each column of a file, in one pass and in bounded memory."""

from __future__ import annotations

import json
import random
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from companies.importing.meaning.columns import MOST_DISTINCT, ColumnProfile, profiles
from companies.importing.plan import DateOrder, NumberStyle

pytestmark = pytest.mark.django_db


def profile(header: str, cells: Sequence[Any]) -> ColumnProfile:
    """Of a file of one column."""
    return profiles([header], ((number, [cell]) for number, cell in enumerate(cells, start=2)))[0]


def test_cells_are_counted_and_shown() -> None:
    found = profile("Notes", ["a", "b", None, "a", "", ["n", "5"], ["n", "6", "f"], ["d", "2025-04-17"]])
    assert (found.filled, found.distinct, found.formulas) == (6, 5, 1)
    assert found.samples == ("a", "b", "5", "6", "2025-04-17")
    assert found.kinds == {"t": 3, "n": 2, "d": 1}


def test_an_empty_column_and_a_short_row_are_no_failure() -> None:
    first, second = profiles(["A", "B"], [(2, ["x"]), (3, []), (4, ["y", None])])
    assert (first.filled, second.filled) == (2, 0)
    assert (second.samples, second.likeness) == ((), {})


@pytest.mark.parametrize(
    ("cells", "styles"),
    [
        (["1.234,5", "12"], {NumberStyle.COMMA}),
        (["1,234.5", "12"], {NumberStyle.POINT}),
        (["1.234", "2.345"], {NumberStyle.POINT, NumberStyle.COMMA}),
        (["1.234", "12.5"], {NumberStyle.POINT}),
        ([["n", "1.234"]], set()),
        (["Shanghai"], set()),
    ],
)
def test_the_whole_column_decides_its_style(cells: list[Any], styles: set[NumberStyle]) -> None:
    assert profile("Value", cells).number_styles == styles


def test_the_very_last_of_many_rows_decides_too() -> None:
    many = [f"{number % 900 + 100}.{number // 900 + 100}" for number in range(3 * MOST_DISTINCT)]
    assert profile("Value", many).number_styles == {NumberStyle.POINT, NumberStyle.COMMA}
    assert profile("Value", [*many, "1.234,5"]).number_styles == {NumberStyle.COMMA}
    days = [f"{1 + n % 12:02}/{1 + n // 12 % 12:02}/{1800 + n // 144}" for n in range(144 * 40)]
    assert len(set(days)) > MOST_DISTINCT
    assert profile("Date", [*days, "31/01/2024"]).date_orders == {DateOrder.DMY}


def test_what_can_be_read_two_ways_is_shown_first() -> None:
    found = profile("Value", ["5", "6", "7", "8", "9", "10", "1.234"])
    assert found.number_styles == {NumberStyle.POINT, NumberStyle.COMMA}
    assert found.samples[0] == "1.234"


def test_dates_that_fit_two_orders_are_both_told() -> None:
    assert profile("Date", ["05/03/2024", "06/04/2024"]).date_orders == {DateOrder.DMY, DateOrder.MDY}
    assert profile("Date", ["05/03/2024", "13/04/2024"]).date_orders == {DateOrder.DMY}


def test_header_and_cells_say_scale_currency_and_unit() -> None:
    found = profile("出口额（万美元）", ["12.5", "3"])
    assert (found.header_said.multiplier, found.header_said.currency) == (10_000, "USD")
    found = profile("Вес", ["12,5 т", "3 т", "н/д"])
    assert (found.header_said.unit, found.cells_said.unit) == ("", "t")
    assert profile("Вес", ["12,5 т", "3 кг"]).cells_said.unit == ""


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        (["Kazakhstan", "俄罗斯", "Узбекистан"], "destination"),
        (["KAZ", "UZB", "NA"], "destination"),
        (["398", "860", "004"], "destination"),
        (["Home appliances", "服装", "Одежда"], "category"),
        (["8418.21", "01012100", "6109.10"], "hs_code"),
        (["USD", "人民币", "руб."], "currency"),
        (["FOB Shanghai", "CIF", "DAP Almaty"], "incoterm"),
        (["ж/д", "公路", "air"], "corridor"),
        (["HS2017", "HS2022"], "hs_revision"),
        (["2025-04", "апрель 2025", "2025年3月"], "period"),
        (["2024", "2025"], "year"),
        (["3.2亿", "56.7万", "12,345.67"], "value"),
        (["1 234,5", "12,5"], "net_weight_kg"),
    ],
)
def test_values_are_like_their_field(cells: list[str], field: str) -> None:
    assert profile("", cells).likeness[field] == 1


@pytest.mark.parametrize(
    ("cells", "fields"),
    [
        (["12", "84", "4", "398.5", "510017"], ["destination", "hs_code", "corridor", "category", "currency"]),
        (["Ningbo Handian Co., Ltd.", "宁波汉电有限公司"], ["destination", "hs_code", "value", "period", "currency"]),
        (["2024-03-05", "2024-03-06"], ["value", "hs_code", "destination"]),
    ],
)
def test_values_are_not_like_a_field_by_chance(cells: list[str], fields: list[str]) -> None:
    likeness = profile("", cells).likeness
    assert {field: likeness[field] for field in fields} == dict.fromkeys(fields, 0)


def test_a_share_of_the_different_values_is_told_not_of_the_rows() -> None:
    found = profile("", ["Kazakhstan"] * 1000 + ["nowhere", "elsewhere", "here"])
    assert found.likeness["destination"] == 0.25


def test_profiles_are_packed_as_json_and_come_back_whole() -> None:
    found = profile("出口额（万美元）", ["1.234", "5/6/2024", ["n", "5", "f"]])
    assert ColumnProfile.unpacked(json.loads(json.dumps(found.packed()))) == found


def wide_rows(count: int) -> Iterator[tuple[int, list[Any]]]:
    """Declarations as customs give them out: 22 columns, names, codes, amounts and days among them."""
    draw = random.Random(5)  # noqa: S311 no secret: the same file in every run
    places = ["Kazakhstan", "Узбекистан", "俄罗斯", "南韩国", "KG"]
    for number in range(2, count + 2):
        day = f"{draw.randint(1, 28):02}.{draw.randint(1, 12):02}.2024"
        yield number, [
            str(97_061_800 + number), day, draw.choice(places), f"Company {draw.randint(1, 5000)}", "84182100",
            f"{draw.random() * 1e6:,.2f}", f"{draw.random() * 1e4:.1f}".replace(".", ","), "USD", "FOB Shanghai", "ж/д",
            ["n", str(draw.randint(1, 10_000))], ["d", "2024-03-05"],
            *(f"text {draw.randint(1, 300)}" for _ in range(8)), None, "10",
        ]  # fmt: skip


def test_ten_thousand_rows_of_22_columns_take_seconds_and_little_memory(
    django_assert_max_num_queries: Any,
) -> None:
    rows = list(wide_rows(10_000))
    began = time.process_time()
    with django_assert_max_num_queries(8):
        found = profiles([f"C{place}" for place in range(22)], rows)
    assert time.process_time() - began < 5
    assert [each.filled for each in found] == [10_000] * 20 + [0, 10_000]
    tracemalloc.start()
    profiles([f"C{place}" for place in range(22)], wide_rows(20_000))
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 50_000_000
