"""Search: a page of grouped answers, and the short list under the field while somebody types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer, page_view
from markets.search import find

SHOWN = 20
SUGGESTED = 4


@page_view
def search(request: HttpRequest) -> HttpResponse:
    """What the words or the code lead to, by kind; without words the ways to browse."""
    return answer(request, "markets/search.html", find(_words(request), limit=SHOWN))


@page_view
def suggestions(request: HttpRequest) -> HttpResponse:
    """The best few of each kind, as a piece of a page."""
    return answer(request, "markets/search_suggestions.html", find(_words(request), limit=SUGGESTED))


def _words(request: HttpRequest) -> str:
    """The words asked for, `search` as in the API or the short `q`. Of a long text the search reads the beginning."""
    return request.GET.get("search") or request.GET.get("q") or ""
