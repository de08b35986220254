"""Numbers and periods in words, in three languages."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from markets import wording
from markets.sources.bundled import FACTS
from markets.vocabulary import ObsStatus

D = Decimal


@pytest.mark.parametrize(
    ("value", "english", "chinese", "russian"),
    [
        (D("2.62642E+11"), "262.6\xa0bn", "2,626亿", "262,6\xa0млрд"),
        (D(20330104), "20.3\xa0million", "2,033万", "20,3\xa0млн"),
        (D("1.8E+13"), "18.0\xa0tn", "18.0万亿", "18,0\xa0трлн"),
        (D(14154), "14,154", "14,154", "14\xa0154"),
        (D(999999999), "1.00\xa0bn", "10.0亿", "1,00\xa0млрд"),
        (D(-1234567), "−1.23\xa0million", "−123.5万", "−1,23\xa0млн"),
        (D(0), "0", "0", "0"),
    ],
)
def test_large_numbers_are_shortened_as_each_language_counts(
    value: Decimal, english: str, chinese: str, russian: str
) -> None:
    for language, expected in (("en", english), ("zh-hans", chinese), ("ru", russian)):
        with override(language):
            assert wording.short_number(value) == expected


@given(st.decimals(min_value=-(10**17), max_value=10**17, allow_nan=False, places=2))
def test_a_shortened_number_is_within_half_a_hundredth_of_its_own_scale(value: Decimal) -> None:
    with override("en"):
        text = wording.short_number(value, 2).replace(",", "").replace("−", "-")
    digits, _gap, word = text.partition("\xa0")
    scale = {"": 0, "million": 6, "bn": 9, "tn": 12}[word]
    error = abs(D(digits).scaleb(scale) - value)
    assert error <= max(abs(value) * D("0.006"), D("0.005"))


def test_an_amount_never_shows_a_bare_currency_sign() -> None:
    with override("en"):
        assert wording.amount(D("61.5"), "usd_million") == "US$61.5\xa0million"
        assert wording.amount(D(-5), "usd") == "−US$5"
        assert wording.amount(D("-0.04"), "pct", 1) == "0.0%"
        assert wording.full_amount(D("2.62642E+11"), "usd") == "262,642,000,000, current US dollars"


def test_a_change_shows_its_sign_and_nothing_changed_has_none() -> None:
    with override("en"):
        assert wording.difference(D("3.25"), 1) == "+3.3"
        assert wording.difference(D("-3.25"), 1) == "−3.3"
        assert wording.difference(D("-0.04"), 1) == "0.0"


def test_periods_are_told_in_words() -> None:
    with override("en"):
        assert wording.period_words("2023") == "2023"
        assert wording.period_words("2023-Q2") == "Q2 2023"
        assert wording.period_words("2023-01") == "Jan 2023"
        assert wording.period_words("2024-12-01") == "Dec 1, 2024"
        assert "Jan" in wording.period_words("2025-01/2025-05")
        assert wording.period_words("") == ""


def test_local_time_carries_its_distance_from_utc() -> None:
    moment = dt.datetime(2025, 6, 30, 9, 5, tzinfo=dt.UTC)
    with override("ru"):
        assert wording.local_time_words("Asia/Almaty", moment) == "14:05 (UTC+05:00)"


def test_every_status_letter_unit_and_group_of_the_facts_has_words() -> None:
    import csv

    assert {letter.value for letter in ObsStatus if letter.value} == set(wording.STATUS_WORDS)
    with (FACTS / "indicators.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert wording.unit_words(row["unit"])
            assert row["group"] in wording.GROUP_WORDS
    with (FACTS / "areas.csv").open(encoding="utf-8") as file:
        assert {row["subregion"] for row in csv.DictReader(file)} - {""} <= set(wording.SUBREGION_WORDS)
