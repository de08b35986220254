"""Trade of one product between two markets."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from markets.door.page import answer_with_table, as_of, moved, page_view
from markets.profiles.flow_page import flow_page


@page_view
def flow(request: HttpRequest, exporter: str, importer: str, product: str) -> HttpResponse:
    """One product from one market to another, from every source that is loaded."""
    for written in (exporter, importer):
        if written != written.upper():
            return moved(request, written, written.upper())
    page = flow_page(exporter, importer, product, as_of(request))
    if product != page.product.code:
        return moved(request, product, page.product.code)
    return answer_with_table(request, "markets/flow.html", page)
