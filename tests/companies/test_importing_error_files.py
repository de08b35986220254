"""The file handed back with what is wrong in it: as it was, harmless, and good to be brought in again."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Sequence
from typing import IO, Any

import pytest
from django.utils import translation

from companies.importing.checking.error_files import annotated, errors_csv
from companies.importing.reading.form import OWN_COLUMNS, Choices
from companies.importing.tables import read_file
from companies.models import Import
from tests.companies.checking_world import HEADERS, checked, codes_of, entry_of, firm, row
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans", "ru")


@pytest.fixture
def home() -> Office:
    here = office()
    firm(here)
    return here


def read(made: IO[bytes], name: str) -> tuple[Sequence[str], list[list[Any]]]:
    """The columns and rows that an import of this file would have."""
    with made:
        found = read_file(made, name, Choices(), LANGUAGES)
        return found.found.headers, [list(cells) for _number, cells in found.rows]


def lines(made: IO[bytes]) -> list[list[str]]:
    with made:
        return list(csv.reader(io.StringIO(made.read().decode("utf-8-sig"))))


def faulty(home: Office) -> Import:
    rows = [
        row(),
        row(destination="南韩国", note="=HYPERLINK(1)"),
        row(value="много", period="2024-05"),
        row(period="2024-06", note="fine"),
    ]
    return checked(home, rows)


def test_only_wrong_rows_stand_in_the_csv_as_the_file_had_them(home: Office) -> None:
    header, *rows = lines(errors_csv(faulty(home)))
    assert header == [*HEADERS, *OWN_COLUMNS["en"]]
    assert [(each[1], each[4], each[6]) for each in rows] == [("南韩国", "120.5", "3"), ("哈萨克斯坦", "много", "4")]
    assert rows[0][7].startswith("Destination: There is no market called “南韩国”")
    assert rows[0][5] == "'=HYPERLINK(1)"


def test_it_speaks_the_readers_language(home: Office) -> None:
    with translation.override("ru"):
        header, *_rows = lines(errors_csv(faulty(home)))
    assert header[-3:] == list(OWN_COLUMNS["ru"])


def test_put_right_in_the_csv_only_what_is_still_wrong_comes_up_again(home: Office) -> None:
    fixed = tempfile.TemporaryFile()  # noqa: SIM115 closed where it is read
    with errors_csv(faulty(home)) as made:
        fixed.write(made.read().replace("南韩国".encode(), b"KOR", 1))
    fixed.seek(0)
    headers, rows = read(fixed, "errors.csv")
    assert tuple(headers) == HEADERS
    imported = checked(home, rows)
    assert imported.counts["error"] == imported.counts["new"] == 1
    assert entry_of(imported, 2)["note"] == "=HYPERLINK(1)"
    assert codes_of(imported, 3) == {("value", "not_a_number")}


def test_the_workbook_has_every_row_and_is_read_as_the_file_was(home: Office) -> None:
    rows = [
        row(value=["n", "120.5"], period=["d", "2024-03-05"], hs_code=["n", "841810"]),
        row(value=["n", "12345678901234567890"], note="=1+1", destination="нигде"),
        row(value=["e", "#DIV/0!"], note=["b", "TRUE"]),
    ]
    imported = checked(home, rows, form="xlsx")
    headers, back = read(annotated(imported), "annotated.xlsx")
    assert tuple(headers) == HEADERS
    assert back[0] == [*rows[0][:5], None]
    assert back[1][1:] == ["нигде", "841810", "2024-03", "12345678901234567890", "=1+1"]
    assert back[2][4:] == ["#DIV/0!", ["b", "TRUE"]]
    second = checked(home, back, form="xlsx")
    assert [codes_of(second, number) for number in (2, 3)] == [codes_of(imported, number) for number in (2, 3)]


def test_a_workbook_never_holds_a_formula_of_a_strangers_text(home: Office) -> None:
    imported = checked(home, [row(destination="=cmd|' /C calc'!A0", note="@SUM(1)")])
    with annotated(imported) as made, zipfile.ZipFile(made) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "calc" in sheet


@pytest.mark.parametrize(
    "cell",
    [
        ["n", "12%"], ["n", "12.5%"], ["n", "-0.25%"], ["n", "100%"], ["n", "0"], ["n", "-5"], ["n", "0.000001"],
        ["n", "999999999999999"], ["d", "1900-03-01"], ["d", "9999-12-31"], ["d", "2024-03-05T23:59:59"],
        ["b", "FALSE"], ["e", "#N/A"],
    ],
)  # fmt: skip
def test_numbers_shares_and_dates_come_back_as_they_were(home: Office, cell: list[str]) -> None:
    _headers, back = read(annotated(checked(home, [row(value=cell), row(value=cell)], form="xlsx")), "annotated.xlsx")
    assert [each[4] for each in back] == [cell[1] if cell[0] == "e" else cell] * 2


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("n", "1234567890123456"), ("n", "0.1234567890123456%"), ("n", "1e400"), ("n", "INF"), ("n", "NaN"),
        ("d", "1899-12-30"), ("d", "1900-02-28"), ("d", "10000-01-01"), ("d", "2024-03"),
        ("d", "2024-03-05T10:30:00+05:00"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_cannot_hold_as_such_is_written_as_its_text(home: Office, kind: str, text: str) -> None:
    _headers, back = read(annotated(checked(home, [row(value=[kind, text])], form="xlsx")), "annotated.xlsx")
    assert back[0][4] == text
