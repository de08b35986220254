"""Publishing a year of product-level trade: read, checked, summed and swapped in whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from markets.ingest.cubes import publish_year
from markets.models import FlowTotal, Release, Slice
from tests.markets.cube_world import CARD, ROWS, cube_year, flows, small_cube

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dataset() -> None:
    small_cube()


def test_a_year_is_published_in_our_words() -> None:
    outcome = publish_year(cube_year(), CARD)
    assert outcome.release
    assert (outcome.rows_read, outcome.published, outcome.rejected) == (5, 5, {})
    assert flows() == [
        ("CHN", "330410", "KAZ", Decimal(7000), None),
        ("CHN", "854143", "KAZ", Decimal(10500), Decimal(2000)),
        ("CHN", "854143", "UZB", Decimal(4250), Decimal(1500)),
        ("DEU", "010121", "KGZ", Decimal(1001), Decimal(3000)),
        ("DEU", "330410", "KAZ", Decimal(20000), Decimal(250)),
    ]
    assert Slice.objects.get(dataset=CARD.id).current == outcome.release


def test_sums_are_made_for_each_length_of_code_from_the_longest() -> None:
    publish_year(cube_year(), CARD)
    told = {
        (t.exporter_id, t.importer_id, t.product): (t.value_usd, t.net_weight_kg, t.weighed_usd, t.flows, t.partners)
        for t in FlowTotal.objects.filter(dataset=CARD.id, year=2021)
    }
    assert told["CHN", "", "854143"] == (Decimal(14750), Decimal(3500), Decimal(14750), 2, 2)
    assert told["CHN", "", "8541"] == told["CHN", "", "85"] == told["CHN", "", "854143"]
    assert told["", "KAZ", "33"] == (Decimal(27000), Decimal(250), Decimal(20000), 2, 2)
    assert told["CHN", "KAZ", ""] == (Decimal(17500), Decimal(2000), Decimal(10500), 2, 0)
    assert told["", "", "330410"] == (Decimal(27000), Decimal(250), Decimal(20000), 2, 2)
    assert ("", "", "") not in told


def test_the_same_text_again_writes_nothing_and_says_so() -> None:
    first = publish_year(cube_year(), CARD)
    again = publish_year(cube_year(), CARD)
    assert again.is_same
    assert again.release is None
    assert list(Release.objects.filter(dataset=CARD.id)) == [first.release]


def test_another_vintage_takes_the_place_of_the_year() -> None:
    publish_year(cube_year(), CARD)
    newer = publish_year(cube_year([*ROWS[:4], "2021,276,417,10121,1.5,3"]), CARD)
    assert len(flows()) == 5
    assert ("DEU", "010121", "KGZ", Decimal(1500), Decimal(3000)) in flows()
    assert set(FlowTotal.objects.filter(dataset=CARD.id).values_list("release", flat=True)) == {newer.release.pk}
