"""Time of the list of 20,000 records, against a bare query of the same rows.

Prints one JSON line: `ratio` is the median page as a multiple of the median bare query, which counts the records and
reads the fifty that the page shows; milliseconds (half of the answers, and all but one in a hundred, come within them)
are for the reader. The page also adds up all of them by currency, nothing twice, which is kept until the next write:
`anew` is the page after one. All is rolled back.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.contrib.auth import get_user_model  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from companies.models import Company, ExportRecord, Membership, Organisation, Role  # noqa: E402

ROUNDS = 40
RECORDS = 20_000
COMPANIES = 400
PAGE = "/en/records/"
ROWS = "FROM companies_exportrecord WHERE organisation_id = %s AND removed_at IS NULL"
BARE = (
    f"SELECT count(*) {ROWS}",
    f"SELECT * {ROWS} ORDER BY period_to_on DESC, period_from_on DESC, id DESC LIMIT 50",
)


def times_ms(work: Callable[[], object]) -> list[float]:
    times = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return sorted(times)


def p99(times: list[float]) -> float:
    return times[min(len(times) - 1, round(0.99 * len(times)))]


def filled() -> tuple[Client, Organisation]:
    """An organisation with so many records of several currencies, times and places, and somebody signed in."""
    person = get_user_model().objects.create_user("bench@example.com")
    organisation = Organisation.objects.create(name="Bench")
    Membership.objects.create(organisation=organisation, user=person, role=Role.OFFICER)
    companies = Company.objects.bulk_create(
        Company(organisation=organisation, name=f"Company {n}", search_text=f"company {n}", created_by=person)
        for n in range(COMPANIES)
    )
    ExportRecord.objects.bulk_create((record(n, organisation, companies, person) for n in range(RECORDS)), 2000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE companies_exportrecord")
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client, organisation


def record(n: int, organisation: Organisation, companies: list[Company], person: object) -> ExportRecord:
    year, month = 2021 + n % 5, n // 5 % 13
    first, last = date(year, month or 1, 1), date(year, month or 12, 28)
    return ExportRecord(
        organisation=organisation,
        company=companies[n % COMPANIES],
        destination_id=("KAZ", "UZB", "KGZ", "TJK", "TKM", "EAEU")[n // 7 % 6],
        category_id="appliances" if n % 3 else None,
        hs_code=("8418", "841821", "8450", "84")[n // 11 % 4] if n % 3 != 1 else "",
        hs_revision="HS2022" if n % 3 != 1 else "",
        period=f"{year}-{month:02}" if month else str(year),
        frequency="M" if month else "A",
        period_from_on=first,
        period_to_on=last,
        value=n * 10,
        value_printed=str(n * 10),
        currency_id=("CNY", "USD", "EUR")[n // 13 % 3],
        created_by=person,
        edited_by=person,
    )


def measured() -> dict[str, object]:
    client, organisation = filled()
    client.get(PAGE)
    with CaptureQueriesContext(connection) as captured:
        client.get(PAGE)
    queries = len(captured)  # the next request empties what was captured

    def only_sql() -> None:
        with connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement, [organisation.pk])
                cursor.fetchall()

    bare, page = times_ms(only_sql), times_ms(lambda: client.get(PAGE))
    # From here on all records are added up anew, as after a write.
    settings.PAGE_CACHE_SECONDS = 0
    anew = times_ms(lambda: client.get(PAGE))
    told: dict[str, object] = {
        "benchmark": "record_list",
        "records": RECORDS,
        "queries": queries,
        "ratio": round(statistics.median(page) / statistics.median(bare), 2),
        "ratio_anew": round(statistics.median(anew) / statistics.median(bare), 2),
    }
    for name, times in (("bare", bare), ("page", page), ("anew", anew)):
        told |= {f"{name}_p50_ms": round(statistics.median(times), 1), f"{name}_p99_ms": round(p99(times), 1)}
    return told


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0, stdout=io.StringIO())
    with transaction.atomic():
        told = measured()
        transaction.set_rollback(True)
    print(json.dumps(told))


main()
