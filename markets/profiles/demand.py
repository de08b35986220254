"""What is known of a market's demand: themes with their strength, category cards, and where each fact stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from markets import queries
from markets.models import CategoryFact, DemandProfile, MarketCharacter, Theme, ThemeStatement
from markets.models.naming import in_language
from markets.profiles.figures import Figure
from markets.queries import NamedProduct

# What the table of documents says of a document that names no publisher or title.
UNSTATED: Final = "Not stated in the document"


class Strength(StrEnum):
    """How strongly a theme of demand is supported, by rule and never by an editor's points."""

    STATED = "stated"
    INDICATED = "indicated"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The place in a published document where a fact stands.

    publisher, title: empty where the document states none.
    """

    code: str
    publisher: str
    title: str
    published_on: dt.date | None
    published_note: str
    locator: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact a document states, in our words.

    scope `region`: it speaks of the whole region, not of this market alone.
    """

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

    stated: a document names this market; indicated: no document does, but the rule's indicator is past its threshold.
    scope: `market`, `region` (documents speak of the whole region only) or empty.
    rule: what makes it `indicated`; figure: the number the rule looks at; passes None: the rule cannot be applied
    (no rule, or no number).
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
    """Who wrote the version in force, and when; None when there was none."""
    if profile is None:
        return None
    author = profile.author.get_full_name() if profile.author else ""
    return ProfileVersion(profile.version, author, profile.published_at, profile.known_from, profile.note)


def theme_cards(profile: DemandProfile | None, figures: dict[str, Figure]) -> tuple[ThemeCard, ...]:
    """Every theme with its strength in one market. figures: the market's newest ones, by indicator."""
    statements: dict[str, list[ThemeStatement]] = {}
    for statement in profile.statements.all() if profile else ():
        statements.setdefault(statement.theme_id, []).append(statement)
    products: dict[str, list[ProductRef]] = {}
    for row in queries.reference().theme_products:
        products.setdefault(row.owner, []).append(product_ref(row))
    themes = queries.reference().themes
    return tuple(_theme(t, statements.get(t.slug, []), figures, products.get(t.slug, ())) for t in themes)


def _theme(
    theme: Theme,
    statements: Sequence[ThemeStatement],
    figures: dict[str, Figure],
    products: Sequence[ProductRef],
) -> ThemeCard:
    figure = figures.get(theme.indicator_id or "")
    passes = rule_passes(theme.comparator, figure.value if figure else None, theme.threshold)
    scopes = {statement.scope for statement in statements}
    return ThemeCard(
        slug=theme.slug,
        name=theme.name,
        description=theme.description,
        strength=strength_of(scopes, passes=passes).value,
        scope=narrowest_scope(scopes),
        statements=tuple(statement(s, s.scope) for s in statements),
        rule=theme.rule,
        comparator=theme.comparator,
        threshold=theme.threshold,
        figure=figure,
        passes=passes,
        products=tuple(products),
    )


def strength_of(scopes: Collection[str], *, passes: bool | None) -> Strength:
    """How strongly a theme is supported in a market. scopes: of whom documents speak; passes: what the rule says.

    What is said of the whole region names no market: shown as evidence, it does not make the theme stated here.
    """
    if ThemeStatement.Scope.MARKET in scopes:
        return Strength.STATED
    return Strength.INDICATED if passes else Strength.NOT_STATED


def narrowest_scope(scopes: Collection[str]) -> str:
    """`market` where a document names the market, `region` where some speak of its region only; empty for none."""
    return "market" if ThemeStatement.Scope.MARKET in scopes else "region" if scopes else ""


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
    """A stated fact with the place where it stands."""
    return Statement(row.text, scope, _document(row), is_stated)


def _document(row: ThemeStatement | MarketCharacter | CategoryFact) -> DocumentRef | None:
    document = row.document
    if document is None:
        return None
    publisher, title = ("" if text == UNSTATED else text for text in (document.publisher, document.title))
    return DocumentRef(document.code, publisher, title, document.published_on, document.published_note, row.locator)


def category_cards(profile: DemandProfile | None) -> tuple[CategoryCard, ...]:
    """A card for every category, the focus ones first; what is not loaded stays an empty field."""
    prefixes: dict[str, list[ProductRef]] = {}
    for row in queries.reference().category_products:
        prefixes.setdefault(row.owner, []).append(product_ref(row))
    facts = _facts_by_field(profile)
    return tuple(
        CategoryCard(
            category.slug,
            category.name,
            category.description,
            category.is_focus,
            tuple(prefixes.get(category.slug, ())),
            fields := _card_fields(category.slug, facts),
            sum(bool(field.facts) for field in fields),
        )
        for category in queries.reference().categories
    )


def card_fields(profile: DemandProfile | None, category: str) -> tuple[CardField, ...]:
    """The fields of one category's card in the market of this profile."""
    return _card_fields(category, _facts_by_field(profile))


def product_ref(row: NamedProduct) -> ProductRef:
    """A product with its everyday name in the active language, else its official English wording."""
    return ProductRef(row.code, in_language(row, "plain") or row.label_en, row.classification, in_language(row, "note"))


def _facts_by_field(profile: DemandProfile | None) -> dict[tuple[str, str], list[CategoryFact]]:
    """Facts by (category, field). A fact without a category (value added tax) holds for every card."""
    facts: dict[tuple[str, str], list[CategoryFact]] = {}
    for fact in profile.category_facts.all() if profile else ():
        facts.setdefault((fact.category_id or "", fact.field), []).append(fact)
    return facts


def _card_fields(category: str, facts: dict[tuple[str, str], list[CategoryFact]]) -> tuple[CardField, ...]:
    return tuple(
        CardField(
            field.value,
            str(field.label),
            tuple(_card_fact(f) for key in (category, "") for f in facts.get((key, field), ())),
        )
        for field in CategoryFact.Field
    )


def _card_fact(fact: CategoryFact) -> CardFact:
    return CardFact(
        fact.text, fact.value, fact.unit, fact.period, _document(fact), fact.source, fact.source_on, fact.licence
    )
