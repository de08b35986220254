"""The observations: values in force, now or at a moment, their history, and how they stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet

from markets.models import Observation
from markets.vocabulary import AsOf


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
    release: int | None = None,
    as_of: AsOf | None = None,
) -> QuerySet[Observation]:
    """Observations in force that pass the filters, values withdrawn or withheld included."""
    rows = in_force(as_of) if release is None else Observation.objects.filter(release_id=release)
    if indicators:
        rows = rows.filter(indicator_id__in=indicators)
    if areas:
        rows = rows.filter(area_id__in=areas)
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
