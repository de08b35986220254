"""A small world of exchange rates for the tests: their datasets, vintages and rates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from markets.models import Dataset, ExchangeRate, Release
from markets.sources import fx
from markets.sources.base import ExchangeRateRow
from markets.sources.bundled_rates import deliveries_of_rates
from markets.vocabulary import RateKind
from tests.factories import ExchangeRateFactory, ReleaseFactory

KNOWN_FROM = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def rate_datasets() -> None:
    """The datasets as their cards describe them."""
    for card in fx.CARDS:
        described = {
            "kind": card.kind.value,
            "name": card.name,
            "publisher": card.publisher,
            "url": card.url,
            "licence": card.licence,
            "licence_url": card.licence_url,
            "citation": card.citation,
            "cadence": card.cadence,
        }
        Dataset.objects.update_or_create(id=card.id, defaults=described)


def vintage(dataset: str = "ecb-rates", **more: object) -> Release:
    """A published release, long known."""
    return ReleaseFactory(dataset_id=dataset, **{"known_from": KNOWN_FROM} | more)


def ecb(period: str, release: Release, **values: str) -> None:
    """Reference rates of a day for one euro."""
    for currency, value in values.items():
        ExchangeRateFactory(currency_id=currency, period=period, value=Decimal(value), release=release)


def nbk(period: str, release: Release, **values: str) -> None:
    """Tenge for one unit of each."""
    for base, value in values.items():
        ExchangeRateFactory(
            currency_id="KZT",
            base_id=base,
            kind=RateKind.OFFICIAL.value,
            period=period,
            value=Decimal(value),
            release=release,
        )


def load(rows: Iterable[ExchangeRateRow], release: Release) -> None:
    """Rows of a source as rates in force."""
    ExchangeRate.objects.bulk_create(
        ExchangeRate(
            dataset_id=release.dataset_id,
            currency_id=row.currency,
            base_id=row.base,
            kind=row.kind.value,
            period=row.period,
            frequency=row.frequency.value,
            value=row.value,
            release=release,
            known_from=release.known_from,
        )
        for row in rows
    )


def bundled_rows(dataset: str) -> list[ExchangeRateRow]:
    """Every rate of a dataset that comes with the product."""
    slices = [part for delivery in deliveries_of_rates(dataset) for part in delivery.slices]
    return [row for part in slices for row in part.rows if isinstance(row, ExchangeRateRow)]


def load_two_years() -> None:
    """The dollar and the yuan of 2013 and 2024 by the European Central Bank, and all official averages."""
    pairs = {("USD", "EUR"), ("CNY", "EUR")}
    rows = (row for row in bundled_rows("ecb-rates") if (row.currency, row.base) in pairs)
    load((row for row in rows if row.period[:4] in ("2013", "2024")), vintage())
    load(bundled_rows("official-rates"), vintage("official-rates"))
