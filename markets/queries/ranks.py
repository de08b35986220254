"""How a value stands among those of other markets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection

from markets.vocabulary import AsOf


@dataclass(frozen=True, slots=True)
class Standing:
    """How one value stands among the markets that have a value for the same period."""

    of: int
    above: int
    below: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value to be ranked: its indicator, period and size. area: whose it is, where values of several are ranked."""

    indicator: str
    period: str
    value: Decimal
    area: str = ""


def standings(wanted: Sequence[Ranked], excluded: Iterable[tuple[str, str]], as_of: AsOf | None) -> dict[str, Standing]:
    """Standing of each wanted value of one area, by indicator, in one question. excluded: as for `standings_of`."""
    found = standings_of(wanted, excluded, as_of)
    return {indicator: standing for (_area, indicator), standing in found.items()}


def standings_of(
    wanted: Sequence[Ranked], excluded: Iterable[tuple[str, str]], as_of: AsOf | None
) -> dict[tuple[str, str], Standing]:
    """Standing of each wanted value, by area and indicator, in one question.

    excluded: (area, indicator) pairs that may not be ranked and so do not count among the others.
    """
    if not wanted:
        return {}
    pairs = list(excluded)
    known = "o.known_to IS NULL"
    if as_of is not None:
        known = "o.known_from <= %(at)s AND (o.known_to IS NULL OR o.known_to > %(at)s)"
    sql = f"""
        SELECT w.area, w.indicator, count(*),
               count(*) FILTER (WHERE o.value > w.value), count(*) FILTER (WHERE o.value < w.value)
        FROM unnest(%(own)s::text[], %(indicators)s::text[], %(periods)s::text[], %(values)s::numeric[])
             AS w(area, indicator, period, value)
        JOIN markets_observation o ON o.indicator_id = w.indicator AND o.period = w.period AND {known}
        JOIN markets_area a ON a.code = o.area_id AND NOT a.is_aggregate
        WHERE o.value IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM unnest(%(areas)s::text[], %(barred)s::text[]) AS x(area, indicator)
            WHERE x.area = o.area_id AND x.indicator = o.indicator_id)
        GROUP BY w.area, w.indicator
    """  # noqa: S608 - the only text put in is one of the two constants above
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            {
                "own": [w.area for w in wanted],
                "indicators": [w.indicator for w in wanted],
                "periods": [w.period for w in wanted],
                "values": [w.value for w in wanted],
                "areas": [area for area, _indicator in pairs],
                "barred": [indicator for _area, indicator in pairs],
                "at": as_of.at if as_of else None,
            },
        )
        return {(area, indicator): Standing(*counts) for area, indicator, *counts in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of an indicator spread over markets and periods; forecasts are left out.

    loaded: markets that have any value. markets: how many have one, by period.
    """

    loaded: int = 0
    markets: dict[str, int] = field(default_factory=dict)

    def is_full(self, period: str) -> bool:
        """Whether at least half as many markets have a value for that period as for the fullest one."""
        return self.markets.get(period, 0) * 2 >= max(self.markets.values(), default=0)


def spreads(indicators: Sequence[str], as_of: AsOf | None) -> dict[str, Spread]:
    """The spread of each of these indicators that has a value."""
    if not indicators:
        return {}
    known = "o.known_to IS NULL"
    if as_of is not None:
        known = "o.known_from <= %(at)s AND (o.known_to IS NULL OR o.known_to > %(at)s)"
    sql = f"""
        SELECT o.indicator_id, o.period, count(DISTINCT o.area_id)
        FROM markets_observation o JOIN markets_area a ON a.code = o.area_id AND NOT a.is_aggregate
        WHERE o.indicator_id = ANY(%(indicators)s) AND o.value IS NOT NULL AND o.obs_status <> 'f' AND {known}
        GROUP BY GROUPING SETS ((o.indicator_id, o.period), (o.indicator_id))
    """  # noqa: S608 - the only text put in is one of the two constants above
    loaded: dict[str, int] = {}
    markets: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(sql, {"indicators": list(indicators), "at": as_of.at if as_of else None})
        for indicator, period, count in cursor.fetchall():
            if period is None:
                loaded[indicator] = count
            else:
                markets.setdefault(indicator, {})[period] = count
    return {indicator: Spread(count, markets[indicator]) for indicator, count in loaded.items()}
