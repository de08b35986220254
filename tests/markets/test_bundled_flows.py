"""The bundled trade of single products goes the way of a cube: published once, read by the API, never summed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from markets.models import Dataset, FlowTotal, Job, RejectedRow, Release, TradeFlow
from markets.refresh import refresh
from markets.sources.bundled_flows import CARDS
from markets.vocabulary import Basis, Transport

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]


@pytest.fixture
def loaded() -> None:
    """The bundled flows of every dataset."""
    for card in CARDS:
        refresh(card.id, bundled=True)


def test_every_row_is_published_and_none_refused() -> None:
    years = {
        dataset: (
            Release.objects.filter(dataset_id=dataset, transport=Transport.BUNDLED).count(),
            TradeFlow.objects.filter(dataset_id=dataset).count(),
        )
        for dataset in Dataset.objects.filter(kind="flows").values_list("id", flat=True)
        if TradeFlow.objects.filter(dataset_id=dataset).exists()
    }
    assert years == {"ember-solar": (9, 2663), "eurostat-exports": (3, 9060), "baci-kazakhstan": (3, 1202)}
    assert not RejectedRow.objects.exists()
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}


def test_the_same_tables_again_write_nothing() -> None:
    releases = set(Release.objects.values_list("pk", flat=True))
    for card in CARDS:
        outcome = refresh(card.id, bundled=True)
        assert outcome.is_clean
        assert not outcome.releases
    assert set(Release.objects.values_list("pk", flat=True)) == releases
    assert Job.objects.filter(state=Job.State.UNCHANGED).count() == len(CARDS)


def test_selections_are_never_summed() -> None:
    assert not FlowTotal.objects.exists()


def test_a_vintage_is_known_from_its_own_date() -> None:
    release = Release.objects.get(dataset="eurostat-exports", request="bundled: eurostat-exports-2020-2022 2021")
    assert release.known_from.date().isoformat() == "2023-02-28"
    assert release.released_note == "date unknown, at latest 2023-02"
    assert release.licence == "CC BY 4.0"


def test_what_both_sides_were_reconciled_to_is_no_ones_report() -> None:
    bases = dict(TradeFlow.objects.order_by("dataset_id").values_list("dataset_id", "basis").distinct())
    assert bases == {
        "baci-kazakhstan": Basis.RECONCILED,
        "ember-solar": Basis.EXPORTER_REPORTED,
        "eurostat-exports": Basis.EXPORTER_REPORTED,
    }


def test_the_api_tells_panels_from_the_old_code_of_cells_and_panels() -> None:
    answer = Client().get("/api/v1/flows/?exporter=CHN&importer=UZB&product=8541*&frequency=A&sort=period").json()
    told = [(row["period"], row["classification"], row["product"], row["value_usd"]) for row in answer["data"]]
    assert [each[:3] for each in told] == [
        *((str(year), "HS2017", "854140") for year in range(2017, 2022)),
        *((str(year), "HS2022", code) for year in range(2022, 2025) for code in ("854142", "854143")),
    ]
    assert Decimal(told[-1][3]) == 276476953
    assert "a part of HS 854140" in answer["data"][0]["vintage"]["title"]
    assert answer["data"][0]["source"]["publisher"] == "Ember"


def test_euro_stay_euro() -> None:
    answer = Client().get("/api/v1/flows/?exporter=DEU&importer=KAZ&product=8703&year=2021").json()
    (row,) = answer["data"]
    assert (row["value_usd"], row["currency"]) == (None, "EUR")
    assert Decimal(row["value"]) > 1_000_000
