"""What is asked before the rows of a file are checked: nothing is guessed, and nothing is asked twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from companies.errors import FieldsRejected, HiddenObject, MappingOpen
from companies.importing.doing.mapping import choose_mapping
from companies.importing.doing.work import Work
from companies.importing.mapping.questions import Asked, questions
from companies.importing.mapping.suggesting import suggest
from companies.importing.meaning.columns import profiles
from companies.importing.plan import ColumnMeaning, DateOrder, Mapping, NumberStyle
from companies.models import Import
from tests.companies.mapping_world import read_import
from tests.companies.office import office

pytestmark = pytest.mark.django_db

HEADERS = ("Company", "Destination", "HS code", "Date", "Value (USD)")


def asked(
    rows: list[list[str]], headers: tuple[str, ...] = HEADERS, **constants: str
) -> list[tuple[str, str, int | None]]:
    columns = profiles(headers, list(enumerate(rows, start=2)))
    mapping = suggest(headers, columns, home="CHN", language="en")
    mapping = replace(mapping, constants={**mapping.constants, **constants})
    return [(each.kind.value, each.field, each.column) for each in questions(mapping, columns)]


def test_a_file_that_says_everything_leaves_nothing_to_ask() -> None:
    assert asked([["A", "Kazakhstan", "841821", "2025-03-05", "12.5"]]) == []


def test_numbers_and_dates_that_can_be_read_two_ways_are_asked_about_with_both_readings() -> None:
    rows = [["A", "Kazakhstan", "841821", "05/03/2024", "1.234"], ["B", "Russia", "841821", "04/07/2024", "5.678"]]
    columns = profiles(HEADERS, list(enumerate(rows, start=2)))
    dates, numbers = questions(suggest(HEADERS, columns, home="", language="en"), columns)
    assert (dates.kind, dates.column) == (Asked.DATE_ORDER, 3)
    assert {option.value: option.readings[0] for option in dates.options} == {
        DateOrder.DMY: ("05/03/2024", "2024-03-05"),
        DateOrder.MDY: ("05/03/2024", "2024-05-03"),
    }
    assert (numbers.kind, numbers.column) == (Asked.NUMBER_STYLE, 4)
    assert {option.value: option.readings[0] for option in numbers.options} == {
        NumberStyle.POINT: ("1.234", "1.234"),
        NumberStyle.COMMA: ("1.234", "1234"),
    }


def test_an_answered_style_is_not_asked_again() -> None:
    rows = [["A", "Kazakhstan", "841821", "2024-03-05", "1.234"]]
    columns = profiles(HEADERS, list(enumerate(rows, start=2)))
    mapping = suggest(HEADERS, columns, home="", language="en")
    answered = replace(mapping.columns[4], number_style=NumberStyle.COMMA)
    assert questions(replace(mapping, columns=(*mapping.columns[:4], answered)), columns) == []


def test_what_every_record_says_is_asked_where_no_column_and_no_word_for_all_rows_says_it() -> None:
    rows = [["12.5", "x"]]
    headers = ("Value", "Remarks")
    wanted = ["company", "destination", "hs_code", "period"]
    assert asked(rows, headers) == [*(("missing", field, None) for field in wanted), ("missing", "currency", 0)]
    said = {"company": "an id", "destination": "KAZ", "category": "appliances", "period": "2025", "currency": "CNY"}
    assert asked(rows, headers, **said) == []


def test_an_amount_in_its_cells_currency_needs_no_column_of_currencies() -> None:
    headers = ("Company", "Destination", "HS code", "Date", "Value")
    assert (
        asked([["A", "KAZ", "841821", "2025-03-05", "$12.5"], ["B", "KAZ", "841821", "2025-03-05", "$3"]], headers)
        == []
    )


def test_a_quantity_needs_its_unit() -> None:
    headers = (*HEADERS, "Quantity")
    row = ["A", "KAZ", "841821", "2025-03-05", "12.5", "7"]
    assert asked([row], headers) == [("missing", "quantity_unit", 5)]
    assert asked([row], (*HEADERS, "Quantity, t")) == []
    assert asked([row], headers, quantity_unit="pieces") == []


def test_a_code_of_goods_needs_its_revision() -> None:
    assert asked([["A", "KAZ", "841821", "2025-03-05", "12.5"]], HEADERS, hs_revision="") == [
        ("missing", "hs_revision", None)
    ]


def test_two_columns_of_one_field_are_asked_about() -> None:
    columns = profiles(("A", "B"), [(2, ["x", "y"])])
    mapping = Mapping((ColumnMeaning("note"), ColumnMeaning("note")))
    assert (Asked.TWICE, "note", 1) in [(each.kind, each.field, each.column) for each in questions(mapping, columns)]


def test_a_mapping_with_open_questions_is_not_checked() -> None:
    home = office()
    imported = read_import(home)
    left_out = Mapping(tuple(ColumnMeaning() for _each in imported.columns))
    with pytest.raises(MappingOpen) as refused:
        choose_mapping(home.actor("officer"), imported.pk, imported.version, left_out)
    assert [each.field for each in refused.value.context["questions"]][:2] == ["company", "destination"]
    imported.refresh_from_db()
    assert (imported.step, imported.job) == (Import.Step.READ, None)


def test_a_whole_mapping_is_kept_and_checked_at_once() -> None:
    home = office()
    imported = read_import(home)
    mapping = Mapping.unpacked(imported.mapping)
    chosen = choose_mapping(home.actor("officer"), imported.pk, imported.version, replace(mapping, register=True))
    assert chosen.job is not None
    assert (chosen.step, chosen.version) == (Import.Step.MAPPED, imported.version + 1)
    assert (chosen.job.parameters["work"], chosen.mapping["register"]) == (Work.CHECK, True)


def test_a_mapping_of_other_columns_is_refused() -> None:
    home = office()
    imported = read_import(home)
    wrong = Mapping((ColumnMeaning("no_field"),), {"no_entry": "1"})
    with pytest.raises(FieldsRejected) as refused:
        choose_mapping(home.actor("officer"), imported.pk, imported.version, wrong)
    pointers = [fault.context["pointer"] for fault in refused.value.context["faults"]]
    assert pointers == ["/columns", "/columns/0/field", "/constants/no_entry"]


def test_for_who_only_reads_there_is_no_import() -> None:
    home = office()
    imported = read_import(home)
    mapping = Mapping.unpacked(imported.mapping)
    with pytest.raises(HiddenObject):
        choose_mapping(home.actor("viewer"), imported.pk, imported.version, mapping)
