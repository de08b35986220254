"""A demand profile as its editors see it: the version in force, its parts, and all versions before it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets import queries
from markets.models import DemandProfile, Theme
from markets.profiles.demand import ProfileVersion, profile_version
from markets.profiles.markets import MarketRef, market, market_ref


@dataclass(frozen=True, slots=True)
class PartLine:
    """A theme or category with the number of entries the version in force has for it."""

    key: str
    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class ProfileParts:
    """What an editor chooses from. version None: nothing was ever published. for_every_category: facts of all cards."""

    market: MarketRef
    version: ProfileVersion | None
    themes: tuple[PartLine, ...]
    characters: int
    for_every_category: int
    categories: tuple[PartLine, ...]
    history: tuple[ProfileVersion, ...]


def profile_parts(code: str) -> ProfileParts:
    """The parts of a market's profile and its history. Raises NotFound."""
    area = market(code)
    current = queries.demand_profile(code)
    statements = Counter(statement.theme_id for statement in current.statements.all()) if current else Counter()
    facts = Counter(fact.category_id or "" for fact in current.category_facts.all()) if current else Counter()
    return ProfileParts(
        market=market_ref(area),
        version=profile_version(current),
        themes=tuple(
            PartLine(theme.slug, theme.name, statements[theme.slug]) for theme in Theme.objects.order_by("sort", "slug")
        ),
        characters=len(current.characters.all()) if current else 0,
        for_every_category=facts[""],
        categories=tuple(PartLine(c.slug, c.name, facts[c.slug]) for c in queries.categories()),
        history=profile_history(code),
    )


def profile_history(code: str) -> tuple[ProfileVersion, ...]:
    """All versions of a market's profile, newest first."""
    versions = DemandProfile.objects.filter(area_id=code).select_related("author").order_by("-version")
    told = (profile_version(version) for version in versions)
    return tuple(version for version in told if version is not None)


@dataclass(frozen=True, slots=True)
class PartHead:
    """Whose profile and which part of it is edited."""

    market: MarketRef
    name: str


def part_head(code: str, kind: str, key: str) -> PartHead:
    """The heading of one part. kind: theme, category or character; key: its slug. Raises NotFound for the market."""
    ref = market_ref(market(code))
    if kind == "theme":
        return PartHead(ref, Theme.objects.get(slug=key).name)
    if kind == "category":
        found = queries.categories().filter(slug=key).first()
        return PartHead(ref, found.name if found else _("Facts for every category"))
    return PartHead(ref, _("Character of the market"))
