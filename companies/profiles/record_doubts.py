"""What stands against a record, gathered from the company's other records and from what customs report."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.models import ExportRecord
from companies.profiles.record_growth import RecordGrowth
from companies.profiles.records import RecordEntry, record_entries
from companies.queries import one_record as queries
from companies.records import doubting
from companies.records.doubting import Doubt
from companies.records.growth import Verdict
from companies.records.periods import Span, span
from companies.records.totals import ReportedTotal, totals_for, totals_for_group
from markets import queries as market_queries
from markets.models import Area
from markets.profiles.figures import Provenance, provenance
from markets.profiles.rates import Rate, average_rate

# More of a company's records than these are not named one by one.
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ShownDoubt:
    """A doubt. code: for programs; sentence: for people. sources: the vintages its numbers come from.

    market, partner: the pair whose trade page shows them; empty where there is none. records: of the company's others,
    five at most.
    """

    code: str
    sentence: str
    sources: tuple[Provenance, ...]
    market: str
    partner: str
    records: tuple[RecordEntry, ...]


def record_doubts(actor: Actor, record: ExportRecord, growth: RecordGrowth | None) -> tuple[ShownDoubt, ...]:
    """All doubts about a record, those about its amount first."""
    home = _home(record)
    areas = market_queries.reference().areas
    members = _members(record)
    found = list(
        chain(
            _beyond_trade(record, home, members, areas),
            _growth_differs(growth),
            doubting.overlapping(record, queries.meeting(actor, record), members),
            doubting.far_price(record, queries.priced(actor, record) if record.quantity else ()),
            doubting.unusual_currency(record, _usual_currencies(actor, record, home, areas)),
            doubting.strange_code(record, _prefixes(record), is_known=_is_known(record)),
            doubting.not_over(record, timezone.now().date()),
            doubting.archived_company(record.company),
        )
    )
    return tuple(_shown(actor, record, home, found))


def _shown(actor: Actor, record: ExportRecord, home: str, doubts: Sequence[Doubt]) -> Iterator[ShownDoubt]:
    releases = market_queries.releases_by_id({release for doubt in doubts for release in doubt.releases})
    named = {key for doubt in doubts for key in doubt.records[:MOST_NAMED]}
    rows = queries.others(actor, record).filter(pk__in=named) if named else ()
    entries = {entry.id: entry for entry in record_entries(actor, rows)}
    is_market = not record.destination.is_aggregate
    for doubt in doubts:
        has_pair = doubt.has_pair and is_market
        yield ShownDoubt(
            code=doubt.code,
            sentence=doubt.sentence,
            sources=tuple(provenance(releases[release]) for release in dict.fromkeys(doubt.releases)),
            market=home if has_pair else "",
            partner=record.destination_id if has_pair else "",
            records=tuple(entries[key] for key in doubt.records[:MOST_NAMED] if key in entries),
        )


def _home(record: ExportRecord) -> str:
    return record.company.home_id or record.organisation.home_id or ""


def _beyond_trade(
    record: ExportRecord, home: str, members: Mapping[str, Collection[str]], areas: Mapping[str, Area]
) -> Iterator[Doubt]:
    if not home or home == record.destination_id or record.value is None:
        return iter(())
    return doubting.more_than_reported(record, _totals(record, span(record.period), home, members, areas), _rate)


def _totals(
    record: ExportRecord, of: Span, home: str, members: Mapping[str, Collection[str]], areas: Mapping[str, Area]
) -> list[ReportedTotal]:
    destination = record.destination_id
    if direct := totals_for(of, queries.trade_between(home, [destination], of.period.year)):
        return direct
    if not record.destination.is_aggregate:
        return []
    # A group that holds the home market too: it does not sell to itself.
    places = sorted(set(members.get(destination, ())) - {home})
    rows = queries.trade_between(home, places, of.period.year)
    return totals_for_group(of, rows, places, areas[destination].name) if places else []


def _rate(currency: str, base: str, year: int) -> Rate | None:
    return average_rate(currency, base, year).rate


def _growth_differs(growth: RecordGrowth | None) -> Iterator[Doubt]:
    if growth and growth.verdict == Verdict.DIFFERS:
        sentence = _("The stated growth is not the one that the company's record of a year before leads to.")
        yield Doubt("growth_differs", sentence, records=tuple(entry.id for entry in growth.own))


def _members(record: ExportRecord) -> Mapping[str, Collection[str]]:
    """The members of every group that this destination is, or is in."""
    reference = market_queries.reference()
    destination = record.destination_id
    groups = {held.group_id for held in reference.memberships(destination)}
    members = {group: {destination} for group in groups}
    if reference.areas[destination].is_aggregate:
        members[destination] = set(market_queries.members(destination))
    return members


def _usual_currencies(actor: Actor, record: ExportRecord, home: str, areas: Mapping[str, Area]) -> set[str]:
    own = {areas[code].currency_id for code in (home, record.destination_id) if code in areas}
    return queries.currencies_used(actor, record) | {code for code in own if code}


def _prefixes(record: ExportRecord) -> list[str]:
    held = market_queries.category_products([record.category_id]) if record.category_id and record.hs_code else ()
    return [product.code for product in held]


def _is_known(record: ExportRecord) -> bool | None:
    return queries.code_is_known(record.hs_revision, record.hs_code[:6]) if record.hs_code else None
