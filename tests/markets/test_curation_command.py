"""`manage.py load_facts`: everything the first start needs, and nothing twice."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from markets import sources
from markets.curation import reference
from markets.models import DemandProfile, Job, LoadedFacts, Observation, Release, SearchTerm

pytestmark = pytest.mark.django_db


def load_facts() -> list[str]:
    out = StringIO()
    call_command("load_facts", stdout=out)
    return out.getvalue().splitlines()


def test_the_first_run_loads_all_and_the_second_nothing() -> None:
    LoadedFacts.objects.all().delete()
    lines = load_facts()
    assert [line.split(":")[0] for line in lines] == [
        "Reference tables",
        # Each dataset has a line; what has no bundled facts says that nothing was read.
        *(card.id for card in sources.cards()),
        "Figures",
        "Demand profiles",
        "Search index",
    ]
    assert Observation.objects.filter(indicator="NY.GDP.MKTP.CD", area="KAZ", known_to=None).exists()
    assert SearchTerm.objects.filter(kind="product", key="8418").exists()
    assert DemandProfile.objects.filter(area="KAZ").count() == 1
    releases, jobs = Release.objects.count(), Job.objects.count()

    again = load_facts()
    assert [line.split(" (")[0] for line in again[:3]] == [
        "Reference tables: unchanged",
        "Figures: unchanged",
        "Demand profiles: unchanged",
    ]
    assert (Release.objects.count(), Job.objects.count()) == (releases, jobs)


def test_a_bad_table_stops_the_command_with_its_line(facts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (facts / "groups.csv").unlink()
    monkeypatch.setattr(reference.load_reference, "__defaults__", (facts,))
    with pytest.raises(CommandError, match=r"The fact table groups\.csv is wrong"):
        load_facts()
