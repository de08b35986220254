"""What pages ask of the cube: suppliers, customers, pairs and the world, each within one basis."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from markets import sources
from markets.errors import NotComparable
from markets.ingest.cubes import publish_year
from markets.models import Dataset
from markets.profiles.flow_partners import flow_customers, flow_suppliers, shares
from markets.queries import flows
from markets.sources.bundled_flows import years_of_flows
from tests.markets.flow_world import CUBE, REPORTS, publish_small_cube, state

pytestmark = pytest.mark.django_db


def test_suppliers_are_summed_below_a_code_and_the_largest_stands_first() -> None:
    publish_small_cube()
    found = flows.suppliers("KAZ", "8541", 2021, CUBE)
    assert [(row.partner, row.value_usd, row.flows) for row in found] == [
        ("CHN", Decimal(2_500_000), 2),
        ("DEU", Decimal(250_000), 1),
    ]
    assert (found[0].weighed_kg, found[0].weighed_usd) == (Decimal(200_000), Decimal(2_000_000))
    assert (found[0].net_weight_kg, found[1].net_weight_kg) == (None, Decimal(5_000))


def test_suppliers_of_a_code_that_is_stated_itself_are_not_counted_twice() -> None:
    _old, _new, reports = publish_small_cube()
    state("CHN 854141 KAZ 2021", 999, reports, basis="importer_reported", flow="M", valuation="CIF")
    found = {row.basis: row.value_usd for row in flows.suppliers("KAZ", "8541", 2021, REPORTS) if row.partner == "CHN"}
    assert found == {"exporter_reported": Decimal(2_600_000), "importer_reported": Decimal(2_400_000)}


def test_the_world_is_no_supplier_and_no_customer() -> None:
    _old, new, _reports = publish_small_cube()
    state("WLD 854140 KAZ 2021", 9_000_000, new)
    assert {row.partner for row in flows.suppliers("KAZ", "8541", 2021, CUBE)} == {"CHN", "DEU"}
    assert [row.partner for row in flows.customers("CHN", "854140", 2021, CUBE)] == ["KAZ", "UZB"]


def test_months_are_not_added_to_years() -> None:
    publish_small_cube()
    (row,) = [r for r in flows.customers("CHN", "8541", 2021, REPORTS) if r.basis == "exporter_reported"]
    assert row.value_usd == Decimal(2_600_000)


def test_sums_of_a_year_are_read_by_what_they_name() -> None:
    publish_small_cube()
    imports = flows.market_imports("KAZ", CUBE, 4, [2021])
    assert [(s.product, s.value_usd, s.partners) for s in imports] == [
        ("8541", Decimal(2_750_000), 2),
        ("8418", Decimal(300_000), 1),
    ]
    exports = flows.market_exports("CHN", CUBE, 2, [2021])
    assert [(s.product, s.value_usd) for s in exports] == [("85", Decimal(3_200_000)), ("84", Decimal(300_000))]
    assert [(s.year, s.value_usd) for s in flows.pair("CHN", "KAZ", CUBE)] == [
        (2021, Decimal(2_800_000)),
        (2020, Decimal(1_800_000)),
    ]
    assert [(s.year, s.value_usd) for s in flows.world("854140", CUBE)] == [
        (2021, Decimal(2_950_000)),
        (2020, Decimal(1_950_000)),
    ]
    assert [s.exporter for s in flows.world_exporters("854140", CUBE, 2021)] == ["CHN", "DEU"]
    assert [s.importer for s in flows.world_importers("854140", CUBE, 2021)] == ["KAZ", "UZB"]


def test_shares_are_of_one_word_and_sum_to_one() -> None:
    publish_small_cube()
    (told,) = flow_suppliers("KAZ", "854140", 2021, CUBE)
    assert told.total_usd == Decimal(2_250_000)
    assert sum(line.share or 0 for line in told.partners) == pytest.approx(1, abs=1e-6)
    assert told.partners[0].share == Decimal("0.888888889")
    assert told.partners[0].usd_per_kg == Decimal(10)
    assert told.concentration == Decimal("0.802469")
    assert [group.basis for group in flow_customers("CHN", "8541", 2021, REPORTS)] == [
        "exporter_reported",
        "importer_reported",
    ]


def test_rows_of_two_bases_have_no_shares() -> None:
    publish_small_cube()
    rows = flows.suppliers("KAZ", "8541", 2021, REPORTS)
    with pytest.raises(NotComparable):
        shares([row for row in rows if row.value_usd is not None])


def test_what_is_not_in_dollars_has_no_share() -> None:
    publish_small_cube()
    (told,) = flow_suppliers("KAZ", "8418", 2021, REPORTS)
    assert (told.total_usd, told.concentration, told.partners[0].share) == (None, None, None)
    with pytest.raises(NotComparable):
        shares(flows.suppliers("KAZ", "8418", 2021, REPORTS))


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [({"obs_status": "c"}, Decimal(250_000)), ({"value": Decimal(9), "currency_id": "EUR"}, None)],
    ids=["no value", "another currency"],
)
def test_of_values_that_are_not_all_stated_there_are_no_shares(stated: dict[str, Any], wanted: Decimal | None) -> None:
    _old, new, _reports = publish_small_cube()
    state("DEU 854141 KAZ 2021", None, new, **stated)
    (told,) = flow_suppliers("KAZ", "8541", 2021, CUBE)
    assert (told.total_usd, told.concentration, {line.share for line in told.partners}) == (None, None, {None})
    assert {line.partner.iso3: line.value_usd for line in told.partners} == {"CHN": Decimal(2_500_000), "DEU": wanted}
    with pytest.raises(NotComparable):
        shares(flows.suppliers("KAZ", "8541", 2021, CUBE))


def test_chosen_products_and_areas_have_no_shares() -> None:
    (year,) = [year for year in years_of_flows("ember-solar") if year.year == 2021]
    publish_year(year, sources.card("ember-solar"))
    (told,) = flow_customers("CHN", "854140", 2021, "ember-solar")
    assert len(told.partners) > 10
    assert (told.total_usd, {line.share for line in told.partners}) == (None, {None})


def test_what_may_not_be_passed_on_has_no_partners() -> None:
    publish_small_cube()
    Dataset.objects.filter(pk=CUBE).update(redistribution="none")
    assert flow_suppliers("KAZ", "854140", 2021, CUBE) == ()
