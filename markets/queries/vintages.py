"""A series from vintage to vintage: its newest value before and after a release, as known then.

Vintages have two orders. As they were published here, for what is news now: an old vintage that comes late and
changes nothing in force is none. As they were public, for what one could have read over the years.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import islice
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from markets.models import Observation, Release
from markets.queries.revisions import RevisionRow, RevisionScope, revisions
from markets.queries.series import Stated
from markets.vocabulary import ObsStatus

# Neither a forecast nor what waits for a judgement is a newest value.
_NOT_STATED: Final = (ObsStatus.FORECAST.value, ObsStatus.QUARANTINED.value)
_COLUMNS: Final = ", ".join(f"o.{name}" if name != "pk" else "o.id" for name in Stated._fields)
# Periods of one series sort as text, and its index is read from the newest one on.
_NEWEST: Final = """
    SELECT {columns} FROM markets_observation o
    JOIN markets_release r ON r.id = o.release_id
    LEFT JOIN markets_release s ON s.id = o.superseded_by_id
    WHERE o.indicator_id = t.indicator_id AND o.area_id = t.area_id
      AND o.value IS NOT NULL AND o.obs_status <> ALL(%(not_stated)s)
      AND (r.{clock}, r.id) {begun} (t.at, t.id) AND (s.id IS NULL OR (s.{clock}, s.id) {over} (t.at, t.id))
    ORDER BY o.period DESC LIMIT 1
"""
_STEPS: Final = """
    WITH touched AS MATERIALIZED (
        SELECT DISTINCT o.indicator_id, o.area_id, r.id, r.{clock} AS at
        FROM unnest(%(indicators)s::text[], %(areas)s::text[]) AS asked (indicator, area)
        JOIN markets_observation o ON o.indicator_id = asked.indicator AND o.area_id = asked.area
        JOIN markets_release r ON r.id = o.release_id
        WHERE r.state = %(published)s AND {scope}
    )
    SELECT t.indicator_id, t.area_id, t.id, t.at, {before}, {after}
    FROM touched t LEFT JOIN LATERAL ({newest_before}) b ON true LEFT JOIN LATERAL ({newest_after}) a ON true
    ORDER BY t.at, t.id, t.indicator_id, t.area_id
"""
# So many series are asked for by one statement.
_MOST_SERIES: Final = 1000

Series = tuple[str, str]


class Clock(StrEnum):
    """The order of vintages: as they were published here, or as they were public."""

    PUBLISHED = "published_at"
    KNOWN = "known_from"


class Step(NamedTuple):
    """What a release did to a series: the newest stated value before and after it; None where none was stated.

    at: the moment of the release by the clock that was asked for.
    """

    indicator_id: str
    area_id: str
    release_id: int
    at: dt.datetime
    before: Stated | None
    after: Stated | None


def steps_of_release(release: int, series: Collection[Series]) -> Iterator[Step]:
    """What a published release did to those of these (indicator, market) series that it speaks of."""
    asked = iter(sorted(set(series)))
    while part := list(islice(asked, _MOST_SERIES)):
        yield from _steps(part, Clock.PUBLISHED, "r.id = %(release)s", {"release": release})


def steps_of_series(series: Series, since: dt.datetime) -> list[Step]:
    """What each vintage that became public after a moment did to a series, the oldest first."""
    return list(_steps([series], Clock.KNOWN, "r.known_from > %(since)s", {"since": since}))


def first_vintage(area: str, indicator: str = "") -> dt.datetime | None:
    """When the first vintage of a market's figures was public, of one indicator or any; None where there is none."""
    rows = _vintages_of(area, indicator).order_by("known_from").values_list("known_from", flat=True)
    return rows.first()


def vintage_count(area: str, indicator: str, since: dt.datetime) -> int:
    """How many releases that became public after a moment speak of the market's figures, of one indicator or any."""
    rows = _vintages_of(area, indicator).filter(known_from__gt=since)
    return rows.aggregate(count=Count("release", distinct=True))["count"]


def revisions_by_release(area: str, indicator: str, since: dt.datetime) -> Iterator[RevisionRow]:
    """What vintages that became public after a moment revised of a market's figures, the oldest vintage first."""
    rows = revisions(RevisionScope(indicators=[indicator] if indicator else (), areas=[area]))
    found = rows.filter(superseded_by__known_from__gt=since).order_by("new_known_from", "new_release")
    return (RevisionRow(*row) for row in found.values_list(*RevisionRow._fields).iterator())


def revisions_by_market(release: int, areas: Collection[str]) -> Iterator[RevisionRow]:
    """What a release revised of these markets' figures, market by market; never all of it in memory."""
    if not areas:
        return iter(())
    found = revisions(RevisionScope(areas=sorted(areas))).filter(superseded_by=release).order_by("area_id")
    return (RevisionRow(*row) for row in found.values_list(*RevisionRow._fields).iterator())


def _vintages_of(area: str, indicator: str) -> QuerySet[Observation]:
    named = Q(indicator_id=indicator) if indicator else Q()
    return Observation.objects.filter(named, area_id=area, release__state=Release.State.PUBLISHED).order_by()


def _steps(series: Collection[Series], clock: Clock, scope: str, given: dict[str, Any]) -> Iterator[Step]:
    sql = _STEPS.format(
        clock=clock.value,
        scope=scope,
        before=_named("b"),
        after=_named("a"),
        newest_before=_NEWEST.format(columns=_COLUMNS, clock=clock.value, begun="<", over=">="),
        newest_after=_NEWEST.format(columns=_COLUMNS, clock=clock.value, begun="<=", over=">"),
    )
    asked = {
        "indicators": [indicator for indicator, _area in series],
        "areas": [area for _indicator, area in series],
        "published": Release.State.PUBLISHED.value,
        "not_stated": list(_NOT_STATED),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, asked | given)
        rows = cursor.fetchall()
    width = len(Stated._fields)
    for row in rows:
        indicator, area, release, at, *sides = row
        yield Step(indicator, area, release, at, _side(sides[:width]), _side(sides[width:]))


def _named(alias: str) -> str:
    return ", ".join(f"{alias}.{'id' if name == 'pk' else name}" for name in Stated._fields)


def _side(columns: list[Any]) -> Stated | None:
    return None if columns[0] is None else Stated(*columns)
