"""Gapminder: series compiled from many publishers. Comes with the product only; no download is offered."""

from __future__ import annotations

from typing import Final

from markets.sources.base import SourceCard

CARD: Final = SourceCard(
    id="gapminder",
    name="Gapminder, Systema Globalis",
    publisher="Gapminder Foundation",
    url="https://www.gapminder.org/data/",
    licence="CC BY 4.0",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    citation="Gapminder Foundation, Systema Globalis",
    cadence="irregular",
)
