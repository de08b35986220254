"""What a cache and a browser may do with an answer of the API."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from tests.markets.api_world import publish_world

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "markets/",
    "markets/KAZ/",
    "markets/KAZ/profile/",
    "observations/?limit=3",
    "revisions/?updated_since=2020-01-01",
    "openapi.json",
    "problems/",
)


@pytest.mark.parametrize("path", ADDRESSES)
def test_the_same_bytes_are_not_sent_twice(path: str) -> None:
    publish_world()
    first = Client().get(f"/api/v1/{path}")
    assert first["ETag"].startswith('"')
    again = Client().get(f"/api/v1/{path}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"):
        assert again[name] == first[name]
    other = Client().get(f"/api/v1/{path}", headers={"If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, first.content)


@pytest.mark.parametrize("path", ADDRESSES)
def test_anyone_may_keep_an_answer_and_read_it_from_another_site(path: str) -> None:
    response = Client().get(f"/api/v1/{path}", headers={"Origin": "https://elsewhere.example"})
    assert "public" in response["Cache-Control"]
    assert "max-age" in response["Cache-Control"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert {"Accept", "Accept-Language"} <= set(response["Vary"].split(", "))
    assert not response.cookies


def test_with_a_key_or_another_method_no_site_is_let_in() -> None:
    with_key = Client().get("/api/v1/markets/", headers={"Authorization": "Bearer sgd_x.y"})
    assert "Access-Control-Allow-Origin" not in with_key
    assert "Access-Control-Allow-Origin" not in Client().post("/api/v1/markets/")
    assert "Access-Control-Allow-Origin" not in Client().options("/api/v1/markets/")


def test_an_error_is_never_kept() -> None:
    for path in ("markets/XXX/", "nothing/", "markets/?limit=0"):
        response = Client().get(f"/api/v1/{path}")
        assert "no-store" in response["Cache-Control"]
        assert "ETag" not in response


def test_the_language_is_of_the_request_alone_and_no_cookie_changes_it() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ru"
    response = client.get("/api/v1/markets/KAZ/")
    assert (response["Content-Language"], response.json()["name"]) == ("en", "Kazakhstan")
    assert client.get("/api/v1/markets/KAZ/?lang=ru")["Content-Language"] == "ru"


def test_a_head_has_the_headers_of_a_get() -> None:
    got, asked = Client().get("/api/v1/markets/KAZ/"), Client().head("/api/v1/markets/KAZ/")
    assert asked.status_code == 200
    assert asked.content == b""
    assert asked["ETag"] == got["ETag"]


def test_options_names_the_methods() -> None:
    response = Client().options("/api/v1/markets/")
    assert (response.status_code, response["Allow"]) == (204, "GET, HEAD, OPTIONS")
