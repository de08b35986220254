"""How many requests the API takes from one address, and what it says of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
import time_machine
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as ValkeyAway

MOMENT = "2026-03-01T12:00:20Z"
PATH = "/api/v1/problems/"


@pytest.fixture
def reader() -> Client:
    """Somebody at an address that no other test has: the counts are kept for all of them together."""
    return Client(REMOTE_ADDR=f"fd00:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}:{uuid.uuid4().hex[:4]}::1")


@pytest.fixture
def at_most_three(settings: LazySettings) -> None:
    settings.API_RATE_ANON = 3


@pytest.mark.usefixtures("at_most_three")
def test_what_is_left_is_told_and_the_next_minute_begins_anew(reader: Client) -> None:
    with time_machine.travel(MOMENT, tick=False):
        answers = [reader.get(PATH) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit"] for answer in answers] == [f'"anonymous";r={left};t=40' for left in (2, 1, 0, 0)]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"anonymous";q=3;w=60'}
    with time_machine.travel("2026-03-01T12:01:00Z", tick=False):
        assert reader.get(PATH).status_code == 200


@pytest.mark.usefixtures("at_most_three")
def test_the_refusal_is_a_problem_that_says_when_to_come_back(reader: Client) -> None:
    with time_machine.travel(MOMENT, tick=False):
        refused = [reader.get(PATH, {"lang": "ru"}) for _ in range(4)][-1]
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["Retry-After"] == "40"
    assert "no-store" in refused["Cache-Control"]
    assert "RateLimit" in refused["Access-Control-Expose-Headers"]
    assert refused.json()["code"] == "throttled"
    assert refused["Content-Language"] == "ru"


@pytest.mark.usefixtures("at_most_three")
def test_unchanged_answers_count_and_tell_too(reader: Client) -> None:
    with time_machine.travel(MOMENT, tick=False):
        etag = reader.get(PATH)["ETag"]
        again = reader.get(PATH, headers={"If-None-Match": etag})
    assert (again.status_code, again["RateLimit"]) == (304, '"anonymous";r=1;t=40')


@pytest.mark.usefixtures("at_most_three")
def test_one_network_of_a_customer_counts_as_one_and_other_addresses_do_not_matter(reader: Client) -> None:
    first = reader.defaults["REMOTE_ADDR"]
    with time_machine.travel(MOMENT, tick=False):
        for _ in range(3):
            reader.get(PATH)
        assert Client(REMOTE_ADDR=f"{first[:-1]}2").get(PATH).status_code == 429
        assert Client(REMOTE_ADDR=f"fd01{first[4:]}").get(PATH).status_code == 200


@pytest.mark.usefixtures("at_most_three")
def test_what_a_reader_claims_to_be_is_not_believed(reader: Client) -> None:
    with time_machine.travel(MOMENT, tick=False):
        answers = [reader.get(PATH, headers={"X-Forwarded-For": f"192.0.2.{n}"}) for n in range(4)]
    assert answers[-1].status_code == 429


def test_no_limit_counts_nobody(reader: Client, settings: LazySettings) -> None:
    settings.API_RATE_ANON = 0
    answer = reader.get(PATH)
    assert answer.status_code == 200
    assert "RateLimit" not in answer


@pytest.mark.usefixtures("at_most_three")
def test_without_valkey_everybody_is_let_through(
    reader: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_words: object, **_more: object) -> None:
        raise ValkeyAway("connection refused")

    name: str
    method: Callable[..., None]
    for name, method in (("add", away), ("incr", away)):
        monkeypatch.setattr(cache, name, method)
    answers = [reader.get(PATH) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert "RateLimit" not in answers[0]
    assert "not counted" in caplog.text


@pytest.mark.usefixtures("at_most_three")
def test_pages_and_health_are_not_limited(reader: Client) -> None:
    assert {reader.get("/livez").status_code for _ in range(5)} == {200}
