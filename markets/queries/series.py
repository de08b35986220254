"""The observations: values in force, now or at a moment, their history, and how they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from markets.models import Observation
from markets.vocabulary import AsOf, PrintedNumber


class Stated(NamedTuple):
    """One observation as a plain row: pages read thousands of them, and models would be most of the time."""

    pk: int
    indicator_id: str
    area_id: str
    period: str
    value: Decimal | None
    last_digit_exponent: int | None
    obs_status: str
    release_id: int
    known_from: dt.datetime
    known_to: dt.datetime | None
    superseded_by_id: int | None


def stated(rows: QuerySet[Observation]) -> list[Stated]:
    """The rows of a query as plain rows, in its order."""
    return [Stated(*row) for row in rows.values_list(*Stated._fields)]


def in_force(as_of: AsOf | None = None) -> QuerySet[Observation]:
    """Observations as known now, or as they were known at a moment."""
    if as_of is None:
        return Observation.objects.filter(known_to=None)
    still = Q(known_to=None) | Q(known_to__gt=as_of.at)
    return Observation.objects.filter(still, known_from__lte=as_of.at)


def observations(
    *,
    indicators: Sequence[str] = (),
    areas: Sequence[str] = (),
    period: str = "",
    period_from: str = "",
    period_to: str = "",
    release: int | None = None,
    as_of: AsOf | None = None,
) -> QuerySet[Observation]:
    """Observations in force that pass the filters, values withdrawn or withheld included."""
    rows = in_force(as_of) if release is None else Observation.objects.filter(release_id=release)
    if indicators:
        rows = rows.filter(indicator_id__in=indicators)
    if areas:
        rows = rows.filter(area_id__in=areas)
    if period:
        rows = rows.filter(period=period)
    if period_from:
        rows = rows.filter(period__gte=period_from)
    if period_to:
        rows = rows.filter(period__lte=period_to)
    return rows


def observations_of_area(area: str, as_of: AsOf | None = None) -> list[Stated]:
    """All stated values of one area, by indicator, oldest first."""
    rows = in_force(as_of).filter(area_id=area, value__isnull=False)
    return stated(rows.order_by("indicator_id", "period"))


def observations_of_indicator(indicator: str, as_of: AsOf | None = None) -> list[Stated]:
    """All stated values of one indicator, by area, oldest first."""
    rows = in_force(as_of).filter(indicator_id=indicator, value__isnull=False)
    return stated(rows.order_by("area_id", "period"))


def newest_observations(indicators: Sequence[str], areas: Sequence[str], as_of: AsOf | None = None) -> list[Stated]:
    """The newest stated value of each area and indicator; a forecast is not a newest value."""
    rows = observations(indicators=indicators, areas=areas, as_of=as_of).filter(value__isnull=False)
    rows = rows.exclude(obs_status="f").order_by("area_id", "indicator_id", "-period")
    return stated(rows.distinct("area_id", "indicator_id"))


def history(indicator: str, area: str) -> list[Stated]:
    """Every vintage of every period of one series, newest vintage first within a period."""
    rows = Observation.objects.filter(indicator_id=indicator, area_id=area)
    return stated(rows.order_by("-period", "-known_from", "-id"))


class Coverage(NamedTuple):
    """How many markets an indicator has any value for, and its oldest and newest period; forecasts are left out."""

    indicator_id: str
    markets: int
    oldest: str
    newest: str


def coverage(as_of: AsOf | None = None) -> dict[str, Coverage]:
    """Coverage of each indicator that has a value, by its code."""
    rows = in_force(as_of).filter(value__isnull=False, area__is_aggregate=False).exclude(obs_status="f")
    counted = (
        rows.order_by()
        .values("indicator_id")
        .annotate(markets=Count("area_id", distinct=True), oldest=Min("period"), newest=Max("period"))
    )
    return {row["indicator_id"]: Coverage(**row) for row in counted}


def replaced_values(rows: Iterable[Stated]) -> dict[int, Stated]:
    """For each observation that revised or withdrew another, the one it took the place of, by the newer one's id.

    Vintages between the two that said the same figure in other digits or under another letter are passed over.
    """
    newer = [row for row in rows if row.obs_status]
    if not newer:
        return {}
    older: dict[tuple[str, str, str], list[Stated]] = {}
    superseded = Observation.objects.filter(
        known_to__isnull=False,
        indicator_id__in={row.indicator_id for row in newer},
        area_id__in={row.area_id for row in newer},
        period__in={row.period for row in newer},
    )
    for row in stated(superseded.order_by("-known_from", "-id")):
        older.setdefault((row.indicator_id, row.area_id, row.period), []).append(row)
    found = {}
    for row in newer:
        vintages = older.get((row.indicator_id, row.area_id, row.period), ())
        before = (old for old in vintages if (old.known_from, old.pk) < (row.known_from, row.pk))
        other = next((old for old in before if not _is_same_figure(old, row)), None)
        if other is not None:
            found[row.pk] = other
    return found


def revisions(indicator: str, limit: int, as_of: AsOf | None = None) -> tuple[list[Stated], int]:
    """Observations of an indicator that revised or withdrew another, newest first, and how many there are.

    The same figure in other digits or under another letter is no revision.
    """
    columns = ", ".join(f"n.{column}" for column in ("id", *Stated._fields[1:]))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) OVER (), {columns}
            FROM markets_observation n
            JOIN markets_observation o ON o.superseded_by_id = n.release_id AND o.indicator_id = n.indicator_id
                AND o.area_id = n.area_id AND o.period = n.period
            WHERE n.indicator_id = %(indicator)s AND (%(at)s::timestamptz IS NULL OR n.known_from <= %(at)s)
              AND ((n.value IS NULL AND o.value IS NULL) OR n.value = o.value
                   OR (n.last_digit_exponent <> o.last_digit_exponent
                       AND abs(n.value - o.value) * 2
                           <= 10::numeric ^ greatest(n.last_digit_exponent, o.last_digit_exponent))) IS NOT TRUE
            ORDER BY n.known_from DESC, n.period DESC, n.area_id LIMIT %(limit)s
            """,  # noqa: S608 - the only text put in is the names of our own columns
            {"indicator": indicator, "at": as_of.at if as_of else None, "limit": limit},
        )
        found = cursor.fetchall()
    return [Stated(*row[1:]) for row in found], found[0][0] if found else 0


def _is_same_figure(old: Stated, new: Stated) -> bool:
    """Whether the two differ only in how many digits were printed."""
    if old.value is None or new.value is None:
        return old.value is new.value
    if old.last_digit_exponent is None or new.last_digit_exponent is None:
        return old.value == new.value
    printed = PrintedNumber(old.value, old.last_digit_exponent)
    return printed.agrees_with(PrintedNumber(new.value, new.last_digit_exponent))
