"""The profile of one market: its figures, its demand, its access, and what is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markets import queries
from markets.models import CategoryFact, Membership
from markets.profiles.country_tables import demand_tables
from markets.profiles.demand import (
    CardFact,
    CategoryCard,
    DocumentRef,
    ProfileVersion,
    Statement,
    ThemeCard,
    category_cards,
    profile_version,
    statement,
    theme_cards,
)
from markets.profiles.figure_table import figures_table, vintages_used
from markets.profiles.figures import Figure, IndicatorRef, Point, Provenance, indicator_ref, latest_figures
from markets.profiles.markets import MarketRef, market, market_ref
from markets.profiles.tables import Table
from markets.profiles.trade import MarketTrade, market_trade
from markets.queries import Reference, Stated
from markets.vocabulary import AsOf

# The unions and organisations whose membership decides how a good enters a market.
ACCESS_GROUPS = ("WTO", "EAEU")


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """Whether the market belongs to a group, since when, and who says so. from_on None: the day is not loaded."""

    group: str
    name: str
    kind: str
    is_member: bool
    from_on: dt.date | None = None
    citation: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class IndicatorGroup:
    """Figures on one subject."""

    key: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The stated values of a headline indicator, oldest first; forecasts are left out."""

    indicator: IndicatorRef
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class CountryProfile:
    """All that a country page shows. as_of None: as known now. version None: no demand profile was known then."""

    market: MarketRef
    currency: str
    currency_name: str
    timezone: str
    as_of: dt.datetime | None
    headline: tuple[Figure, ...]
    trends: tuple[Trend, ...]
    groups: tuple[IndicatorGroup, ...]
    trade: MarketTrade
    characters: tuple[Statement, ...]
    themes: tuple[ThemeCard, ...]
    categories: tuple[CategoryCard, ...]
    memberships: tuple[MembershipLine, ...]
    caveats: tuple[str, ...]
    gaps: tuple[IndicatorRef, ...]
    version: ProfileVersion | None
    sources: tuple[Provenance, ...]

    @property
    def documents(self) -> tuple[DocumentRef, ...]:
        """The documents the page cites, each once, in the order of their codes."""
        cited = [s.document for s in self.characters]
        cited += [s.document for theme in self.themes for s in theme.statements]
        cited += [fact.document for card in self.categories for field in card.fields for fact in field.facts]
        by_code = {document.code: document for document in cited if document}
        return tuple(by_code[code] for code in sorted(by_code))

    @property
    def average_tariffs(self) -> tuple[CardFact, ...]:
        """Average tariffs of any category, each once; none reads as `not loaded`: the law alone gives no average."""
        facts = [
            fact
            for card in self.categories
            for field in card.fields
            if field.field == CategoryFact.Field.TARIFF_AVERAGE
            for fact in field.facts
        ]
        return tuple(dict.fromkeys(facts))

    def table(self) -> Table:
        """Every figure of the page, one a row."""
        return figures_table(
            "profile-" + self.market.iso3.lower(), self.market.name, [f for g in self.groups for f in g.figures]
        )

    def tables(self) -> tuple[Table, ...]:
        """The figures, then all else the page shows: one table for each of its parts."""
        return (self.table(), *self.trade.tables(), *demand_tables(self))


def country_profile(code: str, as_of: AsOf | None = None) -> CountryProfile:
    """The profile of one market, now or as known at a moment. Raises NotFound."""
    area = market(code)
    standing = queries.reference()
    indicators = standing.indicators
    rows = queries.observations_of_area(code, as_of)
    figures = latest_figures(indicators, rows, code, as_of)
    by_code = {figure.indicator.code: figure for figure in figures}
    current = queries.current_profiles([code], as_of)
    version = standing.with_parts(current[0]) if current else None
    headline = {indicator.code for indicator in indicators if indicator.is_headline}
    stated = [figure for figure in figures if figure.value is not None]
    return CountryProfile(
        market=market_ref(area),
        currency=area.currency_id or "",
        currency_name=area.currency.name if area.currency else "",
        timezone=area.timezone,
        as_of=as_of.at if as_of else None,
        headline=tuple(figure for figure in figures if figure.indicator.code in headline),
        trends=_trends([indicator_ref(i) for i in indicators if i.is_headline], rows),
        groups=_grouped(figures),
        trade=market_trade(area, as_of),
        characters=tuple(statement(c, "market", is_stated=c.is_stated) for c in version.characters.all())
        if version
        else (),
        themes=theme_cards(version, by_code),
        categories=category_cards(version),
        memberships=_memberships(standing, code, as_of),
        caveats=tuple(caveat.text for caveat in standing.caveats if caveat.area_id == code),
        gaps=tuple(figure.indicator for figure in figures if figure.value is None),
        version=profile_version(version),
        sources=vintages_used(stated),
    )


def _trends(indicators: Sequence[IndicatorRef], rows: Sequence[Stated]) -> tuple[Trend, ...]:
    points: dict[str, list[Point]] = {indicator.code: [] for indicator in indicators}
    for row in rows:
        if row.indicator_id in points and row.obs_status != "f":
            points[row.indicator_id].append(Point(row.period, row.value, row.obs_status))
    return tuple(Trend(indicator, tuple(points[indicator.code])) for indicator in indicators)


def _grouped(figures: Sequence[Figure]) -> tuple[IndicatorGroup, ...]:
    groups: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.value is not None:
            groups.setdefault(figure.indicator.group, []).append(figure)
    return tuple(IndicatorGroup(key, tuple(members)) for key, members in groups.items())


def _memberships(standing: Reference, code: str, as_of: AsOf | None) -> tuple[MembershipLine, ...]:
    held = [m for m in standing.memberships(code) if holds(m, as_of)]
    lines = [
        MembershipLine(
            m.group_id, m.group.name, m.group.kind, is_member=True, from_on=m.from_on, citation=m.citation, note=m.note
        )
        for m in held
    ]
    present = {line.group for line in lines}
    absent = [standing.areas[code] for code in ACCESS_GROUPS if code not in present and code in standing.areas]
    lines += [MembershipLine(g.code, g.name, g.kind, is_member=False, citation=g.citation) for g in absent]
    return tuple(lines)


def holds(membership: Membership, as_of: AsOf | None) -> bool:
    """Whether a membership held on the asked day, today where none is asked; an unknown first day is past."""
    day = as_of.at.date() if as_of else dt.datetime.now(dt.UTC).date()
    has_begun = membership.from_on is None or membership.from_on <= day
    return has_begun and (membership.to_on is None or membership.to_on > day)
