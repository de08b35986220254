"""The one HTTP client of all sources: limits on time and size, retries that honour Retry-After, guards on form.

Nothing of a provider's payload is trusted before its size and shape were looked at.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson
import stamina

from markets.errors import SourceChanged, SourceRefused, SourceUnavailable
from markets.sources.base import RawPayload

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
TOTAL_DEADLINE_S = 120.0
ATTEMPTS = 5
WAIT_MAX_S = 60.0
MAX_BODY_BYTES = 64 * 1024 * 1024
REFUSED_STATUSES = frozenset({401, 402, 403, 451})


class _Unavailable(SourceUnavailable):
    """The source {source} does not answer: {reason}. The last good numbers stay; it is tried again later."""

    retry_after_s: float | None = None


@dataclass(frozen=True)
class SourceClient:
    """Fetches documents of one source. `transport` is swapped in tests, never the functions."""

    source: str
    base_url: str
    transport: httpx2.BaseTransport | None = None
    attempts: int = ATTEMPTS
    deadline_s: float = TOTAL_DEADLINE_S
    wait_initial_s: float = 0.5
    clock: Callable[[], float] = time.monotonic

    def fetch_json(self, path: str, params: dict[str, str | int]) -> tuple[Any, RawPayload]:
        """The parsed JSON answer and its raw payload.

        Raises SourceUnavailable (time-outs, 429, 5xx, connection faults, after the retries), SourceRefused
        (401, 402, 403, 451), SourceChanged (other statuses, redirects to another host, not JSON, too large).
        """
        payload = self._fetch_with_retries(path, params)
        return parsed_json(self.source, payload), payload

    def _fetch_with_retries(self, path: str, params: dict[str, str | int]) -> RawPayload:
        retrying = stamina.RetryingCaller(
            attempts=self.attempts,
            timeout=self.deadline_s,
            wait_initial=self.wait_initial_s,
            wait_max=WAIT_MAX_S,
        ).on(_when_to_retry)
        return retrying(self._fetch_once, path, params)

    def _fetch_once(self, path: str, params: dict[str, str | int]) -> RawPayload:
        timeout = httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        try:
            with (
                httpx2.Client(base_url=self.base_url, timeout=timeout, transport=self.transport) as client,
                client.stream("GET", path, params=params, headers={"Accept": "application/json"}) as answer,
            ):
                self._check_status(answer)
                body = self._body_within_limits(answer)
                return RawPayload(
                    request=str(answer.url),
                    body=body,
                    content_type=answer.headers.get("content-type", ""),
                    retrieved_at=dt.datetime.now(dt.UTC),
                )
        except httpx2.TransportError as fault:
            raise _Unavailable(source=self.source, reason=f"{type(fault).__name__}: {fault}") from fault
        except httpx2.DecodingError as fault:
            raise SourceChanged(source=self.source, reason=f"its body cannot be decompressed ({fault})") from fault

    def _check_status(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status in REFUSED_STATUSES:
            raise SourceRefused(source=self.source, reason=f"HTTP {status}")
        if status == 429 or status >= 500:
            unavailable = _Unavailable(source=self.source, reason=f"HTTP {status}")
            unavailable.retry_after_s = retry_after_seconds(answer.headers.get("retry-after", ""))
            raise unavailable
        if 300 <= status < 400:
            # A moved provider is a person's decision: its new host may have other terms.
            raise SourceChanged(source=self.source, reason=f"it redirects to {answer.headers.get('location', '?')}")
        if status != 200:
            raise SourceChanged(source=self.source, reason=f"HTTP {status}")

    def _body_within_limits(self, answer: httpx2.Response) -> bytes:
        """Read while counting decompressed bytes and seconds, so that neither a bomb nor a slow drip holds us."""
        started, chunks, size = self.clock(), [], 0
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > MAX_BODY_BYTES:
                raise SourceChanged(source=self.source, reason=f"its body is larger than {MAX_BODY_BYTES} bytes")
            if self.clock() - started > self.deadline_s:
                raise _Unavailable(source=self.source, reason=f"its body took longer than {self.deadline_s:g} s")
            chunks.append(chunk)
        return b"".join(chunks)


def parsed_json(source: str, payload: RawPayload) -> Any:
    """JSON of a payload. Raises SourceChanged when it is not JSON or nested absurdly deep."""
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
    if header.strip().isdigit():
        return float(header)
    if not header:
        return None
    try:
        moment = email.utils.parsedate_to_datetime(header)
    except ValueError:
        return None
    return max(0.0, (moment - dt.datetime.now(dt.UTC)).total_seconds())


def _when_to_retry(fault: Exception) -> bool | float:
    """Retry what may pass; wait as long as the provider asks when that is bearable."""
    if not isinstance(fault, _Unavailable):
        return False
    wait = fault.retry_after_s
    if wait is None:
        return True
    return wait if wait <= WAIT_MAX_S else False
