"""However a table is moved, padded or annotated, it says the same; whatever groups stand in it, nothing is doubled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import SourceChanged
from markets.sources.national.figures import Cell
from markets.sources.national.partners import Kind
from markets.sources.national.statement import Statement, statements_of
from markets.sources.national.subtotals import members
from markets.sources.national.table import Hints, table_of
from markets.sources.national.workbook import Sheet
from tests.markets.office_files import kaz_rows, kgz_rows

NOTES = ("1 Предварительные данные", "* Без учета торговли физических лиц", "Источник: КГД МФ РК", "2 2022 жыл")
COUNTRIES = (
    "Австрия Бельгия Болгария Германия Дания Испания Италия Китай Япония Индия Канада Мексика Египет Кения".split()
)
GROUPS = "Европа Азия Америка Африка СНГ ЕС ЕАЭС ШОС".split()

Rows = list[list[Cell]]


def stated(rows: Sequence[Sequence[Cell]], reporter: str, name: str) -> list[Statement]:
    return statements_of(table_of(Sheet(name, rows), Hints("office")), reporter, "office")


KAZ_STATED = stated(kaz_rows(), "KAZ", "2022")
KGZ_STATED = stated(kgz_rows(), "KGZ", "import")


def padded(rows: Rows, columns: Sequence[int], blank: Cell) -> Rows:
    """The rows with empty columns put in, the rightmost first."""
    width = max(map(len, rows))
    table = [row + [""] * (width - len(row)) for row in rows]
    for column in sorted(columns, reverse=True):
        for row in table:
            row.insert(min(column, width), blank)
    return table


@given(
    above=st.integers(0, 6),
    columns=st.lists(st.integers(0, 12), max_size=4),
    blank=st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"]),
    empty_rows=st.lists(st.integers(0, 30), max_size=4),
    notes=st.lists(st.sampled_from(NOTES), max_size=3),
    office=st.sampled_from(["KAZ", "KGZ"]),
)
def test_moving_padding_and_annotating_a_table_changes_nothing(
    *, above: int, columns: list[int], blank: str, empty_rows: list[int], notes: list[str], office: str
) -> None:
    rows: Rows = kaz_rows() if office == "KAZ" else kgz_rows()
    for place in sorted(empty_rows, reverse=True):
        rows.insert(min(place, len(rows)), [])
    table = padded([*[[] for _ in range(above)], *rows, *[[note] for note in notes]], columns, blank)
    found = stated(table, office, "2022" if office == "KAZ" else "import")
    assert found == (KAZ_STATED if office == "KAZ" else KGZ_STATED)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Rows, dict[str, Decimal]]:
    """A table of countries with groups of them strewn in, nested, overlapping, named or strange."""
    names = draw(st.lists(st.sampled_from(COUNTRIES), min_size=5, unique=True))
    tenths = {name: draw(st.integers(1000, 10**7)) for name in names}
    rows: Rows = [[name, tenths[name] / 10] for name in names]
    for group in draw(st.lists(st.sampled_from(GROUPS), max_size=4, unique=True)):
        chosen = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        rows.insert(draw(st.integers(0, len(rows))), [group, sum(tenths[name] for name in chosen) / 10])
    if draw(st.booleans()):
        first = draw(st.integers(0, len(names) - 2))
        last = draw(st.integers(first + 2, len(names)))
        place = next(index for index, row in enumerate(rows) if row[0] == names[first])
        rows.insert(place, ["Союз незнакомых", sum(tenths[name] for name in names[first:last]) / 10])
    total: list[Cell] = ["Всего", sum(tenths.values()) / 10]
    head: Rows = [["Импорт"], ["тыс. долларов США"], ["", "2023"]]
    return [*head, total, *rows], {name: Decimal(tenths[name]) / 10 for name in names}


@given(tables())
def test_subtotals_never_double(drawn: tuple[Rows, dict[str, Decimal]]) -> None:
    rows, countries = drawn
    table = table_of(Sheet("2023", rows), Hints("office"))
    kept = members(table, "office")
    figures = {line.names[0]: figure.number for line in kept if (figure := line.figures[0])}
    assert figures == countries
    assert all(line.partner.kind is Kind.AREA for line in kept)


@given(tables(), st.integers(1, 10**6))
def test_a_contradiction_is_never_published(drawn: tuple[Rows, dict[str, Decimal]], more: int) -> None:
    rows, countries = drawn
    stranger = min(countries)
    table = table_of(Sheet("2023", [*rows, [stranger, float(sum(countries.values())) + more]]), Hints("office"))
    with pytest.raises(SourceChanged, match="more than the stated total"):
        members(table, "office")
