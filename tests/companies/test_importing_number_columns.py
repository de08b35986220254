"""A column of amounts in any style people write: each is the exact number, or the column is asked about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companies.importing.checking.cells import decided
from companies.importing.checking.rows import ReadRow, Rows
from companies.importing.mapping.questions import Asked, questions
from companies.importing.mapping.suggesting import meaning_of
from companies.importing.meaning.columns import ColumnProfile, profiles
from companies.importing.plan import ColumnMeaning, Fixes, Mapping, NumberStyle
from companies.models import Company
from companies.records.checking import checked, known
from companies.records.companies import register_company
from tests.companies.office import Office, office

pytestmark = pytest.mark.django_db

BLANKS: Final = ("", " ", "\u00a0", "\u202f", "'")
GROUPS: Final = {NumberStyle.POINT: (*BLANKS, ","), NumberStyle.COMMA: (*BLANKS, ".")}
POINTS: Final = {NumberStyle.POINT: ".", NumberStyle.COMMA: ","}
SCALES: Final = {"": 1, "万": 10_000, "亿": 100_000_000, " тыс.": 1_000, " mln": 1_000_000}
SIGNS: Final = {"{}": "KZT", "${}": "USD", "{} ₽": "RUB", "US$ {}": "USD", "{} юаней": "CNY"}
FULL_WIDTH: Final = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as somebody wrote it: as it is meant, and as it stands."""

    digits: str
    multiplier: int
    currency: str
    text: str


@st.composite
def columns(draw: st.DrawFn) -> tuple[NumberStyle, list[Amount]]:
    """Some amounts of one hand: one style, one sign between thousands."""
    style = draw(st.sampled_from(NumberStyle))
    group = draw(st.sampled_from(GROUPS[style]))
    is_wide = draw(st.booleans())
    numbers = st.builds(
        lambda whole, places: format(Decimal(whole).scaleb(-places), "f"),
        st.integers(1, 999) | st.integers(1, 10**12),
        st.integers(0, 4),
    )
    made = []
    for digits in draw(st.lists(numbers, min_size=1, max_size=5)):
        scale = draw(st.sampled_from(list(SCALES)))
        sign = draw(st.sampled_from(list(SIGNS)))
        text = written(digits, style, group)
        text = sign.format((text.translate(FULL_WIDTH) if is_wide else text) + scale)
        made.append(Amount(digits, SCALES[scale], SIGNS[sign], text))
    return style, made


def written(digits: str, style: NumberStyle, group: str) -> str:
    """Plain digits as this style writes them."""
    whole, point, fraction = digits.partition(".")
    return f"{int(whole):,}".replace(",", group) + (POINTS[style] + fraction if point else "")


@pytest.fixture
def home() -> Office:
    return office()


@pytest.fixture
def company(home: Office) -> Company:
    return register_company(home.actor("officer"), {"name": "Ningbo Handian"})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(column=columns())
def test_every_amount_is_exact_or_asked_about(
    home: Office, company: Company, column: tuple[NumberStyle, list[Amount]]
) -> None:
    style, amounts = column
    seen = profiles(["Value"], [(number, [each.text]) for number, each in enumerate(amounts)])
    meaning = meaning_of("value", "Value", seen[0])
    if is_asked(meaning, seen[0]):
        # Without an answer nothing is taken that could be something else.
        for row, amount in zip(rows_of(home, company, meaning, amounts), amounts, strict=True):
            assert {fault.code for fault in row.faults} == {"ambiguous_number"} or is_exact(home, row, amount)
        meaning = replace(meaning, number_style=style)
    for row, amount in zip(rows_of(home, company, meaning, amounts), amounts, strict=True):
        assert not row.faults, (amount.text, row.faults)
        assert is_exact(home, row, amount), (amount.text, row.entry)


def is_asked(meaning: ColumnMeaning, profile: ColumnProfile) -> bool:
    asked = questions(Mapping((meaning,)), [profile])
    options = [each.options for each in asked if each.kind is Asked.NUMBER_STYLE]
    # What is asked has two answers that differ.
    assert all(len({option.readings for option in each}) == 2 for each in options)
    return bool(options)


def rows_of(home: Office, company: Company, meaning: ColumnMeaning, amounts: list[Amount]) -> list[ReadRow]:
    """The rows that these amounts make, everything else of them said once for all."""
    constants = {
        "company": str(company.pk), "destination": "KAZ", "category": "appliances", "period": "2024", "currency": "KZT",
    }  # fmt: skip
    reader = Rows(home.actor("officer"), home.organisation.pk, Mapping((meaning,), constants), Fixes(), {"form": "csv"})
    return [reader.read(number, [each.text]) for number, each in enumerate(amounts)]


def is_exact(home: Office, row: ReadRow, amount: Amount) -> bool:
    """Whether a record of the row says this amount and nothing else."""
    made, faults = checked(decided(row.entry), known(home.actor("officer"), home.organisation.pk, [row.entry]))
    said = made["value"], made["value_printed"], made["multiplier"], made["currency_id"]
    exact = Decimal(amount.digits) * amount.multiplier
    return not faults and said == (exact, amount.digits, amount.multiplier, amount.currency)


def test_one_number_alone_that_reads_two_ways_is_asked_about(home: Office, company: Company) -> None:
    amount = Amount("1234", 1, "KZT", "1.234")
    seen = profiles(["Value"], [(1, [amount.text])])
    meaning = meaning_of("value", "Value", seen[0])
    assert is_asked(meaning, seen[0])
    (row,) = rows_of(home, company, replace(meaning, number_style=NumberStyle.COMMA), [amount])
    assert is_exact(home, row, amount)
    # Decided as a fraction it is one, and no rule of typed amounts refuses it afterwards.
    fraction = replace(amount, digits="1.234")
    (row,) = rows_of(home, company, replace(meaning, number_style=NumberStyle.POINT), [fraction])
    assert is_exact(home, row, fraction)


def test_a_number_that_a_workbook_typed_is_not_asked_about(home: Office, company: Company) -> None:
    seen = profiles(["Value"], [(1, [["n", "1.234"]])])
    meaning = meaning_of("value", "Value", seen[0])
    assert not is_asked(meaning, seen[0])
    constants = {"company": str(company.pk), "destination": "KAZ", "category": "appliances", "period": "2024"}
    mapping = Mapping((meaning,), constants | {"currency": "USD"})
    row = Rows(home.actor("officer"), home.organisation.pk, mapping, Fixes(), {"form": "xlsx"}).read(
        1, [["n", "1.234"]]
    )
    assert not row.faults
    assert row.entry["value"] == "1.234"
