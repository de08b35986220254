"""The reference tables as they stand: read once by a process, and read again when any of them has changed.

They are small, change when facts are loaded or staff edit them, and nearly every page needs most of them. What tells
that they changed is one row: the newest load and the newest edit. `settings.REFERENCE_IS_KEPT` switches it off.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import cached_property

from django.conf import settings
from django.db import connection

from markets.models import Area, AreaCaveat, Category, DemandProfile, Indicator, Membership, Theme
from markets.queries import reference as tables
from markets.queries.demand import profiles_with_parts
from markets.queries.reference import NamedProduct

_STATE = "SELECT (SELECT max(loaded_at) FROM markets_loadedfacts), (SELECT max(id) FROM django_admin_log)"

State = tuple[object, ...]

# Within one page the tables stand still; an edit is seen a second later at most.
ASK_AFTER_S = 1.0


class Reference:
    """The reference tables in one state, each read when it is first asked for. What comes from here is only read."""

    def __init__(self, state: State | None = None) -> None:
        self.state = state
        self._profiles: dict[int, DemandProfile] = {}

    @cached_property
    def areas(self) -> dict[str, Area]:
        """All areas by code, groups too, each with its currency."""
        return {area.code: area for area in Area.objects.select_related("currency")}

    @cached_property
    def market_count(self) -> int:
        """How many markets there are: more than that no period can have."""
        return sum(not area.is_aggregate for area in self.areas.values())

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators with their dataset, in the order of the registry."""
        return tuple(tables.indicators())

    @cached_property
    def caveats(self) -> tuple[AreaCaveat, ...]:
        """What a reader must know of areas' figures."""
        return tuple(tables.caveats())

    @cached_property
    def themes(self) -> tuple[Theme, ...]:
        """All themes of demand in their order."""
        return tuple(Theme.objects.order_by("sort", "slug"))

    @cached_property
    def theme_products(self) -> tuple[NamedProduct, ...]:
        """The codes that themes of demand ask for, by theme and code."""
        return tuple(tables.theme_products())

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """All categories, the focus ones first."""
        return tuple(tables.categories())

    @cached_property
    def category_products(self) -> tuple[NamedProduct, ...]:
        """The codes that categories hold, by category and code."""
        return tuple(tables.category_products())

    @cached_property
    def _memberships(self) -> dict[str, list[Membership]]:
        by_member: dict[str, list[Membership]] = {}
        for held in Membership.objects.select_related("group").order_by("group_id", "from_on"):
            by_member.setdefault(held.member_id, []).append(held)
        return by_member

    def memberships(self, area: str) -> Sequence[Membership]:
        """Groups the area belongs or belonged to."""
        return self._memberships.get(area, ())

    def with_parts(self, profile: DemandProfile) -> DemandProfile:
        """A version of a demand profile with all that belongs to it: no version ever changes."""
        kept = self._profiles.get(profile.pk)
        if kept is None:
            kept = self._profiles[profile.pk] = profiles_with_parts([profile.pk])[0]
        return kept


class _Kept(threading.local):
    """One for each thread: what is read lazily is then never read by two at once."""

    reference: Reference | None = None
    asked_at: float = float("-inf")


_kept = _Kept()


def reference() -> Reference:
    """The reference tables as they stand now."""
    if not settings.REFERENCE_IS_KEPT:
        return Reference()
    now = time.monotonic()
    if _kept.reference is None or now - _kept.asked_at > ASK_AFTER_S:
        with connection.cursor() as cursor:
            cursor.execute(_STATE)
            state = tuple(cursor.fetchone())
        if _kept.reference is None or _kept.reference.state != state:
            _kept.reference = Reference(state)
        _kept.asked_at = now
    return _kept.reference
