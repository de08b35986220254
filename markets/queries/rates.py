"""Exchange rates: those in force, now or at a moment, and what follows from two of them without any judgement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from markets.models import Area, Currency, ExchangeRate, Observation
from markets.queries.series import in_force as observations_in_force
from markets.vocabulary import AsOf, Frequency, RateKind

# So many days back the last published rate still speaks for a day: the longest holidays of a central bank.
DAYS_BACK: Final = 10
OFFICIAL_RATE: Final = "PA.NUS.FCRF"
# Banks that print many currencies against their own: the euro for each of them, or each of them in tenge.
PIVOTS: Final = ("EUR", "KZT")


class RateRow(NamedTuple):
    """One published rate as a plain row: units of `currency` for one of `base`."""

    dataset_id: str
    currency_id: str
    base_id: str
    kind: str
    period: str
    value: Decimal
    obs_status: str
    release_id: int


def exchange_rates(
    *,
    currencies: Sequence[str] = (),
    bases: Sequence[str] = (),
    kind: str = "",
    period: str = "",
    period_from: str = "",
    period_to: str = "",
    as_of: AsOf | None = None,
) -> QuerySet[ExchangeRate]:
    """Rates in force that pass the filters, those withdrawn included."""
    rows = ExchangeRate.objects.order_by()
    if as_of is None:
        rows = rows.filter(known_to=None)
    else:
        rows = rows.filter(Q(known_to=None) | Q(known_to__gt=as_of.at), known_from__lte=as_of.at)
    wanted = {
        "currency_id__in": currencies,
        "base_id__in": bases,
        "kind": kind,
        "period": period,
        "period__gte": period_from,
        "period__lte": period_to,
    }
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def rate_rows(rows: QuerySet[ExchangeRate]) -> list[RateRow]:
    """The rates with a value, oldest first."""
    stated = rows.filter(value__isnull=False).order_by("period", "dataset_id", "currency_id", "base_id")
    return [RateRow(*row) for row in stated.values_list(*RateRow._fields)]


def rates_of_days(codes: Iterable[str], last: dt.date, as_of: AsOf | None = None) -> list[RateRow]:
    """Rates of a day between any of these currencies and the pivots, of the last days up to this one, oldest first."""
    among = sorted({*codes, *PIVOTS})
    first = last - dt.timedelta(days=DAYS_BACK)
    rows = exchange_rates(
        currencies=among, bases=among, period_from=first.isoformat(), period_to=last.isoformat(), as_of=as_of
    )
    return rate_rows(rows.filter(frequency=Frequency.AS_OF.value))


def newest_days(as_of: AsOf | None = None) -> dict[str, dt.date]:
    """The newest day each dataset has a rate of."""
    rows = exchange_rates(as_of=as_of).filter(frequency=Frequency.AS_OF.value, value__isnull=False)
    found = rows.values("dataset_id").annotate(newest=Max("period"))
    return {row["dataset_id"]: dt.date.fromisoformat(row["newest"]) for row in found}


def days_of_pair(currency: str, base: str, as_of: AsOf | None = None) -> tuple[str, str] | None:
    """First and last day with a published rate of one of the two currencies; None where there is none."""
    pair = Q(currency_id__in=(currency, base)) | Q(base_id__in=(currency, base))
    rows = exchange_rates(as_of=as_of).filter(pair, frequency=Frequency.AS_OF.value, value__isnull=False)
    periods = rows.order_by("period").values_list("period", flat=True)
    first = periods.first()
    last = periods.last()
    return (first, last) if first and last else None


def published_averages(codes: Iterable[str], as_of: AsOf | None = None) -> list[RateRow]:
    """Averages of years as published, between any of these currencies, oldest first."""
    among = sorted(set(codes))
    rows = exchange_rates(currencies=among, bases=among, kind=RateKind.AVERAGE.value, as_of=as_of)
    return rate_rows(rows.filter(frequency=Frequency.ANNUAL.value))


class AnnualObservation(NamedTuple):
    """The World Bank's average of a year: units of a currency for a US dollar, stated of an area that uses it."""

    currency: str
    period: str
    value: Decimal
    obs_status: str
    release_id: int
    area: str


def annual_observations(codes: Iterable[str], as_of: AsOf | None = None) -> list[AnnualObservation]:
    """Yearly averages in the World Bank's series, for currencies that one area uses, oldest first.

    A currency of several areas has several averages, which may differ: it is left out.
    """
    users: dict[str, list[str]] = {}
    areas = Area.objects.filter(currency_id__in=list(codes), is_aggregate=False)
    for area, currency in areas.values_list("code", "currency_id"):
        users.setdefault(currency, []).append(area)
    currency_by_area = {areas[0]: currency for currency, areas in users.items() if len(areas) == 1}
    rows: QuerySet[Observation] = observations_in_force(as_of).filter(
        indicator_id=OFFICIAL_RATE, area_id__in=currency_by_area, value__gt=0
    )
    found = rows.order_by("period", "area_id").values_list("area_id", "period", "value", "obs_status", "release_id")
    return [
        AnnualObservation(currency_by_area[area], period, value, obs_status, release, area)
        for area, period, value, obs_status, release in found
        if value is not None
    ]


@dataclass(frozen=True, slots=True)
class Route:
    """How a rate of `currency` for one `base` follows from published ones: numerator / denominator.

    Each is a (currency, base) pair of published rates, or None where the other alone says it.
    """

    numerator: tuple[str, str] | None
    denominator: tuple[str, str] | None

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs it needs."""
        return [pair for pair in (self.numerator, self.denominator) if pair]


def routes(currency: str, base: str, pivots: Sequence[str] = PIVOTS) -> list[Route]:
    """The ways to a rate, the nearest to what was published first: itself, its inverse, crosses."""
    found = [Route((currency, base), None), Route(None, (base, currency))]
    for pivot in pivots:
        if pivot not in (currency, base):
            found.append(Route((currency, pivot), (base, pivot)))
            found.append(Route((pivot, base), (pivot, currency)))
    return found


class Way(NamedTuple):
    """A route within the rates of one dataset and kind."""

    dataset: str
    kind: RateKind
    route: Route


class Mean(NamedTuple):
    """The mean of the rates of the days of a year or month. days: how many; releases: the vintages they come from."""

    period: str
    value: Decimal
    days: int
    first: str
    last: str
    releases: tuple[int, ...]


_MEANS = """
    WITH known AS (
        SELECT currency_id, base_id, period, value, release_id FROM markets_exchangerate
        WHERE dataset_id = %(dataset)s AND kind = %(kind)s AND frequency = 'D' AND value IS NOT NULL
          AND period >= %(first)s AND period <= %(last)s
          AND CASE WHEN %(as_of)s::timestamptz IS NULL THEN known_to IS NULL
              ELSE known_from <= %(as_of)s AND (known_to IS NULL OR known_to > %(as_of)s) END
    ), days AS (
        SELECT COALESCE(n.period, d.period) AS day,
               COALESCE(n.value, 1) / COALESCE(d.value, 1) AS rate,
               ARRAY_REMOVE(ARRAY[n.release_id, d.release_id], NULL) AS releases
        FROM (SELECT * FROM known WHERE currency_id = %(nc)s AND base_id = %(nb)s) n
        FULL JOIN (SELECT * FROM known WHERE currency_id = %(dc)s AND base_id = %(db)s) d ON d.period = n.period
        WHERE (%(nc)s IS NULL OR n.value IS NOT NULL) AND (%(dc)s IS NULL OR d.value IS NOT NULL)
    )
    SELECT LEFT(day, %(length)s) AS part, AVG(rate), COUNT(DISTINCT day), MIN(day), MAX(day),
           ARRAY_AGG(DISTINCT release ORDER BY release)
    FROM days CROSS JOIN LATERAL UNNEST(releases) AS release
    GROUP BY part ORDER BY part
"""


def means(way: Way, frequency: Frequency, years: tuple[int, int], as_of: AsOf | None = None) -> list[Mean]:
    """Means of the rates of each day by year or month, each day's rate by the route, both legs of that day.

    AVG counts a day as often as it has legs, each time with the same rate: the mean is that of the days.
    """
    numerator, denominator = way.route.numerator or (None, None), way.route.denominator or (None, None)
    asked = {
        "dataset": way.dataset,
        "kind": way.kind.value,
        "first": f"{years[0]:04}-01-01",
        "last": f"{years[1]:04}-12-31",
        "as_of": as_of.at if as_of else None,
        "nc": numerator[0],
        "nb": numerator[1],
        "dc": denominator[0],
        "db": denominator[1],
        "length": 4 if frequency is Frequency.ANNUAL else 7,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MEANS, asked)
        rows = cursor.fetchall()
    return [Mean(part, value, days, first, last, tuple(held)) for part, value, days, first, last, held in rows]


class DaySeries(NamedTuple):
    """A pair of currencies that a dataset has rates of days for, and how many."""

    dataset: str
    kind: str
    currency: str
    base: str
    days: int


def day_series(codes: Iterable[str], as_of: AsOf | None = None) -> list[DaySeries]:
    """Which rates of days there are between any of these currencies and the pivots."""
    among = sorted({*codes, *PIVOTS})
    rows = exchange_rates(currencies=among, bases=among, as_of=as_of)
    rows = rows.filter(frequency=Frequency.AS_OF.value, value__isnull=False)
    found = rows.values_list("dataset_id", "kind", "currency_id", "base_id").annotate(days=Count("id"))
    return [DaySeries(*row) for row in found.order_by("dataset_id", "kind", "currency_id", "base_id")]


def currencies(codes: Iterable[str]) -> list[Currency]:
    """Currencies by code."""
    return list(Currency.objects.filter(code__in=list(codes)).order_by("code"))


def currency_codes() -> list[str]:
    """Currencies that have any published rate, by code."""
    rows = exchange_rates()
    pairs = rows.values_list("currency_id", "base_id").distinct()
    return sorted({code for pair in pairs for code in pair})
