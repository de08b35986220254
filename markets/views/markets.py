"""The list of markets, and one market's profile."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer_with_table, answer_with_tables, as_of, moved, page_view, word
from markets.profiles import country_profile, market_list


@page_view
def listing(request: HttpRequest) -> HttpResponse:
    """Markets with their headline figures, on a map and in a table."""
    page = market_list(
        group=word(request, "group"),
        map_indicator=word(request, "indicator"),
        search=word(request, "search"),
        as_of=as_of(request),
    )
    return answer_with_table(request, "markets/market_list.html", page)


@page_view
def country(request: HttpRequest, iso3: str) -> HttpResponse:
    """One market's profile. A code in small letters leads to the address in capitals."""
    if iso3 != iso3.upper():
        return moved(request, iso3, iso3.upper())
    return answer_with_tables(request, "markets/country.html", country_profile(iso3, as_of(request)))
