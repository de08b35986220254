"""What stands against a record: by customs' figures, by the company's other records, by its own digits."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from companies.models import ExportRecord
from companies.profiles.record_doubts import ShownDoubt, record_doubts
from companies.profiles.record_growth import RecordGrowth, record_growth
from companies.records.growth import Verdict
from tests.companies.office import Office, office
from tests.companies.record_world import company_of, entered
from tests.factories import ExchangeRateFactory, TradeTotalFactory

pytestmark = pytest.mark.django_db
YEAR = {"destination": "KAZ", "period": "2023", "stated_growth_pct": ""}


def doubts(home: Office, record: ExportRecord) -> dict[str, ShownDoubt]:
    actor = home.actor("viewer")
    found = record_doubts(actor, record, record_growth(actor, record))
    return {doubt.code: doubt for doubt in found}


def growth(home: Office, record: ExportRecord) -> RecordGrowth:
    found = record_growth(home.actor("viewer"), record)
    assert found is not None
    return found


def test_a_sound_record_is_not_doubted() -> None:
    home = office()
    assert doubts(home, entered(home)) == {}


# ---------------------------------------------------------------- the whole trade
@pytest.mark.parametrize("side", [{"reporter_id": "KAZ", "partner_id": "CHN", "flow": "M"}, {}])
def test_more_than_all_reported_goods_is_doubted_with_both_numbers(side: dict[str, str]) -> None:
    home = office()
    reports = side or {"reporter_id": "CHN", "partner_id": "KAZ", "flow": "X"}
    total = TradeTotalFactory(**reports, value=Decimal(20_000_000), currency_id="CNY")
    doubt = doubts(home, entered(home, **YEAR))["more_than_reported"]
    assert "CN¥20.7" in doubt.sentence
    assert "CN¥20.0" in doubt.sentence
    assert "2023" in doubt.sentence
    assert [source.release for source in doubt.sources] == [total.release_id]
    assert (doubt.market, doubt.partner) == ("CHN", "KAZ")


def test_what_rounding_allows_is_not_doubted() -> None:
    home = office()
    TradeTotalFactory(value=Decimal(20660000), currency_id="CNY")
    assert "more_than_reported" not in doubts(home, entered(home, **YEAR))


def test_another_currency_is_converted_at_the_average_of_the_year_and_its_source_named() -> None:
    home = office()
    TradeTotalFactory(value=Decimal(2_800_000), currency_id="USD")
    record = entered(home, **YEAR)
    assert doubts(home, record) == {}, "no rate, no comparison"
    rate = ExchangeRateFactory(currency_id="CNY", base_id="USD", kind="average", period="2023", value=Decimal("7.0467"))
    doubt = doubts(home, record)["more_than_reported"]
    assert "7.0467" in doubt.sentence
    assert "US$2.94\xa0million" in doubt.sentence
    assert rate.release_id in [source.release for source in doubt.sources]


def test_some_months_are_held_against_their_months_or_else_the_year() -> None:
    home = office()
    other = {"destination": "KAZ", "stated_growth_pct": "", "period": "2024-01/2024-03"}
    record = entered(home, **other)
    year = TradeTotalFactory(period="2024", value=Decimal(30_000_000), currency_id="CNY")
    assert "more_than_reported" not in doubts(home, record), "less than the year's trade"
    for month in ("2024-01", "2024-02", "2024-03"):
        TradeTotalFactory(
            period=month, value=Decimal(5_000_000), currency_id="CNY", release=year.release, dataset_id=year.dataset_id
        )
    assert "CN¥15.0" in doubts(home, record)["more_than_reported"].sentence


def test_a_group_is_held_against_all_its_members_or_not_at_all() -> None:
    home = office()
    record = entered(home, **YEAR | {"destination": "CA5"})
    sold = {"reporter_id": "CHN", "flow": "X", "currency_id": "CNY", "value": Decimal(4_000_000)}
    first = TradeTotalFactory(**sold, partner_id="KAZ")
    for member in ("KGZ", "TJK", "TKM"):
        TradeTotalFactory(**sold, partner_id=member, release=first.release)
    assert "more_than_reported" not in doubts(home, record), "one member is not reported"
    TradeTotalFactory(**sold, partner_id="UZB", release=first.release)
    doubt = doubts(home, record)["more_than_reported"]
    assert "CN¥20.0" in doubt.sentence
    assert (doubt.market, doubt.partner) == ("", "")


# ---------------------------------------------------------------- the company's other records
def test_the_same_statement_twice_and_a_part_of_one_are_pointed_out() -> None:
    home = office()
    company = company_of(home)
    record = entered(home, company)
    twin = entered(home, company)
    assert [each.id for each in doubts(home, record)["entered_twice"].records] == [twin.pk]
    part = entered(home, company, destination="KAZ", hs_code="841810", period="2025-02", stated_growth_pct="")
    assert [each.id for each in doubts(home, record)["overlaps"].records] == [part.pk]
    assert {each.id for each in doubts(home, part)["overlaps"].records} == {record.pk, twin.pk}


@pytest.mark.parametrize(
    "other",
    [
        {"period": "2024", "stated_growth_pct": ""},
        {"destination": "RUS"},
        {"category": "cosmetics", "hs_code": "3304"},
    ],
)
def test_other_times_places_and_goods_do_not_overlap(other: dict[str, str]) -> None:
    home = office()
    company = company_of(home)
    record = entered(home, company)
    entered(home, company, **other)
    assert not doubts(home, record).keys() & {"entered_twice", "overlaps"}


def test_another_offices_records_are_never_looked_at() -> None:
    home, other = office(), office()
    record = entered(home)
    entered(other)
    assert doubts(home, record) == {}


def test_a_price_far_from_the_companys_others_is_pointed_out() -> None:
    home = office()
    company = company_of(home)
    priced: dict[str, Any] = {"quantity_unit": "pieces", "stated_growth_pct": ""}
    entered(home, company, **priced, quantity="20700", period="2023")
    record = entered(home, company, **priced, quantity="2070", period="2024")
    doubt = doubts(home, record)["far_price"]
    assert "CN¥10,000" in doubt.sentence
    assert "CN¥1,000" in doubt.sentence
    entered(home, company, **priced, quantity="21000", period="2021")
    fair = entered(home, company, **priced, quantity="20000", period="2022")
    assert "far_price" not in doubts(home, fair)


# ---------------------------------------------------------------- the record itself
def test_strange_codes_currencies_and_times_are_pointed_out() -> None:
    home = office()
    today = dt.datetime.now(dt.UTC).date()
    record = entered(
        home, hs_code="3304", currency="ISK", period=str(today.year), stated_growth_pct="", destination="KAZ"
    )
    found = doubts(home, record)
    assert set(found) == {"code_outside_category", "unusual_currency"} | (
        {"not_over"} if (today.month, today.day) != (12, 31) else set()
    )
    assert "unknown_code" in doubts(home, entered(home, hs_code="841877", period="2023", destination="KAZ"))
    old = entered(home, hs_code="841877", hs_revision="HS1996", period="2023", destination="KAZ")
    assert "unknown_code" not in doubts(home, old), "that revision is not loaded"


def test_an_archived_company_is_pointed_out() -> None:
    home = office()
    record = entered(home)
    record.company.archived_at = dt.datetime.now(dt.UTC)
    record.company.save()
    assert "company_archived" in doubts(home, ExportRecord.objects.get(pk=record.pk))


# ---------------------------------------------------------------- growth
def test_january_to_april_implies_january_to_april_and_no_year() -> None:
    home = office()
    found = growth(home, entered(home))
    assert found.base_period == "2024-01/2024-04"
    assert found.implied is not None
    ends = [round(each / 10_000) for each in (found.implied.low, found.implied.middle, found.implied.high)]
    assert ends == [1218, 1225, 1231]
    assert (found.own, found.computed, found.verdict) == ((), None, "")


def test_the_companys_own_record_of_a_year_before_is_set_beside() -> None:
    home = office()
    company = company_of(home)
    record = entered(home, company)
    entered(home, company, period="2024", value="40", stated_growth_pct="")
    assert growth(home, record).computed is None, "a year is no base of four months"
    base = entered(home, company, period="2024-01/2024-04", value="12.25", stated_growth_pct="")
    found = growth(home, record)
    assert [own.id for own in found.own] == [base.pk]
    assert found.computed is not None
    assert found.computed.low < 69 < found.computed.high
    assert found.verdict == Verdict.AGREES
    assert "growth_differs" not in doubts(home, record)
    entered(home, company, period="2024-01/2024-04", value="9", stated_growth_pct="")
    assert growth(home, record).computed is None, "of two bases none is taken"


def test_a_growth_that_differs_is_doubted() -> None:
    home = office()
    company = company_of(home)
    record = entered(home, company)
    base = entered(home, company, period="2024-01/2024-04", value="15.5", stated_growth_pct="")
    assert growth(home, record).verdict == Verdict.DIFFERS
    assert [each.id for each in doubts(home, record)["growth_differs"].records] == [base.pk]


def test_a_base_of_its_own_words_is_compared_with_nothing() -> None:
    home = office()
    found = growth(home, entered(home, growth_base="the second half of 2023"))
    assert (found.base_period, found.base_words) == ("", "the second half of 2023")
    assert found.implied is not None
