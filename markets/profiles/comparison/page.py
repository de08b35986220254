"""The comparison as a whole, for its page, its files and the API, and what can be chosen for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markets import queries
from markets.models import Indicator
from markets.profiles.comparison.asked import Asked, Basis, Measure, checked
from markets.profiles.comparison.background import AccessRow, ThemeRow, access_rows, theme_rows
from markets.profiles.comparison.course import Course, course, course_rows
from markets.profiles.comparison.rows import (
    POPULATION,
    ComparedRow,
    Known,
    Pick,
    compared_row,
    newest_stated,
    picks,
    population_of,
)
from markets.profiles.comparison.tables import access_table, course_table, figures_table, themes_table
from markets.profiles.figures import IndicatorRef, Provenance, indicator_ref, provenances
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.tables import Table
from markets.queries import Stated
from markets.vocabulary import AsOf


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to six markets beside one another.

    is_ready_made: nobody has chosen yet, and the markets are those the product was made for. period: the one asked
    for; empty where `basis` decides. base: the market that an index sets to 100. access: as of the asked day.
    """

    markets: tuple[MarketRef, ...]
    is_ready_made: bool
    as_of: dt.datetime | None
    basis: Basis
    period: str
    measure: Measure
    base: MarketRef
    rows: tuple[ComparedRow, ...]
    course: Course
    access: tuple[AccessRow, ...]
    themes: tuple[ThemeRow, ...]
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """Every figure, one a row for each indicator and market."""
        return figures_table(self)

    def tables(self) -> tuple[Table, ...]:
        """The figures, then all else the page shows."""
        return (self.table(), course_table(self), access_table(self), themes_table(self))


@dataclass(frozen=True, slots=True)
class ComparisonChoices:
    """What can be compared: all markets, the focus markets first, and the indicators by subject."""

    markets: tuple[MarketRef, ...]
    subjects: tuple[tuple[str, tuple[IndicatorRef, ...]], ...]


def comparison(
    markets: Sequence[str] = (),
    *,
    indicators: Sequence[str] = (),
    group: str = "",
    basis: str = Basis.NEWEST.value,
    period: str = "",
    measure: str = Measure.VALUE.value,
    base: str = "",
    chart: str = "",
    chart_measure: str = "",
    as_of: AsOf | None = None,
) -> Comparison:
    """Two to six markets compared; the ready-made ones where none is named.

    indicators, group: which figures, the headline ones where neither is given. basis: `newest` or `same_year`; a
    period given decides instead. measure: `value`, `per_head` or `index` (base, the first market unless given, is
    100). chart, chart_measure: the indicator drawn over time, and how; the first one, in the same measure.
    Raises the first InvalidValue, with every fault in its context as `faults`.
    """
    standing = queries.reference()
    asked = checked(
        standing,
        markets,
        indicators=indicators,
        group=group,
        basis=basis,
        period=period,
        measure=measure,
        base=base,
        chart=chart,
        chart_measure=chart_measure,
        as_of=as_of,
    )
    series = _series(asked, [theme.indicator_id for theme in standing.themes if theme.indicator_id])
    chosen = {indicator.code: picks(asked, indicator.code, series) for indicator in asked.indicators}
    sources = provenances([*_used(asked, chosen, series), *course_rows(asked, series)])
    units = {indicator.code: indicator.unit for indicator in asked.indicators} | {POPULATION: "persons"}
    known = Known(series, sources, standing.caveats, units)
    newest = {key: row for key, rows in series.items() if (row := newest_stated(rows))}
    refs = {area.code: market_ref(area) for area in asked.areas}
    return Comparison(
        markets=tuple(refs.values()),
        is_ready_made=asked.is_ready_made,
        as_of=as_of.at if as_of else None,
        basis=asked.basis,
        period=asked.period,
        measure=asked.measure,
        base=refs[asked.base],
        rows=tuple(compared_row(asked, each, chosen[each.code], known) for each in asked.indicators),
        course=course(asked, series, sources),
        access=access_rows(asked, standing),
        themes=theme_rows(asked, standing.themes, newest),
        sources=tuple(sorted(sources.values(), key=lambda s: (s.known_from, s.release), reverse=True)),
    )


def comparison_choices() -> ComparisonChoices:
    """All markets by name, the focus markets first, and all indicators by subject, in the order of the registry."""
    order = {code: place for place, code in enumerate(queries.FOCUS_MARKETS)}
    standing = queries.reference()
    refs = [market_ref(area) for area in standing.areas.values() if not area.is_aggregate]
    subjects: dict[str, list[Indicator]] = {}
    for indicator in standing.indicators:
        subjects.setdefault(indicator.group, []).append(indicator)
    return ComparisonChoices(
        markets=tuple(sorted(refs, key=lambda m: (order.get(m.iso3, len(order)), m.name))),
        subjects=tuple((key, tuple(indicator_ref(i) for i in held)) for key, held in subjects.items()),
    )


def _series(asked: Asked, ruling: Sequence[str]) -> dict[tuple[str, str], list[Stated]]:
    """All that is stated of the compared markets and is needed here, in one question, oldest first."""
    codes = {*(indicator.code for indicator in asked.indicators), asked.chart.code, POPULATION, *ruling}
    rows = queries.observations(indicators=sorted(codes), areas=asked.codes, as_of=asked.as_of)
    series: dict[tuple[str, str], list[Stated]] = {}
    for row in queries.stated(rows.order_by("indicator_id", "area_id", "period")):
        series.setdefault((row.indicator_id, row.area_id), []).append(row)
    return series


def _used(
    asked: Asked, chosen: Mapping[str, Mapping[str, Pick]], series: Mapping[tuple[str, str], list[Stated]]
) -> list[Stated]:
    """The observations that the cells show or are divided by."""
    rows = [pick.row for by_market in chosen.values() for pick in by_market.values() if pick.row]
    if asked.measure is Measure.PER_HEAD:
        rows += [found for row in rows if (found := population_of(series, row.area_id, row.period))]
    return rows
