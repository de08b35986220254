"""How often somebody asked in this minute of the clock, counted in Valkey for all web processes together."""

from __future__ import annotations

import hashlib
import ipaddress
import logging
import time
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

WINDOW_SECONDS: Final = 60


def counted(what: str, who: str) -> int | None:
    """How often this was counted in this minute, this time included; None while the cache is away."""
    key = _key(what, who)
    try:
        cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
        return int(cache.incr(key))
    except RedisError as away:
        log.warning("requests are not counted, the cache does not answer: %s", away)
        return None


def so_far(what: str, who: str) -> int | None:
    """How often this was counted in this minute, without counting; None while the cache is away."""
    try:
        return int(cache.get(_key(what, who), 0))
    except RedisError as away:
        log.warning("requests are not counted, the cache does not answer: %s", away)
        return None


def seconds_left() -> int:
    """Seconds until the next minute begins, and every count with it."""
    return WINDOW_SECONDS - int(time.time()) % WINDOW_SECONDS


def network(address: str | None) -> str:
    """The address; of IPv6 the network of 64 bits that one customer holds. As a hash: no list of readers is kept."""
    text = address or ""
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        pass  # a socket, or whatever a proxy of ours wrote
    else:
        if found.version == 6:
            text = str(ipaddress.ip_network((found, 64), strict=False))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _key(what: str, who: str) -> str:
    return f"{what}:{int(time.time()) // WINDOW_SECONDS}:{who}"
