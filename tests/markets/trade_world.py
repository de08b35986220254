"""Trade for the tests: the bundled vintages through the one door, and a small world written by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from markets import sources
from markets.ingest import publish
from markets.models import Release, TradeTotal
from markets.sources.bundled import deliveries
from tests.factories import ReleaseFactory, TradeTotalFactory

OFFICES = ("kaz-trade", "kgz-trade", "uzb-trade")
OLD_AT = dt.datetime(2022, 1, 1, tzinfo=dt.UTC)
NEW_AT = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
# Two dozen partners of Kazakhstan: enough to rank among.
OTHERS = "RUS DEU USA TUR ITA KOR FRA JPN UZB IND POL BLR KGZ GBR ESP NLD CZE UKR AUT CHE BRA VNM LTU".split()


def publish_bundled(*datasets: str) -> None:
    """The vintages that come with the product, oldest first."""
    for dataset in datasets:
        for delivery in deliveries(dataset):
            publish(delivery, sources.card(dataset))


def publish_small_world() -> tuple[Release, Release, Release]:
    """Kazakhstan's imports of 2018, 2022 and 2023 in two vintages, China's side of 2023, and three months of it."""
    old = ReleaseFactory(dataset_id="kaz-trade", title="Old", known_from=OLD_AT, transport="bundled")
    new = ReleaseFactory(dataset_id="kaz-trade", title="New", known_from=NEW_AT, transport="bundled")
    china = ReleaseFactory(dataset_id="china-trade", title="China", known_from=NEW_AT, transport="bundled")
    state("KAZ M CHN 2018", 5_000, old)
    state("KAZ M WLD 2018", 20_000, old)
    state("KAZ M CHN 2022", 7_900, old, superseded_by=new)
    state("KAZ M CHN 2022", 8_000, new, obs_status="r")
    state("KAZ M WLD 2022", 25_000, new)
    state("KAZ M CHN 2023", 10_000, new)
    state("KAZ M WLD 2023", 25_000, new)
    for place, partner in enumerate(OTHERS):
        state(f"KAZ M {partner} 2023", 12_000 if partner == "RUS" else 200 - place, new)
    state("KAZ M AFG 2023", 0, new, obs_status="k")
    state("CHN X KAZ 2023", 20_000, china)
    state("CHN X KAZ 2024-01", 3_000, china, currency_id="CNY")
    state("CHN X KAZ 2024-03", 3_100, china, currency_id="CNY", obs_status="e")
    state("CHN X KAZ 2024-09", 450, china)
    state("CHN X TKM 2023", 900, china)
    state("CHN M TKM 2024-03", 5_300, china, currency_id="CNY", obs_status="e")
    return old, new, china


def state(named: str, millions: int | None, release: Release, **more: Any) -> TradeTotal:
    """One value of a release in millions, named by reporter, flow, partner and period.

    With `superseded_by` it is no longer in force.
    """
    reporter, flow, partner, period = named.split()
    successor = more.get("superseded_by")
    return TradeTotalFactory(
        reporter_id=reporter,
        flow=flow,
        partner_id=partner,
        period=period,
        value=None if millions is None else Decimal(millions) * 1_000_000,
        release=release,
        known_to=successor.known_from if successor else None,
        **more,
    )
