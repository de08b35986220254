"""How many questions a page asks the database: at most these, however much is loaded."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import AreaCaveat, LoadedFacts
from markets.queries import standing
from tests.factories import AreaCaveatFactory, ObservationFactory

pytestmark = pytest.mark.django_db

# The recorded baseline: pages made anew, reference tables kept. What raises a number here needs a reason.
BASELINE = {
    "/en/markets/KAZ/": 8,
    "/api/v1/markets/KAZ/profile/": 8,
    "/en/compare/": 3,
    "/en/compare/?market=KAZ,UZB,TJK,TKM,KGZ,CHN&measure=per_head": 3,
    "/api/v1/compare/": 3,
}


@pytest.fixture
def kept(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reference tables are kept, as in production, from an empty start and for as long as the test runs."""
    monkeypatch.setattr(settings, "REFERENCE_IS_KEPT", True)
    monkeypatch.setattr(standing, "_kept", standing._Kept())  # noqa: SLF001 the memory of this process
    monkeypatch.setattr(standing, "ASK_AFTER_S", 3600)


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("address", BASELINE)
def test_a_page_asks_no_more_than_its_baseline_for_few_figures_or_many(client: Client, address: str) -> None:
    ObservationFactory()
    client.get(address)
    few = asked(client, address)
    for year in range(1970, 2020):
        ObservationFactory(period=str(year))
    assert asked(client, address) <= max(few, BASELINE[address]) <= BASELINE[address] <= 12


def test_kept_tables_are_read_again_when_facts_were_loaded(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REFERENCE_IS_KEPT", True)
    monkeypatch.setattr(standing, "_kept", standing._Kept())  # noqa: SLF001 the memory of this process
    monkeypatch.setattr(standing, "ASK_AFTER_S", 0)
    before = standing.reference()
    assert standing.reference() is before
    caveats = len(before.caveats)
    AreaCaveatFactory()
    LoadedFacts.objects.update(loaded_at="2100-01-01T00:00:00Z")
    assert len(standing.reference().caveats) == caveats + 1 == AreaCaveat.objects.count()
