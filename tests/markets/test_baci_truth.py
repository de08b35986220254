"""A real year of BACI and its real list of countries, where a copy of that data stands beside the project.

Looked for in `shared/data` beside the checkout, or where SHARED_DATA says.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from django.db.models import Sum

from markets.ingest.cubes import publish_year
from markets.models import TradeFlow
from markets.sources.baci import CARD
from markets.sources.baci.countries import COMTRADE_CODES, own
from markets.sources.bundled import FACTS, fact_rows
from tests.markets.baci_files import COUNTRIES, YEAR_2021, archive, text, years

SHARED = Path(os.environ.get("SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SAMPLE = SHARED / "cubes" / "baci_hs92_2021_sample_AFG_ZAF_exports.csv.gz"
LISTED = SHARED / "cubes" / "baci_country_codes_V202201.csv"

pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of BACI is not beside this checkout")


@cache
def sample() -> bytes:
    return gzip.decompress(SAMPLE.read_bytes())


def countries_in_it() -> set[str]:
    rows = csv.DictReader(io.StringIO(sample().decode()))
    return {code for row in rows for code in (row["i"], row["j"])}


def test_a_real_year_goes_through_as_it_is_and_each_of_its_countries_is_known(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "a.zip", {YEAR_2021: sample(), COUNTRIES: LISTED.read_bytes()}))
    assert text(year) == sample()
    assert text(year).count(b"\n") == 71_193
    ours = {row["code"] for _line, row in fact_rows(FACTS / "areas.csv")}
    assert {code: year.areas.get(code) for code in countries_in_it() if year.areas.get(code) not in ours} == {}
    assert set(year.areas.values()) >= {"CHN", "KAZ", "KGZ", "TJK", "TKM", "UZB", "TWN"}


@pytest.mark.django_db
def test_a_real_year_is_published_with_nothing_lost_and_the_same_sum(tmp_path: Path) -> None:
    (year,) = years(archive(tmp_path / "a.zip", {YEAR_2021: sample(), COUNTRIES: LISTED.read_bytes()}))
    outcome = publish_year(year, CARD)
    assert (outcome.rows_read, outcome.published, outcome.rejected) == (71_192, 71_192, {})
    rows = list(csv.DictReader(io.StringIO(sample().decode())))
    told = TradeFlow.objects.aggregate(usd=Sum("value_usd"), kg=Sum("net_weight_kg"))
    assert told["usd"] == 1000 * sum(Decimal(row["v"]) for row in rows)
    assert told["kg"] == 1000 * sum(Decimal(row["q"]) for row in rows if row["q"].strip() != "NA")
    unweighed = TradeFlow.objects.filter(net_weight_kg=None).count()
    assert unweighed == sum(row["q"].strip() == "NA" for row in rows) == 2_306


def test_our_own_codes_say_the_same_as_the_real_list() -> None:
    with LISTED.open(encoding="latin-1", newline="") as stream:
        listed = {row["country_code"]: row["iso_3digit_alpha"] for row in csv.DictReader(stream)}
    differing = {
        code: (own()[code], listed[code]) for code in own().keys() & listed.keys() if own()[code] != listed[code]
    }
    assert differing == {"490": ("TWN", "N/A")}
    assert Counter(listed.values())["BEL"] == 2, "a union that is no more has the letters of one successor"
    assert COMTRADE_CODES["58"] == listed["58"]


def test_a_lone_file_is_read_with_our_own_codes(tmp_path: Path) -> None:
    (tmp_path / YEAR_2021).write_bytes(sample())
    (year,) = years(tmp_path / YEAR_2021)
    assert {code for code in countries_in_it() if code not in year.areas} == set()
