"""The rows of a comparison: for each indicator the figure of every market, each with its own period and source.

Nothing is filled in: a market without a value says why, and a derived value names both figures it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from markets import wording
from markets.analytics.relative import index_of, per_head
from markets.models import AreaCaveat, Indicator
from markets.profiles.comparison.asked import Asked, Basis, Measure
from markets.profiles.figures import IndicatorRef, Provenance, indicator_ref, unrankable
from markets.queries import Stated
from markets.vocabulary import ObsStatus, Period

POPULATION: Final = "SP.POP.TOTL"
# Highest and lowest are named only among values of periods no further apart than this.
MOST_YEARS_APART: Final = 1
# Levels that a number of residents divides, and the unit of what comes out.
PER_HEAD_UNITS: Final = {"usd": "usd_per_head", "usd_million": "usd_per_head", "intl_usd": "intl_usd_per_head"}
# Amounts, counts and shares, of which one can be so many per cent of another; not rates of change, scores, rates of
# exchange or indices, whose ratio between two markets says nothing.
INDEXED_UNITS: Final = frozenset(
    "usd usd_million intl_usd usd_per_head intl_usd_per_head persons persons_per_km2 km2 kwh_per_head kg_oe_per_head"
    " t_per_head per_100 pct_of_gdp pct_of_population days years births_per_woman".split()
)
INDEX_UNIT: Final = "index"
INDEX_DECIMALS: Final = 1

Series = Mapping[tuple[str, str], Sequence[Stated]]


class Gap(StrEnum):
    """Why a cell has no value. Missing is never zero."""

    NOT_LOADED = "not_loaded"
    NOT_KNOWN_THEN = "not_known_then"
    NOT_REPORTED = "not_reported"
    WITHHELD = "withheld"
    NO_SHARED_PERIOD = "no_shared_period"
    NO_POPULATION = "no_population"
    NO_INDEX = "no_index"


class End(StrEnum):
    """An end of a row's values."""

    HIGHEST = "highest"
    LOWEST = "lowest"


class Unranked(StrEnum):
    """Why a row names no highest and lowest value."""

    NO_DIRECTION = "no_direction"
    YEARS_APART = "years_apart"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class SourceValue:
    """A value as its source states it, in `unit`, with its period, its status and the vintage it comes from."""

    indicator: str
    value: Decimal
    unit: str
    period: str
    obs_status: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """One market in a row. value: in the unit of the row; null: `missing` says why, and it is never zero.

    stated: what the source says, which `value` is, or is made of; population: by which it was divided, of the same
    period. newest: the newest period the market has a value for, where none is shown. position: its place among the
    chosen markets that may be ranked, 1 first; end: whether it is the highest or the lowest of them.
    unranked_reason: why this market alone has no place. caveats: what to know of this figure.
    """

    market: str
    value: Decimal | None = None
    period: str = ""
    obs_status: str = ""
    missing: str = ""
    newest: str = ""
    stated: SourceValue | None = None
    population: SourceValue | None = None
    position: int | None = None
    end: str = ""
    unranked_reason: str = ""
    caveats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One indicator in all compared markets, in their order.

    measure: how it is shown, which is `value` where the measure asked for means nothing here (`is_unchanged`).
    unit, decimals: of the shown values. periods: those shown, oldest first; years_apart: between the first and the
    last of them. unranked: why no highest and lowest value is named; empty where they are.
    """

    indicator: IndicatorRef
    measure: Measure
    is_unchanged: bool
    unit: str
    decimals: int
    periods: tuple[str, ...]
    years_apart: int
    unranked: str
    cells: tuple[ComparedCell, ...]


@dataclass(frozen=True, slots=True)
class Pick:
    """The observation chosen for a cell, or why there is none. newest: the newest period with a value."""

    row: Stated | None = None
    missing: str = ""
    newest: str = ""
    obs_status: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What all rows are made from: series by (indicator, market), sources by release, caveats, units by indicator."""

    series: Series
    sources: Mapping[int, Provenance]
    caveats: Sequence[AreaCaveat]
    units: Mapping[str, str]

    def stated(self, row: Stated) -> SourceValue | None:
        """A row as a stated value; None where it states none."""
        if row.value is None:
            return None
        unit = self.units[row.indicator_id]
        source = self.sources[row.release_id]
        return SourceValue(row.indicator_id, row.value, unit, row.period, row.obs_status, source)

    def population(self, area: str, period: str) -> SourceValue | None:
        """How many lived there in exactly that period; None where no value is loaded."""
        row = population_of(self.series, area, period)
        return self.stated(row) if row else None


def population_of(series: Series, area: str, period: str) -> Stated | None:
    """The population of an area in exactly that period."""
    rows = series.get((POPULATION, area), ())
    return next((row for row in rows if row.period == period and row.value is not None), None)


def newest_stated(rows: Sequence[Stated]) -> Stated | None:
    """The newest of a series' rows that states a value and is no forecast."""
    return next((row for row in reversed(rows) if _counts(row)), None)


def picks(asked: Asked, indicator: str, series: Series) -> dict[str, Pick]:
    """The observation of each market that the basis, or the period asked for, points to."""
    rows = {code: series.get((indicator, code), ()) for code in asked.codes}
    if asked.period:
        return {code: _of_period(asked, its, asked.period) for code, its in rows.items()}
    if asked.basis is Basis.NEWEST:
        return {code: _newest(asked, its) for code, its in rows.items()}
    shared = set.intersection(*({row.period for row in its if _counts(row)} for its in rows.values()))
    if shared:
        return {code: _of_period(asked, its, max(shared)) for code, its in rows.items()}
    return {code: _unshared(asked, its) for code, its in rows.items()}


def compared_row(asked: Asked, indicator: Indicator, chosen: Mapping[str, Pick], known: Known) -> ComparedRow:
    """One indicator in all compared markets."""
    measure = applied(asked.measure, indicator.unit)
    cells = [_cell(code, chosen[code], known) for code in asked.codes]
    unit, decimals = indicator.unit, indicator.decimals
    if measure is Measure.PER_HEAD:
        unit = PER_HEAD_UNITS[unit]
        cells = [_for_each_head(cell, known) for cell in cells]
        decimals = _digits([cell.value for cell in cells])
    elif measure is Measure.INDEX:
        base = next(cell.value for cell in cells if cell.market == asked.base)
        unit, decimals = INDEX_UNIT, INDEX_DECIMALS
        cells = [_indexed(cell, base) for cell in cells]
    periods = tuple(sorted({cell.period for cell in cells if cell.value is not None}))
    apart = years_between(periods)
    cells = [_with_caveats(cell, indicator.code, known.caveats) for cell in cells]
    unranked = _unranked(indicator, cells, apart)
    return ComparedRow(
        indicator=indicator_ref(indicator),
        measure=measure,
        is_unchanged=measure is not asked.measure,
        unit=unit,
        decimals=decimals,
        periods=periods,
        years_apart=apart,
        unranked=unranked,
        cells=tuple(cells if unranked else _placed(indicator, cells, decimals)),
    )


def applied(measure: Measure, unit: str) -> Measure:
    """The measure asked for, or `value` where it means nothing for that unit."""
    means_something = {
        Measure.VALUE: True,
        Measure.PER_HEAD: unit in PER_HEAD_UNITS,
        Measure.INDEX: unit in INDEXED_UNITS,
    }
    return measure if means_something[measure] else Measure.VALUE


def years_between(periods: Sequence[str]) -> int:
    """Years from the first to the last of these periods."""
    years = [Period.parse(period).year for period in periods]
    return max(years) - min(years) if years else 0


# ---------------------------------------------------------------- which observation
def _counts(row: Stated) -> bool:
    """Whether a row can be the newest value: it states one, and what is yet to come does not count."""
    return row.value is not None and row.obs_status != ObsStatus.FORECAST.value


def _nothing(asked: Asked, rows: Sequence[Stated]) -> Pick:
    """Of a market that states no value in any period."""
    if rows:
        return Pick(missing=Gap.WITHHELD.value, obs_status=rows[-1].obs_status)
    return Pick(missing=(Gap.NOT_KNOWN_THEN if asked.as_of else Gap.NOT_LOADED).value)


def _newest(asked: Asked, rows: Sequence[Stated]) -> Pick:
    row = newest_stated(rows)
    return Pick(row) if row else _nothing(asked, rows)


def _of_period(asked: Asked, rows: Sequence[Stated], period: str) -> Pick:
    newest = _newest(asked, rows)
    row = next((row for row in rows if row.period == period), None)
    if row is not None and row.value is not None:
        return Pick(row)
    last = newest.row.period if newest.row else ""
    if row is not None:
        return Pick(missing=Gap.WITHHELD.value, newest=last, obs_status=row.obs_status)
    return Pick(missing=Gap.NOT_REPORTED.value, newest=last) if last else newest


def _unshared(asked: Asked, rows: Sequence[Stated]) -> Pick:
    newest = _newest(asked, rows)
    return Pick(missing=Gap.NO_SHARED_PERIOD.value, newest=newest.row.period) if newest.row else newest


# ---------------------------------------------------------------- what is shown of it
def _cell(area: str, pick: Pick, known: Known) -> ComparedCell:
    stated = known.stated(pick.row) if pick.row else None
    if stated is None:
        return ComparedCell(area, missing=pick.missing, newest=pick.newest, obs_status=pick.obs_status)
    return ComparedCell(area, stated.value, stated.period, stated.obs_status, stated=stated)


def _for_each_head(cell: ComparedCell, known: Known) -> ComparedCell:
    if cell.stated is None:
        return cell
    residents = known.population(cell.market, cell.period)
    level = wording.in_full(cell.stated.value, cell.stated.unit)
    shared = per_head(level, residents.value) if residents else None
    if shared is None:
        return replace(cell, value=None, missing=Gap.NO_POPULATION.value)
    return replace(cell, value=shared, population=residents)


def _indexed(cell: ComparedCell, base: Decimal | None) -> ComparedCell:
    if cell.value is None:
        return cell
    index = None if base is None else index_of(cell.value, base)
    return replace(cell, value=index, missing="" if index is not None else Gap.NO_INDEX.value)


def _digits(values: Sequence[Decimal | None]) -> int:
    """Digits after the point that still tell the smallest value from nothing."""
    smallest = min((abs(value) for value in values if value), default=Decimal(10))
    return 2 if smallest < 1 else 1 if smallest < 10 else 0


# ---------------------------------------------------------------- how it stands
def _with_caveats(cell: ComparedCell, indicator: str, caveats: Sequence[AreaCaveat]) -> ComparedCell:
    if cell.stated is None:
        return cell
    period = cell.stated.period
    said = tuple(c.text for c in caveats if c.area_id == cell.market and c.indicators and c.covers(indicator, period))
    return replace(cell, caveats=said, unranked_reason=unrankable(caveats, cell.market, indicator, period))


def _unranked(indicator: Indicator, cells: Sequence[ComparedCell], years_apart: int) -> str:
    if indicator.direction == Indicator.Direction.NONE:
        return Unranked.NO_DIRECTION.value
    if sum(cell.value is not None and not cell.unranked_reason for cell in cells) < 2:
        return Unranked.TOO_FEW.value
    return Unranked.YEARS_APART.value if years_apart > MOST_YEARS_APART else ""


def _placed(indicator: Indicator, cells: Sequence[ComparedCell], decimals: int) -> list[ComparedCell]:
    """The cells with their places; values that read the same share one, and where all do there is no end."""
    digit = Decimal(1).scaleb(-decimals)
    read = {
        cell.market: cell.value.quantize(digit, ROUND_HALF_UP)
        for cell in cells
        if cell.value is not None and not cell.unranked_reason
    }
    ordered = sorted(read.values(), reverse=indicator.direction != Indicator.Direction.DOWN)
    low, high = min(ordered), max(ordered)
    ends = {low: End.LOWEST.value, high: End.HIGHEST.value} if low < high else {}
    return [
        replace(cell, position=ordered.index(value) + 1, end=ends.get(value, ""))
        if (value := read.get(cell.market)) is not None
        else cell
        for cell in cells
    ]
