"""Trade of single products for the tests: a small cube of two datasets, and rows beside it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from markets.ingest.cubes import publish_year
from markets.models import Dataset, Release, TradeFlow
from markets.sources.base import SourceCard, Vintage
from markets.sources.cubes import CubeColumn, CubeYear
from markets.vocabulary import Basis, FactKind, Flow, Frequency

CUBE, REPORTS = "test-cube", "test-reports"
CUBE_AT: Final = dt.datetime(2024, 2, 1, tzinfo=dt.UTC)
REPORTS_AT: Final = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)


CARDS: Final = {
    key: SourceCard(
        id=key,
        name=key,
        publisher=key,
        url="https://example.org/",
        licence="CC BY 4.0",
        licence_url="",
        citation=key,
        cadence="yearly",
        kind=FactKind.FLOWS,
    )
    for key in (CUBE, REPORTS)
}
_CUBE_COLUMNS: Final = "exporter importer product value_usd net_weight_kg".split()
_REPORT_COLUMNS: Final = (
    "flow reporter partner product period valuation value_usd value currency net_weight_kg obs_status"
).split()
_REPORTS_OF_2021: Final = (
    "X,CHN,KAZ,8541,2021,FOB,2600000,,,,",
    "M,KAZ,CHN,8541,2021,CIF,2400000,,,500000,",
    "X,DEU,KAZ,8418,2021,FOB,,90000,EUR,,",
    "X,CHN,KAZ,8541,2021-03,FOB,210000,,,,e",
    "X,DEU,KAZ,8541,2021-04,FOB,,,,,c",
)


def flow_dataset(key: str) -> Dataset:
    """A dataset of single products, as its card says."""
    card = CARDS[key]
    told = ("name", "publisher", "url", "licence", "citation", "cadence")
    return Dataset.objects.create(id=key, kind=card.kind.value, **{name: getattr(card, name) for name in told})


def publish(dataset: str, year: int, known_from: dt.datetime, columns: Sequence[str], rows: Sequence[str]) -> Release:
    """A year of a dataset through the publish step, as if it had been known since then."""
    text = "\n".join((",".join(columns), *rows, "")).encode()
    delivered = CubeYear(
        dataset=dataset,
        key=str(year),
        year=year,
        name=f"{dataset}-{year}.csv",
        sha256=hashlib.sha256(text + dataset.encode() + str(year).encode()).hexdigest(),
        size_bytes=len(text),
        vintage=Vintage(f"{dataset} {year}", citation=f"{dataset}, {year}"),
        columns=[CubeColumn(name, name) for name in columns],
        chunks=lambda: iter((text,)),
        basis=Basis.RECONCILED if "exporter" in columns else None,
        flow=Flow.EXPORT if "exporter" in columns else None,
        classification="HS2017",
    )
    outcome = publish_year(delivered, CARDS[dataset])
    assert outcome.release is not None
    assert (outcome.published, outcome.rejected) == (len(rows), {})
    Release.objects.filter(pk=outcome.release.pk).update(known_from=known_from, published_at=known_from)
    return outcome.release


def state(named: str, value_usd: int | str | None, release: Release, **more: Any) -> TradeFlow:
    """One row beside those published, named by exporter, product, importer and period; reconciled where not said."""
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
    old, new = (
        publish(
            CUBE,
            year,
            CUBE_AT,
            _CUBE_COLUMNS,
            (
                f"CHN,KAZ,854140,{1_000_000 * (year - 2019)},200000",
                "CHN,KAZ,854141,500000,",
                "CHN,KAZ,841821,300000,60000",
                "DEU,KAZ,854140,250000,5000",
                "CHN,UZB,854140,700000,140000",
                "KAZ,CHN,270900,123456.789,0.5",
            ),
        )
        for year in (2020, 2021)
    )
    return old, new, publish(REPORTS, 2021, REPORTS_AT, _REPORT_COLUMNS, _REPORTS_OF_2021)
