"""A market's trade by partner: all partners of a period, and one pair from both sides."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer_with_table, answer_with_tables, as_of, moved, page_view, word
from markets.profiles import pair_page, trade_page


@page_view
def partners(request: HttpRequest, iso3: str) -> HttpResponse:
    """All partners in one flow and period."""
    if iso3 != iso3.upper():
        return moved(request, iso3, iso3.upper())
    page = trade_page(
        iso3,
        flow=word(request, "flow").upper(),
        period=word(request, "period"),
        sort=word(request, "sort"),
        as_of=as_of(request),
    )
    return answer_with_table(request, "markets/trade.html", page)


@page_view
def pair(request: HttpRequest, iso3: str, partner: str) -> HttpResponse:
    """Two markets, what each reports of its trade with the other."""
    for written in (iso3, partner):
        if written != written.upper():
            return moved(request, written, written.upper())
    return answer_with_tables(request, "markets/trade_pair.html", pair_page(iso3, partner, as_of(request)))
