"""What the project itself knows: reference tables, products and categories, demand profiles.

Bundled fact tables come in by `load_reference` and `load_demand_profiles`; editors publish the next
version of a profile by `publish_profile`.
"""

from markets.curation.bundled_demand import load_demand_profiles
from markets.curation.demand import (
    CategoryFactEntry,
    CharacterEntry,
    Entry,
    ProfileContent,
    StatementEntry,
    current_profile,
    publish_profile,
)
from markets.curation.documents import register_document
from markets.curation.observations import observations_are_loaded, remember_observations
from markets.curation.parts import (
    EVERY_CATEGORY,
    Difference,
    Part,
    PartKind,
    content_of,
    difference,
    entries_of,
    with_part,
)
from markets.curation.reference import load_reference
from markets.curation.tables import LoadOutcome

__all__ = [
    "EVERY_CATEGORY",
    "CategoryFactEntry",
    "CharacterEntry",
    "Difference",
    "Entry",
    "LoadOutcome",
    "Part",
    "PartKind",
    "ProfileContent",
    "StatementEntry",
    "content_of",
    "current_profile",
    "difference",
    "entries_of",
    "load_demand_profiles",
    "load_reference",
    "observations_are_loaded",
    "publish_profile",
    "register_document",
    "remember_observations",
    "with_part",
]
