"""What programs ask every site for without having read a page."""

from __future__ import annotations

from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client


def test_crawlers_may_read_pages_and_are_kept_from_the_staff_pages() -> None:
    response = Client().get("/robots.txt")
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    rules = RobotFileParser()
    rules.parse(response.content.decode().splitlines())
    assert rules.can_fetch("anyone", "/en/markets/KAZ/")
    assert rules.can_fetch("anyone", "/api/v1/markets/")
    for address in ("/staff/", "/en/staff/", "/zh-hans/staff/login/", "/ru/staff/"):
        assert not rules.can_fetch("anyone", address)


def test_crawlers_are_kept_from_files() -> None:
    """The wildcards of RFC 9309, which Python's own reader does not know."""
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /*?download=" in lines
    assert "Disallow: /*&download=" in lines


@pytest.mark.django_db  # closing an answer looks after the connections of its thread
def test_the_picture_of_the_site() -> None:
    response = Client().get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].startswith("/static/sogdia")
    assert response["Location"].endswith(".svg")
    picture = Client().get(response["Location"])
    assert picture["Content-Type"] == "image/svg+xml"
    picture.close()


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico"])
def test_they_are_only_read(path: str) -> None:
    assert Client().head(path).status_code in (200, 302)
    assert Client().post(path).status_code == 405
