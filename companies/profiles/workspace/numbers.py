"""The few figures by which a target market is known, and what it buys from home, each with its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from companies.access import Actor
from companies.queries.one_record import trade_between
from companies.queries.organisations import working_organisation
from markets import queries
from markets.profiles.figures import Change, Figure, Point, Provenance, change_between
from markets.profiles.markets import newest_figures_of
from markets.profiles.observations import AreaKey
from markets.profiles.trade.overview import HOME, sources_of
from markets.profiles.trade.sides import chosen_series
from markets.profiles.trade.values import TradeValue, trade_value
from markets.queries.trade import StatedTrade
from markets.vocabulary import Flow

# How many people, what they produce in all and each, and how fast that grows.
SHOWN_INDICATORS: Final = ("SP.POP.TOTL", "NY.GDP.MKTP.CD", "NY.GDP.PCAP.CD", "NY.GDP.MKTP.KD.ZG")


@dataclass(frozen=True, slots=True)
class Bought:
    """What a market buys from the home market, all goods, in the newest period that is reported.

    stated: its own report; where it reports nothing the home market's word of what it sold there (`is_mirror`).
    change: on the value before in the same series; None where there is none. source: the vintage.
    """

    stated: TradeValue
    is_mirror: bool
    change: Change | None
    source: Provenance | None


@dataclass(frozen=True, slots=True)
class MarketNumbers:
    """The key figures of a market. bought None: neither side reports anything that is loaded, or it is home itself."""

    market: str
    figures: tuple[Figure, ...]
    bought: Bought | None


def home_market(actor: Actor) -> AreaKey:
    """Where the reader sells from: as they said, else where their organisation is, else where the product began."""
    areas = queries.reference().areas
    code = actor.person.home_id
    if code is None and actor.working_in is not None:
        code = working_organisation(actor).home_id
    code = code or HOME
    return AreaKey(code, areas[code].name if code in areas else code, is_aggregate=False)


def trade_by_market(markets: Sequence[str], home: str) -> dict[str, list[StatedTrade]]:
    """What both sides report of the sales from home to each of the markets."""
    found: dict[str, list[StatedTrade]] = {code: [] for code in markets}
    places = [code for code in markets if code != home]
    for row in trade_between(home, places) if places else ():
        found[row.reporter_id if row.flow == Flow.IMPORT else row.partner_id].append(row)
    return found


def market_numbers(trade: Mapping[str, Sequence[StatedTrade]]) -> dict[str, MarketNumbers]:
    """The figures of each market. trade: what is reported of the sales from home, by market."""
    bought = {code: _bought(rows) for code, rows in trade.items()}
    sources = {source.release: source for source in sources_of(each.stated for each in bought.values() if each)}
    return {
        row.market.iso3: MarketNumbers(row.market.iso3, row.figures, _with_source(bought.get(row.market.iso3), sources))
        for row in newest_figures_of(list(trade), SHOWN_INDICATORS)
    }


def _bought(rows: Sequence[StatedTrade]) -> Bought | None:
    for flow in (Flow.IMPORT.value, Flow.EXPORT.value):
        series = sorted(chosen_series(row for row in rows if row.flow == flow), key=lambda row: row.period)
        if series:
            now, before = series[-1], series[-2] if len(series) > 1 else None
            change = (
                change_between("usd", Point(before.period, before.value), Point(now.period, now.value))
                if before
                else None
            )
            return Bought(trade_value(now), flow == Flow.EXPORT, change, None)
    return None


def _with_source(bought: Bought | None, sources: Mapping[int, Provenance]) -> Bought | None:
    if bought is None:
        return None
    return Bought(bought.stated, bought.is_mirror, bought.change, sources.get(bought.stated.release))
