"""What pages tell of a published year of product-level trade: its rows, those refused, and its file."""

from __future__ import annotations

import pytest
from django.test import Client

from markets.ingest.cubes import publish_year
from markets.models import Release
from markets.queries.status import dataset_coverages
from tests.markets.cube_world import CARD, cube_year, small_cube

pytestmark = pytest.mark.django_db
GOOD = [f"2021,156,398,{number:06d},1,1" for number in range(10100, 10300)]
REFUSED = '2021,156,999,330410,"1",1'


@pytest.fixture
def release() -> Release:
    small_cube()
    published = publish_year(cube_year([*GOOD, REFUSED]), CARD).release
    assert published
    return published


def test_a_release_tells_of_refused_rows_and_hands_them_out(client: Client, release: Release) -> None:
    page = client.get(f"/en/releases/{release.pk}/").content.decode()
    assert "a country or area is not known" in page
    assert "too large to keep" in page
    csv = client.get(f"/en/releases/{release.pk}/?download=csv&table=rejected").content.decode()
    assert 'CUBE_HS17_Y2021.csv,202,unknown_area,"2021,156,999,330410,1,1"' in csv


def test_the_bytes_of_a_cube_are_not_kept(client: Client, release: Release) -> None:
    payload = release.payloads.get(content_type="text/csv")
    assert not payload.is_kept
    assert client.get(f"/en/releases/{release.pk}/payloads/{payload.sha256}/").status_code == 404


@pytest.mark.usefixtures("release")
def test_what_is_in_force_is_counted_without_looking_at_the_rows() -> None:
    covered = dataset_coverages()[CARD.id]
    assert (covered.values, covered.markets, covered.partners) == (200, 1, 1)
    assert (covered.oldest, covered.newest) == ("2021", "2021")


@pytest.mark.usefixtures("release")
def test_the_page_of_the_dataset_opens(client: Client) -> None:
    assert client.get(f"/en/data/{CARD.id}/").status_code == 200
    assert client.get("/en/data/").status_code == 200
