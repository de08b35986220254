"""Markets and indicators as directories: what identifies each, for lists that show no figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markets import queries
from markets.models import Area, Indicator
from markets.vocabulary import AsOf


@dataclass(frozen=True, slots=True)
class MarketRecord:
    """A market: its codes, name, part of the world, currency, time zone, and the groups it is now a member of."""

    iso3: str
    name: str
    iso2: str
    m49: str
    subregion: str
    currency: str
    timezone: str
    groups: tuple[str, ...]
    is_focus: bool


def market_records(areas: Sequence[Area]) -> list[MarketRecord]:
    """These markets in the active language, in one question for all of them."""
    groups: dict[str, list[str]] = {area.code: [] for area in areas}
    for member, group in queries.present_memberships(list(groups)):
        groups[member].append(group)
    return [
        MarketRecord(
            iso3=area.code,
            name=area.name,
            iso2=area.iso2,
            m49=area.m49,
            subregion=area.subregion,
            currency=area.currency_id or "",
            timezone=area.timezone,
            groups=tuple(groups[area.code]),
            is_focus=area.code in queries.FOCUS_MARKETS,
        )
        for area in areas
    ]


@dataclass(frozen=True, slots=True)
class IndicatorRecord:
    """An indicator with its coverage. markets 0: no market has a value, and `oldest` and `newest` are empty."""

    code: str
    name: str
    group: str
    unit: str
    decimals: int
    direction: str
    definition: str
    caveat: str
    dataset: str
    markets: int
    oldest: str
    newest: str


def indicator_records(indicators: Sequence[Indicator], as_of: AsOf | None = None) -> list[IndicatorRecord]:
    """These indicators in the active language, in one question for the coverage of all of them."""
    coverage = queries.coverage(as_of)
    nothing = queries.Coverage("", 0, "", "")
    return [
        IndicatorRecord(
            code=indicator.code,
            name=indicator.name,
            group=indicator.group,
            unit=indicator.unit,
            decimals=indicator.decimals,
            direction=indicator.direction,
            definition=indicator.definition,
            caveat=indicator.caveat,
            dataset=indicator.dataset_id,
            markets=coverage.get(indicator.code, nothing).markets,
            oldest=coverage.get(indicator.code, nothing).oldest,
            newest=coverage.get(indicator.code, nothing).newest,
        )
        for indicator in indicators
    ]
