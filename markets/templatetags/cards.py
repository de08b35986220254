"""Category cards in templates: what a card says of its own, and what all cards of a market share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django import template

from markets import wording
from markets.profiles.demand import CardFact, CardField, CategoryCard, Statement, ThemeCard

register = template.Library()


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A card without the facts that hold for every category. also, missing: names of fields, ready to read."""

    fields: tuple[CardField, ...]
    also: str
    missing: str


@register.filter
def field_words(field: str) -> str:
    """The name of a field of a category card."""
    return str(wording.FIELD_WORDS[field])


@register.filter
def by_source(facts: Sequence[CardFact]) -> list[list[CardFact]]:
    """Facts that stand in the same place of the same source together, in their order."""
    return [list(same) for _place, same in groupby(facts, key=lambda f: (f.document, f.source, f.source_on))]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What documents say of a theme: of this market, and of the whole region."""

    market: tuple[Statement, ...]
    region: tuple[Statement, ...]


@register.simple_tag
def evidence_of(theme: ThemeCard) -> Evidence:
    """A theme's statements by whom they speak of."""
    return Evidence(
        tuple(s for s in theme.statements if s.scope != "region"),
        tuple(s for s in theme.statements if s.scope == "region"),
    )


@register.simple_tag
def shared_fields(cards: Sequence[CategoryCard]) -> tuple[CardField, ...]:
    """Facts that stand in every card (value added tax, routes of the region), by field; none for a single card."""
    if len(cards) < 2:
        return ()
    shared = []
    for place, field in enumerate(cards[0].fields):
        others = [card.fields[place].facts for card in cards[1:]]
        facts = tuple(fact for fact in field.facts if all(fact in theirs for theirs in others))
        if facts:
            shared.append(CardField(field.field, field.label, facts))
    return tuple(shared)


@register.simple_tag
def own_card(card: CategoryCard, shared: Sequence[CardField]) -> OwnCard:
    """A card without what all cards share."""
    common: dict[str, tuple[CardFact, ...]] = {field.field: field.facts for field in shared}
    own, also, missing = [], [], []
    for field in card.fields:
        facts = tuple(fact for fact in field.facts if fact not in common.get(field.field, ()))
        if facts:
            own.append(CardField(field.field, field.label, facts))
        if not field.facts:
            missing.append(field_words(field.field))
        elif not facts:
            also.append(field_words(field.field))
    return OwnCard(tuple(own), wording.listed(also), wording.listed(missing))
