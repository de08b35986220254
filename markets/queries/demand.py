"""Demand profiles with all that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from markets.models import CategoryFact, DemandProfile, MarketCharacter, ThemeStatement
from markets.vocabulary import AsOf


def demand_profiles(areas: Sequence[str], as_of: AsOf | None = None) -> dict[str, DemandProfile]:
    """The versions in force by area, with their statements, characters and category facts ready to read."""
    versions = DemandProfile.objects.filter(area_id__in=areas)
    if as_of is not None:
        versions = versions.filter(known_from__lte=as_of.at)
    newest = versions.order_by("area_id", "-version").distinct("area_id").select_related("author")
    parts = (
        Prefetch("statements", ThemeStatement.objects.select_related("document")),
        Prefetch("characters", MarketCharacter.objects.select_related("document")),
        Prefetch("category_facts", CategoryFact.objects.select_related("document")),
    )
    return {profile.area_id: profile for profile in newest.prefetch_related(*parts)}


def demand_profile(area: str, as_of: AsOf | None = None) -> DemandProfile | None:
    """The version in force for one area; None when there is none."""
    return demand_profiles([area], as_of).get(area)
