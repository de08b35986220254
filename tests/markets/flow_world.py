"""Trade of single products for the tests: a small cube of two datasets, and rows beside it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from markets.models import Dataset, Release, Slice, TradeFlow
from markets.vocabulary import Basis, Frequency
from tests.factories import ReleaseFactory

CUBE, REPORTS = "test-cube", "test-reports"
CUBE_AT: Final = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
REPORTS_AT: Final = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


def flow_dataset(key: str, **more: Any) -> Dataset:
    """A dataset of single products."""
    told = {"name": key, "publisher": key, "url": "https://example.org/", "licence": "CC BY 4.0", "citation": key}
    return Dataset.objects.create(id=key, kind="flows", cadence="yearly", **told | more)


def publish_year(dataset: str, year: int, known_from: dt.datetime = CUBE_AT) -> Release:
    """A year of a dataset in force, without a row yet."""
    release = ReleaseFactory(
        dataset_id=dataset, title=f"{dataset} {year}", known_from=known_from, citation=f"{dataset}, {year}"
    )
    Slice.objects.create(dataset_id=dataset, key=str(year), current=release)
    parent = f"markets_tradeflow_{dataset.replace('-', '_')}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {parent} PARTITION OF markets_tradeflow FOR VALUES IN ('{dataset}')"
            " PARTITION BY LIST (year)"
        )
        cursor.execute(f"CREATE TABLE {parent}_{year} PARTITION OF {parent} FOR VALUES IN ({year})")
    return release


def state(named: str, value_usd: int | str | None, release: Release, **more: Any) -> TradeFlow:
    """A row named by exporter, product, importer and period, of the basis `reconciled` where no other is named."""
    exporter, product, importer, period = named.split()
    told = {
        "basis": Basis.RECONCILED.value,
        "flow": "X",
        "classification": "HS2017",
        "frequency": Frequency.ANNUAL.value if len(period) == 4 else Frequency.MONTHLY.value,
    }
    row = TradeFlow(
        dataset_id=release.dataset_id,
        year=int(period[:4]),
        exporter_id=exporter,
        importer_id=importer,
        product=product,
        period=period,
        value_usd=None if value_usd is None else Decimal(value_usd),
        release=release,
        **told | more,
    )
    TradeFlow.objects.bulk_create([row])
    return row


def publish_small_cube() -> tuple[Release, Release, Release]:
    """Two reconciled years at six digits, and a year of reports at four digits by both sides."""
    flow_dataset(CUBE)
    flow_dataset(REPORTS)
    old, new = publish_year(CUBE, 2020), publish_year(CUBE, 2021)
    reports = publish_year(REPORTS, 2021, REPORTS_AT)
    for year, release in ((2020, old), (2021, new)):
        state(f"CHN 854140 KAZ {year}", 1_000_000 * (year - 2019), release, net_weight_kg=Decimal(200_000))
        state(f"CHN 854141 KAZ {year}", 500_000, release)
        state(f"CHN 841821 KAZ {year}", 300_000, release, net_weight_kg=Decimal(60_000))
        state(f"DEU 854140 KAZ {year}", 250_000, release, net_weight_kg=Decimal(5_000))
        state(f"CHN 854140 UZB {year}", 700_000, release, net_weight_kg=Decimal(140_000))
        state(f"KAZ 270900 CHN {year}", "123456.789", release, net_weight_kg=Decimal("0.5"))
    by_exporter = {"basis": Basis.EXPORTER_REPORTED.value, "valuation": "FOB"}
    by_importer = {"basis": Basis.IMPORTER_REPORTED.value, "flow": "M", "valuation": "CIF"}
    state("CHN 8541 KAZ 2021", 2_600_000, reports, **by_exporter)
    state("CHN 8541 KAZ 2021", 2_400_000, reports, net_weight_kg=Decimal(500_000), **by_importer)
    state("DEU 8418 KAZ 2021", None, reports, value=Decimal(90_000), currency_id="EUR", **by_exporter)
    state("CHN 8541 KAZ 2021-03", 210_000, reports, obs_status="e", **by_exporter)
    state("DEU 8541 KAZ 2021-04", None, reports, obs_status="c", **by_exporter)
    return old, new, reports
