"""`manage.py refresh` of product-level trade: year by year, told in the job, held or refused by itself."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from markets import jobs
from markets.errors import SourceRefused, YearBusy
from markets.ingest.cubes import publishing, sums
from markets.models import FlowTotal, Job, Release, TradeFlow
from markets.profiles.provenance import payload_lines
from markets.refresh import plan, refresh
from tests.markets.baci_files import archive, table

pytestmark = pytest.mark.django_db
MARKETS = ("276", "398", "842", "860")
COUNTRIES = """country_code,country_name,country_iso2,country_iso3
156,China,CN,CHN
276,Germany,DE,DEU
398,Kazakhstan,KZ,KAZ
842,USA,US,USA
860,Uzbekistan,UZ,UZB
"""


def rows(year: int, *more: str) -> bytes:
    return table(*(f'{year},156,{market},{10100 + n},2,"1"' for market in MARKETS for n in range(30)), *more)


def packed(folder: Path, **years: bytes) -> Path:
    files = {f"BACI_HS92_{year}_V202201.csv": text for year, text in years.items()}
    return archive(folder / "BACI_HS92_V202201.zip", {**files, "country_codes_V202201.csv": COUNTRIES})


def told(job: Job) -> list[str]:
    return [line for _event, line in jobs.log_lines(job)]


def test_each_year_is_a_release_and_the_job_tells_of_it(tmp_path: Path, client: Client) -> None:
    said = io.StringIO()
    call_command("refresh", "baci", path=packed(tmp_path, Y2020=rows(2020), Y2021=rows(2021)), stdout=said)
    assert "baci: 2 years, 240 rows read, 240 published, 0 rejected, 2 releases" in said.getvalue()
    assert Release.objects.filter(dataset="baci").count() == 2
    job = Job.objects.get()
    assert job.state == Job.State.DONE
    assert job.counts == {"added": 240, "rows_read": 240, "rejected": 0, "repeated": 0, "unmapped_rows": 0}
    newest = Release.objects.order_by("-pk")[0].pk
    assert f"2021 is published in release {newest}: 120 rows read, 120 published, 0 rejected, 0 repeated." in told(job)
    page = client.get(f"/en/jobs/{job.pk}/").content.decode()
    assert "240 rows read: 240 published, 0 rejected, 0 repeated others." in page


def test_the_same_file_again_says_so(tmp_path: Path) -> None:
    file = packed(tmp_path, Y2021=rows(2021))
    refresh("baci", path=file)
    outcome = refresh("baci", path=file)
    assert outcome.is_clean
    assert "already in force, nothing written: 2021" in outcome.summary
    assert Job.objects.order_by("-created_at")[0].state == Job.State.UNCHANGED


def test_another_way_of_summing_makes_the_sums_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = packed(tmp_path, Y2021=rows(2021))
    refresh("baci", path=file)
    for module in ("markets.ingest.cubes.publishing", "markets.ingest.cubes.sums"):
        monkeypatch.setattr(f"{module}.METHOD", sums.METHOD + 1)
    refresh("baci", path=file)
    assert set(FlowTotal.objects.values_list("method", flat=True)) == {sums.METHOD}


def test_a_year_that_is_held_keeps_no_other_back(tmp_path: Path) -> None:
    file = packed(tmp_path, Y2020=rows(2020, *["2020,156,398,TOTAL,1,1"] * 9), Y2021=rows(2021))
    with pytest.raises(CommandError):
        call_command("refresh", "baci", path=file, stdout=io.StringIO(), stderr=(said := io.StringIO()))
    assert "9 of 129 rows cannot be published (7.0%, at most 1% may be): product_form 9 (first in line 122)" in (
        said.getvalue()
    )
    assert set(TradeFlow.objects.values_list("year", flat=True)) == {2021}
    job = Job.objects.get()
    assert job.state == Job.State.HELD
    assert [problem["slice"] for problem in job.problems] == ["2020"]


def test_a_year_that_cannot_be_read_is_told_with_its_line(tmp_path: Path) -> None:
    outcome = refresh("baci", path=packed(tmp_path, Y2020=rows(2020, "2020,156,398"), Y2021=rows(2021)))
    (problem,) = outcome.problems
    assert problem.key == "2020"
    assert "line 122" in str(problem.error)
    assert set(TradeFlow.objects.values_list("year", flat=True)) == {2021}


def test_only_the_years_asked_for(tmp_path: Path) -> None:
    refresh("baci", path=packed(tmp_path, Y2020=rows(2020), Y2021=rows(2021)), wanted=["2021"])
    assert set(TradeFlow.objects.values_list("year", flat=True)) == {2021}


def test_readers_who_do_not_go_keep_a_year_back_and_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "SWAP_WAIT_S", 1)
    monkeypatch.setattr(publishing, "SWAP_PATIENCE_S", 0)
    file = packed(tmp_path, Y2020=rows(2020), Y2021=rows(2021))
    reader = connection.copy()
    try:
        reader.set_autocommit(False)
        reader.cursor().execute("LOCK TABLE markets_tradeflow IN ACCESS SHARE MODE")
        outcome = refresh("baci", path=file)
    finally:
        reader.close()
    assert [(problem.key, type(problem.error)) for problem in outcome.problems] == [
        ("2020", YearBusy),
        ("2021", YearBusy),
    ]
    assert refresh("baci", path=file).is_clean
    assert set(TradeFlow.objects.values_list("year", flat=True)) == {2020, 2021}


def test_what_comes_with_the_product_is_kept_byte_for_byte() -> None:
    release = refresh("baci-kazakhstan", bundled=True).releases[-1]
    (line,) = payload_lines(release)
    assert line.is_kept
    body = release.payloads.get(sha256=line.sha256).body
    assert (body.startswith(b"exporter,"), len(body)) == (True, line.size_bytes)


def test_it_has_no_download() -> None:
    with pytest.raises(SourceRefused, match="--from FILE"):
        refresh("baci")
    assert plan(["baci"])[0].reason == "its files are handed in"
