"""A refresh of a quarter of a million rows stays within the memory of a worker."""

from __future__ import annotations

import subprocess
import sys

import pytest

from markets.models import Area, Observation
from tests.config.checkout import CHECKOUT
from tests.factories import GDP, GDP_GROWTH, POPULATION, entry, page
from tests.faults.site import INFLATION, Servers, Upstream

pytestmark = pytest.mark.servers

# Measured: some 220 on top of the 70 that the product takes when it is loaded.
MOST_MEGABYTES = 400
_MEASURED = """
import re, sys
from pathlib import Path
import django
django.setup()
from markets import refresh

def most_megabytes():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024

before = most_megabytes()
outcome = refresh.refresh("worldbank", wanted=sys.argv[1].split())
print(outcome.added, before, most_megabytes())
"""


def test_a_quarter_of_a_million_rows(site: Servers, upstream: Upstream) -> None:
    areas = list(Area.objects.filter(is_aggregate=False).values_list("code", flat=True)[:210])
    indicators = [GDP, POPULATION, GDP_GROWTH, INFLATION]

    def answer(indicator: str) -> object:
        periods = [f"{year}M{month:02}" for year in range(2000, 2025) for month in range(1, 13)]
        rows = [
            entry(1000 + n, area=area, date=period, indicator=indicator)
            for area in areas
            for n, period in enumerate(periods)
        ]
        return page(rows)

    upstream.begin({indicator: answer(indicator) for indicator in indicators})
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, " ".join(indicators)],
        env=site.environment(SOURCE_URLS=f"worldbank={upstream.address}"),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    added, before, most = map(int, ran.stdout.split())
    assert added == Observation.objects.count() == 252_000
    assert before < most < MOST_MEGABYTES
