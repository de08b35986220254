"""Faults of one kind stand together, whatever the cells say: one card, its counts exact, its wordings bounded."""

from __future__ import annotations

import pytest

from companies.importing.checking.faults import SCALE, Fault, Suggestion, refused
from companies.importing.checking.groups import MOST_WORDINGS, grouped
from companies.importing.checking.scales import contradiction, contradicts
from companies.importing.checking.titles import TITLES, UNKNOWN_TITLES
from companies.importing.checking.words import SENTENCES, UNKNOWN
from companies.importing.meaning import numbers
from companies.importing.plan import ColumnMeaning, NumberStyle
from companies.importing.reading.form import Cell, Kind

WARNINGS = {
    "place_left_out",
    "formula_value",
    "no_value",
    "same_row",
    "several_records",
    "edited_since",
    "decided",
}


def test_a_thousand_wordings_are_one_group_with_exact_counts() -> None:
    faults = [(number, Fault("company", "unknown_company", f"Firm {number % 1200}")) for number in range(2, 3002)]
    groups, count = grouped([*faults, (9, Fault("value", "formula", "=1+1"))])
    packed = [group.packed() for group in groups]
    assert count == 2
    assert [(each["count"], each["wordings"]) for each in packed] == [(3000, 1200), (1, 1)]
    assert packed[0]["rows"] == [2, 3, 4, 5, 6]
    assert len(packed[0]["alike"]) == MOST_WORDINGS
    assert "alike" not in packed[1]


def test_the_commonest_wording_speaks_for_all_and_sure_suggestions_are_listed_first() -> None:
    one, two = Suggestion("KAZ", "Kazakhstan"), Suggestion("UZB", "Uzbekistan")
    rare = Fault("destination", "unknown", "Kazakstan", near=(one,))
    common = Fault("destination", "unknown", "Kz", near=(one, two))
    (group,), _count = grouped([(2, common), (3, common), (4, rare)])
    packed = group.packed()
    assert packed["said"] == "Kz"
    assert [(each["said"], each["count"]) for each in packed["alike"]] == [("Kazakstan", 1), ("Kz", 2)]


def test_one_sentence_with_other_numbers_is_one_kind() -> None:
    one, other = (
        refused("value", text, f"{text} can be read two ways: write {text[2:]}") for text in ("1.234", "2.500")
    )
    assert one.kind == other.kind != refused("value", "1.234", "write it").kind


def test_every_fault_can_be_told_in_a_few_words() -> None:
    assert SENTENCES.keys() - TITLES.keys() == WARNINGS
    assert UNKNOWN_TITLES.keys() == UNKNOWN.keys()


@pytest.mark.parametrize(
    ("said", "meaning", "labels", "becomes"),
    [
        ("1,205,000元", ColumnMeaning("value", multiplier=10_000),
         ["12,050,000,000 CNY", "1,205,000 CNY"], ["1205000万 CNY", "120.5万 CNY"]),
        ("$5", ColumnMeaning("value", multiplier=1_000),
         ["5,000 USD", "5 USD"], ["5thousand USD", "0.0050thousand USD"]),
        ("€ 1.234,5", ColumnMeaning("value", NumberStyle.COMMA, multiplier=1_000_000),
         ["1,234,500,000 EUR", "1,234.5 EUR"], ["1234,5million EUR", "0,0012345million EUR"]),
    ],
)  # fmt: skip
def test_both_readings_of_a_currency_under_a_scale_are_offered_and_can_be_read(
    said: str, meaning: ColumnMeaning, labels: list[str], becomes: list[str]
) -> None:
    number = numbers.number(Cell(said, Kind.TEXT), meaning.number_style)
    assert number is not None
    assert contradicts(number, meaning)
    fault = contradiction("value", said, number, meaning)
    assert fault.code == SCALE
    assert [each.label for each in fault.near] == labels
    assert [each.becomes for each in fault.near] == becomes
    for each in fault.near:
        read = numbers.number(Cell(each.becomes, Kind.TEXT), meaning.number_style)
        assert read is not None
        assert (read.multiplier, read.currency) == (meaning.multiplier, number.currency)
    assert all(label in fault.sentence() for label in (labels[0].split()[0], labels[1].split()[0]))


@pytest.mark.parametrize("said", ["1205000", "3.2亿", "3.2亿元", "5 thousand USD"])
def test_digits_alone_and_a_scale_of_its_own_contradict_nothing(said: str) -> None:
    number = numbers.number(Cell(said, Kind.TEXT), None)
    assert number is not None
    assert not contradicts(number, ColumnMeaning("value", multiplier=10_000))


def test_a_column_of_single_units_contradicts_nothing() -> None:
    number = numbers.number(Cell("$5", Kind.TEXT), None)
    assert number is not None
    assert not contradicts(number, ColumnMeaning("value", multiplier=1))
    assert not contradicts(number, ColumnMeaning("value"))
