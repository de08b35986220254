"""Products and categories in templates: sections of the tree, names of languages, pages of found things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django import template
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.profiles.catalogue import CategoryMarket, CategoryPage, ProductNode
from markets.profiles.demand import CardFact, CardField
from markets.profiles.markets import MarketRef
from markets.search import Findings, Hit
from markets.vocabulary import HSCode

register = template.Library()

# In our own words, shorter than the official titles.
SECTIONS: Final = {
    "I": _lazy("Live animals and animal products"),
    "II": _lazy("Plants, grain, fruit and vegetables"),
    "III": _lazy("Fats and oils"),
    "IV": _lazy("Prepared food, drinks and tobacco"),
    "V": _lazy("Minerals, ores and fuels"),
    "VI": _lazy("Chemicals, medicines and cosmetics"),
    "VII": _lazy("Plastics and rubber"),
    "VIII": _lazy("Hides, leather, furs and bags"),
    "IX": _lazy("Wood, cork and wickerwork"),
    "X": _lazy("Pulp, paper and print"),
    "XI": _lazy("Textiles and clothing"),
    "XII": _lazy("Footwear, headwear and umbrellas"),
    "XIII": _lazy("Stone, cement, ceramics and glass"),
    "XIV": _lazy("Pearls, precious stones and precious metals"),
    "XV": _lazy("Base metals and articles of them"),
    "XVI": _lazy("Machines and electrical equipment"),
    "XVII": _lazy("Vehicles, aircraft and ships"),
    "XVIII": _lazy("Optical, measuring and medical instruments; clocks; musical instruments"),
    "XIX": _lazy("Arms and ammunition"),
    "XX": _lazy("Furniture, lamps, toys and other goods"),
    "XXI": _lazy("Works of art and antiques"),
    "": _lazy("Goods not specified by kind"),
}

PAGES: Final = {
    "product": "markets:product",
    "category": "markets:category",
    "market": "markets:country",
    "indicator": "markets:indicator",
}


@dataclass(frozen=True, slots=True)
class Section:
    """Chapters of one section, in the order of their codes."""

    numeral: str
    name: str
    chapters: tuple[ProductNode, ...]


@register.filter
def by_section(chapters: Sequence[ProductNode]) -> list[Section]:
    """Chapters under their sections."""
    return [
        Section(numeral, str(SECTIONS[numeral]), tuple(held))
        for numeral, held in groupby(chapters, key=lambda chapter: chapter.section)
    ]


@dataclass(frozen=True, slots=True)
class SharedFacts:
    """Facts that several markets have in common, under the names of those markets."""

    names: str
    fields: tuple[CardField, ...]


@dataclass(frozen=True, slots=True)
class MarketCard:
    """What a card says of one market alone. also: fields told with several markets; missing: fields without a fact."""

    market: MarketRef
    fields: tuple[CardField, ...]
    also: str
    missing: str
    loaded: int
    all: int


@dataclass(frozen=True, slots=True)
class ToldMarkets:
    """A category's cards without repetition: first what several markets share, then each market's own."""

    shared: tuple[SharedFacts, ...]
    cards: tuple[MarketCard, ...]


@register.simple_tag
def market_cards(page: CategoryPage) -> ToldMarkets:
    """The cards of a category; a fact that several markets have stands once."""
    holders: dict[tuple[str, CardFact], list[str]] = {}
    for entry in page.markets:
        for field in entry.fields:
            for fact in field.facts:
                holders.setdefault((field.field, fact), []).append(entry.market.iso3)
    return ToldMarkets(
        shared=tuple(_shared(page, holders)), cards=tuple(_card(entry, holders) for entry in page.markets)
    )


Holders = Mapping[tuple[str, CardFact], Sequence[str]]


def _shared(page: CategoryPage, holders: Holders) -> Iterator[SharedFacts]:
    """Shared facts by the markets that share them, those of most markets first."""
    names = {entry.market.iso3: entry.market.name for entry in page.markets}
    labels = {field.field: field.label for entry in page.markets for field in entry.fields}
    several = {tuple(codes) for codes in holders.values() if len(codes) > 1}
    for codes in sorted(several, key=lambda codes: (-len(codes), codes)):
        facts: dict[str, list[CardFact]] = {field: [] for field in labels}
        for (field, fact), held_by in holders.items():
            if tuple(held_by) == codes:
                facts[field].append(fact)
        fields = tuple(CardField(field, labels[field], tuple(told)) for field, told in facts.items() if told)
        yield SharedFacts(wording.listed([names[code] for code in codes]), fields)


def _card(entry: CategoryMarket, holders: Holders) -> MarketCard:
    own, also, missing = [], [], []
    for field in entry.fields:
        facts = tuple(fact for fact in field.facts if len(holders[field.field, fact]) == 1)
        word = str(wording.FIELD_WORDS[field.field])
        if facts:
            own.append(CardField(field.field, field.label, facts))
        if not field.facts:
            missing.append(word)
        elif len(facts) < len(field.facts):
            also.append(word)
    return MarketCard(
        market=entry.market,
        fields=tuple(own),
        also=wording.listed(also),
        missing=wording.listed(missing),
        loaded=entry.loaded_fields,
        all=len(entry.fields),
    )


@register.filter
def dotted(code: str) -> str:
    """A code as customs write it: `8418.21`."""
    return HSCode(code).dotted


@register.filter
def language_name(code: str) -> str:
    """A language by its own name."""
    return str(get_language_info(code)["name_local"])


@register.filter
def hit_address(hit: Hit) -> str:
    """The page of a thing that was found."""
    return reverse(PAGES[hit.kind], args=[hit.key])


@register.filter
def hit_count(found: Findings) -> int:
    """How many things are shown, suggestions included."""
    return sum(len(group.hits) for group in found.groups) + len(found.suggestions)
