"""Part of a year never passes as the year, wherever the sheet says it; figures that cannot be meant are refused."""

from __future__ import annotations

import pytest

from markets.sources.national import KAZ
from markets.sources.national.figures import Cell
from tests.markets.office_files import only, payload, reason, values, xlsx

UNIT = "тыс. долларов США"
YEARS: list[Cell] = ["Страны", "2023", "2024"]


def sheet(*above: list[Cell], name: str = "Лист1", total: Cell = 120.5) -> bytes:
    body: list[list[Cell]] = [["Всего", 100.5, total], ["Китай", 50.5, 60.5], ["Россия", 30.0, 40.0]]
    return xlsx({name: [*above, *body]})


@pytest.mark.parametrize(
    "above",
    [
        ([f"Импорт Казахстана за январь-июнь 2023-2024 годов, {UNIT}"], YEARS),
        ([f"Импорт Казахстана за январь-июнь, {UNIT}"], YEARS),
        ([f"Импорт Казахстана за январь-июнь 2024 года, {UNIT}"], YEARS),
        ([f"Импорт за 9 месяцев, {UNIT}"], YEARS),
        ([f"Импорт, I полугодие, {UNIT}"], YEARS),
        ([f"Импорт, {UNIT}"], ["Страны", "январь-июнь", "январь-июнь"], ["", "2023", "2024"]),
        ([f"Импорт, {UNIT}"], YEARS, ["", "январь-июнь", "январь-июнь"]),
        ([f"Импорт, {UNIT}"], YEARS, ["", "май", "май"]),
        ([f"Импорт, {UNIT}"], YEARS, ["", "I квартал", "I квартал"]),
    ],
)
def test_years_in_headings_do_not_make_a_part_of_them_whole(above: tuple[list[Cell], ...]) -> None:
    assert "is part of a year" in reason(KAZ, payload("import.xlsx", sheet(*above)))


def test_the_name_of_a_sheet_may_say_that_it_is_a_part() -> None:
    said = reason(KAZ, payload("import.xlsx", sheet([f"Импорт, {UNIT}"], YEARS, name="06_2024")))
    assert "'06_2024' is part of a year" in said


@pytest.mark.parametrize(
    ("above", "periods"),
    [
        (([f"Импорт за январь-декабрь 2023-2024 годов, {UNIT}"], YEARS), {"2023", "2024"}),
        (([f"Импорт, {UNIT}"], YEARS, ["", "январь-декабрь", "12 месяцев"]), {"2023", "2024"}),
        (([f"Import, which may be restated, 15 мая 2025, {UNIT}"], YEARS), {"2023", "2024"}),
        (
            ([f"Импорт за 2023 год и январь-июнь 2024 года, {UNIT}"], ["Страны", "2023", "январь-июнь 2024"]),
            {"2023", "2024-01/2024-06"},
        ),
    ],
)
def test_whole_years_and_named_parts_are_read(above: tuple[list[Cell], ...], periods: set[str]) -> None:
    delivered = only(KAZ, payload("import.xlsx", sheet(*above)))
    assert {period for _flow, _partner, period in values(delivered)} == periods


@pytest.mark.parametrize("total", ["9" * 27, 1e300])
def test_a_figure_beyond_all_trade_is_refused_with_its_place(total: Cell) -> None:
    said = reason(KAZ, payload("import.xlsx", sheet([f"Импорт, {UNIT}"], YEARS, total=total)))
    assert "row 3, column 3 (M 2024) holds" in said


@pytest.mark.parametrize("total", ["12,345", "1,200"])
def test_a_comma_before_three_digits_is_never_guessed(total: Cell) -> None:
    said = reason(KAZ, payload("import.xlsx", sheet([f"Импорт, {UNIT}"], YEARS, total=total)))
    assert f"row 3, column 3 (M 2024) holds {total!r}" in said
