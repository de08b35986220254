"""Rows of files as entries of records: every cell by its column, every fault at once, nothing guessed."""

from __future__ import annotations

from typing import Any

import pytest

from companies.importing.checking.faults import unpacked
from companies.importing.plan import ColumnMeaning, DateOrder, Fixes, NumberStyle
from companies.importing.plan import Mapping as Meaning
from companies.models import ImportVerdict
from companies.records.companies import archive_company
from tests.companies.checking_world import (
    COLUMNS,
    CONSTANTS,
    checked,
    codes_of,
    entry_of,
    faults_of,
    firm,
    outcome_of,
    row,
    warned,
)
from tests.companies.office import Office, RecordFactory, office

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Office:
    return office()


def meaning(*columns: ColumnMeaning, **constants: str) -> Meaning:
    return Meaning(columns, {"company": "宁波汉电", "destination": "KAZ", "category": "appliances", **constants})


def test_a_right_row_is_an_entry_with_its_headers_scale(home: Office) -> None:
    company = firm(home)
    imported = checked(home, [row()])
    assert codes_of(imported) == set()
    assert outcome_of(imported) == "new"
    assert entry_of(imported) == {
        "company": str(company.pk),
        "destination": "KAZ",
        "category": "appliances",
        "hs_code": "841810",
        "hs_revision": "HS2022",
        "period": "2024-03",
        "value": "120.5",
        "multiplier": "10000",
        "currency": "CNY",
        "note": "",
    }


def test_all_faults_of_a_row_are_told_at_once(home: Office) -> None:
    imported = checked(
        home,
        [row(company="Nobody", destination="Narnia", hs_code="blue", period="soon", value="lots", note="a\ufffdb")],
    )
    assert codes_of(imported) == {
        ("company", "unknown_company"),
        ("destination", "unknown"),
        ("hs_code", "hs_not_digits"),
        ("period", "not_a_date"),
        ("value", "not_a_number"),
        ("note", "undecodable"),
    }
    assert all(fault.sentence() for fault in faults_of(imported))


@pytest.mark.parametrize(
    ("said", "value", "multiplier", "currency"),
    [
        ("3.2亿元", "3.2", "100000000", "CNY"),
        ("56.7", "56.7", "10000", "CNY"),
        ("USD 5 mln", "5", "1000000", "USD"),
        ("1,234.5", "1234.5", "10000", "CNY"),
    ],
)
def test_what_a_cell_says_of_its_amount_goes_before_the_header(
    home: Office, said: str, value: str, multiplier: str, currency: str
) -> None:
    firm(home)
    entry = entry_of(checked(home, [row(value=said)]))
    assert (entry["value"], entry["multiplier"], entry["currency"]) == (value, multiplier, currency)


def test_a_word_for_nothing_leaves_the_amount_empty_and_is_kept_as_the_reason(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(value="н/д")])
    entry = entry_of(imported)
    assert (entry["value"], entry["value_note"]) == ("", "н/д")
    assert warned(imported) == {"no_value"}


def test_a_column_of_currencies_goes_before_the_header_and_must_not_contradict_the_cell(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("value", currency="CNY"), ColumnMeaning("currency"), ColumnMeaning("period"))
    rows = [["5", "доллар США", "2024"], ["6", "", "2024"], ["€7", "USD", "2024"]]
    imported = checked(home, rows, meaning=meaning(*columns), fixes=Fixes(keep_twins=True))
    assert [entry_of(imported, number)["currency"] for number in (2, 3)] == ["USD", "CNY"]
    assert codes_of(imported, 4) == {("currency", "currencies_differ")}


def test_a_sign_of_several_countries_is_asked_about_unless_the_header_says_which(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("value"), ColumnMeaning("period"))
    imported = checked(home, [["¥5", "2024"]], meaning=meaning(*columns))
    assert codes_of(imported) == {("currency", "refused")}
    told = (ColumnMeaning("value", currency="JPY"), ColumnMeaning("period"))
    assert entry_of(checked(home, [["¥5", "2024"]], meaning=meaning(*told)))["currency"] == "JPY"


def test_what_is_no_money_is_no_amount(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(value="12%"), row(value="5 kg", period="2024-04")])
    assert codes_of(imported, 2) == {("value", "percent_amount")}
    assert codes_of(imported, 3) == {("value", "unit_amount")}


def test_a_unit_in_a_column_of_amounts_is_told_and_a_currency_that_is_also_one_is_none(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("value"), ColumnMeaning("period"))
    rows = [["12.5 т", "2024"], ["12.5 KGS", "2023"], ["12.5 USD/kg", "2022"]]
    imported = checked(home, rows, meaning=meaning(*columns))
    assert codes_of(imported, 2) == {("value", "unit_amount")}
    assert (entry_of(imported, 3)["value"], entry_of(imported, 3)["currency"]) == ("12.5", "KGS")
    assert codes_of(imported, 4)


def test_the_place_behind_a_term_is_left_out_and_told(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("value", currency="USD"), ColumnMeaning("incoterm"), ColumnMeaning("period"))
    imported = checked(home, [["5", "FOB Shanghai", "2024"], ["5", "FOB", "2023"]], meaning=meaning(*columns))
    assert entry_of(imported)["incoterm"] == "FOB"
    assert warned(imported) == {"place_left_out"}
    (told,) = unpacked(ImportVerdict.objects.get(of=imported, number=2).warnings)
    assert told.context == {"place": "Shanghai"}
    assert warned(imported, 3) == set()


def test_weights_are_counted_in_kilograms_exactly(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("net_weight_kg", unit="t"), ColumnMeaning("value"), ColumnMeaning("period"))
    rows = [["12.345", "1", "2024"], ["500 кг", "2", "2024"], [["n", "0.5"], "3", "2024"]]
    imported = checked(home, rows, meaning=meaning(*columns, currency="USD"), fixes=Fixes(keep_twins=True))
    assert [entry_of(imported, number)["net_weight_kg"] for number in (3, 4)] == ["500", "500"]
    assert codes_of(imported, 2) == {("net_weight_kg", "ambiguous_number")}


def test_the_style_of_a_column_decides_what_could_be_read_two_ways(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("value", NumberStyle.COMMA), ColumnMeaning("period", date_order=DateOrder.DMY))
    imported = checked(home, [["1.234", "05/03/2024"]], meaning=meaning(*columns, currency="EUR"))
    assert (entry_of(imported)["value"], entry_of(imported)["period"]) == ("1234", "2024-03-05")
    doubtful = (ColumnMeaning("value"), ColumnMeaning("period"))
    imported = checked(home, [["1.234", "05/03/2024"]], meaning=meaning(*doubtful, currency="EUR"))
    assert codes_of(imported) == {("value", "ambiguous_number"), ("period", "ambiguous_date")}


@pytest.mark.parametrize(
    ("fields", "cells", "period"),
    [
        (("year",), ["2024"], "2024"),
        (("year", "month"), ["2024年", "3月"], "2024-03"),
        (("year", "quarter"), [["n", "2024"], "Q2"], "2024-Q2"),
        (("year", "month", "day"), ["2024", "март", "5"], "2024-03-05"),
        (("year", "month", "period_end"), ["2025", "1", "4"], "2025-01/2025-04"),
        (("period", "period_end"), ["2025-01", "апрель"], "2025-01/2025-04"),
    ],
)
def test_a_period_is_made_of_its_parts(home: Office, fields: tuple[str, ...], cells: list[Any], period: str) -> None:
    firm(home)
    columns = (*(ColumnMeaning(name) for name in fields), ColumnMeaning("value"))
    imported = checked(home, [[*cells, "5"]], meaning=meaning(*columns, currency="CNY"))
    assert codes_of(imported) == set()
    assert entry_of(imported)["period"] == period


def test_a_month_without_a_year_is_one_fault(home: Office) -> None:
    firm(home)
    columns = (ColumnMeaning("year"), ColumnMeaning("month"), ColumnMeaning("value"))
    rows = [["", "3", "5"], ["last", "3", "5"]]
    imported = checked(home, rows, meaning=meaning(*columns, currency="CNY"))
    assert codes_of(imported, 2) == {("year", "no_year_part")}
    assert codes_of(imported, 3) == {("year", "not_a_year")}


def test_a_lost_zero_of_a_code_is_put_back_with_a_warning(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(hs_code=["n", "1012100"])])
    if not codes_of(imported):
        assert entry_of(imported)["hs_code"] == "01012100"
        assert "zero_restored" in warned(imported)


def test_formulas_count_with_the_value_they_had_and_never_without_one(home: Office) -> None:
    firm(home)
    rows = [row(value=["n", "5", "f"]), row(value=["", "", "f"], period="2024-04"), row(value="=1+1", period="2024-05")]
    imported = checked(home, [*rows, row(value=["e", "#DIV/0!"], period="2024-06")], form="xlsx")
    assert (outcome_of(imported), warned(imported)) == ("new", {"formula_value"})
    assert codes_of(imported, 3) == {("value", "formula_empty")}
    assert codes_of(imported, 4) == {("value", "formula")}
    assert codes_of(imported, 5) == {("value", "error_value")}


def test_texts_that_were_made_harmless_in_our_own_files_are_read_as_they_were(home: Office) -> None:
    firm(home)
    assert entry_of(checked(home, [row(note="'=1+1")]))["note"] == "=1+1"
    assert entry_of(checked(home, [row(note="'=1+1")], form="xlsx"))["note"] == "'=1+1"


def test_companies_are_known_by_id_number_and_every_name_and_nothing_else(home: Office) -> None:
    known = firm(
        home,
        "宁波汉电",
        registration_number="91330200",
        names=[{"name": "Ningbo Handian Ltd", "language": "en", "kind": "trade"}],
    )
    columns = (ColumnMeaning("company"), ColumnMeaning("company_number"), *COLUMNS[1:])
    said = [
        (str(known.pk), ""), ("NINGBO HANDIAN LTD", ""), ("", "91330200"), ("宁波汉电", "91330200"), ("宁波汉电", "1"),
    ]  # fmt: skip
    rows = [[*pair, *row(period=f"2024-0{at}")[1:]] for at, pair in enumerate(said, start=1)]
    imported = checked(home, rows, meaning=Meaning(columns, CONSTANTS))
    assert [entry_of(imported, number)["company"] for number in range(2, 7)] == [str(known.pk)] * 5


def test_what_may_be_meant_by_an_unknown_company_is_suggested_and_never_taken(home: Office) -> None:
    known = firm(home, "宁波汉电", place="宁波")
    (fault,) = faults_of(checked(home, [row(company="Нинбо Хандянь")]))
    assert (fault.code, fault.said) == ("unknown_company", "Нинбо Хандянь")
    assert [(each.becomes, each.label) for each in fault.near] == [(str(known.pk), "宁波汉电 (宁波)")]


def test_a_company_put_away_without_a_record_is_in_nobodys_way(home: Office) -> None:
    officer = home.actor("officer")
    for name in ("Gone", "Had records"):
        company = firm(home, name)
        if name == "Had records":
            RecordFactory(company=company)
        archive_company(officer, company.pk, company.version, "closed")
    rows = [row(company="Gone"), row(company="Had records")]
    imported = checked(home, rows, meaning=Meaning(tuple(COLUMNS), CONSTANTS, register=True))
    assert entry_of(imported, 2)["company"] == "+Gone"
    assert codes_of(imported, 3) == {("company", "archived_company")}


def test_a_company_of_two_names_archived_or_of_anothers_number_is_asked_about(home: Office) -> None:
    officer = home.actor("officer")
    first, second = firm(home, "Silk"), firm(home, "Silk", registration_number="7")
    gone = firm(home, "Gone")
    archive_company(officer, gone.pk, gone.version, "closed")
    other = firm(home, "Other")
    columns = (*COLUMNS, ColumnMeaning("company_number"))
    rows = [
        [*row(company="silk"), ""],
        [*row(company="Gone"), ""],
        [*row(company="Other"), "7"],
        [*row(company=""), "8"],
    ]
    imported = checked(home, rows, meaning=Meaning(columns, CONSTANTS))
    (ambiguous,) = faults_of(imported, 2)
    assert ambiguous.code == "ambiguous_company"
    assert {each.becomes for each in ambiguous.near} == {str(first.pk), str(second.pk)}
    assert codes_of(imported, 3) == {("company", "archived_company")}
    assert codes_of(imported, 4) == {("company_number", "company_disagrees")}
    assert [each.becomes for each in faults_of(imported, 4)[0].near] == [str(other.pk)]
    assert codes_of(imported, 5) == {("company_number", "unknown_number")}


def test_a_company_of_another_organisation_is_not_known_here(home: Office) -> None:
    stranger = firm(office(), "宁波汉电")
    imported = checked(home, [row(), row(company=str(stranger.pk))])
    assert codes_of(imported, 2) == codes_of(imported, 3) == {("company", "unknown_company")}
    assert not faults_of(imported, 2)[0].near


def test_unknown_companies_are_registered_where_the_mapping_says_so(home: Office) -> None:
    imported = checked(
        home,
        [row(company="New  Co"), row(company="new co", period="2024-05")],
        meaning=Meaning(COLUMNS, CONSTANTS, register=True),
    )
    assert [entry_of(imported, number)["company"] for number in (2, 3)] == ["+New Co", "+new co"]
    assert imported.counts["companies"] == 1


def test_columns_of_one_meaning_must_not_contradict_each_other(home: Office) -> None:
    firm(home)
    columns = (*COLUMNS, ColumnMeaning("destination"))
    rows = [[*row(), "KAZ"], [*row(period="2024-04"), ""], [*row(destination="", period="2024-05"), "Uzbekistan"]]
    imported = checked(home, rows, meaning=Meaning(columns, CONSTANTS))
    assert codes_of(imported, 2) == {("destination", "columns_differ")}
    assert (outcome_of(imported, 3), entry_of(imported, 4)["destination"]) == ("new", "UZB")


def test_a_fault_is_told_once_and_what_only_follows_from_it_is_not(home: Office) -> None:
    firm(home)
    imported = checked(home, [row(hs_code="x")], meaning=Meaning(COLUMNS, {}))
    assert codes_of(imported) == {("hs_code", "hs_not_digits")}
