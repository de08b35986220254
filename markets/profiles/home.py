"""The first page: the focus markets at a glance, the categories, and what is new in the data."""

from __future__ import annotations

from dataclasses import dataclass

from markets import queries
from markets.profiles.catalogue import CategoryRef, category_list
from markets.profiles.markets import MarketRow, newest_figures_of
from markets.profiles.provenance import ReleaseLine, newest_releases

# How many people, what each of them produces, and what the market buys from abroad.
SHOWN_INDICATORS = ("SP.POP.TOTL", "NY.GDP.PCAP.CD", "unctad.merch_imports_usd_m")


@dataclass(frozen=True, slots=True)
class HomePage:
    """The focus markets with three figures each, all categories, and the newest releases."""

    markets: tuple[MarketRow, ...]
    categories: tuple[CategoryRef, ...]
    releases: tuple[ReleaseLine, ...]


def home_page() -> HomePage:
    """The first page, as known now."""
    return HomePage(
        markets=newest_figures_of(queries.FOCUS_MARKETS, SHOWN_INDICATORS),
        categories=category_list(),
        releases=newest_releases(),
    )
