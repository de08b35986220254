"""What trade figures are made of: a value with its reporter, a partner's line, one flow, the two sides of one trade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from markets.profiles.figures import Change
from markets.profiles.observations import AreaKey
from markets.queries.trade import StatedTrade
from markets.vocabulary import Flow

# The other side's name of a flow: what one buys the other sells.
MIRROR: Final = {Flow.IMPORT.value: Flow.EXPORT.value, Flow.EXPORT.value: Flow.IMPORT.value}

# What must be known of a publisher's tables before their figures are set beside others.
_NOTES: Final[dict[str, Promise]] = {
    "uzb-trade": _lazy(
        "Uzbekistan's table by partner counts services and the gold that the central bank sells, states no total, "
        "and leaves 9 to 42 per cent of exports, and a part of imports, under other countries. So no partner's "
        "share can be computed from it, and its figures stand above those of a table of goods alone."
    ),
    "china-trade": _lazy(
        "China's reports loaded here are exports to the five Central Asian markets, in every fourth year from 1992 "
        "to 2016 and in 2023 in US dollars, and both flows by month of 2024 in yuan, September in US dollars. "
        "Yuan and dollars are not converted into each other, and a year is not added up from such months."
    ),
}
# What is missing from a reporter's own table touches its shares, not the single values others are compared with.
_NOTES_ON_SHARES: Final[dict[str, Promise]] = {
    "kgz-trade": _lazy(
        "In Kyrgyzstan's table of exports of 2021, 1,105 of 2,752 million dollars stand under no partner; "
        "in that of imports, 26 million."
    ),
}


class Basis(StrEnum):
    """Whose word the figures of a flow are. One never stands in for the other in a series."""

    OWN = "own"
    PARTNERS = "partners"
    NONE = "none"


class NoMeasure(StrEnum):
    """Why a share, a place or an index is not given. Not computed is never zero."""

    NO_REPORT = "no_report"
    NO_TOTAL = "no_total"
    NOT_COVERED = "not_covered"
    FEW_PARTNERS = "few_partners"


class Apart(StrEnum):
    """Why two reports of one trade may differ: what is known to set such reports apart, not what was proven here."""

    VALUATION = "valuation"
    ATTRIBUTION = "attribution"
    TIMING = "timing"
    TRANSIT = "transit"
    SERVICES = "services"


@dataclass(frozen=True, slots=True)
class TradeValue:
    """One value of trade in goods as its reporter stated it, converted into nothing.

    value: whole units of `currency` with every digit printed; null is missing, never zero, and `obs_status` says why.
    obs_status k: printed as zero, so nothing or less than the last digit. valuation: CIF or FOB; empty where the
    publisher does not say. release: the vintage, told among `sources` of the page.
    """

    reporter: AreaKey
    flow: str
    partner: AreaKey
    period: str
    value: Decimal | None
    currency: str
    valuation: str
    obs_status: str
    dataset: str
    release: int


@dataclass(frozen=True, slots=True)
class Mirror:
    """One trade as both sides report it. ours: of the market whose page it is; theirs: of its partner.

    ratio: exporter's report over importer's, null where the importer reports zero. discrepancy: |x - m| / (x + m),
    0 they agree, 1 one has nothing. Never averaged. reasons: what may set them apart.
    """

    ours: TradeValue
    theirs: TradeValue
    ratio: Decimal | None
    discrepancy: Decimal | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartnerLine:
    """One partner in one flow. rank, share, change and growth are null where they cannot be told.

    rank: place by value among the partners above zero, 1 the largest. share_pct: of the stated total, 0 to 100.
    change: on the year before. growth_pct: compound, per year since `growth_since`. mirror: the partner's own report.
    """

    partner: AreaKey
    stated: TradeValue
    rank: int | None = None
    share_pct: Decimal | None = None
    change: Change | None = None
    growth_pct: Decimal | None = None
    growth_since: str = ""
    mirror: Mirror | None = None


@dataclass(frozen=True, slots=True)
class HomePoint:
    """What one partner had of a flow in a year. share_pct null: no total is stated for that year."""

    stated: TradeValue
    total: Decimal | None
    share_pct: Decimal | None


@dataclass(frozen=True, slots=True)
class FlowSide:
    """One flow of a market in its newest period, or as its partners report it where it reports nothing itself.

    total: the reporter's own, never a sum made here. partner_count: partners above zero. covered_pct: what the stated
    partners make up of the total. is_partial: only a few partners are loaded, so that nobody can be ranked among them.
    concentration: Herfindahl-Hirschman index, 0 to 1. no_share, no_concentration: why there is none, else empty.
    home: the line of the home market; trend: its values by year, oldest first.
    """

    flow: str
    basis: str
    period: str
    currency: str
    total: TradeValue | None
    partners: tuple[PartnerLine, ...]
    partner_count: int
    covered_pct: Decimal | None
    is_partial: bool
    concentration: Decimal | None
    no_share: str
    no_concentration: str
    home: PartnerLine | None
    trend: tuple[HomePoint, ...]
    notes: tuple[str, ...]


def trade_value(row: StatedTrade) -> TradeValue:
    """A row as a value that says whose word it is."""
    return TradeValue(
        reporter=AreaKey(row.reporter_id, row.reporter_name, is_aggregate=False),
        flow=row.flow,
        partner=AreaKey(row.partner_id, row.partner_name, is_aggregate=row.partner_id == "WLD"),
        period=row.period,
        value=row.value,
        currency=row.currency_id,
        valuation=row.valuation,
        obs_status=row.obs_status,
        dataset=row.dataset_id,
        release=row.release_id,
    )


def notes_on(datasets: Iterable[str], *, of_shares: bool = False) -> tuple[str, ...]:
    """What must be known of these datasets, in the active language. of_shares: of shares made from them, too."""
    notes = [_NOTES, _NOTES_ON_SHARES] if of_shares else [_NOTES]
    return tuple(str(told[dataset]) for dataset in sorted(datasets) for told in notes if dataset in told)
