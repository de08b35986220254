"""BACI's files become flows in our words: dollars, kilograms, whole codes, our countries; what does not fit is kept."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from benchmarks import synthetic_cube
from markets.errors import SyntheticData
from markets.ingest.cubes import CubeOutcome, publish_year
from markets.models import Dataset, RejectedRow, Release, TradeFlow, UnmappedCode
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
    assert {fridges.valuation, horses.valuation} == {"FOB"}
    assert (horses.exporter_id, horses.product, horses.value_usd) == ("TWN", "010121", Decimal(41))
    assert horses.net_weight_kg is None, "NA is unknown, not nothing"


def test_values_are_free_on_board_also_where_rows_are_looked_at_one_by_one(tmp_path: Path) -> None:
    (flow,) = published(tmp_path, '2021, 156,398,841810,1,"1"')
    assert (flow.exporter_id, flow.valuation) == ("CHN", "FOB")


def test_a_country_that_is_not_known_here_is_kept_by_its_number(tmp_path: Path) -> None:
    many = tuple(f'2021,156,398,{code},1,"1"' for code in range(100000, 100200))
    published(tmp_path, *many, '2021,891,398,841810,1,"1"')
    (rejected,) = RejectedRow.objects.all()
    assert (rejected.file, rejected.line, rejected.reason) == (YEAR_2021, 202, "unknown_area")
    assert rejected.text.startswith("2021,891,398")
    (unmapped,) = UnmappedCode.objects.all()
    assert (unmapped.dataset_id, unmapped.code, unmapped.rows) == ("baci", "891", 1)


def test_an_older_version_does_not_take_the_place_of_a_newer_one(tmp_path: Path) -> None:
    def of_version(version: str, *rows: str) -> CubeOutcome:
        path = archive(tmp_path / f"{version}.zip", {f"BACI_HS92_Y2021_V{version}.csv": table(*rows)})
        return publish_year(years(path)[0], WHOLE)

    assert of_version("202401b", *ROWS).release
    older = of_version("202401", *ROWS[:2], "2021,4,860,1012,3.1,1")
    assert (older.is_older, older.release) == (True, None)
    assert of_version("202501", *ROWS[:2], "2021,4,860,1012,3.2,1").release
    assert TradeFlow.objects.get(exporter="AFG").value_usd == 3200


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


# ---------------------------------------------------------------- from the terminal
def refreshed(path: Path) -> str:
    told = io.StringIO()
    call_command("refresh", "baci", path=path, stdout=told, stderr=told)
    return told.getvalue()


def refused(path: Path) -> str:
    told = io.StringIO()
    with pytest.raises(CommandError, match="Not everything was published"):
        call_command("refresh", "baci", path=path, stdout=told, stderr=told)
    return told.getvalue()


def whole(*more: str, year: int = 2021) -> bytes:
    """Rows that name every country a year must name."""
    pairs = ((156, 398), (276, 860), (842, 156))
    return table(*(f'{year},{i},{j},{code},1,"1"' for i, j in pairs for code in range(100000, 100100)), *more)


def test_a_zip_is_published_once_by_the_command(tmp_path: Path) -> None:
    path = archive(tmp_path / "BACI_HS92_V202201.zip", {YEAR_2021: whole('2021,891,398,841810,1,"1"')})
    assert refreshed(path) == (
        "baci: 1 years, 301 rows read, 300 published, 1 rejected, 1 releases, 0 held, 0 failed;"
        " rejected: unknown_area 1\n"
    )
    assert TradeFlow.objects.count() == 300
    assert Release.objects.get(dataset="baci").request == YEAR_2021
    assert "already in force, nothing written: 2021" in refreshed(path)
    assert Release.objects.filter(dataset="baci").count() == 1


NO_COUNTRY = whole(*['2021,4,891,841810,1,"1"'] * 9)
BELOW_ZERO = whole(*['2021,4,8,841810,-1,"1"'] * 9)
CONTRADICTION = whole("2021,4,8,841810,1,1", "2021,4,8,841810,2,1")
OTHER_COLUMN = whole().replace(b'"q"', b'"w"')


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        pytest.param({YEAR_2021: whole(), "x.zip": b""}, "is an archive itself", id="nested"),
        pytest.param({"BACI_HS27_Y2021.csv": whole()}, "revision HS27 is not known", id="no revision"),
        pytest.param({YEAR_2021: OTHER_COLUMN}, "q is missing of t, i, j, k, v, q", id="columns"),
        pytest.param({YEAR_2021: NO_COUNTRY}, "unknown_area 9 (first in line 302)", id="countries"),
        pytest.param({YEAR_2021: BELOW_ZERO}, "negative 9 (first in line 302)", id="negative"),
        pytest.param({YEAR_2021: CONTRADICTION}, "two different values for AFG 841810 ALB 2021", id="contradiction"),
        pytest.param({"BACI_HS92_Y2020.csv": whole()}, "wrong_year 300 (first in line 2)", id="another year"),
        pytest.param({"BACI_HS22_Y2022.csv": whole(year=2022)}, "unknown_product 300", id="another revision"),
    ],
)
def test_what_is_wrong_is_told_at_the_terminal_and_nothing_is_published(
    tmp_path: Path, files: dict[str, bytes], reason: str
) -> None:
    assert reason in refused(archive(tmp_path / "a.zip", files))
    assert not TradeFlow.objects.exists()
    assert not Release.objects.filter(dataset="baci").exists()
