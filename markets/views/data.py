"""Where the numbers come from: datasets, their releases, and the raw bytes behind them."""

from __future__ import annotations

import io
from typing import cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from markets import downloads
from markets.door.page import answer, answer_with_table, download_form, page_view, with_bom, word
from markets.models import Payload
from markets.profiles import data_page, dataset_page, decision, payload_body, rejected_table, release_page
from markets.views.refreshing import RefreshForms
from markets.views.staff import is_staff

# The table of a release's rows that were not published.
REJECTED = "rejected"
# How a payload's file is named; what is not here is bytes to the browser.
EXTENSIONS = {
    "text/csv": "csv",
    "application/json": "json",
    "application/xml": "xml",
    "application/zip": "zip",
    "application/gzip": "gz",
}


@page_view
def data(request: HttpRequest) -> HttpResponse:
    """All datasets with licence and freshness, and the newest releases."""
    return answer_with_table(request, "markets/data.html", data_page())


@page_view
def dataset(request: HttpRequest, key: str) -> HttpResponse:
    """One dataset: its series, its releases, and the codes of its publisher that are not known here."""
    page = dataset_page(key)
    if is_staff(request) and download_form(request) is None:
        return answer(request, "markets/dataset.html", page, forms=RefreshForms.of(page.dataset))
    return answer_with_table(request, "markets/dataset.html", page)


@page_view
def release(request: HttpRequest, key: int) -> HttpResponse:
    """The birth certificate of one vintage; staff is told who decided on it, too."""
    form = download_form(request)
    if form and word(request, "table") == REJECTED:
        return downloads.response(rejected_table(key), form, with_bom=with_bom(request))
    page = release_page(key)
    if is_staff(request) and form is None:
        return answer(request, "markets/release.html", page, decided_by=decision(key).by)
    return answer_with_table(request, "markets/release.html", page)


@page_view
def payload(request: HttpRequest, key: int, sha256: str) -> HttpResponse:
    """The raw bytes of a delivery as an attachment: never shown, never run, and the same for ever."""
    return raw_bytes(request, payload_body(key, sha256))


def raw_bytes(request: HttpRequest, found: Payload) -> HttpResponse:
    """Kept bytes as an attachment."""
    content_type = found.content_type.partition(";")[0].strip()
    extension = EXTENSIONS.get(content_type)
    # Streamed, so that it is not kept among the ready pages.
    body = FileResponse(io.BytesIO(found.body), content_type=content_type if extension else "application/octet-stream")
    response = cast("HttpResponse", body)
    response.headers["Content-Disposition"] = downloads.content_disposition(
        f"sogdia-{found.sha256[:12]}.{extension or 'bin'}"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    etag = quote_etag(found.sha256)
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
