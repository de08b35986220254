"""Files as offices really send them: each is read rightly, or what is not read is told with what to do."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
import xlsxwriter
from django.test import Client

from companies.importing.checking.checking import check
from companies.importing.doing.mapping import choose_mapping
from companies.importing.doing.uploading import upload
from companies.importing.meaning.places import places
from companies.importing.plan import Mapping
from companies.models import Import, ImportVerdict
from companies.tasks import run_import
from tests.companies.import_world import run
from tests.companies.office import Office, office
from tests.companies.table_files import csv_text, read

pytestmark = pytest.mark.django_db

HEAD = ["Company", "Country", "HS code"]
ROWS = [["A", "Kazakhstan", "841821"], ["B", "Russia", "610910"], ["C", "Uzbekistan", "070200"]]


@pytest.fixture
def here() -> Office:
    return office()


def staged(here: Office, content: bytes, name: str = "t.csv") -> Import:
    imported = upload(here.actor("officer"), name, [content])
    assert imported.job is not None
    run_import(str(imported.job.pk))
    return Import.objects.get(pk=imported.pk)


def checked(here: Office, imported: Import, **constants: str) -> Import:
    mapping = Mapping.unpacked(imported.mapping)
    mapping = replace(mapping, constants={**mapping.constants, **constants}, register=True)
    return run(choose_mapping(here.actor("officer"), imported.pk, imported.version, mapping), check)


def shown(here: Office, imported: Import, step: str) -> str:
    client = Client()
    client.force_login(here.officer)
    return client.get(f"/en/records/imports/{imported.pk}/{step}/").content.decode()


def beside(*columns: list[str]) -> bytes:
    """The table with further columns, each given from its name on."""
    rows = [[*row, *(column[at] for column in columns)] for at, row in enumerate([HEAD, *ROWS])]
    return csv_text(rows).encode()


def test_a_month_without_its_year_takes_the_year_of_all_rows(here: Office) -> None:
    imported = staged(here, beside(["Month", "January", "February", "March"], ["Value USD", "1", "2", "3"]))
    assert "The columns say no year" in shown(here, imported, "map")
    imported = checked(here, imported, period="2025")
    periods = ImportVerdict.objects.filter(of=imported).order_by("number").values_list("entry__period", flat=True)
    assert list(periods) == ["2025-01", "2025-02", "2025-03"]


def test_a_column_of_months_with_their_years_is_the_period(here: Office) -> None:
    imported = staged(here, beside(["Month", "2025-01", "2025-02", "2025-03"], ["Value USD", "1", "2", "3"]))
    assert Mapping.unpacked(imported.mapping).of("period") == [3]


@pytest.mark.parametrize(
    ("names", "what"),
    [
        (("Jan 2025", "Feb 2025"), "months or years"),
        (("янв.25", "фев.25"), "months or years"),
        (("2023年", "2024年"), "months or years"),
        (("Export 2023", "Export 2024"), "months or years"),
        (("Kazakhstan", "Russia"), "markets"),
    ],
)
def test_amounts_side_by_side_are_told_and_what_to_do(here: Office, names: tuple[str, str], what: str) -> None:
    imported = staged(here, beside(*([name, "10", "20", "30"] for name in names)))
    for step in ("read", "map"):
        assert f"Columns D; E are named after {what}" in shown(here, imported, step)
    assert not Mapping.unpacked(imported.mapping).of("year")


def test_of_two_years_of_amounts_none_is_taken_unasked(here: Office) -> None:
    two = (["Period", "2025", "2025", "2025"], *([f"Value 202{n}, mln USD", "1", "2", "3"] for n in "45"))
    imported = staged(here, beside(*two))
    assert not Mapping.unpacked(imported.mapping).of("value")
    assert "Columns E; F are named after months or years" in shown(here, imported, "map")


def test_an_amount_of_this_month_is_no_month(here: Office) -> None:
    imported = staged(here, beside(["本月金额（万美元）", "1", "2", "3"], ["累计金额（万美元）", "10", "20", "30"]))
    assert not Mapping.unpacked(imported.mapping).of("month")


def test_a_formula_that_no_program_worked_out_is_no_nought() -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [*HEAD, "Value"])
        page.write_row(1, 0, [*ROWS[0], "=1000*1.5"])
        page.write_row(2, 0, ROWS[1])
        page.write_formula(2, 3, "=2+5", value=7)
    _found, rows = read(made.getvalue(), "t.xlsx")
    assert [(cells[3].text, cells[3].is_formula) for _number, cells in rows] == [("", True), ("7", True)]


def test_a_column_of_formulas_that_were_never_worked_out_is_told_and_breaks_nothing(here: Office) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [*HEAD, "Period", "Value USD"])
        for number, row in enumerate(ROWS, start=1):
            page.write_row(number, 0, [*row, "2025", "=1000*1.5"])
    imported = checked(here, staged(here, made.getvalue(), "t.xlsx"))
    assert {each["code"] for each in imported.groups} == {"formula_empty"}


def test_one_column_of_a_year_is_no_such_table(here: Office) -> None:
    imported = staged(here, beside(["HS 2022", "a", "b", "c"], ["Value 2024", "1", "2", "3"]))
    assert [each["code"] for each in imported.found["notices"]] == []


@pytest.mark.parametrize(
    ("word", "currency"),
    [("Total Q1", "USD"), ("Итого 1 кв. 2025", ""), ("一季度合计", ""), ("1月小计", "USD"), ("Q1 total", "")],
)
def test_sums_of_a_time_are_no_rows(word: str, currency: str) -> None:
    head = [*HEAD, "Currency", "Value"]
    rows = [[*ROWS[0], "USD", "1"], [*ROWS[1], "USD", "2"], [word, "", "", currency, "3"], [*ROWS[2], "USD", "4"]]
    found, _rows = read(csv_text([head, *rows]).encode())
    assert found.totals == (4,)


def test_a_company_called_total_stays_a_company() -> None:
    head = [*HEAD, "Value"]
    rows = [[*ROWS[0], "1"], ["Total 2025", "Oman", "841821", "2"], ["Petro Total", "Oman", "841821", "7"]]
    assert read(csv_text([head, *rows]).encode())[0].totals == ()


def test_other_sheets_and_rows_of_another_table_are_told(here: Office) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        for name in ("January", "February"):
            page = book.add_worksheet(name)
            rows = [[*HEAD, "Value USD"], *([*row, "5"] for row in ROWS), [], [*HEAD, "Value mln EUR"], [*ROWS[0], "7"]]
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    text = shown(here, staged(here, made.getvalue(), "t.xlsx"), "read")
    assert "is not read now: February" in text
    assert "Row 6 names other columns" in text
    assert text.count("another table</") == 2


def test_gaps_of_merged_cells_lead_to_where_they_are_filled(here: Office) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for number, row in enumerate([[*HEAD, "Period", "Value USD"], *(["", *row[1:], "2025", 5] for row in ROWS)]):
            page.write_row(number, 0, row)
        page.merge_range(1, 0, 3, 0, "A")
    imported = checked(here, staged(here, made.getvalue(), "t.xlsx"))
    assert imported.counts["error"] == 2
    assert "Let a merged cell hold for all rows it covers" in shown(here, imported, "check")


def test_a_group_of_markets_is_not_taken_for_another_by_its_first_word() -> None:
    assert places().near("Страны СНГ") == []
    assert places().near("Страны Казахстана")[0].code == "KAZ"
