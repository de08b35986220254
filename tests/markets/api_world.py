"""A small world of figures for the tests of the API: two vintages, a revision, a gap, the World beside its members."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.test import Client

from markets.models import Observation, Release
from markets.vocabulary import ObsStatus
from tests.factories import (
    GDP,
    POPULATION,
    ExchangeRateFactory,
    ObservationFactory,
    ReleaseFactory,
    TradeTotalFactory,
)

OLD_AT = dt.datetime(2022, 4, 8, tzinfo=dt.UTC)
NEW_AT = dt.datetime(2025, 6, 30, tzinfo=dt.UTC)
ROOT = "/api/v1/"


def asked(path: str, client: Client | None = None, **headers: str) -> Any:
    """The JSON answer of an address that must be there."""
    response = (client or Client()).get(ROOT + path, headers=headers)
    assert response.status_code == 200, response.content
    return response.json()


def publish_world() -> tuple[Release, Release]:
    """An old and a new vintage of two indicators for Kazakhstan, Uzbekistan and the World."""
    old = ReleaseFactory(title="Old", known_from=OLD_AT, released_on=OLD_AT.date(), transport="bundled")
    new = ReleaseFactory(title="New", known_from=NEW_AT, released_note="date unknown, at latest 2025-06")
    state("KAZ", "2021", Decimal("1.97112E+11"), old, superseded_by=new)
    state("KAZ", "2021", Decimal("197112255360.5"), new, obs_status=ObsStatus.REVISED)
    state("KAZ", "2022", Decimal("2.25496E+11"), new)
    state("KAZ", "2023", Decimal("2.62642E+11"), new)
    state("UZB", "2022", Decimal("8.98E+10"), new)
    state("UZB", "2023", None, new, obs_status=ObsStatus.NOT_AVAILABLE)
    state("WLD", "2023", Decimal("1.06E+14"), new)
    state("KAZ", "2023", Decimal(20330104), new, indicator_id=POPULATION)
    state("KAZ", "2020", Decimal("0.000001"), new, indicator_id=POPULATION)
    return old, new


def publish_trade_and_rates(release: Release) -> None:
    """Partners of two markets in two years, and rates of a few days."""
    for year in ("2022", "2023"):
        for reporter, partner in (("KAZ", "CHN"), ("KAZ", "RUS"), ("KAZ", "WLD"), ("KGZ", "CHN")):
            TradeTotalFactory(reporter_id=reporter, partner_id=partner, period=year, release=release)
    for day in ("2024-03-04", "2024-03-05", "2024-03-06"):
        ExchangeRateFactory(period=day, release=release)
        ExchangeRateFactory(currency_id="USD", value=Decimal("1.0849"), period=day, release=release)


def state(area: str, period: str, value: Decimal | None, release: Release, **more: Any) -> Observation:
    """One observation of a release; with `superseded_by` no longer in force."""
    successor = more.get("superseded_by")
    return ObservationFactory(
        area_id=area,
        period=period,
        value=value,
        release=release,
        known_to=successor.known_from if successor else None,
        **{"indicator_id": GDP, "obs_status": ObsStatus.NORMAL} | more,
    )


def fill(markets: list[str], periods: range, release: Release, indicator: str = GDP) -> None:
    """A value for every market and period."""
    Observation.objects.bulk_create(
        Observation(
            indicator_id=indicator,
            area_id=market,
            period=str(period),
            value=Decimal(period),
            release=release,
            known_from=release.known_from,
        )
        for market in markets
        for period in periods
    )
