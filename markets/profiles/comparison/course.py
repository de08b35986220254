"""The course of one indicator in the compared markets: as stated, for each resident, or from a shared 100 on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markets import wording
from markets.analytics.relative import index_of, per_head
from markets.profiles.comparison.asked import Asked, Measure
from markets.profiles.comparison.rows import (
    INDEX_DECIMALS,
    INDEX_UNIT,
    INDEXED_UNITS,
    PER_HEAD_UNITS,
    Series,
    population_of,
)
from markets.profiles.figures import IndicatorRef, Point, Provenance, indicator_ref
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.series import SeriesLine
from markets.queries import Stated

# One market's own course may be indexed where two markets may not be: a rate of exchange against its own past.
COURSE_UNITS: Final = INDEXED_UNITS | {"lcu_per_usd", INDEX_UNIT}


@dataclass(frozen=True, slots=True)
class Course:
    """One indicator of the compared markets over time, oldest first.

    measure: how it is shown, which is `value` where the measure asked for means nothing here (`is_unchanged`).
    base_period: the first period that all lines have, which an index sets to 100. silent: markets without a line.
    """

    indicator: IndicatorRef
    measure: Measure
    is_unchanged: bool
    unit: str
    decimals: int
    base_period: str
    lines: tuple[SeriesLine, ...]
    silent: tuple[MarketRef, ...]
    sources: tuple[Provenance, ...]


def course(asked: Asked, series: Series, sources: Mapping[int, Provenance]) -> Course:
    """The course of the charted indicator. Forecasts are drawn and say so; nothing between two periods is filled in."""
    shown = asked.chart
    lines = _stated_lines(asked, series)
    unit, decimals, measure, base_period = shown.unit, shown.decimals, Measure.VALUE, ""
    if asked.chart_measure is Measure.PER_HEAD and unit in PER_HEAD_UNITS:
        measure, unit = Measure.PER_HEAD, PER_HEAD_UNITS[unit]
        lines = [_for_each_head(line, shown.unit, series) for line in lines]
    elif asked.chart_measure is Measure.INDEX and unit in COURSE_UNITS and (base_period := _shared_start(lines)):
        measure, unit, decimals = Measure.INDEX, INDEX_UNIT, INDEX_DECIMALS
        lines = [_indexed(line, base_period) for line in lines]
    drawn = {line.area for line in lines if line.points}
    return Course(
        indicator=indicator_ref(shown),
        measure=measure,
        is_unchanged=measure is not asked.chart_measure,
        unit=unit,
        decimals=decimals,
        base_period=base_period,
        lines=tuple(line for line in lines if line.area in drawn),
        silent=tuple(market_ref(area) for area in asked.areas if area.code not in drawn),
        sources=tuple(sources[release] for release in sorted({row.release_id for row in course_rows(asked, series)})),
    )


def course_rows(asked: Asked, series: Series) -> list[Stated]:
    """The observations that a course draws on, for their sources."""
    rows = [row for code in asked.codes for row in series.get((asked.chart.code, code), ())]
    if asked.chart_measure is Measure.PER_HEAD and asked.chart.unit in PER_HEAD_UNITS:
        rows += [found for row in rows if (found := population_of(series, row.area_id, row.period))]
    return [row for row in rows if row.value is not None]


def _stated_lines(asked: Asked, series: Series) -> list[SeriesLine]:
    return [
        SeriesLine(
            area.code,
            area.name,
            is_aggregate=False,
            points=tuple(
                Point(row.period, row.value, row.obs_status)
                for row in series.get((asked.chart.code, area.code), ())
                if row.value is not None
            ),
        )
        for area in asked.areas
    ]


def _for_each_head(line: SeriesLine, unit: str, series: Series) -> SeriesLine:
    """The line divided by the population of each period; periods whose population is not loaded are left out."""
    points = []
    for point in line.points:
        residents = population_of(series, line.area, point.period)
        if point.value is None or residents is None or residents.value is None:
            continue
        shared = per_head(wording.in_full(point.value, unit), residents.value)
        if shared is not None:
            points.append(Point(point.period, shared, point.obs_status))
    return SeriesLine(line.area, line.name, line.is_aggregate, tuple(points))


def _shared_start(lines: Sequence[SeriesLine]) -> str:
    """The first period in which every line has a value above zero; empty where there is none."""
    above = [{p.period for p in line.points if p.value is not None and p.value > 0} for line in lines if line.points]
    return min(set.intersection(*above), default="") if above else ""


def _indexed(line: SeriesLine, base_period: str) -> SeriesLine:
    base = next((point.value for point in line.points if point.period == base_period), None)
    points = [
        Point(point.period, index, point.obs_status)
        for point in line.points
        if base is not None and point.value is not None and (index := index_of(point.value, base)) is not None
    ]
    return SeriesLine(line.area, line.name, line.is_aggregate, tuple(points))
