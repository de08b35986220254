"""A market's trade by partner as its profile shows it: from whom it buys, to whom it sells, and the home market."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markets import queries
from markets.models import Area
from markets.profiles.figure_table import vintages_in_order
from markets.profiles.figures import Provenance, provenance
from markets.profiles.markets import MarketRef, market_ref
from markets.profiles.observations import AreaKey
from markets.profiles.tables import Table
from markets.profiles.trade.sides import Reports, chosen_series, flow_side, mirror_of
from markets.profiles.trade.tables import mirror_table, side_table, trend_table
from markets.profiles.trade.values import MIRROR, FlowSide, Mirror, TradeValue
from markets.queries.trade import WORLD, StatedTrade, trade_overview
from markets.vocabulary import AsOf, Flow, Frequency

# The market whose exporters the product was made for.
HOME: Final = "CHN"
MOST_PARTNERS: Final = 10


@dataclass(frozen=True, slots=True)
class MarketTrade:
    """Trade by partner on a market's profile, the largest partners of each flow.

    home: the market whose place and share are followed, null on its own page. mirror: with the home market every year
    that both sides report, newest first; on the home market's own page each partner in the newest such year.
    """

    market: MarketRef
    home: AreaKey | None
    as_of: dt.datetime | None
    imports: FlowSide
    exports: FlowSide
    mirror: tuple[Mirror, ...]
    sources: tuple[Provenance, ...]

    @property
    def sides(self) -> tuple[FlowSide, FlowSide]:
        """What it buys, then what it sells."""
        return self.imports, self.exports

    def tables(self) -> tuple[Table, ...]:
        """The tables of the section, each named after the page."""
        sources = {source.release: source for source in self.sources}
        parts = [(side_table, self.imports), (side_table, self.exports)]
        tables = [make(self.market, side, sources) for make, side in parts]
        return (*tables, trend_table(self.market, self.sides, sources), mirror_table(self.market, self.mirror, sources))


def market_trade(area: Area, as_of: AsOf | None = None, home: str = HOME) -> MarketTrade:
    """The trade of one market by partner, now or as known at a moment; both sides where both are known."""
    rows = trade_overview(area.code, home, as_of)
    imports, exports = (reports_of(area.code, flow, rows) for flow in (Flow.IMPORT.value, Flow.EXPORT.value))
    sides = [flow_side(reports, home, most=MOST_PARTNERS) for reports in (imports, exports)]
    mirror = tuple(
        line for reports in (imports, exports) for line in _mirror(reports, "" if area.code == home else home)
    )
    shown = [*(value for side in sides for value in values_of(side)), *(v for m in mirror for v in (m.ours, m.theirs))]
    return MarketTrade(
        market=market_ref(area),
        home=_home(area, home, rows),
        as_of=as_of.at if as_of else None,
        imports=sides[0],
        exports=sides[1],
        mirror=mirror,
        sources=sources_of(shown),
    )


def reports_of(area: str, flow: str, rows: Iterable[StatedTrade]) -> Reports:
    """What a market and its partners report of one of its flows, from rows about it."""
    held = list(rows)
    return Reports(
        flow,
        own=[row for row in held if row.reporter_id == area and row.flow == flow],
        theirs=[row for row in held if row.partner_id == area and row.flow == MIRROR[flow]],
    )


def values_of(side: FlowSide) -> Iterable[TradeValue | None]:
    """Every value that a flow shows."""
    yield side.total
    for line in (*side.partners, *((side.home,) if side.home else ())):
        yield line.stated
        if line.mirror:
            yield line.mirror.theirs
    for point in side.trend:
        yield point.stated


def sources_of(values: Iterable[TradeValue | None]) -> tuple[Provenance, ...]:
    """The vintages that some values come from, newest first, in one question."""
    found = queries.releases_by_id(value.release for value in values if value)
    return vintages_in_order([provenance(release) for release in found.values()])


def _mirror(reports: Reports, partner: str) -> Iterable[Mirror]:
    """Both reports of the trade with a partner by year, newest first; with no partner named the newest year of each."""
    partners = [partner] if partner else sorted({row.reporter_id for row in reports.theirs} - {WORLD})
    for code in partners:
        pairs = mirror_years(reports, code)
        yield from pairs if partner else pairs[:1]


def mirror_years(reports: Reports, partner: str) -> list[Mirror]:
    """The years of a flow for which a market and a partner both report, newest first."""
    theirs = _by_year(chosen_series(row for row in reports.theirs if row.reporter_id == partner))
    ours = _by_year(chosen_series(row for row in reports.own if row.partner_id == partner))
    pairs = (mirror_of(ours[period], theirs.get(period)) for period in sorted(ours, reverse=True))
    return [pair for pair in pairs if pair]


def _by_year(series: Sequence[StatedTrade]) -> dict[str, StatedTrade]:
    return {row.period: row for row in series if row.frequency == Frequency.ANNUAL}


def _home(area: Area, home: str, rows: Iterable[StatedTrade]) -> AreaKey | None:
    if area.code == home:
        return None
    for row in rows:
        if row.partner_id == home:
            return AreaKey(home, row.partner_name, is_aggregate=False)
        if row.reporter_id == home:
            return AreaKey(home, row.reporter_name, is_aggregate=False)
    return None
