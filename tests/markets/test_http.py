"""The HTTP client of all sources against a scripted upstream: the transport is swapped, nothing else."""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from markets.errors import SourceChanged, SourceError, SourceRefused, SourceUnavailable
from markets.sources import http
from markets.sources.base import RawPayload
from markets.sources.http import WAIT_MAX_S, SourceClient, parsed_json, retry_after_seconds

Answering = Callable[[httpx2.Request], httpx2.Response]
JSON = {"content-type": "application/json;charset=utf-8"}


class Stream(httpx2.SyncByteStream):
    """A body that arrives piece by piece."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces


class Upstream:
    """Answers in the order of the script, the last one for ever, and remembers what was asked."""

    def __init__(self, *script: httpx2.Response | Exception | Answering) -> None:
        self.script = list(script)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, httpx2.Response) else step(request)


def client(upstream: Answering, **options: Any) -> SourceClient:
    return SourceClient("worldbank", "https://provider.example", httpx2.MockTransport(upstream), **options)


def fetched(upstream: Answering, **options: Any) -> RawPayload:
    return client(upstream, **options).fetch("/v2/x", {"page": 1})


def answer(status: int = 200, body: bytes = b"[]", **headers: str) -> httpx2.Response:
    return httpx2.Response(status, content=body, headers=JSON | {k.replace("_", "-"): v for k, v in headers.items()})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each pause between two attempts would have been; nobody waits."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


# ---------------------------------------------------------------- what arrives well
def test_the_answer_is_kept_as_it_came_with_what_was_asked() -> None:
    upstream = Upstream(answer(body=b'[{"page":1}]'))
    payload = fetched(upstream)
    assert payload.body == b'[{"page":1}]'
    assert payload.request == "https://provider.example/v2/x?page=1"
    assert payload.content_type.startswith("application/json")
    assert payload.retrieved_at.tzinfo is dt.UTC
    assert upstream.requests[0].headers["accept"] == "application/json"


def test_a_compressed_body_is_kept_decompressed() -> None:
    body = gzip.compress(b'[{"page":1}]')
    assert fetched(Upstream(answer(body=body, content_encoding="gzip"))).body == b'[{"page":1}]'


# ---------------------------------------------------------------- what passes
@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize(
    "fault",
    [
        httpx2.ConnectTimeout("slow"), httpx2.ReadTimeout("slow"), httpx2.PoolTimeout("slow"),
        httpx2.ConnectError("no such host"), httpx2.ConnectError("certificate verify failed"),
        httpx2.ReadError("reset"), httpx2.RemoteProtocolError("cut short"),
        answer(429), answer(500), answer(502), answer(503), answer(504), answer(408), answer(599),
    ],
    ids=lambda fault: type(fault).__name__ if isinstance(fault, Exception) else str(fault.status_code),
)  # fmt: skip
class TestWhatPasses:
    def test_is_asked_again_and_may_then_succeed(self, fault: httpx2.Response | Exception) -> None:
        upstream = Upstream(fault, fault, answer(body=b"[1]"))
        assert fetched(upstream).body == b"[1]"
        assert len(upstream.requests) == 3

    def test_is_reported_when_it_does_not_pass(self, fault: httpx2.Response | Exception) -> None:
        upstream = Upstream(fault)
        with pytest.raises(SourceUnavailable) as silence:
            fetched(upstream)
        assert silence.value.context["source"] == "worldbank"
        assert len(upstream.requests) == 3


def test_the_pauses_grow_and_stay_below_a_minute(waits: list[float]) -> None:
    with pytest.raises(SourceUnavailable):
        fetched(Upstream(answer(503)))
    assert len(waits) == http.ATTEMPTS - 1
    assert all(0 <= wait <= WAIT_MAX_S for wait in waits)


def test_the_provider_says_how_long_to_wait_in_seconds(waits: list[float]) -> None:
    assert fetched(Upstream(answer(429, retry_after="7"), answer())).body == b"[]"
    assert waits == [7.0]


def test_the_provider_says_until_when_to_wait(waits: list[float]) -> None:
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30)
    fetched(Upstream(answer(503, retry_after=email.utils.format_datetime(moment, usegmt=True)), answer()))
    assert len(waits) == 1
    assert 25 < waits[0] <= 30


def test_a_long_wait_is_left_to_the_schedule(waits: list[float]) -> None:
    upstream = Upstream(answer(429, retry_after="3600"))
    with pytest.raises(SourceUnavailable) as silence:
        fetched(upstream)
    assert silence.value.retry_after_s == 3600
    assert (len(upstream.requests), waits) == (1, [])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0), (" 5 ", 5.0), ("0", 0.0), ("", None), ("-5", None), ("soon", None), ("²", None), ("٣", None),
        ("1.5", None), ("9" * 400, float("inf")), ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0.0), ("Wed, 21 Oct 2015 07:28:00", 0.0),
        ("Wed, 32 Oct 2015 07:28:00 GMT", None), ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        ("Wed, 21 Oct 99999999999999 07:28:00", None),
    ],
)  # fmt: skip
def test_retry_after_is_read_in_both_forms(header: str, seconds: float | None) -> None:
    assert retry_after_seconds(header) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_is_a_crash(header: str) -> None:
    wait = retry_after_seconds(header)
    assert wait is None or wait >= 0


# ---------------------------------------------------------------- what does not pass
@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("status", [401, 402, 403, 451])
def test_a_refusal_is_told_at_once(status: int) -> None:
    upstream = Upstream(answer(status))
    with pytest.raises(SourceRefused, match=str(status)):
        fetched(upstream)
    assert len(upstream.requests) == 1


@pytest.mark.usefixtures("quick_retries")
@pytest.mark.parametrize("status", [201, 204, 301, 302, 304, 307, 308, 400, 404, 405, 410])
def test_an_undocumented_status_is_a_change(status: int) -> None:
    upstream = Upstream(answer(status, body=b""))
    with pytest.raises(SourceChanged):
        fetched(upstream)
    assert len(upstream.requests) == 1


def test_a_move_to_another_host_is_not_followed() -> None:
    upstream = Upstream(answer(301, location="https://elsewhere.example/v2/x"), answer())
    with pytest.raises(SourceChanged, match=r"redirects to https://elsewhere\.example/v2/x"):
        fetched(upstream)
    assert {request.url.host for request in upstream.requests} == {"provider.example"}


def test_a_body_without_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1000)
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        while True:
            sent.append(100)
            yield b" " * 100

    with pytest.raises(SourceChanged, match="larger than 1000 bytes"):
        fetched(Upstream(httpx2.Response(200, stream=Stream(pieces()), headers=JSON)))
    assert sum(sent) <= 1200


@pytest.mark.parametrize("layers", [1, 2])
def test_a_compression_bomb_is_counted_as_it_unfolds(layers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_BODY_BYTES", 1024 * 1024)
    bomb = zlib.compress(bytes(50 * 1024 * 1024), 9)
    for _layer in range(layers - 1):
        bomb = zlib.compress(bomb, 9)
    headers = JSON | {"content-encoding": ", ".join(["deflate"] * layers)}
    with pytest.raises(SourceChanged, match="larger than"):
        fetched(Upstream(httpx2.Response(200, stream=Stream(iter([bomb])), headers=headers)))


def test_a_body_that_cannot_be_decompressed_is_a_change() -> None:
    headers = JSON | {"content-encoding": "gzip"}
    with pytest.raises(SourceChanged, match="decompressed"):
        fetched(Upstream(httpx2.Response(200, stream=Stream(iter([b"\x1f\x8b not gzip"])), headers=headers)))


def test_a_slow_drip_ends_at_the_deadline(waits: list[float]) -> None:
    seconds = iter(range(0, 10_000, 30))
    dripped: list[bytes] = []

    def pieces() -> Iterator[bytes]:
        for _piece in range(1000):
            dripped.append(b" ")
            yield b" "

    def dripping(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, stream=Stream(pieces()), headers=JSON)

    with pytest.raises(SourceUnavailable, match="took longer than 120 s"):
        fetched(dripping, clock=lambda: next(seconds), attempts=1)
    assert len(dripped) <= 5
    assert waits == []


# ---------------------------------------------------------------- what is no JSON
def payload(body: bytes, content_type: str = "application/json") -> RawPayload:
    return RawPayload("the request", body, content_type, dt.datetime.now(dt.UTC))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"  \n", b"\xef\xbb\xbf", b"<html><title>Busy</title>", b"<?xml version='1.0'?><wb:error/>",
        b"Service Unavailable", b"null", b"true", b"3", b'"text"', b"[", b"[1,]", b"[NaN]", b"[Infinity]", b"[1e400]",
        b"{'a': 1}", b"[" * 5000 + b"]" * 5000, b'["\xff"]', b'["\\ud800"]', '["x"]'.encode("utf-16"), b"[1] trailing",
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_what_is_no_json_is_a_change(body: bytes) -> None:
    with pytest.raises(SourceChanged):
        parsed_json("worldbank", payload(body))


@pytest.mark.parametrize("content_type", ["text/html", "TEXT/HTML; charset=utf-8", "application/xml", "text/xml"])
def test_what_says_that_it_is_no_json_is_a_change(content_type: str) -> None:
    with pytest.raises(SourceChanged, match="not JSON"):
        parsed_json("worldbank", payload(b"[]", content_type))


@pytest.mark.parametrize("content_type", ["", "application/json", "text/plain; charset=utf-8", "application/hal+json"])
def test_a_byte_order_mark_and_white_space_are_no_fault(content_type: str) -> None:
    assert parsed_json("worldbank", payload(b"\xef\xbb\xbf \r\n[1, 2.50]", content_type)) == [1, 2.5]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_never_a_crash(body: bytes) -> None:
    try:
        parsed_json("worldbank", payload(body))
    except SourceError as refused:
        assert isinstance(refused, SourceChanged)  # noqa: PT017 either way is right, a crash is not
