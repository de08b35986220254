"""Help pages in templates: titles of topics, what a strength means, and the words used."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.translation import gettext_lazy as _lazy

register = template.Library()

TITLES: Final = {
    "ranks": _lazy("Ranks and changes"),
    "revisions": _lazy("Vintages, revisions and pages as they were"),
    "missing": _lazy("Missing values and letters"),
    "themes": _lazy("Themes of demand and their strength"),
    "categories": _lazy("Product categories and why they overlap"),
}
SUMMARIES: Final = {
    "ranks": _lazy("Among whom a figure is ranked, what is left out, and from where a change is counted."),
    "revisions": _lazy("What is kept when a publisher changes a figure, and how to see what was known on a day."),
    "missing": _lazy("What a dash means, and what each letter beside a value says of it."),
    "themes": _lazy("When a theme is stated, indicated or not stated in a market."),
    "categories": _lazy("What a category holds, and why categories are never added."),
}
STRENGTHS: Final = {
    "stated": _lazy("A document names this market and states the demand; the place in the document is given."),
    "indicated": _lazy("No document does, but a figure of the market is past the threshold of the theme's rule."),
    "not_stated": _lazy("Neither. That is no proof that there is no demand: the documents read here are silent."),
}
WORDS: Final = (
    (
        _lazy("market"),
        _lazy("A country or area, under its ISO 3166 code of three letters; groups of them are not markets."),
    ),
    (_lazy("indicator"), _lazy("A named series with its unit, such as GDP per head.")),
    (_lazy("series"), _lazy("One indicator of one market over time.")),
    (_lazy("period"), _lazy("What time a value is about: a year, a quarter, a month, the months since January.")),
    (_lazy("dataset"), _lazy("What one publisher says in one place on one licence.")),
    (_lazy("vintage"), _lazy("What a dataset said at one moment; also called release.")),
    (_lazy("known from"), _lazy("The day from which a vintage was public.")),
    (_lazy("product"), _lazy("A code of the Harmonized System with two, four or six digits.")),
    (_lazy("category"), _lazy("Goods as sellers speak of them: a list of codes.")),
    (_lazy("theme"), _lazy("A subject of demand, such as water-saving farming.")),
)
SIGNS: Final = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}


@register.filter
def topic_title(topic: str) -> str:
    """What a method page is called."""
    return str(TITLES[topic])


@register.filter
def topic_summary(topic: str) -> str:
    """What a method page tells, in a sentence."""
    return str(SUMMARIES[topic])


@register.filter
def strength_meaning(strength: str) -> str:
    """When a theme has this strength."""
    return str(STRENGTHS[strength])


@register.filter
def comparator_sign(comparator: str) -> str:
    """A comparison as it is printed."""
    return SIGNS[comparator]


@register.simple_tag
def words_used() -> list[tuple[str, str]]:
    """The words of the pages with their meaning."""
    return [(str(word), str(meaning)) for word, meaning in WORDS]
