"""What stands behind the figures of compared markets: the unions that decide on access, and the themes of demand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markets import queries
from markets.models import Area, Membership, Theme
from markets.profiles.comparison.asked import Asked
from markets.profiles.country import ACCESS_GROUPS, MembershipLine, holds
from markets.profiles.demand import narrowest_scope, rule_passes, strength_of
from markets.queries import Reference, Stated


@dataclass(frozen=True, slots=True)
class AccessRow:
    """A union or organisation, and whether each market belongs to it, in their order."""

    group: str
    name: str
    lines: tuple[MembershipLine, ...]


@dataclass(frozen=True, slots=True)
class ThemeStrength:
    """How strongly a theme is supported in one market, by rule. scope: of whom documents speak; empty for none."""

    market: str
    strength: str
    scope: str


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme of demand in all compared markets, in their order."""

    slug: str
    name: str
    strengths: tuple[ThemeStrength, ...]


def access_rows(asked: Asked, standing: Reference) -> tuple[AccessRow, ...]:
    """Memberships in the unions and organisations that decide on access, on the asked day."""
    held = {
        (membership.group_id, code): membership
        for code in asked.codes
        for membership in standing.memberships(code)
        if holds(membership, asked.as_of)
    }
    groups = standing.areas
    return tuple(
        AccessRow(
            code, groups[code].name, tuple(_line(groups[code], held.get((code, member))) for member in asked.codes)
        )
        for code in ACCESS_GROUPS
        if code in groups
    )


def theme_rows(asked: Asked, known: Sequence[Theme], newest: Mapping[tuple[str, str], Stated]) -> tuple[ThemeRow, ...]:
    """Every theme with its strength in each market. newest: the newest figure by (indicator, market)."""
    spoken: dict[tuple[str, str], set[str]] = {}
    for area, theme, scope in queries.spoken_themes(asked.codes, asked.as_of):
        spoken.setdefault((area, theme), set()).add(scope)
    return tuple(
        ThemeRow(
            theme.slug,
            theme.name,
            tuple(_strength(theme, code, spoken.get((code, theme.slug), set()), newest) for code in asked.codes),
        )
        for theme in known
    )


def _line(group: Area, membership: Membership | None) -> MembershipLine:
    if membership is None:
        return MembershipLine(group.code, group.name, group.kind, is_member=False, citation=group.citation)
    return MembershipLine(
        group.code,
        group.name,
        group.kind,
        is_member=True,
        from_on=membership.from_on,
        citation=membership.citation,
        note=membership.note,
    )


def _strength(theme: Theme, market: str, scopes: set[str], newest: Mapping[tuple[str, str], Stated]) -> ThemeStrength:
    row = newest.get((theme.indicator_id or "", market))
    passes = rule_passes(theme.comparator, row.value if row else None, theme.threshold)
    return ThemeStrength(market, strength_of(scopes, passes=passes).value, narrowest_scope(scopes))
