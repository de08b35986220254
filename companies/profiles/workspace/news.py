"""What changed in the target markets since a moment: vintages, revisions, places among other markets, records."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language

from companies.access import Actor
from companies.queries.workspace import RecordNews, record_news
from markets import queries
from markets.profiles.figures import (
    IndicatorRef,
    Provenance,
    Rank,
    barred_pairs,
    indicator_ref,
    provenance,
    rank_of,
    unrankable,
)
from markets.profiles.revisions import RevisionRecord, revision_records
from markets.queries import Ranked, Stated, news
from markets.queries.kept import kept_value
from markets.queries.ranks import standings_of
from markets.vocabulary import AsOf

# Of each market so many revisions and vintages are told one by one; the others are counted.
MOST_REVISIONS: Final = 3
MOST_VINTAGES: Final = 3
# Two places can be compared where the fewer markets are at least so many per cent of the more.
ALIKE_PCT: Final = 75
# Periods further back than so many years that enough markets have cannot be a newest one.
PERIODS_LOOKED_AT: Final = 12


@dataclass(frozen=True, slots=True)
class NewVintage:
    """A vintage, and how many values about a market it added or changed."""

    source: Provenance
    values: int


@dataclass(frozen=True, slots=True)
class RankMove:
    """Another place among the markets than before: both with how many markets have a value for that period.

    Only where those are about as many: a place among a few says nothing of one among nearly all.
    """

    indicator: IndicatorRef
    market: str
    then: Rank
    now: Rank


@dataclass(frozen=True, slots=True)
class MarketNews:
    """What is new of one market. vintages, revisions: the first of `vintage_count` and `revision_count`, the newest
    vintage first. records None: there are none, or not for this reader.
    """

    market: str
    name: str
    vintages: tuple[NewVintage, ...]
    vintage_count: int
    revisions: tuple[RevisionRecord, ...]
    revision_count: int
    moves: tuple[RankMove, ...]
    records: RecordNews | None


def market_news(actor: Actor, markets: Sequence[str], home: str, since: dt.datetime) -> tuple[MarketNews, ...]:
    """The news of these markets, in their order; markets without any are left out."""
    state = (queries.data_state(), tuple(markets), home, since, get_language())
    found = kept_value("market-news", state, lambda: _of_markets(markets, home, since))
    records = record_news(actor, markets, since)
    areas = queries.reference().areas
    return tuple(
        MarketNews(code, areas[code].name, *found.get(code, _NOTHING), records.get(code))
        for code in markets
        if code in found or code in records
    )


_Found = tuple[tuple[NewVintage, ...], int, tuple[RevisionRecord, ...], int, tuple[RankMove, ...]]
_NOTHING: Final[_Found] = ((), 0, (), 0, ())


def _of_markets(markets: Sequence[str], home: str, since: dt.datetime) -> dict[str, _Found]:
    releases = {release.pk: release for release in news.releases_since(since)}
    values: dict[str, Counter[int]] = {code: Counter() for code in markets}
    for told in news.told_of(list(releases), markets, home):
        values[told.area][told.release] += told.values
    touching = [release for release in releases if any(release in counted for counted in values.values())]
    revised = news.revisions_of_each(touching, markets, MOST_REVISIONS)
    records = revision_records([each.row for each in revised])
    # A market may be passed by another one, with no word about itself.
    moves = _moves(list(releases), markets, since)
    return {
        code: (
            tuple(NewVintage(provenance(releases[key]), values[code][key]) for key in touching if key in values[code])[
                :MOST_VINTAGES
            ],
            len(values[code]),
            tuple(record for record in records if record.market.iso3 == code),
            next((each.of for each in revised if each.row.area_id == code), 0),
            tuple(move for move in moves if move.market == code),
        )
        for code in markets
        if values[code] or any(move.market == code for move in moves)
    }


# ---------------------------------------------------------------- places among other markets
def _moves(releases: Sequence[int], markets: Sequence[str], since: dt.datetime) -> list[RankMove]:
    """Where a headline figure stands elsewhere than at that moment; only what a vintage since then speaks of."""
    headline = {each.code: each for each in queries.reference().indicators if each.is_headline}
    codes = news.indicators_told(releases, list(headline))
    if not codes:
        return []
    then, now = (_ranks(codes, markets, as_of) for as_of in (AsOf(since), None))
    return [
        RankMove(indicator_ref(headline[code]), market, then[market, code], now[market, code])
        for code in headline
        for market in markets
        if (market, code) in then
        and (market, code) in now
        and then[market, code].position != now[market, code].position
        and _are_alike(then[market, code], now[market, code])
    ]


def _are_alike(then: Rank, now: Rank) -> bool:
    return min(then.of, now.of) * 100 >= ALIKE_PCT * max(then.of, now.of)


def _ranks(codes: Sequence[str], markets: Sequence[str], as_of: AsOf | None) -> dict[tuple[str, str], Rank]:
    """The rank of each market's newest value, of the newest period that at least half as many markets have as of the
    fullest: the one its profile tells.
    """
    reference = queries.reference()
    spreads = queries.spreads(codes, as_of)
    full = {
        code: sorted((period for period in spread.markets if spread.is_full(period)), reverse=True)[:PERIODS_LOOKED_AT]
        for code, spread in spreads.items()
    }
    rows = [row for row in news.newest_in(full, markets, as_of) if _may_rank(row)]
    wanted = [Ranked(row.indicator_id, row.period, row.value, row.area_id) for row in rows if row.value is not None]
    barred = barred_pairs(reference.caveats, {(each.indicator, each.period) for each in wanted})
    found = standings_of(wanted, barred, as_of)
    directions = {each.code: each.direction for each in reference.indicators}
    ranks = {}
    for each in wanted:
        standing = found.get((each.area, each.indicator))
        rank = rank_of(standing, directions[each.indicator], each.period, spreads[each.indicator].loaded)
        if rank is not None:
            ranks[each.area, each.indicator] = rank
    return ranks


def _may_rank(row: Stated) -> bool:
    return not unrankable(queries.reference().caveats, row.area_id, row.indicator_id, row.period)
