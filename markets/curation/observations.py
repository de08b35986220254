"""Whether the bundled figures, which take the way of every release, were loaded in their present form."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from markets import sources
from markets.curation.tables import content_sha256
from markets.models import LoadedFacts
from markets.sources.bundled import EXTRACTS, FACTS, FOLDERS
from markets.sources.bundled_flows import FLOWS
from markets.sources.fx.ecb import SNAPSHOT

_NAME = "observations"


def observations_are_loaded(facts: Path = FACTS) -> bool:
    """Whether these very tables of figures were refreshed from before, without a fault."""
    return LoadedFacts.objects.filter(name=_NAME, sha256=_sha256(facts)).exists()


def remember_observations(facts: Path = FACTS) -> None:
    """Note that every dataset was refreshed from these tables, so that the next start need not read them."""
    LoadedFacts.objects.update_or_create(name=_NAME, defaults={"sha256": _sha256(facts), "loaded_at": timezone.now()})


def _sha256(facts: Path) -> str:
    tables = sorted(table for folder in (*FOLDERS, FLOWS) for table in (facts / folder).glob("*.csv"))
    return content_sha256([facts / EXTRACTS, *tables, SNAPSHOT], sources.cards())
