"""Markets: what one is called, and the list with its map."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import NotFound
from markets.models import Area, Indicator
from markets.profiles.figure_table import figures_table, vintages_used
from markets.profiles.figures import Figure, IndicatorRef, Provenance, indicator_ref, provenances
from markets.profiles.tables import Table
from markets.vocabulary import AsOf

MAP_DEFAULT = "NY.GDP.PCAP.CD"


@dataclass(frozen=True, slots=True)
class MarketRef:
    """A market by its ISO alpha-3 code, with its name in the active language."""

    iso3: str
    name: str
    iso2: str
    m49: str
    subregion: str
    is_focus: bool


@dataclass(frozen=True, slots=True)
class MarketRow:
    """A market in the list, with the newest value of each listed indicator."""

    market: MarketRef
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class MarketList:
    """The markets page: rows, what the map is coloured by, and the filters in force."""

    indicators: tuple[IndicatorRef, ...]
    rows: tuple[MarketRow, ...]
    map_indicator: IndicatorRef
    map_choices: tuple[IndicatorRef, ...]
    group: str
    groups: tuple[tuple[str, str], ...]
    search: str
    as_of: dt.datetime | None
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """One row a market and indicator, as the list shows them."""
        return figures_table("markets", _("Markets"), [f for row in self.rows for f in row.figures], with_area=True)


def market_ref(area: Area) -> MarketRef:
    """A market in the active language."""
    return MarketRef(area.code, area.name, area.iso2, area.m49, area.subregion, area.code in queries.FOCUS_MARKETS)


def market(code: str) -> Area:
    """The market with this ISO alpha-3 code. Raises NotFound, for groups of countries too."""
    found = queries.reference().areas.get(code)
    if found is None or found.is_aggregate:
        raise NotFound(kind=_("market"), key=code)
    return found


def market_list(*, group: str = "", map_indicator: str = "", search: str = "", as_of: AsOf | None = None) -> MarketList:
    """Markets with their newest headline figures, the focus markets first, then by name.

    group: only members of this group. Raises NotFound for an unknown group or indicator.
    """
    all_indicators = {indicator.code: indicator for indicator in queries.indicators()}
    headline = [indicator for indicator in all_indicators.values() if indicator.is_headline]
    coloured = all_indicators.get(map_indicator or MAP_DEFAULT)
    if coloured is None:
        raise NotFound(kind=_("indicator"), key=map_indicator)
    shown = headline if coloured in headline else [*headline, coloured]
    areas = _listed(group, search)
    figures = _newest_of_all(shown, [area.code for area in areas], as_of)
    rows = tuple(
        MarketRow(market_ref(area), tuple(figures[area.code, indicator.code] for indicator in shown)) for area in areas
    )
    return MarketList(
        indicators=tuple(indicator_ref(indicator) for indicator in shown),
        rows=rows,
        map_indicator=indicator_ref(coloured),
        map_choices=tuple(indicator_ref(i) for i in headline),
        group=group,
        groups=tuple((g.code, g.name) for g in Area.objects.filter(is_aggregate=True).exclude(code="WLD")),
        search=search,
        as_of=as_of.at if as_of else None,
        sources=vintages_used([f for row in rows for f in row.figures if f.value is not None]),
    )


def newest_figures_of(codes: Sequence[str], indicator_codes: Sequence[str]) -> tuple[MarketRow, ...]:
    """The newest figures of a few named markets, as known now, in the order of both lists."""
    held = {area.code: area for area in queries.markets().filter(code__in=codes)}
    known = {indicator.code: indicator for indicator in queries.indicators().filter(code__in=indicator_codes)}
    indicators = [known[code] for code in indicator_codes if code in known]
    areas = [held[code] for code in codes if code in held]
    figures = _newest_of_all(indicators, [area.code for area in areas], None)
    return tuple(MarketRow(market_ref(area), tuple(figures[area.code, i.code] for i in indicators)) for area in areas)


def _listed(group: str, search: str) -> list[Area]:
    areas = queries.markets()
    if group:
        if not Area.objects.filter(code=group, is_aggregate=True).exists():
            raise NotFound(kind=_("group"), key=group)
        if group != "WLD":
            areas = areas.filter(code__in=queries.members(group))
    listed = [area for area in areas if search.casefold() in area.name.casefold() or search.upper() == area.code]
    order = {code: place for place, code in enumerate(queries.FOCUS_MARKETS)}
    return sorted(listed, key=lambda area: (order.get(area.code, len(order)), area.name))


def _newest_of_all(
    indicators: Sequence[Indicator], areas: Sequence[str], as_of: AsOf | None
) -> dict[tuple[str, str], Figure]:
    """Newest stated figure of every area and indicator; unranked, since their periods differ."""
    rows = queries.newest_observations([i.code for i in indicators], areas, as_of)
    newest = {(row.area_id, row.indicator_id): row for row in rows}
    sources = provenances(newest.values())
    refs = {indicator.code: indicator_ref(indicator) for indicator in indicators}
    figures = {}
    for area in areas:
        for code, ref in refs.items():
            row = newest.get((area, code))
            figures[area, code] = (
                Figure(ref, area, row.period, row.value, row.obs_status, provenance=sources[row.release_id])
                if row
                else Figure(ref, area, missing="not_loaded" if as_of is None else "not_known_then")
            )
    return figures
