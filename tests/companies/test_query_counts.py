"""How many questions the list of records asks the database: at most these, for fifty records or twenty thousand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from companies.models import ExportRecord
from markets.queries import standing
from tests.companies.office import CompanyFactory, Office, RecordFactory, office

pytestmark = pytest.mark.django_db

# Recorded with the reference tables kept, as in production. What raises a number there needs a reason.
BASELINE: Final[dict[str, int]] = json.loads((Path(__file__).parent / "query_counts.json").read_text(encoding="utf-8"))
MANY: Final = 20_000
MOST: Final = 12


@pytest.fixture
def kept(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reference tables are kept, as in production, from an empty start and for as long as the test runs."""
    monkeypatch.setattr(settings, "REFERENCE_IS_KEPT", True)
    monkeypatch.setattr(standing, "_kept", standing._Kept())  # noqa: SLF001 the memory of this process
    monkeypatch.setattr(standing, "ASK_AFTER_S", 3600)


def records(here: Office, count: int) -> None:
    companies = [CompanyFactory(organisation=here.organisation, created_by=here.officer) for _ in range(10)]
    ExportRecord.objects.bulk_create(
        (
            RecordFactory.build(
                company=companies[number % 10],
                created_by=here.officer,
                destination_id=("KAZ", "UZB", "KGZ", "EAEU")[number % 4],
                value=number,
            )
            for number in range(count)
        ),
        batch_size=2000,
    )


def asked(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.usefixtures("kept")
def test_the_list_asks_no_more_than_its_baseline_for_fifty_records_or_twenty_thousand() -> None:
    here = office()
    client = Client()
    client.force_login(here.officer)
    records(here, 50)
    client.get("/en/records/")
    few = {address: asked(client, address) for address in BASELINE}
    records(here, MANY - 50)
    assert {address: asked(client, address) for address in BASELINE} == few
    assert all(few[address] <= BASELINE[address] <= MOST for address in BASELINE)
