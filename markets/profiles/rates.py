"""Exchange rates as they are read: of a day, of a year, by month, each with the published rates it rests on.

No rate, no conversion: where nothing was published near enough, the answer is a reason and not a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue
from markets.profiles.figures import Provenance, provenance
from markets.queries import rates as stored
from markets.queries.rates import DAYS_BACK, Route, Way
from markets.vocabulary import AsOf, Frequency, RateKind

# Fewer days are no average of a year, or of a month; a year has about 250 working days.
FEWEST_DAYS_OF_YEAR: Final = 200
FEWEST_DAYS_OF_MONTH: Final = 10
# Averages of years meet in the dollar, in which all of them are published.
AVERAGE_PIVOTS: Final = ("USD",)
# Rounded once, far beyond what any bank prints.
_EXACT: Final = Context(prec=20)

_Pair = tuple[str, str]
Sources = dict[int, Provenance]


class Derivation(StrEnum):
    """How a rate follows from published ones."""

    PUBLISHED = "published"
    INVERSE = "inverse"
    CROSS = "cross"
    MEAN = "mean"


class NoRate(StrEnum):
    """Why there is no rate."""

    NO_SERIES = "no_rate_of_pair"
    NONE_NEAR = "no_rate_near"
    NOT_THAT_YEAR = "no_rate_of_year"


@dataclass(frozen=True, slots=True)
class RateLeg:
    """A published rate that another rests on: units of `currency` for one `base`."""

    currency: str
    base: str
    kind: str
    period: str
    value: Decimal | None
    obs_status: str = ""


@dataclass(frozen=True, slots=True)
class Rate:
    """Units of `currency` for one unit of `base` in a period.

    derivation: `published` as its bank printed it, otherwise computed from `legs`. A mean has legs without a value:
    the series it was taken of; days: of how many; is_partial: they do not reach through the whole year.
    """

    currency: str
    base: str
    kind: str
    period: str
    value: Decimal
    derivation: Derivation
    legs: tuple[RateLeg, ...]
    sources: tuple[Provenance, ...]
    days: int | None = None
    is_partial: bool = False

    @property
    def is_derived(self) -> bool:
        """Whether anything was computed here."""
        return self.derivation is not Derivation.PUBLISHED


@dataclass(frozen=True, slots=True)
class RateAnswer:
    """A rate asked for, or why there is none. period: the day or year asked for; known: the days that have a rate."""

    currency: str
    base: str
    period: str
    rate: Rate | None = None
    missing: str = ""
    known: _Pair | None = None


@dataclass(frozen=True, slots=True)
class MonthRange:
    """The lowest and the highest mean of a month within a year."""

    currency: str
    base: str
    kind: str
    year: int
    low: Decimal
    high: Decimal
    months: int
    derivation: Derivation
    sources: tuple[Provenance, ...]


def rate_on(
    currency: str, base: str, day: dt.date, as_of: AsOf | None = None, kind: RateKind | None = None
) -> RateAnswer:
    """The last rate published on or before a day, at most ten days back, with its own date.

    A cross needs both legs of one day, one dataset and one kind. Raises InvalidValue for a currency against itself.
    """
    _refuse_itself(currency, base)
    rows = stored.rates_of_days((currency, base), day, as_of)
    found = _Found(_by_series(row for row in rows if kind in (None, row.kind)))
    rate = found.rate(currency, base)
    if rate is not None:
        return RateAnswer(currency, base, day.isoformat(), rate)
    known = stored.days_of_pair(currency, base, as_of)
    reason = NoRate.NONE_NEAR if known else NoRate.NO_SERIES
    return RateAnswer(currency, base, day.isoformat(), missing=reason.value, known=known)


def newest_rates(pairs: Sequence[_Pair], as_of: AsOf | None = None, sources: Sources | None = None) -> list[RateAnswer]:
    """The newest rate of each pair, however old: each dataset is read up to its own last day.

    sources: what is known of releases already; what is read here is added.
    """
    newest = stored.newest_days(as_of)
    codes = {code for pair in pairs for code in pair}
    rows = [
        row
        for day in sorted(set(newest.values()))
        for row in stored.rates_of_days(codes, day, as_of)
        if newest[row.dataset_id] == day
    ]
    found = _Found(_by_series(rows), sources)
    return [_answer(currency, base, "", found.rate(currency, base)) for currency, base in pairs]


def rates_by_day(
    currency: str, base: str, first: dt.date, last: dt.date, *, kind: str = "", as_of: AsOf | None = None
) -> list[Rate]:
    """The rate of each day between the two that has one, oldest first; a cross needs both legs of that day.

    kind: only rates of this kind, as a series must be of one. Raises InvalidValue for a currency against itself.
    """
    _refuse_itself(currency, base)
    among = sorted({currency, base, *stored.PIVOTS})
    stated = stored.exchange_rates(
        currencies=among, bases=among, kind=kind, period_from=first.isoformat(), period_to=last.isoformat(), as_of=as_of
    )
    rows = stored.rate_rows(stated.filter(frequency=Frequency.AS_OF.value))
    sources: Sources = dict(_certificates({row.release_id for row in rows}))
    days = [_Found(_by_series(of_day), sources) for _day, of_day in groupby(rows, key=lambda row: row.period)]
    return [rate for found in days if (rate := found.rate(currency, base)) is not None]


def average_rate(
    currency: str, base: str, year: int, kind: RateKind | None = None, as_of: AsOf | None = None
) -> RateAnswer:
    """The average of a year: as published; else the mean of the days' rates; else through the World Bank's series.

    kind: only averages as published, or only means of reference or of official rates.
    Raises InvalidValue for a currency against itself.
    """
    _refuse_itself(currency, base)
    return Averages((currency, base), (year, year), as_of).answer(currency, base, year, kind)


def month_range(
    currency: str, base: str, year: int, kind: RateKind | None = None, as_of: AsOf | None = None
) -> MonthRange | None:
    """Between which means of a month the rate of a year moved; None where no month has enough days.

    Raises InvalidValue for a currency against itself.
    """
    _refuse_itself(currency, base)
    series = _Series(stored.day_series((currency, base), as_of))
    for way in series.ways(currency, base, kind):
        monthly = stored.means(way, Frequency.MONTHLY, (year, year), as_of)
        means = [mean for mean in monthly if mean.days >= FEWEST_DAYS_OF_MONTH]
        if means:
            values = [mean.value for mean in means]
            releases = {release for mean in means for release in mean.releases}
            sources = tuple(_certificates(releases).values())
            low, high = min(values), max(values)
            return MonthRange(currency, base, way.kind.value, year, low, high, len(means), Derivation.MEAN, sources)
    return None


class Averages:
    """Averages of years between some currencies, read at once; each answer says whose word it is."""

    def __init__(
        self,
        codes: Iterable[str],
        years: tuple[int, int],
        as_of: AsOf | None = None,
        sources: Sources | None = None,
    ) -> None:
        self.codes, self.years, self.as_of = sorted(set(codes)), years, as_of
        among = {*self.codes, *AVERAGE_PIVOTS}
        self._published = _by_series(stored.published_averages(among, as_of))
        self._observed = _by_series(_as_rates(stored.annual_observations(among, as_of)))
        self._series = _Series(stored.day_series(self.codes, as_of))
        self._means: dict[_Pair, list[Rate]] = {}
        self._sources = {} if sources is None else sources

    def answer(self, currency: str, base: str, year: int, kind: RateKind | None = None) -> RateAnswer:
        """The average of one pair in one year."""
        return _answer(currency, base, str(year), self._found(currency, base, str(year), kind), NoRate.NOT_THAT_YEAR)

    def _found(self, currency: str, base: str, year: str, kind: RateKind | None) -> Rate | None:
        means = self._means_of(currency, base) if kind is not RateKind.AVERAGE else []
        of_days = next((mean for mean in means if mean.period == year and kind in (None, mean.kind)), None)
        if kind not in (None, RateKind.AVERAGE):
            return of_days
        printed, observed = _Found(self._published, self._sources, year), _Found(self._observed, self._sources, year)
        return (
            printed.rate(currency, base, ())
            or of_days
            or printed.rate(currency, base, AVERAGE_PIVOTS)
            or observed.rate(currency, base, AVERAGE_PIVOTS)
        )

    def _means_of(self, currency: str, base: str) -> list[Rate]:
        pair = (currency, base)
        if pair not in self._means:
            self._means[pair] = [
                rate for way in self._series.ways(currency, base) for rate in self._means_by(pair, way)
            ]
        return self._means[pair]

    def _means_by(self, pair: _Pair, way: Way) -> list[Rate]:
        means = stored.means(way, Frequency.ANNUAL, self.years, self.as_of)
        means = [mean for mean in means if mean.days >= FEWEST_DAYS_OF_YEAR]
        self._sources.update(_certificates({r for m in means for r in m.releases} - self._sources.keys()))
        return [
            Rate(
                currency=pair[0],
                base=pair[1],
                kind=way.kind.value,
                period=mean.period,
                value=mean.value,
                derivation=Derivation.MEAN,
                legs=tuple(RateLeg(*leg, way.kind.value, mean.period, None) for leg in way.route.pairs),
                sources=tuple(self._sources[release] for release in mean.releases),
                days=mean.days,
                is_partial=mean.first[5:] > "01-15" or mean.last[5:] < "12-15",
            )
            for mean in means
        ]


class _Series:
    """Which rates of days a dataset has enough of, and so by which way a pair's means are taken."""

    def __init__(self, series: Sequence[stored.DaySeries]) -> None:
        self._pairs: dict[_Pair, set[_Pair]] = {}
        for each in series:
            if each.days >= FEWEST_DAYS_OF_MONTH:
                self._pairs.setdefault((each.dataset, each.kind), set()).add((each.currency, each.base))

    def ways(self, currency: str, base: str, kind: RateKind | None = None) -> list[Way]:
        """For each dataset the nearest way, reference rates first: they are of one hour for all currencies."""
        found = []
        for (dataset, of_kind), pairs in sorted(self._pairs.items()):
            nearest = (route for route in stored.routes(currency, base) if pairs.issuperset(route.pairs))
            route = next(nearest, None)
            if route and kind in (None, of_kind):
                found.append(Way(dataset, RateKind(of_kind), route))
        return sorted(found, key=lambda way: way.kind is not RateKind.REFERENCE)


_Rows = dict[_Pair, dict[_Pair, dict[str, stored.RateRow]]]


class _Found:
    """Published rates at hand, and the rates that follow from them. period: only of that one."""

    def __init__(self, rows: _Rows, sources: Sources | None = None, period: str = "") -> None:
        self._rows, self._period = rows, period
        self._sources = {} if sources is None else sources

    def rate(self, currency: str, base: str, pivots: Sequence[str] = stored.PIVOTS) -> Rate | None:
        """The nearest to what was published; among several datasets the newest."""
        for route in stored.routes(currency, base, pivots):
            ways = [(period, key) for key in sorted(self._rows) if (period := self._newest(key, route))]
            if ways:
                period, key = max(ways, key=lambda way: way[0])
                return self._derived(currency, base, route, [self._rows[key][pair][period] for pair in route.pairs])
        return None

    def _newest(self, key: _Pair, route: Route) -> str:
        """The newest period that all legs of the route have; empty where there is none."""
        legs = [self._rows[key].get(pair, {}).keys() for pair in route.pairs]
        common = set(legs[0]).intersection(*legs[1:])
        if self._period:
            common &= {self._period}
        return max(common, default="")

    def _derived(self, currency: str, base: str, route: Route, rows: Sequence[stored.RateRow]) -> Rate:
        if route.denominator is None:
            value, derivation = rows[0].value, Derivation.PUBLISHED
        elif route.numerator is None:
            value, derivation = _EXACT.divide(Decimal(1), rows[0].value), Derivation.INVERSE
        else:
            value, derivation = _EXACT.divide(rows[0].value, rows[1].value), Derivation.CROSS
        releases = dict.fromkeys(row.release_id for row in rows)
        self._sources.update(_certificates(releases.keys() - self._sources.keys()))
        return Rate(
            currency=currency,
            base=base,
            kind=rows[0].kind,
            period=rows[0].period,
            value=value,
            derivation=derivation,
            legs=tuple(RateLeg(r.currency_id, r.base_id, r.kind, r.period, r.value, r.obs_status) for r in rows),
            sources=tuple(self._sources[release] for release in releases),
        )


def _by_series(rows: Iterable[stored.RateRow]) -> _Rows:
    """Rates by dataset and kind, pair and period: legs are joined within one dataset and kind only."""
    found: _Rows = {}
    for row in rows:
        series = found.setdefault((row.dataset_id, row.kind), {}).setdefault((row.currency_id, row.base_id), {})
        series[row.period] = row
    return found


def _as_rates(observations: Iterable[stored.AnnualObservation]) -> list[stored.RateRow]:
    """The World Bank's yearly averages as rates for a dollar."""
    kind = RateKind.AVERAGE.value
    return [
        stored.RateRow("worldbank", o.currency, "USD", kind, o.period, o.value, o.obs_status, o.release_id)
        for o in observations
        if o.currency != "USD"
    ]


def _certificates(releases: Iterable[int]) -> Mapping[int, Provenance]:
    wanted = sorted(releases)
    return {pk: provenance(release) for pk, release in queries.releases_by_id(wanted).items()} if wanted else {}


def _answer(currency: str, base: str, period: str, rate: Rate | None, reason: NoRate = NoRate.NO_SERIES) -> RateAnswer:
    return RateAnswer(currency, base, period, rate, "" if rate else reason.value)


def _refuse_itself(currency: str, base: str) -> None:
    if currency == base:
        expected = _("choose two different currencies")
        raise InvalidValue(parameter="to", value=currency, expected=expected)


__all__ = [
    "DAYS_BACK",
    "Averages",
    "Derivation",
    "MonthRange",
    "NoRate",
    "Rate",
    "RateAnswer",
    "RateLeg",
    "Sources",
    "average_rate",
    "month_range",
    "newest_rates",
    "rate_on",
    "rates_by_day",
]
