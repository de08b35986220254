"""The one HTTP client of all sources: limits on time and size, retries that honour Retry-After, guards on form.

Nothing of a provider's payload is trusted before its size and shape were looked at.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, runtime_checkable

import httpx2
import orjson
import stamina

from markets.errors import SourceChanged, SourceRefused, SourceUnavailable
from markets.sources.base import Delivery, Memory, RawPayload, Source

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
TOTAL_DEADLINE_S = 120.0
ATTEMPTS = 5
WAIT_MAX_S = 60.0
MAX_BODY_BYTES = 64 * 1024 * 1024
REFUSED_STATUSES = frozenset({401, 402, 403, 451})
PASSING_STATUSES = frozenset({408, 425, 429})


@dataclass(frozen=True)
class SourceClient:
    """Fetches documents of one source. `transport` is swapped in tests, never the functions.

    memory: what was answered before, by the same job on another worker.
    """

    source: str
    base_url: str
    transport: httpx2.BaseTransport | None = None
    accept: str = "application/json"
    attempts: int = ATTEMPTS
    deadline_s: float = TOTAL_DEADLINE_S
    wait_initial_s: float = 0.5
    clock: Callable[[], float] = time.monotonic
    memory: Memory | None = None

    def fetch(self, path: str, params: Mapping[str, str | int], *, anew: bool = False) -> RawPayload:
        """The answer as delivered, from memory when it is there and not asked for anew; `parsed_json` reads it.

        Raises SourceUnavailable (time-outs, 429, 5xx, connection faults, after the retries), SourceRefused
        (401, 402, 403, 451), SourceChanged (other statuses, redirects, a body too large or not decodable).
        """
        address = str(httpx2.Request("GET", self.base_url + path, params=params).url)
        known = self.memory.recall(address) if self.memory and not anew else None
        if known is not None:
            return known
        retrying = stamina.RetryingCaller(
            attempts=self.attempts,
            timeout=self.deadline_s,
            wait_initial=self.wait_initial_s,
            wait_max=WAIT_MAX_S,
        ).on(_when_to_retry)
        answer = retrying(self._fetch_once, address)
        if self.memory:
            self.memory.remember(answer)
        return answer

    def _fetch_once(self, address: str) -> RawPayload:
        timeout = httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        started = self.clock()
        try:
            with (
                httpx2.Client(timeout=timeout, transport=self.transport, verify=_trusted()) as client,
                client.stream("GET", address, headers={"Accept": self.accept}) as answer,
            ):
                self._check_status(answer)
                body = self._body_within_limits(answer, started)
                return RawPayload(
                    request=address,
                    body=body,
                    content_type=answer.headers.get("content-type", ""),
                    retrieved_at=dt.datetime.now(dt.UTC),
                )
        except httpx2.TransportError as fault:
            raise SourceUnavailable(source=self.source, reason=f"{type(fault).__name__}: {fault}") from fault
        except httpx2.DecodingError as fault:
            raise SourceChanged(source=self.source, reason=f"its body cannot be decompressed ({fault})") from fault

    def _check_status(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status in REFUSED_STATUSES:
            raise SourceRefused(source=self.source, reason=f"HTTP {status}")
        if status in PASSING_STATUSES or status >= 500:
            wait = retry_after_seconds(answer.headers.get("retry-after", ""))
            raise SourceUnavailable(source=self.source, reason=f"HTTP {status}", retry_after_s=wait)
        if 300 <= status < 400:
            # A moved provider is a person's decision: its new host may have other terms.
            raise SourceChanged(source=self.source, reason=f"it redirects to {answer.headers.get('location', '?')}")
        if status != 200:
            raise SourceChanged(source=self.source, reason=f"HTTP {status}")

    def _body_within_limits(self, answer: httpx2.Response, started: float) -> bytes:
        """Read while counting decompressed bytes and seconds, so that neither a bomb nor a slow drip holds us."""
        chunks, size = [], 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise SourceChanged(source=self.source, reason=f"its body is larger than {MAX_BODY_BYTES} bytes")
            if self.clock() - started > self.deadline_s:
                raise SourceUnavailable(source=self.source, reason=f"its body took longer than {self.deadline_s:g} s")
            chunks.append(chunk)
        return b"".join(chunks)


@runtime_checkable
class Downloadable(Source, Protocol):
    """A provider that we can ask."""

    @property
    def client(self) -> SourceClient:
        """The client it asks with."""
        ...

    def download(self, wanted: Iterable[str], client: SourceClient | None = None) -> Iterator[Delivery]:
        """Fetch the wanted slices, one delivery a vintage. client: one with a memory, in place of its own."""
        ...


@lru_cache(maxsize=1)
def _trusted() -> ssl.SSLContext:
    """The certificates trusted; read once, since that takes longer than many an answer."""
    return httpx2.create_ssl_context()


def parsed_json(source: str, payload: RawPayload) -> Any:
    """JSON of a payload. Raises SourceChanged when it says or shows that it is not, or is nested absurdly deep."""
    media_type = payload.content_type.partition(";")[0].strip().lower()
    if media_type.endswith(("html", "xml")):
        raise SourceChanged(source=source, reason=f"{payload.request} is {media_type}, not JSON")
    start = payload.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise SourceChanged(source=source, reason=f"{payload.request} is empty")
    if not start.startswith((b"[", b"{")):
        shown = start[:40].decode("utf-8", "replace")
        raise SourceChanged(source=source, reason=f"{payload.request} is not JSON; it begins {shown!r}")
    try:
        # orjson itself refuses nesting deeper than 1024.
        return orjson.loads(start)
    except orjson.JSONDecodeError as malformed:
        raise SourceChanged(source=source, reason=f"{payload.request} is not JSON ({malformed})") from malformed


def retry_after_seconds(header: str) -> float | None:
    """Seconds to wait by a Retry-After header, in either of its forms; None when there is none to read."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # "-0000" says that the zone is not known; the date is then still in universal time.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return max(0.0, (aware - dt.datetime.now(dt.UTC)).total_seconds())


def _when_to_retry(fault: Exception) -> bool | float:
    """Retry what may pass; wait as long as the provider asks when that is bearable."""
    if not isinstance(fault, SourceUnavailable):
        return False
    wait = fault.retry_after_s
    if wait is None:
        return True
    return wait if wait <= WAIT_MAX_S else False
