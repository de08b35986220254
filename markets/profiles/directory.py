"""Markets as a directory: the facts that identify each, for lists that show no figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markets import queries
from markets.models import Area


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
