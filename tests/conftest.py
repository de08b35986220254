"""What the tests share: a database that holds the reference tables and the bundled demand profiles."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from django.db import connection
from hypothesis import settings
from pytest_django import DjangoDbBlocker

from markets.sources.bundled import FACTS
from tests.browser.chromium import chromium  # noqa: F401 for all folders: two cannot run in one process

# The same examples in every run, and no folder of remembered ones; HYPOTHESIS_PROFILE=hunt looks further.
settings.register_profile("sogdia", derandomize=True, database=None, deadline=None, max_examples=100)
settings.register_profile("hunt", database=None, deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "sogdia"))


# What commits to PostgreSQL or speaks to Valkey runs a second time on servers over TCP (`make test-tcp`): every
# test with real transactions, those that say so themselves, and these files.
_INTEGRATION = {
    "test_flow.py",
    "test_health.py",
    "test_ingest.py",
    "test_pages_kept.py",
    "test_refresh.py",
    "test_throttling.py",
}


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of what runs a second time."""
    config.addinivalue_line("markers", "integration: runs also on a PostgreSQL and a Valkey addressed over TCP")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs a second time, before anything is chosen by its marker."""
    for item in items:
        database = item.get_closest_marker("django_db")
        commits = "transactional_db" in getattr(item, "fixturenames", ()) or (
            database is not None and database.kwargs.get("transaction")
        )
        if commits or item.path.name in _INTEGRATION:
            item.add_marker("integration")


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None,  # noqa: ARG001 the tables first
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Load the reference facts once into each test database, as the first start of the product does."""
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # Tests with real transactions empty all tables after each; the log itself refuses to be emptied.
            cursor.execute("ALTER TABLE companies_change DISABLE TRIGGER change_not_emptied")
        load_reference_facts()


def load_reference_facts() -> None:
    """Reference tables and demand profiles as bundled; at once when they stand already."""
    from markets.curation import load_demand_profiles, load_reference

    load_reference()
    load_demand_profiles()


@pytest.fixture(autouse=True)
def pages_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """No page and no reference table is kept between two tests: each rolls its data back, which no key can see."""
    from django.conf import settings as product

    monkeypatch.setattr(product, "PAGE_CACHE_SECONDS", 0)
    monkeypatch.setattr(product, "REFERENCE_IS_KEPT", False)


@pytest.fixture
def reference_facts(request: pytest.FixtureRequest) -> None:
    """The reference facts for a test with real transactions: the one before it has emptied the tables."""
    request.getfixturevalue("transactional_db")
    load_reference_facts()


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """A copy of the bundled fact tables, without the figures, that a test may change."""
    copy = tmp_path / "facts"
    shutil.copytree(FACTS, copy, ignore=shutil.ignore_patterns("observations"))
    return copy


@pytest.fixture
def quick_retries() -> Iterator[None]:
    """Retries of requests without their waits, three attempts at most."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield
