"""Tables are found where people put them: below titles, under merged names, above sums and notes; nothing is lost."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from companies.importing.reading.form import MOST_ROWS, OWN_COLUMNS
from tests.companies.table_files import csv_text, notices, read, texts


def table(text: str, **said: Any) -> tuple[Any, dict[int, list[str]]]:
    found, rows = read(text.encode(), languages=("en", "zh-hans", "ru"), **said)
    return found, {number: [cell.text for cell in cells] for number, cells in rows}


def workbook(write: Callable[[Any, Any], None]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        write(book, book.add_worksheet("Data"))
    return made.getvalue()


# ---------------------------------------------------------------- which sign parts the cells


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_separator_is_told_by_even_rows(delimiter: str) -> None:
    rows = [["name", "note", "value"], ["Acme, Inc; Co", "a|b\tc", "1,5"], ["Beta", "x;y", "2,25"], ["C", "", "3"]]
    found, read_rows = table(csv_text(rows, delimiter=delimiter))
    assert found.delimiter == delimiter
    assert list(read_rows.values()) == rows[1:]


@pytest.mark.parametrize(
    ("text", "delimiter", "columns"),
    [
        ("A;1,5\nB;2,5\nC;3,5\n", ";", 2),
        ("A;1,5;2,5\nB;2,5;3,4\nC;3,5;4,6\n", ";", 3),
        ("name\tvalue\nX\t1,234\nY\t2,345\n", "\t", 2),
        ("a;b;c\n1,5;2,5;3,5\n4,5;5,5;6,5\n", ";", 3),
        ("1,2,3\n4,5,6\n", ",", 3),
        ("name,tags\nA,x;y\nB,z;w\n", ",", 2),
        ("one\ntwo\n3\n", ",", 1),
    ],
)
def test_a_decimal_comma_parts_no_cells(text: str, delimiter: str, columns: int) -> None:
    found, _rows = table(text)
    assert (found.delimiter, len(found.headers)) == (delimiter, columns)


def test_the_line_in_which_excel_names_its_separator_is_no_row() -> None:
    found, rows = table("sep=|\r\na|b,c\r\nx|1,2\r\n")
    assert (found.delimiter, found.header_first, list(found.headers)) == ("|", 1, ["a", "b,c"])
    assert rows == {2: ["x", "1,2"]}


def test_a_chosen_separator_is_used() -> None:
    found, rows = table("a,b;c\n1,2;3\n", delimiter=";")
    assert list(found.headers) == ["a,b", "c"]
    assert rows == {2: ["1,2", "3"]}
    assert "," in found.delimiters


def test_lines_break_within_quotation_marks() -> None:
    _found, rows = table('name,note,value\nAcme,"two\nlines, ""so""",5\n\nBeta,x,6\n')
    assert rows == {2: ["Acme", 'two\nlines, "so"', "5"], 4: ["Beta", "x", "6"]}


@pytest.mark.parametrize("header", ['"Name,""Country"",Value"', "Name,Country,Value"])
def test_quotation_marks_that_excel_put_around_whole_lines_are_taken_off(header: str) -> None:
    found, rows = table(f'{header}\n"Acme,""China, P.R."",5"\n"Beta,USA,6"\n')
    assert list(found.headers) == ["Name", "Country", "Value"]
    assert rows == {2: ["Acme", "China, P.R.", "5"], 3: ["Beta", "USA", "6"]}
    assert "wrapped_lines" in notices(found)


def test_a_quotation_mark_that_is_never_closed_takes_in_its_own_line_alone() -> None:
    found, rows = table('name,note,value\n"A, B",x,4\nAcme,"open,5\nBeta,x,6\nC,y,7\n')
    assert rows == {2: ["A, B", "x", "4"], 3: ["Acme", '"open', "5"], 4: ["Beta", "x", "6"], 5: ["C", "y", "7"]}
    assert notices(found)["open_quote"] == {"count": 1}


def test_rows_with_a_cell_too_many_or_too_few_are_read_and_told() -> None:
    found, rows = table("a,b,c\n1,x,3\n2,x\n3,x,3,extra\n4,x,3\n")
    assert rows[3] == ["2", "x", "", ""]
    assert rows[4] == ["3", "x", "3", "extra"]
    assert notices(found)["ragged"] == {"count": 1, "rows": [4], "columns": 3}


# ---------------------------------------------------------------- headers


def test_titles_stand_above_the_header() -> None:
    found, rows = table("2024年出口统计,,\n单位：万美元,,\n\n企业,目的地,金额\n海尔,俄罗斯,1.5\n格力,日本,2.5\n")
    assert (found.header_first, found.header_last) == (4, 4)
    assert list(found.headers) == ["企业", "目的地", "金额"]
    assert list(rows) == [5, 6]
    assert found.top[0] == (1, ("2024年出口统计",))


def test_two_rows_name_the_columns_together() -> None:
    text = "Отчёт\n\nСтрана;2023;;2024;\n;кол-во;сумма;кол-во;сумма\n1;2;3;4;5\nКитай;1,5;2,5;3,5;4,5\nИндия;1;2;3;4\n"
    found, rows = table(text)
    assert (found.header_first, found.header_last) == (3, 5)
    assert list(found.headers) == ["Страна", "2023 кол-во", "2023 сумма", "2024 кол-во", "2024 сумма"]
    assert list(rows) == [6, 7]


def test_units_beneath_the_names_belong_to_them() -> None:
    found, rows = table("企业,出口额,数量\n,（万美元）,（吨）\n海尔,1.5,3\n格力,2.5,4\n")
    assert list(found.headers) == ["企业", "出口额 （万美元）", "数量 （吨）"]
    assert list(rows) == [3, 4]


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("指标,2020,2021,2022\n出口,1,2,3\n进口,4,5,6\n", (1, 1)),
        ("Company,Jan 2024,Feb 2024\nAcme,1,5\nB,4,6\n", (1, 1)),
        ("Company,Period,Value\nAcme,2024-01,5\nB,2024-02,6\n", (1, 1)),
        ("Company,HS,Value\nAcme,Fridges,unknown\nB,Irons,5\nC,Irons,6\n", (1, 1)),
        ("列1,列2\n1,2\n3,4\n", (1, 1)),
        ("Report no,12345\nDate,2024-05-01\n\nCompany,Country,Value,Currency\nA,China,5,USD\nB,USA,7,USD\n", (4, 4)),
        ("Group 1,,Group 2,\nName,Country,Value,Weight\nA,China,5,6\nB,USA,7,8\n", (1, 2)),
        ("Acme,China,5\nB,USA,6\nC,UK,7\n", (0, 0)),
    ],
)
def test_a_header_is_told_by_what_stands_below(text: str, header: tuple[int, int]) -> None:
    found, _rows = table(text)
    assert (found.header_first, found.header_last) == header


def test_a_file_without_header_loses_no_row() -> None:
    found, rows = table("Acme,China,5\nB,USA,6\n", header_first=0, header_last=0)
    assert (list(found.headers), list(rows)) == (["", "", ""], [1, 2])


def test_a_chosen_header_is_used() -> None:
    found, rows = table("t\nx,y\na,b\n1,2\n", header_first=2, header_last=3)
    assert list(found.headers) == ["x a", "y b"]
    assert rows == {4: ["1", "2"]}


def test_names_over_several_columns_are_spread_and_cells_only_when_asked() -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:E1", "Exports 2024")
        sheet.merge_range("A2:A3", "Company")
        sheet.merge_range("B2:C2", "2023")
        sheet.merge_range("D2:E2", "2024")
        for column in (1, 3):
            sheet.write_row(2, column, ["value", "weight"])
        sheet.merge_range("A4:A5", "Acme")
        sheet.write_row(3, 1, [1, 2, 3, 4])
        sheet.write_row(4, 1, [5, 6, 7, 8])

    content = workbook(write)
    found, rows = read(content, "table.xlsx")
    assert (found.header_first, found.header_last) == (2, 3)
    assert list(found.headers) == ["Company", "2023 value", "2023 weight", "2024 value", "2024 weight"]
    assert [cells[0].text for _number, cells in rows] == ["Acme", ""]
    assert found.merged == 1
    _found, rows = read(content, "table.xlsx", fill_merged=True)
    assert [cells[0].text for _number, cells in rows] == ["Acme", "Acme"]


def test_merged_names_tell_a_header_of_two_rows_where_all_cells_are_texts() -> None:
    def write(_book: Any, sheet: Any) -> None:
        sheet.merge_range("A1:A2", "企业")
        sheet.merge_range("B1:C1", "商品")
        sheet.write_row(1, 1, ["类别", "说明"])
        sheet.write_row(2, 0, ["海尔", "家电", "冰箱"])

    found, rows = read(workbook(write), "table.xlsx")
    assert list(found.headers) == ["企业", "商品 类别", "商品 说明"]
    assert [number for number, _cells in rows] == [3]


# ---------------------------------------------------------------- what is no record


def test_sums_are_left_out_and_kept_when_asked() -> None:
    text = "企业,备注,出口额\n甲,好,1\n乙,,2\n小计,,3\n丙,好,4\n合 计,,7\n"
    found, rows = table(text)
    assert (list(rows), found.totals) == ([2, 3, 5], (4, 6))
    found, rows = table(text, with_totals=True)
    assert (list(rows), found.totals) == ([2, 3, 4, 5, 6], ())


@pytest.mark.parametrize(
    "last", ["Итого;;12,5", "Всего по стране;;12,5", "Total;;12,5", "Grand total;;12,5", "Jami;;12,5", ";;12,5"]
)
def test_a_sum_is_told_by_its_name_or_by_adding_up(last: str) -> None:
    found, rows = table(f"name;country;value\nA;China;5,25\nB;India;7,25\n{last}\n")
    assert (list(rows), found.totals) == ([2, 3], (4,))


def test_a_company_called_total_is_no_sum() -> None:
    found, rows = table("company,country,value\nTotal,France,5\nTotal Energies,France,7\nSumma,Sweden,12\n")
    assert (list(rows), found.totals) == ([2, 3, 4], ())
    found, rows = table("company,country,currency,value\nTotal,France,,5\nA,China,sum,7\nB,,sum,8\n")
    assert (list(rows), found.totals) == ([2, 3, 4], ())
    found, rows = table("company,country,currency,value\nA,France,USD,5\nB,China,USD,7\nTotal,,USD,12\n")
    assert (list(rows), found.totals) == ([2, 3], (4,))
    found, rows = table("company,value\nA,5\nTotal,7\nTotal,12\n")
    assert (list(rows), found.totals) == ([2, 3], (4,))


def test_a_last_row_that_adds_nothing_up_is_a_record() -> None:
    found, rows = table("name,country,value\nA,China,5\nB,India,7\n,,13\n")
    assert (list(rows), found.totals) == ([2, 3, 4], ())


def test_headers_of_printed_pages_and_blank_rows_are_no_records() -> None:
    found, rows = table("name,value\nA,5\n , \nname,value\nB,6\n\n")
    assert (list(rows), found.repeated, found.blank) == ([2, 5], (4,), 2)


@pytest.mark.parametrize(
    "note", ["注：初步数据", "Источник: ФТС", "Source: customs", "* preliminary", "\nSigned by A. B."]
)
def test_notes_under_the_table_are_left_out_and_told(note: str) -> None:
    found, rows = table(f"name,country,value\nA,China,5\nB,India,6\n{note}\n")
    assert list(rows) == [2, 3]
    assert notices(found)["notes"]["count"] == 1


def test_blank_columns_keep_their_places() -> None:
    found, rows = table("name,,value,,\nA,,5,,\nB,,6,,\n")
    assert (list(found.headers), found.blank_columns) == (["name", "", "value"], (1,))
    assert rows[2] == ["A", "", "5"]


def test_hidden_rows_are_read_unless_left_out() -> None:
    def write(_book: Any, sheet: Any) -> None:
        for number, row in enumerate((["name", "value"], ["A", 1], ["B", 2], ["C", 4])):
            sheet.write_row(number, 0, row)
        sheet.set_row(2, None, None, {"hidden": True})

    content = workbook(write)
    assert texts(content, name="table.xlsx") == [["A", "1"], ["B", "2"], ["C", "4"]]
    found, rows = read(content, "table.xlsx", with_hidden=False)
    assert [number for number, _cells in rows] == [2, 4]
    assert found.hidden == (3,)


@pytest.mark.parametrize("language", OWN_COLUMNS)
def test_columns_of_our_own_file_of_faults_are_not_read(language: str) -> None:
    row, fault, meant = OWN_COLUMNS[language]
    plain = [["company", "value"], ["A", "5"], ["B", "7"]]
    marked = [[row, *plain[0], fault, meant], ["7", *plain[1], "wrong", "6"], ["9", *plain[2], "", ""]]
    found, rows = table(csv_text(marked))
    assert (list(found.headers), list(rows.values())) == (plain[0], plain[1:])
    assert notices(found)["own_columns"] == {"count": 3}


def test_a_full_file_is_read_within_seconds() -> None:
    header = [f"column {number}" for number in range(20)]
    row = ["青岛海尔股份有限公司", "俄罗斯", "1234.56", *(f"text {number}" for number in range(17))]
    content = csv_text([header, *([str(number), *row[1:]] for number in range(MOST_ROWS))]).encode("gb18030")
    begun = time.monotonic()
    found, rows = read(content, languages=("zh-hans",))
    assert (found.row_count, len(rows)) == (MOST_ROWS, MOST_ROWS)
    assert time.monotonic() - begun < 30  # a few seconds on a machine that does nothing else


FIRST = [
    ["Company", "Country", "Month", "Value, USD"],
    ["A", "Kazakhstan", "2025-01", "1000"],
    ["B", "Russia", "2025-02", "20"],
]


@pytest.mark.parametrize(
    "second",
    [
        [["Company", "Country", "Month", "Value, thousand EUR"], ["C", "Germany", "2025-01", "50"]],
        [[], ["Firm", "Market", "When", "How much, mln"], ["C", "Germany", "2025-01", "50"]],
    ],
)
def test_a_second_table_below_is_never_read_as_the_first(second: list[list[str]]) -> None:
    found, rows = read(csv_text([*FIRST, *second]).encode())
    assert [number for number, _cells in rows] == [2, 3]
    header = len(FIRST) + len(second) - 1
    assert notices(found)["other_table"] == {"row": header, "count": 1}
    found, rows = read(csv_text([*FIRST, *second]).encode(), header_first=header, header_last=header)
    assert [cells[0].text for _number, cells in rows] == ["C"]


def test_rows_of_missing_words_and_repeated_headers_end_no_table() -> None:
    rows = [*FIRST, [], ["C", "Oman", "n/a", "n/a"], FIRST[0], ["D", "Oman", "2025-03", "7"]]
    found, read_rows = read(csv_text(rows).encode())
    assert ([number for number, _cells in read_rows], found.repeated) == ([2, 3, 5, 7], (6,))
    assert "other_table" not in notices(found)
