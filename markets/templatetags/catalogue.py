"""Products and categories in templates: sections of the tree, names of languages, pages of found things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django import template
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.profiles.catalogue import ProductNode
from markets.profiles.demand import CardField
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
    "": _lazy("Kept for use by customs"),
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
class ToldFields:
    """A card's fields that have a fact, and the names of the others, ready to read."""

    fields: tuple[CardField, ...]
    missing: str


@register.simple_tag
def loaded_only(fields: Sequence[CardField]) -> ToldFields:
    """What a card has, and what it lacks."""
    lacking = [str(wording.FIELD_WORDS[field.field]) for field in fields if not field.facts]
    return ToldFields(tuple(field for field in fields if field.facts), wording.listed(lacking))


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
