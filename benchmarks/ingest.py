"""Rows a second of publishing a World Bank shaped delivery, against plain COPY of the same rows.

Prints one JSON line: `ratio` for a first delivery, `ratio_again` for the same one again (which writes nothing).
"""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from collections.abc import Callable
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402

from markets import curation  # noqa: E402
from markets.ingest import publish  # noqa: E402
from markets.models import Area, Indicator, Observation  # noqa: E402
from markets.sources import worldbank  # noqa: E402
from markets.sources.base import Delivery, ObservationRow, SliceDelivery, Vintage  # noqa: E402
from markets.vocabulary import Transport  # noqa: E402

YEARS = range(1960, 2025)


def delivery() -> Delivery:
    areas = list(Area.objects.filter(is_aggregate=False).values_list("code", flat=True))
    series = list(Indicator.objects.filter(dataset=worldbank.CARD.id).values_list("code", flat=True))[:20]
    slices = [SliceDelivery(code, [_row(code, a, y) for a in areas for y in YEARS], covers_all=True) for code in series]
    vintage = Vintage("Benchmark", dt.datetime.now(dt.UTC).date())
    return Delivery(worldbank.CARD.id, Transport.HTTP, vintage, slices, [])


def _row(indicator: str, area: str, year: int) -> ObservationRow:
    value = Decimal(hash((indicator, area, year)) % 10**12) / 1000
    return ObservationRow(indicator, area, str(year), value, -3)


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain_copy(brought: Delivery) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE plain (indicator text, area text, period text, value numeric)")
        with cursor.copy("COPY plain FROM STDIN") as copy:
            for part in brought.slices:
                for row in part.rows:
                    copy.write_row((row.indicator, row.area, row.period, row.value))
        cursor.execute("DROP TABLE plain")


def main() -> None:
    call_command("migrate", verbosity=0)
    curation.load_reference()
    brought = delivery()
    rows = sum(len(part.rows) for part in brought.slices)
    copied = seconds(lambda: plain_copy(brought))
    first = seconds(lambda: publish(brought, worldbank.CARD))
    again = seconds(lambda: publish(brought, worldbank.CARD))
    told = {
        "benchmark": "ingest",
        "rows": rows,
        "stored": Observation.objects.count(),
        "copy_rows_per_s": round(rows / copied),
        "publish_rows_per_s": round(rows / first),
        "ratio": round(copied / first, 3),
        "ratio_again": round(copied / again, 3),
    }
    print(json.dumps(told))


main()
