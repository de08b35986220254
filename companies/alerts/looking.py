"""Looking for news that rules ask for: each piece of it exactly once, whoever looks and however often.

How far the looking has come stands in a row, which is locked while somebody looks: others find it locked and leave. It
moves in the transaction that writes the alerts, so whoever is killed half-way has written neither, and the next one
begins at the same place. An alert exists once for each rule and event, whatever happens.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import islice
from typing import Final

from django.db import connection, transaction
from django.db.models import Min

from companies.alerts import figures, rates
from companies.alerts.in_force import Told
from companies.alerts.records import told_of_approvals
from companies.alerts.sources import told_of_sources
from companies.models import Alert, AlertCursor, AlertRule
from companies.queries.settled import settled_until
from markets import queries
from markets.models import Release

News = AlertCursor.News
# So many alerts are written by one statement.
_AT_ONCE: Final = 500


def look_at_releases() -> int:
    """Tell what was published since the last look, one publication after the other; how many alerts that made."""
    told = 0
    while (of_one := _look_at_next()) is not None:
        told += of_one
    return told


@transaction.atomic
def look_at_approvals() -> int:
    """Tell what was approved since the last look; how many alerts that made."""
    cursor = _held(News.CHANGES)
    until = settled_until()
    if cursor is None or cursor.at is None or until <= cursor.at:
        return 0
    told = _tell(told_of_approvals(cursor.at, until))
    cursor.at = until
    cursor.save(update_fields=("at",))
    return told


@transaction.atomic
def look_at_sources() -> int:
    """Tell which sources are late or fail; how many alerts that made."""
    return _tell(told_of_sources(_database_clock()))


@transaction.atomic
def _look_at_next() -> int | None:
    """The alerts of the next publication; None where there is none, or somebody else looks."""
    cursor = _held(News.RELEASES)
    until = queries.complete_until()
    if cursor is None or until is None:
        return None
    published = Release.objects.filter(
        state=Release.State.PUBLISHED, published_at__gt=cursor.at, published_at__lte=until
    )
    first = published.order_by("published_at").values_list("published_at", flat=True).first()
    if first is None:
        return None
    releases = published.filter(published_at=first).select_related("dataset").order_by("id")
    told = sum(_tell(_told_of(release)) for release in releases)
    cursor.at = first
    cursor.save(update_fields=("at",))
    return told


def _told_of(release: Release) -> Iterator[Told]:
    yield from figures.told_of_release(release)
    yield from rates.told_of_release(release)


def _held(news: str) -> AlertCursor | None:
    """How far the looking has come, held until the end of the transaction; None while somebody else holds it.

    The first look begins where the oldest rule did: what was there before is no news to anybody.
    """
    if not AlertCursor.objects.filter(news=news).exists():
        begun = AlertRule.objects.aggregate(first=Min("begins_at"))["first"]
        settled = settled_until()
        AlertCursor.objects.get_or_create(news=news, defaults={"at": min(begun or settled, settled)})
    return AlertCursor.objects.select_for_update(skip_locked=True).filter(news=news).first()


def _tell(told: Iterable[Told]) -> int:
    """Write alerts; what a rule told of an event before is left as it is. How many were asked to be written."""
    count = 0
    # What is read bit by bit is closed within its transaction, whatever becomes of the writing.
    with closing(_each(told)) as rows:
        while part := list(islice(rows, _AT_ONCE)):
            Alert.objects.bulk_create(map(_alert, part), ignore_conflicts=True)
            count += len(part)
    return count


def _each(told: Iterable[Told]) -> Generator[Told, None, None]:
    yield from told


def _alert(told: Told) -> Alert:
    rule, firing = told
    return Alert(
        rule=rule,
        person_id=rule.person_id,
        target_id=rule.target_id,
        organisation_id=rule.organisation_id,
        event=firing.event,
        release_id=firing.release,
        facts=firing.facts.packed(),
    )


def _database_clock() -> dt.datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
        return now
