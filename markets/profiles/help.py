"""What the help pages tell, read from the same code and tables that make the other pages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import NotFound
from markets.models import Indicator, Theme
from markets.profiles.catalogue import CategoryRef, category_list
from markets.profiles.demand import Strength
from markets.profiles.figures import POINT_UNITS, IndicatorRef, Missing, indicator_ref
from markets.sources import cards
from markets.vocabulary import HSCode, ObsStatus

TOPICS: Final = ("ranks", "revisions", "missing", "themes", "categories")
# What people see; a value in quarantine never leaves the house.
_SHOWN_LETTERS: Final = tuple(s for s in ObsStatus if s not in (ObsStatus.NORMAL, ObsStatus.QUARANTINED))


@dataclass(frozen=True, slots=True)
class Letter:
    """A status letter and the code that SDMX has for it."""

    letter: str
    sdmx: str


@dataclass(frozen=True, slots=True)
class HelpPage:
    """Letters, reasons for a missing value and units in use, and the topics with a page of their own."""

    topics: tuple[str, ...]
    letters: tuple[Letter, ...]
    reasons: tuple[str, ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeRule:
    """A theme of demand and what makes it `indicated`. indicator None: only a document can state it."""

    slug: str
    name: str
    description: str
    rule: str
    indicator: IndicatorRef | None
    comparator: str
    threshold: Decimal | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """A category and the others that hold a code within its own, or above it."""

    category: CategoryRef
    others: tuple[CategoryRef, ...]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How much of a series of a dataset a new vintage may drop, or move by more than half, before it is held back."""

    dataset: str
    name: str
    drop_pct: int
    move_pct: int


@dataclass(frozen=True, slots=True)
class MethodPage:
    """How one thing is made. What does not belong to the topic is empty."""

    topic: str
    topics: tuple[str, ...]
    letters: tuple[Letter, ...] = ()
    reasons: tuple[str, ...] = ()
    strengths: tuple[str, ...] = ()
    themes: tuple[ThemeRule, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    point_units: tuple[str, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()


def help_overview() -> HelpPage:
    """The help page."""
    units = Indicator.objects.order_by("unit").values_list("unit", flat=True).distinct()
    return HelpPage(TOPICS, _letters(), tuple(Missing), tuple(units))


def method_page(topic: str) -> MethodPage:
    """The page of one topic. Raises NotFound."""
    if topic not in TOPICS:
        raise NotFound(kind=_("method"), key=topic)
    if topic == "ranks":
        return MethodPage(topic, TOPICS, point_units=tuple(sorted(POINT_UNITS)))
    if topic == "revisions":
        return MethodPage(topic, TOPICS, tolerances=_tolerances())
    if topic == "missing":
        return MethodPage(topic, TOPICS, letters=_letters(), reasons=tuple(Missing))
    if topic == "themes":
        return MethodPage(topic, TOPICS, strengths=tuple(Strength), themes=_theme_rules())
    return MethodPage(topic, TOPICS, overlaps=_overlaps())


def _letters() -> tuple[Letter, ...]:
    return tuple(Letter(status.value, status.sdmx) for status in _SHOWN_LETTERS)


def _theme_rules() -> tuple[ThemeRule, ...]:
    themes = Theme.objects.select_related("indicator").order_by("sort", "slug")
    return tuple(
        ThemeRule(
            theme.slug,
            theme.name,
            theme.description,
            theme.rule,
            indicator_ref(theme.indicator) if theme.indicator else None,
            theme.comparator,
            theme.threshold,
        )
        for theme in themes
    )


def _tolerances() -> tuple[Tolerance, ...]:
    return tuple(
        Tolerance(card.id, card.name, round(card.drop_tolerance_share * 100), round(card.move_tolerance_share * 100))
        for card in cards()
    )


def _overlaps() -> tuple[Overlap, ...]:
    """Categories with those that share a code with them, themselves left out."""
    rows = queries.category_products()
    owners_by_code: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        owners_by_code[row.code].add(row.owner)
    others: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for length in HSCode.LEVELS:
            for owner in owners_by_code.get(row.code[:length], ()) if length <= len(row.code) else ():
                if owner != row.owner:
                    others[row.owner].add(owner)
                    others[owner].add(row.owner)
    categories = category_list()
    return tuple(Overlap(c, tuple(o for o in categories if o.slug in others[c.slug])) for c in categories)
