"""Time of a country page and of its API answer, against the page's own SQL alone.

Prints one JSON line: the ratios are multiples of the database time; milliseconds (half of the answers, and all but one
in a hundred, come within them) are for the reader. `kept` is the page as most visitors get it, from the cache.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

ROUNDS = 100
PAGE, API = "/en/markets/KAZ/", "/api/v1/markets/KAZ/profile/"


def times_ms(work: Callable[[], object]) -> list[float]:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def p99(times: list[float]) -> float:
    return times[min(len(times) - 1, round(0.99 * len(times)))]


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0, stdout=io.StringIO())
    client = Client(headers={"host": "localhost"})
    kept_ms = times_ms(lambda: client.get(PAGE))
    # From here on each page is made anew, as for somebody who is signed in.
    settings.PAGE_CACHE_SECONDS = 0
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    statements = [query["sql"] for query in captured.captured_queries]

    def only_sql() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    database, page, api = times_ms(only_sql), times_ms(lambda: client.get(PAGE)), times_ms(lambda: client.get(API))
    told = {
        "benchmark": "country_page",
        "queries": len(statements),
        "ratio_page": round(statistics.median(page) / statistics.median(database), 2),
        "ratio_api": round(statistics.median(api) / statistics.median(database), 2),
        "ratio_kept": round(statistics.median(kept_ms) / statistics.median(database), 2),
    }
    for name, times in (("database", database), ("page", page), ("api", api), ("page_kept", kept_ms)):
        told |= {f"{name}_p50_ms": round(statistics.median(times), 1), f"{name}_p99_ms": round(p99(times), 1)}
    print(json.dumps(told))


main()
