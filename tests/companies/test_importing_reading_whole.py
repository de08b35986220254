"""Of any sheet, each row is a record or is named among what is none: a reading loses nothing without a word."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from companies.importing.reading.delimited import split
from companies.importing.reading.form import Cell, Choices, Grid, Kind, NoticeCode, Refused
from companies.importing.reading.headers import filled
from companies.importing.reading.layout import laid_out

WORDS = ("name", "value", "Acme", "China", "Итого", "合计", "Total", "注：x", "Source: y", "(kg)", "2023", "n/a")
CELLS = st.one_of(
    st.just(Cell()),
    st.sampled_from([Cell(each, Kind.TEXT) for each in (*WORDS, " ", "1", "2", "3", "12,5", "2024-03-05")]),
    st.builds(lambda number: Cell(str(number), Kind.NUMBER), st.integers(0, 9)),
)
ROWS = st.lists(st.lists(CELLS, max_size=5), max_size=12)
NUMBERS = st.integers(0, 14)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    rows = draw(ROWS)
    areas = []
    for _each in range(draw(st.integers(0, 3)) if rows else 0):
        top, left = draw(st.integers(1, len(rows))), draw(st.integers(0, 4))
        areas.append((top, left, draw(st.integers(top, len(rows))), draw(st.integers(left, 4))))
    hidden = draw(st.frozensets(st.integers(1, 12), max_size=3))
    return Grid(rows, hidden, tuple(areas))


CHOICES = st.builds(
    lambda header, fill, totals, hidden: Choices(
        header_first=header and header[0],
        header_last=header and header[1],
        fill_merged=fill,
        with_totals=totals,
        with_hidden=hidden,
    ),
    st.none() | st.tuples(NUMBERS, NUMBERS),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=400, deadline=None)
@given(grids(), CHOICES)
def test_each_row_is_a_record_or_is_told(grid: Grid, choices: Choices) -> None:
    something = {number for number, row in enumerate(grid.rows, 1) if filled(row)}
    with suppress(Refused):
        table = laid_out(grid, choices)
        read = [number for number, _row in table.rows]
        notes = [each.context["rows"] for each in table.notices if each.code == NoticeCode.NOTES]
        # What stands above the names of the columns is shown as it stands.
        above = set(range(1, table.header_last + 1))
        told = {*table.totals, *table.repeated, *table.hidden, *(number for rows in notes for number in rows)}
        assert read == sorted(set(read))
        assert something <= above | told | set(read)
        assert not set(read) & {*above, *table.totals, *table.repeated}
        assert all(len(packed) == len(table.headers) for _number, packed in table.packed_rows())


@settings(max_examples=400, deadline=None)
@given(st.text(st.sampled_from('ab1,;\t|"\r\n =.'), max_size=60), st.sampled_from((None, ",", ";", "\t", "|")))
def test_any_text_is_parted_and_no_letter_of_it_is_lost(text: str, chosen: str | None) -> None:
    made = split(text, chosen)
    said = "".join(cell.text for row in made.grid.rows for cell in row)
    for letter in "ab1.":
        assert said.count(letter) == text.count(letter)
