"""Indicators: the list of them, one indicator in all markets, one indicator of one market."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from markets import downloads
from markets.door.page import (
    answer,
    answer_with_table,
    as_of,
    between,
    download_form,
    moved,
    page_view,
    with_bom,
    word,
)
from markets.errors import InvalidValue
from markets.profiles import indicator_list, indicator_page, series_page
from markets.profiles.series import IndicatorPage
from markets.profiles.tables import Table

# What an indicator's page shows, each under an address of its own, and the table that view downloads.
VIEWS: Final[Mapping[str, Callable[[IndicatorPage], Table]]] = {
    "chart": IndicatorPage.lines_table,
    "table": IndicatorPage.table,
    "map": IndicatorPage.table,
    "revisions": IndicatorPage.revisions_table,
}


@page_view
def listing(request: HttpRequest) -> HttpResponse:
    """All indicators by subject."""
    return answer_with_table(request, "markets/indicator_list.html", indicator_list(as_of(request)))


@page_view
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: chart, table, map or revisions. A market to add leads to the address that names it."""
    if "add" in request.GET:
        return _with_added_market(request)
    view = _view(request)
    page = indicator_page(
        code,
        compared=_compared(request),
        period=word(request, "period"),
        as_of=as_of(request),
        between=between(request) if view == "revisions" else None,
    )
    if page.indicator.code != code:
        return moved(request, code, page.indicator.code)
    form = download_form(request)
    if form is None:
        return answer(request, f"markets/indicator_{view}.html", page)
    return downloads.response(VIEWS[view](page), form, as_of=as_of(request), with_bom=with_bom(request))


@page_view
def series(request: HttpRequest, iso3: str, code: str) -> HttpResponse:
    """One indicator of one market, with every vintage."""
    page = series_page(iso3.upper(), code, as_of(request), between(request))
    if page.market.iso3 != iso3:
        return moved(request, iso3, page.market.iso3)
    if page.indicator.code != code:
        return moved(request, code, page.indicator.code)
    return answer_with_table(request, "markets/series.html", page)


def _view(request: HttpRequest) -> str:
    asked = word(request, "view") or "chart"
    if asked not in VIEWS:
        expected = _("choose one of %(choices)s") % {"choices": ", ".join(VIEWS)}
        raise InvalidValue(parameter="view", value=asked, expected=expected)
    return asked


def _compared(request: HttpRequest) -> list[str]:
    """Codes of the markets to compare, between commas or one after another."""
    codes = ",".join(request.GET.getlist("market")).replace(" ", ",").split(",")
    return list(dict.fromkeys(code.upper() for code in codes if code))


def _with_added_market(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    added = query.pop("add")
    codes = list(dict.fromkeys([*_compared(request), *(code.strip().upper() for code in added if code.strip())]))
    if codes:
        query["market"] = ",".join(codes)
    encoded = query.urlencode(safe=",")
    return redirect(f"{request.path}?{encoded}" if encoded else request.path)
