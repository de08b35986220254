"""Time of a search, against the plainest way to search the same words: `ILIKE` over all of them.

Prints one JSON line: `ratio` is the median search as a multiple of the median scan, and it holds on any machine;
milliseconds are for the reader. The scan finds no plural, case, misspelling, code or order; it is only what speed is
measured by.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import sys
import time
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402

from markets.models import SearchTerm  # noqa: E402
from markets.search import find, rebuild_index  # noqa: E402

ROUNDS = 15
# What people type: names, beginnings, plurals, cases, codes, misspellings, several words, three scripts.
QUESTIONS = (
    "冰箱", "холодильники", "fridge", "refrig", "84.18", "哈萨克斯坦", "kazahstan", "ВВП", "GDP per capita",
    "refrigerater", "мёд натуральный", "solar panels", "家用电冰箱", "used cars", "I sell refrigerators",
)  # fmt: skip


def ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def scan(words: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, key, text FROM markets_searchterm WHERE text ILIKE %s", [f"%{words}%"])
        cursor.fetchall()


def main() -> int:
    call_command("migrate", verbosity=0)
    call_command("load_facts", stdout=io.StringIO())
    terms = rebuild_index()
    if not SearchTerm.objects.exists():
        sys.stderr.write("there is nothing to search: the facts are not loaded\n")
        return 1
    find_by_question, scan_by_question = (
        {words: statistics.median(ms(lambda: work(words)) for _round in range(ROUNDS)) for words in QUESTIONS}  # noqa: B023 called at once
        for work in (find, scan)
    )
    slowest = max(find_by_question, key=lambda words: find_by_question[words])
    find_ms, scan_ms = statistics.median(find_by_question.values()), statistics.median(scan_by_question.values())
    told = {
        "benchmark": "search",
        "terms": terms,
        "find_ms": round(find_ms, 1),
        "slowest_ms": round(find_by_question[slowest], 1),
        "slowest": slowest,
        "scan_ms": round(scan_ms, 1),
        "ratio": round(find_ms / scan_ms, 2),
    }
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
