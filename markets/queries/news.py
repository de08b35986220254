"""What is new of some markets since a moment: which vintages told of them, and what those changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from markets.models import Release
from markets.queries.revisions import RevisionRow, RevisionScope, revisions
from markets.queries.series import Stated, in_force, stated
from markets.vocabulary import AsOf, Flow, ObsStatus

# More vintages than these between two visits are not looked through.
MOST_RELEASES = 400
_TOLD = """
    SELECT release_id, area_id AS area, count(*) FROM markets_observation
    WHERE release_id = ANY(%(releases)s) AND area_id = ANY(%(areas)s) AND value IS NOT NULL AND obs_status <> %(barred)s
    GROUP BY release_id, area_id
    UNION ALL
    SELECT release_id, reporter_id, count(*) FROM markets_tradetotal
    WHERE release_id = ANY(%(releases)s) AND reporter_id = ANY(%(areas)s) AND value IS NOT NULL
      AND obs_status <> %(barred)s
    GROUP BY release_id, reporter_id
    UNION ALL
    SELECT release_id, partner_id, count(*) FROM markets_tradetotal
    WHERE release_id = ANY(%(releases)s) AND reporter_id = %(home)s AND flow = %(sold)s AND partner_id = ANY(%(areas)s)
      AND value IS NOT NULL AND obs_status <> %(barred)s
    GROUP BY release_id, partner_id
"""


class Told(NamedTuple):
    """How many values a vintage added or changed that are about a market."""

    release: int
    area: str
    values: int


def releases_since(at: dt.datetime) -> list[Release]:
    """The vintages published after a moment, newest first; the newest `MOST_RELEASES` where there are more."""
    rows = Release.objects.select_related("dataset").filter(state=Release.State.PUBLISHED, published_at__gt=at)
    return list(rows.order_by("-published_at", "-id")[:MOST_RELEASES])


def told_of(releases: Sequence[int], areas: Sequence[str], home: str) -> list[Told]:
    """What these vintages told of each market: figures, its own trade, and what the home market sold to it."""
    if not releases or not areas:
        return []
    given: dict[str, Any] = {
        "releases": list(releases),
        "areas": list(areas),
        "home": home,
        "sold": Flow.EXPORT.value,
        "barred": ObsStatus.QUARANTINED.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, given)
        return [Told(*row) for row in cursor.fetchall()]


def indicators_told(releases: Sequence[int], indicators: Sequence[str]) -> list[str]:
    """Which of the indicators any of these vintages has a value of, for whichever market."""
    if not releases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.code FROM unnest(%s::text[]) AS i(code) WHERE EXISTS (SELECT 1 FROM markets_observation o"
            " WHERE o.release_id = ANY(%s) AND o.indicator_id = i.code)",
            [list(indicators), list(releases)],
        )
        return [code for (code,) in cursor.fetchall()]


class CountedRevision(NamedTuple):
    """A revision, and how many there are of its market in all."""

    row: RevisionRow
    of: int


def revisions_of_each(releases: Sequence[int], areas: Sequence[str], most: int) -> list[CountedRevision]:
    """What these vintages revised or withdrew of each market: its first `most`.

    Headline indicators come before the others, newer periods before older ones.
    """
    if not releases or not areas:
        return []
    of_market: dict[str, Any] = {"partition_by": F("area_id")}
    order: list[Any] = [
        F("indicator__is_headline").desc(),
        F("period").desc(),
        "indicator__sort",
        "indicator_id",
    ]
    rows = (
        revisions(RevisionScope(areas=areas))
        .filter(superseded_by__in=releases)
        .annotate(place=Window(RowNumber(), order_by=order, **of_market), of_market=Window(Count("pk"), **of_market))
        .filter(place__lte=most)
        .order_by("area_id", "place")
    )
    return [
        CountedRevision(RevisionRow(*row[:-1]), row[-1]) for row in rows.values_list(*RevisionRow._fields, "of_market")
    ]


def newest_in(periods: Mapping[str, Sequence[str]], areas: Sequence[str], as_of: AsOf | None) -> list[Stated]:
    """The newest stated value of each area and indicator among some periods; a forecast is not a newest value."""
    if not periods:
        return []
    pairs = [(code, period) for code, held in periods.items() for period in held]
    rows = in_force(as_of).filter(
        area_id__in=areas,
        value__isnull=False,
        indicator_id__in=list(periods),
        period__in={period for _code, period in pairs},
    )
    rows = rows.exclude(obs_status=ObsStatus.FORECAST.value).order_by("area_id", "indicator_id", "-period")
    wanted = set(pairs)
    newest: dict[tuple[str, str], Stated] = {}
    for row in stated(rows):
        if (row.indicator_id, row.period) in wanted:
            newest.setdefault((row.area_id, row.indicator_id), row)
    return list(newest.values())
