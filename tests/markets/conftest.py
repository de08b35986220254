"""What the tests of the markets share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from markets.models import LoadedFacts, SearchTerm
from markets.search import rebuild_index


@pytest.fixture(scope="module")
def search_index(
    django_db_setup: None,  # noqa: ARG001 the reference facts first
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The search index over the real facts, built once for the tests of a module."""
    with django_db_blocker.unblock():
        rebuild_index()
    yield
    with django_db_blocker.unblock():
        SearchTerm.objects.all().delete()
        LoadedFacts.objects.filter(name="search_terms").delete()
