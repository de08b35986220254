"""BACI's files become flows in our words: dollars, kilograms, whole codes, our countries; what does not fit is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings

from benchmarks import synthetic_cube
from markets.errors import SyntheticData
from markets.ingest.cubes import publish_year
from markets.models import Dataset, RejectedRow, TradeFlow, UnmappedCode
from markets.refresh.synthetic import permitted
from markets.sources.baci import CARD, SYNTHETIC_CARD
from markets.sources.cubes import CubeYear
from tests.markets.baci_files import YEAR_2021, archive, table, years

pytestmark = pytest.mark.django_db

WHOLE = replace(CARD, required=())
ROWS = (
    '2021,156,398,841810,52.051,"       13.235"',
    '2021,490,398,10121,0.041,"           NA"',
    "2021,4,860,1012,3,1",
)


def published(tmp_path: Path, *rows: str) -> list[TradeFlow]:
    (year,) = years(archive(tmp_path / "a.zip", {YEAR_2021: table(*rows)}))
    publish_year(year, WHOLE)
    return list(TradeFlow.objects.order_by("exporter_id", "product"))


def test_a_row_is_in_dollars_and_kilograms_with_the_whole_code(tmp_path: Path) -> None:
    fridges, horses = published(tmp_path, *ROWS[:2])
    assert (fridges.exporter_id, fridges.importer_id, fridges.product) == ("CHN", "KAZ", "841810")
    assert (fridges.value_usd, fridges.net_weight_kg) == (Decimal(52051), Decimal(13235))
    assert (fridges.classification, fridges.basis, fridges.flow) == ("HS1992", "reconciled", "X")
    assert (horses.exporter_id, horses.product, horses.value_usd) == ("TWN", "010121", Decimal(41))
    assert horses.net_weight_kg is None, "NA is unknown, not nothing"


def test_a_country_that_is_not_known_here_is_kept_by_its_number(tmp_path: Path) -> None:
    many = tuple(f'2021,156,398,{code},1,"1"' for code in range(100000, 100200))
    published(tmp_path, *many, '2021,891,398,841810,1,"1"')
    (rejected,) = RejectedRow.objects.all()
    assert (rejected.file, rejected.line, rejected.reason) == (YEAR_2021, 202, "unknown_area")
    assert rejected.text.startswith("2021,891,398")
    (unmapped,) = UnmappedCode.objects.all()
    assert (unmapped.dataset_id, unmapped.code, unmapped.rows) == ("baci", "891", 1)


# ---------------------------------------------------------------- invented figures
@pytest.fixture
def invented(tmp_path: Path) -> list[CubeYear]:
    path = tmp_path / "invented.zip"
    synthetic_cube.written(path, 5_000, [2020, 2021])
    return years(path)


def test_invented_figures_are_refused_where_the_settings_do_not_ask_for_them(
    invented: list[CubeYear], settings: LazySettings
) -> None:
    settings.SYNTHETIC_DATA = False
    with pytest.raises(SyntheticData, match=r"BACI_HS92_Y2020_V202201_SYNTHETIC\.csv are invented"):
        list(permitted(invented))
    assert not Dataset.objects.filter(pk="synthetic").exists()


def test_invented_figures_are_published_for_a_benchmark_whole_and_as_what_they_are(
    invented: list[CubeYear], settings: LazySettings
) -> None:
    settings.SYNTHETIC_DATA = True
    outcomes = [publish_year(year, SYNTHETIC_CARD) for year in permitted(invented)]
    assert [(each.rows_read, each.published, each.rejected) for each in outcomes] == [(5_000, 5_000, {})] * 2
    assert set(TradeFlow.objects.values_list("dataset_id", flat=True)) == {"synthetic"}
    assert Dataset.objects.get(pk="synthetic").redistribution == "none"
    assert TradeFlow.objects.filter(year=2021, exporter="CHN").count() > 200, "the largest sells most"
    assert TradeFlow.objects.filter(year=2021, net_weight_kg=None).exists()


def test_the_same_seed_makes_the_same_archive(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        synthetic_cube.written(tmp_path / name, 1_000, [2021], seed=3)
    synthetic_cube.written(tmp_path / "c.zip", 1_000, [2021], seed=4)
    first, second, other = ((tmp_path / name).read_bytes() for name in ("a.zip", "b.zip", "c.zip"))
    assert first == second
    assert first != other


def test_true_figures_need_no_permission(tmp_path: Path, settings: LazySettings) -> None:
    settings.SYNTHETIC_DATA = False
    found = years(archive(tmp_path / "a.zip"))
    assert list(permitted(found)) == found
