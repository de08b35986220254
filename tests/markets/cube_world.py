"""Years of a small cube, made as a source of product-level trade hands them over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from markets.models import Dataset, TradeFlow
from markets.sources.base import SourceCard, Vintage
from markets.sources.cubes import CubeColumn, CubeYear
from markets.vocabulary import Basis, FactKind, Flow

CARD = SourceCard(
    id="small-cube",
    name="A small cube",
    publisher="Nobody",
    url="https://example.org/cube",
    licence="CC0",
    licence_url="",
    citation="A small cube.",
    cadence="yearly",
    kind=FactKind.FLOWS,
)
AREAS = {"156": "CHN", "398": "KAZ", "860": "UZB", "417": "KGZ", "276": "DEU", "0": "WLD"}
COLUMNS = (
    CubeColumn("t", "year"),
    CubeColumn("i", "exporter"),
    CubeColumn("j", "importer"),
    CubeColumn("k", "product"),
    CubeColumn("v", "value_usd", 1000),
    CubeColumn("q", "net_weight_kg", 1000),
)
ROWS = (
    "2021,156,398,854143,10.5,2",
    "2021,156,860,854143,4.25,1.5",
    "2021,156,398,330410,7,   NA",
    "2021,276,398,330410,20,  0.250",
    "2021,276,417,10121,1.001,3",
)


def small_cube() -> Dataset:
    """The dataset of the card, stored."""
    stored, _is_new = Dataset.objects.get_or_create(
        id=CARD.id,
        defaults={
            "kind": CARD.kind.value,
            "name": CARD.name,
            "publisher": CARD.publisher,
            "url": CARD.url,
            "licence": CARD.licence,
            "citation": CARD.citation,
            "cadence": CARD.cadence,
        },
    )
    return stored


def cube_year(rows: Sequence[str] = ROWS, *, header: str = "t,i,j,k,v,q", **changed: Any) -> CubeYear:
    """The year 2021 as BACI writes it: thousands of dollars, tons, numbers of countries, no leading zeros."""
    text = "\n".join((header, *rows, "")).encode()

    def chunks() -> Iterator[bytes]:
        yield from (text[at : at + 50] for at in range(0, len(text), 50))

    year = CubeYear(
        dataset=CARD.id,
        key="2021",
        year=2021,
        name="CUBE_HS17_Y2021.csv",
        sha256=hashlib.sha256(text).hexdigest(),
        size_bytes=len(text),
        vintage=Vintage("A vintage of the small cube"),
        columns=COLUMNS,
        chunks=chunks,
        basis=Basis.RECONCILED,
        flow=Flow.EXPORT,
        classification="HS2017",
        areas=AREAS,
        missing=("", "NA"),
        pads_product=True,
    )
    return replace(year, **changed)


def flows() -> list[tuple[Any, ...]]:
    """What stands in the table: exporter, product, importer, value and weight."""
    kept = TradeFlow.objects.filter(dataset=CARD.id).order_by("exporter_id", "product", "importer_id")
    return list(kept.values_list("exporter_id", "product", "importer_id", "value_usd", "net_weight_kg"))
