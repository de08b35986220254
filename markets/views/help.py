"""Help: how to read the pages, and how what they show is made."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer, page_view
from markets.profiles import help_overview, method_page


@page_view
def help_page(request: HttpRequest) -> HttpResponse:
    """Where to begin, the words and letters used, and the methods."""
    return answer(request, "markets/help.html", help_overview())


@page_view
def method(request: HttpRequest, topic: str) -> HttpResponse:
    """How one thing is made."""
    return answer(request, "markets/methods.html", method_page(topic))
