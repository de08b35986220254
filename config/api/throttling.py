"""How many requests one address may make in a minute, counted in Valkey for all web processes together."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import time
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

log = logging.getLogger(__name__)

WINDOW_SECONDS: Final = 60
_POLICY: Final = "anonymous"


class AddressThrottle(BaseThrottle):
    """`API_RATE_ANON` requests in each minute of the clock, told in RateLimit and RateLimit-Policy.

    Without a limit (0) nothing is counted. When Valkey is away everybody is let through: a reader who is
    not counted does less harm than an API that is shut.
    """

    _wait_seconds: int = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request. The headers go through the view, for answers and refusals alike."""
        most = settings.API_RATE_ANON
        if not most:
            return True
        now = int(time.time())
        window, passed = divmod(now, WINDOW_SECONDS)
        self._wait_seconds = WINDOW_SECONDS - passed
        try:
            count = _count(f"rate:{window}:{_who(self.get_ident(request))}")
        except RedisError as away:
            log.warning("requests are not counted, the cache does not answer: %s", away)
            return True
        view.headers["RateLimit-Policy"] = f'"{_POLICY}";q={most};w={WINDOW_SECONDS}'
        view.headers["RateLimit"] = f'"{_POLICY}";r={max(0, most - count)};t={self._wait_seconds}'
        return count <= most

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return self._wait_seconds


def _count(key: str) -> int:
    """How many there were under this key, this one included."""
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    return int(cache.incr(key))


def _who(ident: str | None) -> str:
    """The address; of IPv6 the network of 64 bits that one customer holds. As a hash: no list of readers is kept."""
    text = ident or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        pass  # a socket, or whatever a proxy of ours wrote
    else:
        if address.version == 6:
            text = str(ipaddress.ip_network((address, 64), strict=False))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
