"""An indicator's page: its series in the markets compared, the ranking of a period, and what was revised."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue, NotFound
from markets.models import Area, Indicator
from markets.profiles.difference import Between, Difference, difference
from markets.profiles.figures import (
    FEWEST_MARKETS,
    Change,
    IndicatorRef,
    Point,
    Provenance,
    Rank,
    barred_pairs,
    change_in_series,
    indicator_ref,
    provenances,
    unrankable,
)
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.revision_feed import RevisionQuestion
from markets.profiles.revisions import RevisionLine, revision_lines, revisions_table
from markets.profiles.tables import Column, Table
from markets.queries import Stated
from markets.vocabulary import AsOf

WORLD = "WLD"
MOST_COMPARED = 12


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One area's values of an indicator, oldest first. A period without a value is absent: a gap, never zero."""

    area: str
    name: str
    is_aggregate: bool
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One market's value in the ranked period. rank None: `unranked_reason` says why."""

    market: MarketRef
    value: Decimal
    obs_status: str
    rank: Rank | None
    unranked_reason: str
    change: Change | None
    release: int


@dataclass(frozen=True, slots=True)
class AbsentMarket:
    """A market without a value in the ranked period. newest: the newest period it has one for; empty for none."""

    market: MarketRef
    newest: str


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Definition, chart, ranking of one period, revisions and sources of one indicator.

    compared: the markets asked for in the chart; lines: their values and the World's, without those that have none.
    choices: markets with any value. periods: each with the number of markets that have a value, newest first.
    absent: markets without a value in the ranked period. difference: of the two moments asked for; None: none were.
    """

    indicator: IndicatorRef
    as_of: dt.datetime | None
    compared: tuple[MarketRef, ...]
    lines: tuple[SeriesLine, ...]
    choices: tuple[MarketRef, ...]
    period: str
    periods: tuple[tuple[str, int], ...]
    ranking: tuple[RankedRow, ...]
    absent: tuple[AbsentMarket, ...]
    world: Point | None
    revisions: tuple[RevisionLine, ...]
    revision_count: int
    difference: Difference | None
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """The ranking of the shown period."""
        columns = [
            Column("rank", _("Rank"), is_number=True),
            Column("market", _("Code")),
            Column("name", _("Market")),
            Column("period", _("Period")),
            Column("value", _("Value"), self.indicator.unit, self.indicator.decimals, is_number=True),
            Column("unit", _("Unit")),
            Column("obs_status", _("Status")),
            Column("note", _("Note")),
        ]
        rows = [
            (
                row.rank.position if row.rank else None,
                row.market.iso3,
                row.market.name,
                self.period,
                row.value,
                self.indicator.unit,
                row.obs_status,
                row.unranked_reason,
            )
            for row in self.ranking
        ]
        return Table(
            f"indicator-{self.indicator.code.lower()}-{self.period}",
            f"{self.indicator.name}, {self.period}",
            columns,
            rows,
            tuple(source.citation for source in self.sources),
        )

    def lines_table(self) -> Table:
        """The charted values, one a row."""
        columns = [
            Column("area", _("Code")),
            Column("name", _("Market")),
            Column("period", _("Period")),
            Column("value", _("Value"), self.indicator.unit, self.indicator.decimals, is_number=True),
            Column("unit", _("Unit")),
            Column("obs_status", _("Status")),
        ]
        rows = [
            (line.area, line.name, point.period, point.value, self.indicator.unit, point.obs_status)
            for line in self.lines
            for point in line.points
        ]
        return Table(
            f"indicator-{self.indicator.code.lower()}",
            self.indicator.name,
            columns,
            rows,
            tuple(source.citation for source in self.sources),
        )

    def revisions_table(self) -> Table:
        """The revisions shown, one a row; where two moments are asked for, what was read differently."""
        if self.difference is not None:
            return self.difference.table()
        return revisions_table(self.indicator, self.revisions)


def indicator(code: str) -> Indicator:
    """The indicator with this code, in any case. Raises NotFound."""
    found = queries.indicators().filter(code__iexact=code).first()
    if found is None:
        raise NotFound(kind=_("indicator"), key=code)
    return found


def indicator_page(
    code: str,
    *,
    compared: Sequence[str] = (),
    period: str = "",
    as_of: AsOf | None = None,
    between: Between | None = None,
) -> IndicatorPage:
    """An indicator's page. compared: markets in the chart, the focus markets when none are named.

    period: the ranked one; the newest in which most markets have a value when not given. between: two moments whose
    difference is wanted too.
    Raises NotFound, and InvalidValue for an unknown market, too many of them, or a period nobody has a value for.
    """
    shown = indicator(code)
    charted = _charted(compared)
    rows = queries.observations_of_indicator(shown.code, as_of)
    areas = {area.code: area for area in Area.objects.all()}
    counts = _counts(rows, areas)
    period = _ranked_period(period, counts, as_of)
    in_period = {row.area_id: row for row in rows if row.period == period}
    sources = provenances(in_period.values())
    by_area = _values_by_area(rows)
    ranking = _ranking(shown, in_period, areas, by_area)
    world = in_period.get(WORLD)
    revisions, revision_count = revision_lines(shown, areas, as_of)
    used = {row.release_id for row in rows if row.area_id in {*charted, WORLD}}
    sources |= provenances(row for row in rows if row.release_id in used - sources.keys())
    return IndicatorPage(
        indicator=indicator_ref(shown),
        as_of=as_of.at if as_of else None,
        compared=tuple(market_ref(areas[code]) for code in charted),
        lines=_lines(by_area, [*charted, WORLD], areas),
        choices=_by_name(areas[code] for code in by_area),
        period=period,
        periods=tuple(counts.items()),
        ranking=ranking,
        absent=_absent(period, in_period, areas, by_area),
        world=Point(world.period, world.value, world.obs_status) if world else None,
        revisions=revisions,
        revision_count=revision_count,
        difference=difference(RevisionQuestion(indicator=shown.code), between) if between else None,
        sources=tuple(sorted(sources.values(), key=lambda s: (s.known_from, s.release), reverse=True)),
    )


def _charted(compared: Sequence[str]) -> list[str]:
    if not compared:
        return list(queries.FOCUS_MARKETS)
    if len(compared) > MOST_COMPARED:
        expected = _("at most %(most)s markets fit one chart") % {"most": MOST_COMPARED}
        raise InvalidValue(parameter="market", value=len(compared), expected=expected)
    known = set(queries.markets().filter(code__in=compared).values_list("code", flat=True))
    for code in compared:
        if code not in known:
            raise InvalidValue(parameter="market", value=code, expected=_("there is no market with that code"))
    return list(dict.fromkeys(compared))


def _counts(rows: Sequence[Stated], areas: dict[str, Area]) -> dict[str, int]:
    """How many markets have a value in each period, newest first; forecasts are not counted."""
    counts: dict[str, int] = {}
    for row in rows:
        if not areas[row.area_id].is_aggregate and row.obs_status != "f":
            counts[row.period] = counts.get(row.period, 0) + 1
    return dict(sorted(counts.items(), reverse=True))


def _ranked_period(period: str, counts: dict[str, int], as_of: AsOf | None) -> str:
    if period:
        if period not in counts and as_of is None:  # as of a moment it was merely not known then
            expected = _("no market has a value for that period")
            raise InvalidValue(parameter="period", value=period, expected=expected)
        return period
    if not counts:
        return ""
    fullest = max(counts.values())
    # The newest year is often reported by a few only: a rank among them would say little.
    return next(candidate for candidate, count in counts.items() if count * 2 >= fullest)


def _values_by_area(rows: Sequence[Stated]) -> dict[str, list[Stated]]:
    by_area: dict[str, list[Stated]] = {}
    for row in rows:
        by_area.setdefault(row.area_id, []).append(row)
    return by_area


def _ranking(
    shown: Indicator, in_period: dict[str, Stated], areas: dict[str, Area], by_area: dict[str, list[Stated]]
) -> tuple[RankedRow, ...]:
    stated = {
        code: row.value for code, row in in_period.items() if row.value is not None and not areas[code].is_aggregate
    }
    if not stated:
        return ()
    period = next(iter(in_period.values())).period
    caveats = list(queries.caveats())
    barred = {area for area, _code in barred_pairs(caveats, [(shown.code, period)])}
    lowest_first = shown.direction == Indicator.Direction.DOWN
    values = sorted((value for code, value in stated.items() if code not in barred), reverse=not lowest_first)
    loaded = sum(
        not areas[code].is_aggregate and any(r.obs_status != "f" for r in its) for code, its in by_area.items()
    )
    few = loaded if loaded < FEWEST_MARKETS else None
    position = {value: place for place, value in reversed(list(enumerate(values, start=1)))}
    ranked = [
        RankedRow(
            market=market_ref(areas[code]),
            value=value,
            obs_status=in_period[code].obs_status,
            rank=None if code in barred else Rank(position[value], len(values), lowest_first, period, few),
            unranked_reason=unrankable(caveats, code, shown.code, period),
            change=_change_on_year(shown.unit, in_period[code], by_area[code]),
            release=in_period[code].release_id,
        )
        for code, value in stated.items()
    ]
    return tuple(sorted(ranked, key=lambda r: (r.rank is None, r.rank.position if r.rank else 0, r.market.name)))


def _absent(
    period: str, in_period: dict[str, Stated], areas: dict[str, Area], by_area: dict[str, list[Stated]]
) -> tuple[AbsentMarket, ...]:
    if not period:
        return ()
    missing = _by_name(area for code, area in areas.items() if code not in in_period)
    return tuple(AbsentMarket(m, by_area[m.iso3][-1].period if m.iso3 in by_area else "") for m in missing)


def _by_name(areas: Iterable[Area]) -> tuple[MarketRef, ...]:
    """The markets among these areas by name, the focus markets first."""
    order = {code: place for place, code in enumerate(queries.FOCUS_MARKETS)}
    markets = [market_ref(area) for area in areas if not area.is_aggregate]
    return tuple(sorted(markets, key=lambda m: (order.get(m.iso3, len(order)), m.name)))


def _change_on_year(unit: str, row: Stated, series: Sequence[Stated]) -> Change | None:
    """Change since the stated period before, whichever that is."""
    return change_in_series(unit, [other for other in series if other.period <= row.period])


def _lines(by_area: dict[str, list[Stated]], wanted: Sequence[str], areas: dict[str, Area]) -> tuple[SeriesLine, ...]:
    return tuple(
        SeriesLine(
            code,
            areas[code].name,
            areas[code].is_aggregate,
            tuple(Point(row.period, row.value, row.obs_status) for row in by_area[code]),
        )
        for code in wanted
        if code in by_area
    )
