"""What tests make by themselves: rows, deliveries, answers in the World Bank's form, and moments to go back to."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import factory
from django.db import connection, transaction
from factory.django import DjangoModelFactory

from markets import models
from markets.sources.base import Delivery, ObservationRow, RawPayload, SliceDelivery, UnmappedRow, Vintage
from markets.vocabulary import AsOf, ObsStatus, Period, PrintedNumber, RateKind, Transport

SPECIMENS = Path(__file__).resolve().parent / "specimens"
GDP = "NY.GDP.MKTP.CD"
GDP_PER_HEAD = "NY.GDP.PCAP.CD"
GDP_GROWTH = "NY.GDP.MKTP.KD.ZG"
POPULATION = "SP.POP.TOTL"
URBAN_SHARE = "SP.URB.TOTL.IN.ZS"


# ---------------------------------------------------------------- rows of the tables
class JobFactory(DjangoModelFactory):
    class Meta:
        model = models.Job

    dataset_id = "worldbank"
    transport = Transport.HTTP.value
    state = models.Job.State.DONE
    started_at = factory.LazyFunction(lambda: dt.datetime.now(dt.UTC))
    finished_at = factory.SelfAttribute("started_at")
    lease_until = factory.LazyAttribute(
        lambda job: job.started_at + dt.timedelta(minutes=1) if job.state == models.Job.State.RUNNING else None
    )


class ReleaseFactory(DjangoModelFactory):
    class Meta:
        model = models.Release

    dataset_id = "worldbank"
    state = models.Release.State.PUBLISHED
    transport = Transport.FILE.value
    title = factory.Sequence(lambda n: f"Vintage {n}")
    request = "a file"
    known_from = factory.LazyFunction(lambda: dt.datetime.now(dt.UTC))
    published_at = factory.SelfAttribute("known_from")
    licence = "CC BY 4.0"
    citation = factory.LazyAttribute(lambda release: f"World Bank. {release.title}.")


class ObservationFactory(DjangoModelFactory):
    class Meta:
        model = models.Observation

    indicator_id = GDP
    area_id = "KAZ"
    period = "2023"
    value = Decimal(100)
    last_digit_exponent = 0
    release = factory.SubFactory(ReleaseFactory)
    known_from = factory.SelfAttribute("release.known_from")


class ExchangeRateFactory(DjangoModelFactory):
    class Meta:
        model = models.ExchangeRate

    dataset_id = factory.SelfAttribute("release.dataset_id")
    currency_id = "CNY"
    base_id = "EUR"
    kind = RateKind.REFERENCE.value
    period = "2024-03-05"
    frequency = factory.LazyAttribute(lambda rate: Period.parse(rate.period).frequency.value)
    value = Decimal("7.8")
    release = factory.SubFactory(ReleaseFactory)
    known_from = factory.SelfAttribute("release.known_from")


class TradeTotalFactory(DjangoModelFactory):
    class Meta:
        model = models.TradeTotal

    dataset_id = factory.SelfAttribute("release.dataset_id")
    reporter_id = "KAZ"
    flow = "M"
    partner_id = "CHN"
    period = "2023"
    frequency = factory.LazyAttribute(lambda total: Period.parse(total.period).frequency.value)
    value = Decimal(1_000_000)
    currency_id = "USD"
    release = factory.SubFactory(ReleaseFactory)
    known_from = factory.SelfAttribute("release.known_from")


class AreaCaveatFactory(DjangoModelFactory):
    class Meta:
        model = models.AreaCaveat

    area_id = "TKM"
    text_en = "Converted at the official rate."


# ---------------------------------------------------------------- deliveries
def row(
    value: str | int | None,
    *,
    area: str = "KAZ",
    period: str | int = 2023,
    indicator: str = GDP,
    status: ObsStatus = ObsStatus.NORMAL,
) -> ObservationRow:
    """A value as a source printed it; None with the letter for `not available`."""
    if value is None:
        return ObservationRow(indicator, area, str(period), None, None, status or ObsStatus.NOT_AVAILABLE)
    printed = PrintedNumber.parse(str(value))
    return ObservationRow(indicator, area, str(period), printed.value, printed.exponent, status)


def delivery(
    *rows: ObservationRow,
    covers_all: bool = False,
    released_on: dt.date | None = None,
    known_by: dt.date | None = None,
    transport: Transport = Transport.FILE,
    unmapped: Sequence[UnmappedRow] = (),
    body: bytes | None = None,
) -> Delivery:
    """One vintage of the World Bank, a slice for each indicator of its rows."""
    slices: dict[str, list[ObservationRow]] = {}
    for each in rows:
        slices.setdefault(each.indicator, []).append(each)
    content = repr((rows, released_on)).encode() if body is None else body
    return Delivery(
        dataset="worldbank",
        transport=transport,
        vintage=Vintage(title=f"Vintage {released_on or known_by}", released_on=released_on, known_by=known_by),
        slices=[SliceDelivery(key, its_rows, covers_all, unmapped) for key, its_rows in slices.items()],
        payloads=[RawPayload("a file", content, "application/json", dt.datetime.now(dt.UTC))],
    )


# ---------------------------------------------------------------- moments
def database_now() -> AsOf:
    """The database's clock, by which vintages are ordered."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return AsOf(cursor.fetchone()[0])


@contextmanager
def undone() -> Iterator[None]:
    """Tables as they were before, whatever was written meanwhile: one example of many leaves nothing to the next."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


# ---------------------------------------------------------------- answers of the World Bank
ISO2 = {"KAZ": "KZ", "KGZ": "KG", "TJK": "TJ", "TKM": "TM", "UZB": "UZ", "CHN": "CN", "WLD": "1W"}


def entry(
    value: Any, *, area: str = "KAZ", date: str | int = 2023, indicator: str = GDP, status: str = ""
) -> dict[str, Any]:
    """One row of an answer."""
    return {
        "indicator": {"id": indicator, "value": "A series"},
        "country": {"id": ISO2.get(area, area[:2]), "value": area.title()},
        "countryiso3code": area,
        "date": str(date),
        "value": value,
        "unit": "",
        "obs_status": status,
        "decimal": 0,
    }


def page(entries: Sequence[Any], *, updated: Any = "2025-07-01", **head: Any) -> list[Any]:
    """One page of an answer, the only one if nothing else is said of it."""
    described = {"page": 1, "pages": 1, "per_page": 50, "total": len(entries), "sourceid": "2"}
    return [described | {"lastupdated": updated} | head, list(entries)]


def pages(entries: Sequence[Any], per_page: int, *, updated: str = "2025-07-01") -> list[list[Any]]:
    """The pages of an answer with so many rows on each."""
    parts = [entries[start : start + per_page] for start in range(0, len(entries), per_page)]
    return [
        page(part, updated=updated, page=number, pages=len(parts), per_page=per_page, total=len(entries))
        for number, part in enumerate(parts, start=1)
    ]


def saved(folder: Path, documents: Iterable[tuple[str, Any]]) -> Path:
    """A directory with payload files."""
    for name, document in documents:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return folder
