"""What was worked out a moment ago, under the state of the data it was made from; nothing is ever cleared by hand."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

Value = TypeVar("Value")

log = logging.getLogger(__name__)


def kept_value(
    kind: str, state: object, make: Callable[[], Value], is_kept: Callable[[Value], bool] = lambda _value: True
) -> Value:
    """The value as it was kept, or made and kept now; without the cache server simply made.

    state: all that the value depends on. is_kept: whether what was made is for keeping.
    """
    if not settings.PAGE_CACHE_SECONDS:
        return make()
    key = f"{kind}:{hashlib.sha256(repr(state).encode('utf-8', 'surrogatepass')).hexdigest()}"
    try:
        found: Value | None = cache.get(key)
    except RedisError as away:
        log.warning("the cache does not answer: %s", away)
        return make()
    if found is not None:
        return found
    made = make()
    if is_kept(made):
        _keep(key, made)
    return made


def _keep(key: str, value: object) -> None:
    try:
        cache.set(key, value, settings.PAGE_CACHE_SECONDS)
    except RedisError as away:
        log.warning("the cache does not answer: %s", away)
