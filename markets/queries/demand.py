"""Demand profiles with all that belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch

from markets.models import CategoryFact, DemandProfile, MarketCharacter, ThemeStatement
from markets.vocabulary import AsOf


def current_profiles(areas: Sequence[str], as_of: AsOf | None = None) -> list[DemandProfile]:
    """The versions in force, each with its author, without their parts."""
    versions = DemandProfile.objects.filter(area_id__in=areas)
    if as_of is not None:
        versions = versions.filter(known_from__lte=as_of.at)
    return list(versions.order_by("area_id", "-version").distinct("area_id").select_related("author"))


def profiles_with_parts(keys: Sequence[int]) -> list[DemandProfile]:
    """These versions with their statements, characters and category facts ready to read."""
    parts = (
        Prefetch("statements", ThemeStatement.objects.select_related("document")),
        Prefetch("characters", MarketCharacter.objects.select_related("document")),
        Prefetch("category_facts", CategoryFact.objects.select_related("document")),
    )
    return list(DemandProfile.objects.filter(pk__in=keys).select_related("author").prefetch_related(*parts))


def demand_profiles(areas: Sequence[str], as_of: AsOf | None = None) -> dict[str, DemandProfile]:
    """The versions in force by area, with their statements, characters and category facts ready to read."""
    current = [profile.pk for profile in current_profiles(areas, as_of)]
    return {profile.area_id: profile for profile in profiles_with_parts(current)}


def demand_profile(area: str, as_of: AsOf | None = None) -> DemandProfile | None:
    """The version in force for one area; None when there is none."""
    return demand_profiles([area], as_of).get(area)
