"""What the project itself knows: reference tables, products and categories, demand profiles.

Bundled fact tables come in by `load_reference` and `load_demand_profiles`; editors publish the next
version of a profile by `publish_profile`.
"""

from markets.curation.bundled_demand import load_demand_profiles
from markets.curation.demand import (
    CategoryFactEntry,
    CharacterEntry,
    StatementEntry,
    current_profile,
    publish_profile,
)
from markets.curation.observations import observations_are_loaded, remember_observations
from markets.curation.reference import load_reference
from markets.curation.tables import LoadOutcome

__all__ = [
    "CategoryFactEntry",
    "CharacterEntry",
    "LoadOutcome",
    "StatementEntry",
    "current_profile",
    "load_demand_profiles",
    "load_reference",
    "observations_are_loaded",
    "publish_profile",
    "remember_observations",
]
