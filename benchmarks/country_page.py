"""Time of a country page and of its API answer, against the page's own SQL alone.

Prints one JSON line: `ratio_page` and `ratio_api` are multiples of the database time; milliseconds are for the reader.
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

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

ROUNDS = 30
PAGE, API = "/en/markets/KAZ/", "/api/v1/markets/KAZ/profile/"


def p50_ms(work: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0, stdout=io.StringIO())
    client = Client(headers={"host": "localhost"})
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    statements = [query["sql"] for query in captured.captured_queries]

    def only_sql() -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                cursor.fetchall()

    database, page, api = p50_ms(only_sql), p50_ms(lambda: client.get(PAGE)), p50_ms(lambda: client.get(API))
    told = {
        "benchmark": "country_page",
        "queries": len(statements),
        "database_ms": round(database, 1),
        "page_ms": round(page, 1),
        "api_ms": round(api, 1),
        "ratio_page": round(page / database, 2),
        "ratio_api": round(api / database, 2),
    }
    print(json.dumps(told))


main()
