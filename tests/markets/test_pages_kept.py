"""Public pages kept ready: the same bytes, seen at once when the data change, and never needed."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings
from django.core.cache.backends.redis import RedisCache
from django.test import Client
from django.utils import timezone
from redis.exceptions import ConnectionError as NoCache

from markets.models import Dataset, Release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeping(pages_made_anew: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 the other way round
    monkeypatch.setattr(settings, "PAGE_CACHE_SECONDS", 60)


@pytest.fixture
def page() -> str:
    """An address of this test alone: tests run beside each other on one cache, and data rolled back look alike."""
    return f"/en/data/?{uuid.uuid4()}"


def queries_of(client: Client, django_assert_max_num_queries: object, most: int, *, address: str) -> bytes:
    with django_assert_max_num_queries(most):  # type: ignore[operator]
        response = client.get(address)
    assert response.status_code == 200
    return response.content


def test_a_page_asked_for_twice_is_made_once(client: Client, page: str, django_assert_max_num_queries: object) -> None:
    made = client.get(page)
    assert queries_of(client, django_assert_max_num_queries, 1, address=page) == made.content
    assert client.get(page)["Cache-Control"] == made["Cache-Control"]


def test_a_new_release_is_seen_at_once(client: Client, page: str) -> None:
    client.get(page)
    now = timezone.now()
    dataset = Dataset.objects.get(pk="worldbank")
    Release.objects.create(
        dataset=dataset, state="published", transport="file", title="Fresh from the press", request="", known_from=now,
        published_at=now, licence="CC BY 4.0", citation="",
    )  # fmt: skip
    assert b"Fresh from the press" in client.get(page).content


def test_languages_are_kept_apart(client: Client, page: str) -> None:
    assert client.get(page).content != client.get(page.replace("/en/", "/ru/")).content
    assert b'lang="ru"' in client.get(page.replace("/en/", "/ru/")).content


def test_with_a_cookie_a_page_is_always_made_anew(client: Client, page: str) -> None:
    client.get(page)
    client.cookies["anything"] = "at all"
    response = client.get(page)
    assert "private" in response["Cache-Control"]


def test_without_the_cache_server_pages_are_made_all_the_same(
    client: Client, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: object, **_options: object) -> None:
        raise NoCache("gone")

    monkeypatch.setattr(RedisCache, "get", away)
    assert client.get(page).status_code == 200
    monkeypatch.setattr(RedisCache, "get", lambda *_asked: None)
    monkeypatch.setattr(RedisCache, "set", away)
    assert client.get(page).status_code == 200


def test_a_mistake_is_not_kept(client: Client) -> None:
    assert client.get("/en/markets/XXX/").status_code == 404
    assert client.get("/en/markets/XXX/").status_code == 404
