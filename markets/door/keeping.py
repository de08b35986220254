"""Public pages kept ready for a moment, under the state of the data they were made from.

The key holds the newest release, demand profile and reference facts, so a publication is seen at once and nothing is
ever cleared by hand. Without the cache server every page is simply made anew.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from redis.exceptions import RedisError

from markets import queries

log = logging.getLogger(__name__)


class _Kept(NamedTuple):
    body: bytes
    headers: dict[str, str]


def kept(
    request: HttpRequest, make: Callable[[], HttpResponse], state: Callable[[], object] = lambda: None
) -> HttpResponse:
    """The page as it was kept, or made and kept now. state: of what the page shows beside the markets' own data.

    Only what everybody sees is kept: whole pages that were asked for without a cookie and set none.
    """
    if request.COOKIES or request.method != "GET" or not settings.PAGE_CACHE_SECONDS:
        return make()
    key = _key(request, state())
    try:
        found = cache.get(key)
    except RedisError as away:
        log.warning("the cache does not answer: %s", away)
        return make()
    if found is not None:
        return HttpResponse(found.body, headers=found.headers)
    response = make()
    if response.status_code == 200 and not response.streaming and not response.cookies:
        _keep(key, _Kept(response.content, dict(response.items())))
    return response


def _key(request: HttpRequest, state: object) -> str:
    asked = (request.get_full_path(), get_language(), request.headers.get("HX-Request"), queries.data_state(), state)
    return "page:" + hashlib.sha256(repr(asked).encode("utf-8", "surrogatepass")).hexdigest()


def _keep(key: str, page: _Kept) -> None:
    try:
        cache.set(key, page, settings.PAGE_CACHE_SECONDS)
    except RedisError as away:
        log.warning("the cache does not answer: %s", away)
