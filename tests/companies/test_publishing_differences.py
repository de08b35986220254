"""What two published sums must not tell by their difference: groups, currencies, firms that are registered twice."""

from __future__ import annotations

from typing import Any

import pytest

from companies.records.overlap import once
from companies.records.publishing import preview_publication, publish_sums
from tests.companies.office import CompanyFactory, Office, office
from tests.companies.test_overlap import BOTH, UZB, scope, stated
from tests.companies.test_published import approved, exporters, market, told

pytestmark = pytest.mark.django_db


def sums(home: Office) -> dict[Any, Any]:
    return told(preview_publication(home.actor("reviewer"), 2024))


def test_a_group_less_its_market_tells_no_company() -> None:
    """Two of three sold to Kazakhstan alone: the third's other sales were the group's sum less the market's."""
    home = office()
    for company, elsewhere in zip(exporters(home, 3), (0, 0, 79), strict=True):
        approved(home, company, 110)
        approved(home, company, 110 + elsewhere, destination_id="CA5")
    preview = preview_publication(home.actor("reviewer"), 2024)
    assert market("CA5") not in {each.cell for each in preview.sums}
    assert (told(preview)[market()], preview.left_out.overlapping) == (330, 3)


def test_a_group_counts_where_no_market_of_it_is_told_by_the_same_company() -> None:
    home = office()
    for company in exporters(home, 3):
        approved(home, company, 110)
        approved(home, company, 50, destination_id="CA5", hs_code="8703", category_id="vehicles")
    assert (sums(home)[market()], sums(home)[market("CA5")]) == (330, 150)


def test_one_trade_in_two_currencies_is_told_in_one() -> None:
    home = office()
    for company in exporters(home, 4):
        approved(home, company, 700)
        approved(home, company, 100, currency_id="USD")
    assert market(currency="USD") not in sums(home)
    assert sums(home)[market()] == 2800


@pytest.mark.parametrize("alike", [{"registration_number": "R-1"}, {"name": "Ningbo Handian"}])
def test_a_firm_registered_thrice_is_one_contributor(alike: dict[str, str]) -> None:
    home = office()
    for number in range(3):
        gone = {"archived_at": "2024-06-01T00:00:00Z"} if number else {}
        company = CompanyFactory(organisation=home.organisation, created_by=home.officer, **alike, **gone)
        company.names.create(name=company.name, folded=company.name, latin=company.name.replace(" ", ""))
        approved(home, company, 100 + number)
    assert sums(home) == {}
    for company in exporters(home, 2):
        approved(home, company, 300)
    assert sums(home)[market()] == 903
    publish_sums(home.actor("reviewer"), 2024)
    # The former edition is looked at in the same way: nothing of it moved.
    assert sums(home)[market()] == 903


def test_of_two_that_tell_one_trade_the_earlier_stays() -> None:
    year, dollars, group = stated(scope(), 9), stated(scope(), 1, "USD"), stated(scope(BOTH), 12)
    elsewhere, other_goods = stated(scope(UZB), 5, "USD"), stated(scope(BOTH, ("87",)), 4)
    assert once([year, dollars, stated(scope(), 1, "USD", "b"), group, elsewhere, other_goods]) == [0, 2, 4, 5]
    # Of one currency and the same places `counting` chooses.
    assert once([year, stated(scope(months=(4, 4)), 1)]) == [0, 1]
