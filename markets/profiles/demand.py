"""What is known of a market's demand: themes with their strength, category cards, and where each fact stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext as _

from markets import queries
from markets.models import CategoryFact, DemandProfile, MarketCharacter, Theme, ThemeStatement
from markets.profiles.figures import Figure


class Strength(StrEnum):
    """How strongly a theme of demand is supported, by rule and never by an editor's points."""

    STATED = "stated"
    INDICATED = "indicated"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The place in a published document where a fact stands."""

    code: str
    publisher: str
    title: str
    published_on: dt.date | None
    published_note: str
    locator: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact a document states, in our words. scope `region`: it speaks of the whole region, not of this market alone."""

    text: str
    scope: str
    document: DocumentRef | None
    is_stated: bool = True


@dataclass(frozen=True, slots=True)
class ProductRef:
    """A product by its HS code."""

    code: str
    name: str
    classification: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ThemeCard:
    """A theme of demand with its strength, the evidence, and the goods it asks for.

    scope: `market` or `region` when stated. rule: what makes it `indicated`; figure: the number the rule looks at;
    passes None: the rule cannot be applied (no rule, or no number).
    """

    slug: str
    name: str
    description: str
    strength: str
    scope: str
    statements: tuple[Statement, ...]
    rule: str
    comparator: str
    threshold: Decimal | None
    figure: Figure | None
    passes: bool | None
    products: tuple[ProductRef, ...]


@dataclass(frozen=True, slots=True)
class CardFact:
    """One sourced fact in a category card. value None: the text says all."""

    text: str
    value: Decimal | None
    unit: str
    period: str
    document: DocumentRef | None
    source: str
    source_on: str
    licence: str


@dataclass(frozen=True, slots=True)
class CardField:
    """A field of a category card: its facts, or none, which reads as `not loaded`."""

    field: str
    label: str
    facts: tuple[CardFact, ...]


@dataclass(frozen=True, slots=True)
class CategoryCard:
    """What is known of one product category in one market."""

    slug: str
    name: str
    description: str
    is_focus: bool
    products: tuple[ProductRef, ...]
    fields: tuple[CardField, ...]
    loaded_fields: int


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """Which version of the demand profile is shown, by whom and when. author empty: it came with the product."""

    version: int
    author: str
    published_at: dt.datetime
    known_from: dt.datetime
    note: str


def profile_version(profile: DemandProfile | None) -> ProfileVersion | None:
    if profile is None:
        return None
    author = profile.author.get_username() if profile.author else ""
    return ProfileVersion(profile.version, author, profile.published_at, profile.known_from, profile.note)


def theme_cards(profile: DemandProfile | None, figures: dict[str, Figure]) -> tuple[ThemeCard, ...]:
    statements: dict[str, list[ThemeStatement]] = {}
    for statement in profile.statements.all() if profile else ():
        statements.setdefault(statement.theme_id, []).append(statement)
    themes = Theme.objects.prefetch_related("products__product").order_by("sort", "slug")
    return tuple(_theme(theme, statements.get(theme.slug, []), figures) for theme in themes)


def _theme(theme: Theme, statements: Sequence[ThemeStatement], figures: dict[str, Figure]) -> ThemeCard:
    figure = figures.get(theme.indicator_id or "")
    passes = rule_passes(theme.comparator, figure.value if figure else None, theme.threshold)
    strength = Strength.STATED if statements else Strength.INDICATED if passes else Strength.NOT_STATED
    scopes = {statement.scope for statement in statements}
    return ThemeCard(
        slug=theme.slug,
        name=theme.name,
        description=theme.description,
        strength=strength.value,
        scope="market" if "market" in scopes else "region" if scopes else "",
        statements=tuple(statement(s, s.scope) for s in statements),
        rule=theme.rule,
        comparator=theme.comparator,
        threshold=theme.threshold,
        figure=figure,
        passes=passes,
        products=tuple(
            ProductRef(p.product.code, p.product.name, p.product.classification, p.note) for p in theme.products.all()
        ),
    )


def rule_passes(comparator: str, value: Decimal | None, threshold: Decimal | None) -> bool | None:
    """Whether a value is past a threshold; None when there is no rule or no value."""
    if not comparator or value is None or threshold is None:
        return None
    return {
        ">": value > threshold,
        ">=": value >= threshold,
        "<": value < threshold,
        "<=": value <= threshold,
    }[comparator]


def statement(row: ThemeStatement | MarketCharacter, scope: str, *, is_stated: bool = True) -> Statement:
    return Statement(row.text, scope, _document(row), is_stated)


def _document(row: ThemeStatement | MarketCharacter | CategoryFact) -> DocumentRef | None:
    document = row.document
    if document is None:
        return None
    return DocumentRef(
        document.code, document.publisher, document.title, document.published_on, document.published_note, row.locator
    )


def category_cards(profile: DemandProfile | None) -> tuple[CategoryCard, ...]:
    facts: dict[tuple[str, str], list[CategoryFact]] = {}
    for fact in profile.category_facts.all() if profile else ():
        # A fact without a category (value added tax) holds for every card.
        facts.setdefault((fact.category_id or "", fact.field), []).append(fact)
    prefixes: dict[str, list[ProductRef]] = {}
    for row in queries.category_prefixes():
        ref = ProductRef(row.product.code, row.product.name, row.product.classification, row.note)
        prefixes.setdefault(row.category_id, []).append(ref)
    cards = []
    for category in queries.categories():
        fields = tuple(
            CardField(
                field.value,
                _(str(field.label)),
                tuple(_card_fact(f) for f in [*facts.get((category.slug, field), []), *facts.get(("", field), [])]),
            )
            for field in CategoryFact.Field
        )
        cards.append(
            CategoryCard(
                category.slug,
                category.name,
                category.description,
                category.is_focus,
                tuple(prefixes.get(category.slug, ())),
                fields,
                sum(bool(field.facts) for field in fields),
            )
        )
    return tuple(cards)


def _card_fact(fact: CategoryFact) -> CardFact:
    return CardFact(
        fact.text, fact.value, fact.unit, fact.period, _document(fact), fact.source, fact.source_on, fact.licence
    )
