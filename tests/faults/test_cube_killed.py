"""A year of product-level trade whose process is killed: nothing of it is seen, and the next attempt publishes all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from markets.models import FlowTotal, Job, RejectedRow, Release, TradeFlow
from tests.config.checkout import CHECKOUT
from tests.faults.site import Servers, kill, until, waits_for_a_lock
from tests.markets.baci_files import YEAR_2021, archive, table

pytestmark = pytest.mark.servers
# Those that each year of it must name.
MARKETS = ("276", "398", "842", "860")
GOOD = [f'2021,156,{market},{10100 + number},1.5,"2"' for market in MARKETS for number in range(50)]
ROWS = [*GOOD, '2021,697,398,10100,1,"1"']
LEFT_OVER = "SELECT relname FROM pg_class WHERE relname LIKE 'cube\\_baci\\_%' AND relkind = 'r'"
COUNTRIES = """country_code,country_name,country_iso2,country_iso3
156,China,CN,CHN
276,Germany,DE,DEU
398,Kazakhstan,KZ,KAZ
697,"Europe EFTA, nes",N/A,N/A
842,"USA, Puerto Rico and US Virgin Islands",US,USA
860,Uzbekistan,UZ,UZB
"""


@pytest.fixture
def here(site: Servers) -> Iterator[Servers]:
    yield site
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS markets_tradeflow_baci, markets_flowtotal_baci")


def begun(site: Servers, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "refresh", "baci", "--from", str(file)]
    return subprocess.Popen(command, cwd=CHECKOUT, env=site.environment())


def left_over() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(LEFT_OVER)
        return [name for (name,) in cursor.fetchall()]


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("markets_unmappedcode", id="while it is checked"),
        pytest.param("markets_release", id="while it is put in place"),
    ],
)
def test_a_killed_publication_is_not_seen_and_the_next_one_is_whole(here: Servers, tmp_path: Path, moment: str) -> None:
    file = archive(
        tmp_path / "BACI_HS92_V202201.zip", **{YEAR_2021: table(*ROWS), "country_codes_V202201.csv": COUNTRIES}
    )
    with here.locked(moment):
        doomed = begun(here, file)
        until(waits_for_a_lock, "it waits to write")
        kill(doomed.pid)
        doomed.wait()
    assert left_over()
    assert not Release.objects.exists()
    assert not TradeFlow.objects.exists()
    until(lambda: begun(here, file).wait() == 0, "the next attempt has the year to itself")
    release = Release.objects.get()
    assert TradeFlow.objects.filter(release=release).count() == TradeFlow.objects.count() == len(GOOD)
    assert FlowTotal.objects.get(exporter_id="CHN", importer_id="KAZ").flows == 50
    assert RejectedRow.objects.get().line == len(ROWS) + 1
    assert left_over() == []
    assert begun(here, file).wait() == 0
    assert Release.objects.count() == 1
    assert Job.objects.order_by("-created_at")[0].state == Job.State.UNCHANGED
