"""The exchange rates that come with the product: tables of official averages, and the offline history of a package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markets.sources import fx
from markets.sources.base import Delivery
from markets.sources.bundled import FACTS, deliveries


def deliveries_of_rates(dataset: str, facts: Path = FACTS) -> Iterator[Delivery]:
    """The bundled vintages of a dataset of exchange rates, oldest first.

    Raises FactsInvalid with the file and line of what is wrong, SourceChanged for a history not in its form.
    """
    if dataset == fx.ECB_CARD.id:
        yield fx.snapshot()
    yield from deliveries(dataset, facts)
