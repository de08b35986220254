"""What sheets of workbooks hold as the reading program sees them: values as they are shown, and what is hidden."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from companies.importing.reading import packages, workbook
from companies.importing.reading.form import Cell, Choices, Grid, Kind, Refusal, Refused, SheetInfo
from companies.importing.reading.number_formats import Shown, cell_of, digits, format_of
from tests.companies.made_workbooks import (
    ods,
    ods_cell,
    ods_row,
    ods_table,
    sheet,
    xlsx,
    xlsx_parts,
    zipped,
)


def opened(content: bytes, **choices: Any) -> tuple[tuple[SheetInfo, ...], int, Grid]:
    file = io.BytesIO(content)
    return workbook.opened(file, packages.check(file), Choices(**choices))


def cells(content: bytes, **choices: Any) -> list[list[Cell]]:
    return opened(content, **choices)[2].rows


def texts(content: bytes, **choices: Any) -> list[list[str]]:
    return [[cell.text for cell in row] for row in cells(content, **choices)]


def written(write: Any, **options: Any) -> bytes:
    """What XlsxWriter makes of a function that is handed the workbook and its first sheet."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet("Data"))
    return made.getvalue()


# ---------------------------------------------------------------- values of Excel
def test_texts_numbers_booleans_and_errors_are_what_the_file_says() -> None:
    def write(_book: Any, page: Any) -> None:
        page.write_string(0, 0, "010121")
        page.write_number(0, 1, 0.1 + 0.2)
        page.write_number(0, 2, 123456789012345678)
        page.write(0, 3, True)  # noqa: FBT003 a value
        page.write_string(0, 4, " 亿元 Россия 🙂\nsecond line ")
        page.write_number(2, 1, -1.5e-7)

    rows = cells(written(write))
    assert rows[0] == [
        Cell("010121", Kind.TEXT),
        Cell("0.3", Kind.NUMBER),
        Cell("123456789012346000", Kind.NUMBER),
        Cell("TRUE", Kind.BOOL),
        Cell(" 亿元 Россия 🙂\nsecond line ", Kind.TEXT),
    ]
    assert rows[1] == []
    assert rows[2] == [Cell(), Cell("-0.00000015", Kind.NUMBER)]


def test_a_formula_is_what_was_worked_out_and_says_that_it_is_one() -> None:
    body = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>A1&amp;"x"</f><v>2x</v></c>'
        '<c r="C1"><f>NOW()</f></c><c r="D1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    )
    assert cells(xlsx(sheet(body))) == [
        [
            Cell("2", Kind.NUMBER, is_formula=True),
            Cell("2x", Kind.TEXT, is_formula=True),
            Cell("", Kind.EMPTY, is_formula=True),
            Cell("#DIV/0!", Kind.ERROR, is_formula=True),
        ]
    ]


@pytest.mark.parametrize(("is_1904", "serial"), [(False, 45356), (True, 43894)])
def test_dates_are_read_by_their_format_in_both_epochs(is_1904: bool, serial: int) -> None:  # noqa: FBT001
    def write(book: Any, page: Any) -> None:
        for column, code in enumerate(("yyyy-mm-dd", "dd.mm.yyyy", 'yyyy"年"m"月"d"日"', "d-mmm", "[$-804]yyyy/m/d")):
            page.write_datetime(
                0, column, dt.datetime.fromisoformat("2024-03-05"), book.add_format({"num_format": code})
            )
        page.write_datetime(
            1, 0, dt.datetime.fromisoformat("2024-03-05T10:30"), book.add_format({"num_format": "d/m/yy h:mm"})
        )
        page.write_datetime(1, 1, dt.datetime.fromisoformat("2024-03-05T10:30"), book.add_format({"num_format": 14}))
        page.write_number(1, 2, 0.4375, book.add_format({"num_format": "h:mm:ss"}))
        page.write_number(1, 3, 1.5, book.add_format({"num_format": "[h]:mm:ss"}))
        page.write_number(1, 4, serial)

    first, second = cells(written(write, date_1904=is_1904))
    assert first == [Cell("2024-03-05", Kind.DATE)] * 5
    assert second == [
        Cell("2024-03-05T10:30:00", Kind.DATE),
        Cell("2024-03-05", Kind.DATE),
        Cell("10:30:00", Kind.TEXT),
        Cell("36:00:00", Kind.TEXT),
        Cell(str(serial), Kind.NUMBER),
    ]


@pytest.mark.parametrize(
    ("code", "day", "text"),
    [
        ("mmm-yy", "2024-03-01", "2024-03"),
        (17, "2024-03-05", "2024-03"),
        ('yyyy"年"m"月"', "2024-03-01", "2024-03"),
        (57, "2024-03-01", "2024-03"),
        ("yyyy", "2024-12-31", "2024"),
        ('yyyy"г."', "2024-01-01", "2024"),
    ],
)
def test_a_month_is_no_day_where_only_the_month_is_shown(code: str | int, day: str, text: str) -> None:
    def write(book: Any, page: Any) -> None:
        page.write_datetime(0, 0, dt.datetime.fromisoformat(day), book.add_format({"num_format": code}))

    assert cells(written(write)) == [[Cell(text, Kind.TEXT)]]


def test_a_format_that_is_a_month_in_one_language_alone_keeps_its_day() -> None:
    def write(book: Any, page: Any) -> None:
        page.write_datetime(0, 0, dt.datetime.fromisoformat("2024-03-05"), book.add_format({"num_format": 57}))

    assert cells(written(write)) == [[Cell("2024-03-05", Kind.DATE)]]


def test_the_days_around_the_one_excel_invented() -> None:
    day = format_of("yyyy-mm-dd")
    told = {raw: cell_of(raw, day, is_1904=False).text for raw in ("1", "59", "61", "2958465")}
    assert told == {"1": "1900-01-01", "59": "1900-02-28", "61": "1900-03-01", "2958465": "9999-12-31"}
    assert cell_of("0", day, is_1904=True).text == "1904-01-01"
    for beyond in ("-1", "2958466", "1e300", "0"):
        assert cell_of(beyond, day, is_1904=False).kind is Kind.NUMBER


def test_percentages_keep_their_sign_and_codes_their_zeros() -> None:
    def write(book: Any, page: Any) -> None:
        for column, (value, code) in enumerate(
            (
                (0.12, "0%"),
                (0.125, "0.00%"),
                (10121, "000000"),
                (870323, "000000"),
                (101.21, "0000.00"),
                (6109.1, "0000.00"),
                (10121, '00"."00"."00'),
                (1234.5, "#,##0.00"),
                (7, "0"),
                (-5, "000000"),
            )
        ):
            page.write_number(0, column, value, book.add_format({"num_format": code}))

    assert cells(written(write))[0] == [
        Cell("12%", Kind.NUMBER),
        Cell("12.5%", Kind.NUMBER),
        Cell("010121", Kind.TEXT),
        Cell("870323", Kind.TEXT),
        Cell("0101.21", Kind.TEXT),
        Cell("6109.10", Kind.TEXT),
        Cell("01.01.21", Kind.TEXT),
        Cell("1234.5", Kind.NUMBER),
        Cell("7", Kind.NUMBER),
        Cell("-5", Kind.NUMBER),
    ]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown.NUMBER),
        ("0.00E+00", Shown.NUMBER),
        ('#,##0.00 "days"', Shown.NUMBER),
        ("[Red]-#,##0;[Blue]0", Shown.NUMBER),
        ('_-* #,##0.00\\ "₽"_-', Shown.NUMBER),
        ("@", Shown.NUMBER),
        ("m/d/yyyy", Shown.DATE),
        ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", Shown.DATE),
        ('[$-411]ggge"年"m"月"', Shown.MONTH),
        ("mm:ss", Shown.TIME),
        ("[mm]:ss", Shown.LENGTH),
        ("yyyy-mm-dd hh:mm AM/PM", Shown.DATE_TIME),
        ('0.0%;"n/a"', Shown.PERCENT),
        ("00000-0000", Shown.CODE),
        ("0000.00.00", Shown.NUMBER),
        ("0,000", Shown.NUMBER),
        ("", Shown.NUMBER),
        ('"unclosed', Shown.NUMBER),
    ],
)
def test_what_a_format_shows(code: str, shown: Shown) -> None:
    assert format_of(code).shown is shown


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_has_fifteen_digits_and_no_exponent(value: float) -> None:
    told = digits(value)
    assert "e" not in told.casefold()
    assert float(told) == float(f"{value:.15g}")
    assert len(told.replace("-", "").replace(".", "").strip("0")) <= 15


@given(st.text(max_size=60))
def test_no_format_breaks_the_reader(code: str) -> None:
    for raw in ("0", "10121", "0.5", "-3", "45000.25", "1e308", "x"):
        assert cell_of(raw, format_of(code), is_1904=False).text is not None


def test_strings_of_several_runs_and_escapes_are_whole() -> None:
    strings = (
        "<si><r><t>Ala</t></r><r><rPr/><t>tau</t></r><rPh sb='0' eb='1'><t>アラ</t></rPh></si>"
        "<si><t>a_x000D_b_x0000_c_xD83D__xDE42_ _x005F_</t></si><si><t/></si>"
    )
    body = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c><c><v>2024.0</v></c></row>'
    assert texts(zipped(xlsx_parts(sheet(body), strings=strings))) == [["Alatau", "a\rbc🙂 _", "", "2024"]]


def test_elements_with_prefixes_and_of_strict_files_are_the_same() -> None:
    body = '<x:row r="3"><x:c r="B3" t="inlineStr"><x:is><x:t>z</x:t></x:is></x:c></x:row>'
    for space in (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    ):
        page = f'<x:worksheet xmlns:x="{space}"><x:sheetData>{body}</x:sheetData></x:worksheet>'
        assert texts(xlsx(page)) == [[], [], ["", "z"]]


@settings(deadline=None, max_examples=20)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.floats(-1e12, 1e12), st.booleans(), st.dates(dt.date(1900, 3, 1)), st.text(min_size=1, max_size=9)
            )
        ),
        min_size=1,
        max_size=5,
    )
)
def test_values_are_those_another_reader_finds(table: list[list[Any]]) -> None:
    def write(book: Any, page: Any) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page.write_number(0, 0, 1)
        for number, row in enumerate(table, start=1):
            for column, value in enumerate(row):
                if isinstance(value, dt.date):
                    page.write_datetime(number, column, dt.datetime.combine(value, dt.time()), day)
                elif isinstance(value, str):
                    page.write_string(number, column, value.replace("\0", ""))
                else:
                    page.write(number, column, value)

    content = written(write)
    theirs = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    ours = cells(content)
    for number, row in enumerate(theirs):
        for column, value in enumerate(row):
            found = ours[number][column] if number < len(ours) and column < len(ours[number]) else Cell()
            assert _same(found, value), (found, value)


def _same(ours: Cell, theirs: Any) -> bool:
    if isinstance(theirs, bool):
        return ours == Cell(str(theirs).upper(), Kind.BOOL)
    if isinstance(theirs, float):
        return ours.kind is Kind.NUMBER and float(ours.text) == float(f"{theirs:.15g}")
    if isinstance(theirs, dt.date):
        return ours == Cell(theirs.isoformat()[:10], Kind.DATE)
    return ours.text.replace("\r", "\n") == theirs.replace("\r", "\n") or "_x" in theirs


# ---------------------------------------------------------------- what is hidden, merged, elsewhere
def test_hidden_rows_and_columns_and_merged_areas_are_told() -> None:
    def write(_book: Any, page: Any) -> None:
        page.merge_range(0, 0, 0, 2, "Exports")
        page.merge_range("A3:A9", "Kazakhstan")
        page.merge_range("H1:H2", None)
        for row in range(1, 5):
            page.write_row(row, 1, [row, "x"])
        page.set_row(2, None, None, {"hidden": True})
        page.set_row(40, None, None, {"hidden": True})
        page.set_column(2, 5, None, None, {"hidden": True})

    grid = opened(written(write))[2]
    assert grid.hidden == {3}
    assert grid.hidden_columns == {2}
    assert grid.merged == ((1, 0, 1, 2), (3, 0, 5, 0))
    assert len(grid.rows) == 5


def test_the_first_visible_filled_sheet_is_chosen_and_all_are_listed() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.add_worksheet("Cover")
        hidden = book.add_worksheet("Lists")
        hidden.write(0, 0, "hidden list")
        hidden.hide()
        chart = book.add_chartsheet("Chart")
        page = book.add_worksheet("数据")
        page.write(1, 3, "this one")
        drawn = book.add_chart({"type": "line"})
        drawn.add_series({"values": "=数据!$D$1:$D$2"})
        chart.set_chart(drawn)
        book.add_worksheet("More").write(4, 1, 5)
    sheets, place, grid = opened(made.getvalue())
    assert sheets == (
        SheetInfo("Cover", 0, 0),
        SheetInfo("Lists", 1, 1, is_hidden=True),
        SheetInfo("数据", 2, 4),
        SheetInfo("More", 5, 2),
    )
    assert place == 2
    assert grid.rows[1][3].text == "this one"
    assert opened(made.getvalue(), sheet=1)[2].rows[0][0].text == "hidden list"
    assert opened(made.getvalue(), sheet=3)[1] == 3
    assert opened(made.getvalue(), sheet=77)[1] == 2


def test_a_hyperlink_is_only_its_text() -> None:
    def write(_book: Any, page: Any) -> None:
        page.write_url(0, 0, "https://example.com/x", string="Site")

    assert texts(written(write)) == [["Site"]]


def test_cells_that_are_only_styled_are_no_cells() -> None:
    body = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert texts(xlsx(sheet(body))) == [["1"]]


# ---------------------------------------------------------------- OpenDocument
def test_cells_of_open_document_are_what_is_shown() -> None:
    body = ods_table(
        ods_row(
            ods_cell("Café", 'office:value-type="string"'),
            ods_cell("1,234.50", 'office:value-type="float" office:value="1234.5"'),
            ods_cell("010121", 'office:value-type="float" office:value="10121"'),
            ods_cell("12.5 %", 'office:value-type="percentage" office:value="0.125"'),
            ods_cell("5 Mar", 'office:value-type="date" office:date-value="2024-03-05"'),
            ods_cell("5 Mar", 'office:value-type="date" office:date-value="2024-03-05T10:30:00"'),
            ods_cell("10:30", 'office:value-type="time" office:time-value="PT10H30M00S"'),
            ods_cell("yes", 'office:value-type="boolean" office:boolean-value="true"'),
            ods_cell("2", 'table:formula="of:=1+1" office:value-type="float" office:value="2"'),
            ods_cell("#DIV/0!", 'table:formula="of:=1/0" office:value-type="string" calcext:value-type="error"'),
            ods_cell("$5.00", 'office:value-type="currency" office:currency="USD" office:value="5"'),
        )
    )
    assert cells(ods(body))[0] == [
        Cell("Café", Kind.TEXT),
        Cell("1234.5", Kind.NUMBER),
        Cell("010121", Kind.TEXT),
        Cell("12.5%", Kind.NUMBER),
        Cell("2024-03-05", Kind.DATE),
        Cell("2024-03-05T10:30:00", Kind.DATE),
        Cell("10:30:00", Kind.TEXT),
        Cell("TRUE", Kind.BOOL),
        Cell("2", Kind.NUMBER, is_formula=True),
        Cell("#DIV/0!", Kind.ERROR, is_formula=True),
        Cell("5", Kind.NUMBER),
    ]


def test_repeats_spans_notes_and_blanks_of_open_document() -> None:
    rich = (
        "<table:table-cell><office:annotation><text:p>a note</text:p></office:annotation>"
        '<text:p>two<text:s text:c="2"/>blanks<text:tab/><text:span>bold</text:span></text:p><text:p>next</text:p>'
        "<draw:frame><draw:text-box><text:p>drawn</text:p></draw:text-box></draw:frame></table:table-cell>"
    )
    body = ods_table(
        '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
        + ods_row(
            rich,
            '<table:table-cell table:number-columns-repeated="2"/>',
            ods_cell("x", 'table:number-columns-repeated="2"'),
        )
        + ods_row(
            '<table:table-cell table:number-columns-repeated="16384"/>', attributes='table:number-rows-repeated="2"'
        )
        + ods_row(
            ods_cell("KAZ", 'table:number-columns-spanned="2" table:number-rows-spanned="2"'),
            "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>",
            ods_cell("y"),
            attributes='table:number-rows-repeated="2" table:visibility="filter"',
        )
        + ods_row(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            attributes='table:number-rows-repeated="1048571"',
        )
    )
    _sheets, _place, grid = opened(ods(body))
    assert [[cell.text for cell in row] for row in grid.rows] == [
        ["two  blanks\tbold\nnext", "", "", "x", "x"],
        [],
        [],
        ["KAZ", "", "y"],
        ["KAZ", "", "y"],
    ]
    assert grid.hidden == {4, 5}
    assert grid.hidden_columns == {2}
    assert grid.merged == ((4, 0, 5, 1),)


def test_a_month_of_open_document_is_no_day() -> None:
    styles = (
        '<number:date-style style:name="N1"><number:month number:textual="true"/><number:text>-</number:text>'
        '<number:year/></number:date-style><number:date-style style:name="N2"><number:year/></number:date-style>'
        '<number:date-style style:name="N3"><number:day/><number:month/><number:year/></number:date-style>'
        + "".join(
            f'<style:style style:name="c{n}" style:family="table-cell" style:data-style-name="N{n}"/>'
            for n in (1, 2, 3)
        )
    )
    day = 'office:value-type="date" office:date-value="2024-03-01"'
    body = ods_table(
        '<table:table-column table:number-columns-repeated="3"/>'
        '<table:table-column table:default-cell-style-name="c1"/>'
        + ods_row(
            *(ods_cell("x", f'table:style-name="c{n}" {day}') for n in (1, 2, 3)),
            ods_cell("x", day),
            ods_cell("x", day),
        )
    )
    assert cells(ods(body, styles=styles)) == [
        [
            Cell("2024-03", Kind.TEXT),
            Cell("2024", Kind.TEXT),
            Cell("2024-03-01", Kind.DATE),
            Cell("2024-03", Kind.TEXT),
            Cell("2024-03-01", Kind.DATE),
        ]
    ]


def test_hidden_and_chosen_sheets_of_open_document() -> None:
    styles = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
        '<style:style style:name="v" style:family="table"><style:table-properties table:display="true"/></style:style>'
    )
    tables = (
        ods_table(ods_row(ods_cell("secret")), "A", 'table:style-name="h"')
        + ods_table("", "B", 'table:style-name="v"')
        + ods_table(ods_row(ods_cell("one")) * 3, "C", 'table:style-name="v"')
        + ods_table(ods_row(ods_cell("two", 'table:number-columns-repeated="900000000"')), "D")
    )
    content = ods(tables, styles=styles)
    sheets, place, grid = opened(content)
    assert [(each.name, each.rows, each.is_hidden) for each in sheets] == [
        ("A", 1, True),
        ("B", 0, False),
        ("C", 3, False),
        ("D", 1, False),
    ]
    assert (place, grid.rows[0][0].text) == (2, "one")
    assert texts(content, sheet=0) == [["secret"]]
    assert opened(content, sheet=1)[1] == 1
    assert opened(content, sheet=9)[1] == 2
    with pytest.raises(Refused) as refused:
        opened(content, sheet=3)
    assert refused.value.code is Refusal.TOO_MANY_COLUMNS
