"""Time to tell everybody who watches one series that it was revised, by how many they are.

Prints one JSON line: for 625, 1,250, 2,500 and 5,000 watchers the milliseconds from a published release to all alerts
written, the least of some releases (what else the machine does only adds to it), and how many questions the database
was asked. Half of the watchers ask for any revision of the market, half for a threshold of the series, each of their
own. `ratio` is what one of 5,000 watchers takes as a multiple of one of 625: 1 or less is growth in proportion, or
slower. `preview_ms` is the answer to what a rule would have told in the last 24 months. All is rolled back.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import time
from decimal import Decimal

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402 - Django must be set up first
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from companies.access import actor_of_person  # noqa: E402
from companies.alerts.looking import look_at_releases  # noqa: E402
from companies.alerts.previewing import would_have_fired  # noqa: E402
from companies.models import Alert, AlertRule  # noqa: E402
from markets.ingest import publish  # noqa: E402
from markets.models import Area, Observation  # noqa: E402
from markets.sources import worldbank  # noqa: E402
from markets.sources.base import Delivery, ObservationRow, SliceDelivery, Vintage  # noqa: E402
from markets.vocabulary import Transport  # noqa: E402

WATCHERS = (625, 1250, 2500, 5000)
ROUNDS = 5
INDICATOR, MARKET = "NY.GDP.PCAP.CD", "KAZ"
YEARS = range(1990, 2025)
BASE = 10_000


def vintage(number: int) -> None:
    """The series of all markets, in which the newest year has moved from one side of all thresholds to the other."""
    areas = Area.objects.filter(is_aggregate=False).values_list("code", flat=True)
    rows = [
        ObservationRow(INDICATOR, area, str(year), Decimal(BASE + 1000 * (number % 2) * (year == YEARS[-1])), 0)
        for area in areas
        for year in YEARS
    ]
    told = Vintage("Benchmark", dt.datetime.now(dt.UTC).date())
    outcome = publish(
        Delivery(worldbank.CARD.id, Transport.HTTP, told, [SliceDelivery(INDICATOR, rows)], []), worldbank.CARD
    )
    if outcome.held:
        raise SystemExit(f"the vintage was held: {outcome.held}")


def watch(first: int, last: int) -> None:
    """So many people more, each with a rule."""
    model = get_user_model()
    people = model.objects.bulk_create(model(email=f"bench-{number}@example.com") for number in range(first, last))
    AlertRule.objects.bulk_create(
        AlertRule(person=person, kind=AlertRule.Kind.REVISED, market_id=MARKET)
        if number % 2
        else AlertRule(
            person=person,
            kind=AlertRule.Kind.CROSSES,
            market_id=MARKET,
            indicator_id=INDICATOR,
            threshold=BASE + 1 + Decimal(number) / 10,
        )
        for number, person in enumerate(people)
    )


def looked(number: int) -> tuple[float, int]:
    """Milliseconds of the look at one release, and how many alerts it made."""
    vintage(number)
    began = time.perf_counter()
    told = look_at_releases()
    return (time.perf_counter() - began) * 1000, told


def measured() -> dict[str, object]:
    Observation.objects.filter(indicator_id=INDICATOR).delete()
    vintage(0)
    told: dict[str, object] = {"benchmark": "alert_fan_out", "watchers": WATCHERS}
    watching, times, number = 0, [], 0
    for count in WATCHERS:
        watch(watching, count)
        watching = count
        rounds = []
        for _round in range(ROUNDS):
            number += 1
            took, alerts = looked(number)
            rounds.append(took)
            if number > 1 and alerts != count:
                raise SystemExit(f"{alerts} alerts for {count} watchers")
        times.append(round(min(rounds), 1))
    number += 1
    vintage(number)
    with CaptureQueriesContext(connection) as captured:
        look_at_releases()
    told |= {
        "ms": times,
        "per_watcher_ms": [round(took / count, 4) for took, count in zip(times, WATCHERS, strict=True)],
    }
    told |= {"queries": len(captured), "alerts": Alert.objects.count()}
    told["ratio"] = round((times[-1] / WATCHERS[-1]) / (times[0] / WATCHERS[0]), 2)
    rule = AlertRule.objects.select_related("person").first()
    if rule is not None:
        began = time.perf_counter()
        would_have_fired(actor_of_person(rule.person), rule)
        told["preview_ms"] = round((time.perf_counter() - began) * 1000, 1)
    return told


def main() -> None:
    call_command("migrate", verbosity=0)
    call_command("load_facts", verbosity=0, stdout=io.StringIO())
    with transaction.atomic():
        told = measured()
        transaction.set_rollback(True)
    print(json.dumps(told))


main()
