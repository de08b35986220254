"""Rows a second of publishing a year in BACI's form, from the ZIP to what is read, against plain COPY of its text.

Prints one JSON line: `ratio` for a first delivery (checked, with keys and sums, swapped in), `ratio_again` for the same
file again (which writes nothing), and where the time of the first went. ROWS: of the year, 1,000,000 when not given.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection  # noqa: E402

from benchmarks import synthetic_cube  # noqa: E402
from markets import curation  # noqa: E402
from markets import refresh as refreshing  # noqa: E402
from markets.models import FlowTotal, TradeFlow  # noqa: E402
from markets.sources.baci import Baci  # noqa: E402

YEAR = 2021
ROWS = int(os.environ.get("ROWS", "1000000"))
CHUNK_BYTES = 1024 * 1024


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain_copy(text: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain (t smallint, i smallint, j smallint, k integer, v numeric, q text)")
        with text.open("rb") as file, cursor.copy("COPY plain FROM STDIN (FORMAT csv, HEADER true)") as copy:
            while chunk := file.read(CHUNK_BYTES):
                copy.write(chunk)
        cursor.execute("DROP TABLE plain")


class Steps:
    """Seconds of the database by kind of statement."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()

    def __call__(self, execute: Callable[..., Any], sql: str, parameters: Any, many: Any, context: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            words = sql.split()
            step = " ".join(words[:3]) if words[:1] == ["CREATE"] else " ".join(words[:1])
            table = next((part for part in ("cells", "sums", "flows", "codes") if f'_{part}"' in sql[:400]), "")
            self.spent[f"{step} {table}".strip()] += time.perf_counter() - began


def main() -> None:
    call_command("migrate", verbosity=0)
    curation.load_reference()
    with tempfile.TemporaryDirectory() as folder:
        packed, text = Path(folder) / "synthetic.zip", Path(folder) / "year.csv"
        synthetic_cube.written(packed, ROWS, [YEAR])
        with text.open("wb") as file:
            for year in Baci().years(packed):
                file.writelines(year.chunks())
        copied = seconds(lambda: plain_copy(text))
        steps = Steps()
        with connection.execute_wrapper(steps):
            first = seconds(lambda: refreshing.refresh("baci", path=packed))
        again = seconds(lambda: refreshing.refresh("baci", path=packed))
    told = {
        "benchmark": "publish_cube",
        "rows": ROWS,
        "stored": TradeFlow.objects.filter(year=YEAR).count(),
        "sums": FlowTotal.objects.filter(year=YEAR).count(),
        "copy_rows_per_s": round(ROWS / copied),
        "publish_rows_per_s": round(ROWS / first),
        "ratio": round(copied / first, 3),
        "ratio_again": round(copied / again, 3),
        "of_copy": {step: round(spent / copied, 2) for step, spent in steps.spent.most_common(12)},
    }
    print(json.dumps(told))


main()
