"""The first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer, page_view
from markets.profiles import home_page


@page_view
def home(request: HttpRequest) -> HttpResponse:
    """One search field, three tasks, and what is new in the data."""
    return answer(request, "markets/home.html", home_page())
