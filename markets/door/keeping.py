"""Public pages kept ready for a moment, under the state of the data they were made from.

The key holds the newest release, demand profile and reference facts, so a publication is seen at once. Without the
cache server every page is simply made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from markets import queries
from markets.queries.kept import kept_value


class _Kept(NamedTuple):
    """A page as it is kept."""

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
    asked = (request.get_full_path(), get_language(), request.headers.get("HX-Request"), queries.data_state(), state())
    page = kept_value("page", asked, lambda: _page(make()), lambda made: isinstance(made, _Kept))
    return HttpResponse(page.body, headers=page.headers) if isinstance(page, _Kept) else page


def _page(response: HttpResponse) -> _Kept | HttpResponse:
    """What can be kept of a page; the response itself where nobody else may be given it."""
    if response.status_code == 200 and not response.streaming and not response.cookies:
        return _Kept(response.content, dict(response.items()))
    return response
