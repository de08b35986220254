"""Failures as pages: what happened, in the reader's language, and what to do next."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from markets.door.request import request_id
from markets.errors import MarketsError

RETRY_AFTER_SECONDS = 5
ATTEMPTS_AFTER_SECONDS = 300
# Each of these has a page of its own; any other status borrows the page of its class.
WITH_PAGE = frozenset({400, 403, 404, 409, 410, 413, 422, 429, 500, 503})
# What was asked for no longer suits what is there: somebody was quicker, or the form names no version.
_OVERTAKEN = frozenset({412, 428})


@dataclass(frozen=True, slots=True)
class ErrorPage:
    """An error as shown. message empty: the page's own words say all. request_id: of what went wrong with us."""

    status: int
    message: str = ""
    request_id: str = ""


def failure_page(request: HttpRequest, failure: MarketsError) -> HttpResponse:
    """A foreseen failure with its own status and message."""
    return error_page(request, failure.http_status, failure.message(_))


def error_page(request: HttpRequest, status: int, message: str = "") -> HttpResponse:
    """The page of a status, never kept by any cache."""
    response = render(request, f"{_page_of(status)}.html", {"page": ErrorPage(status, message)}, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page_of(status: int) -> int:
    if status in WITH_PAGE:
        return status
    if status in _OVERTAKEN:
        return 409
    return 500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400


def apart_page(status: int, number: str = "") -> HttpResponse:
    """The page of a status for when the database may be away: nothing on it knows who asks. number: of the request."""
    body = render_to_string(f"{status}.html", {"page": ErrorPage(status, request_id=number)})
    return HttpResponse(body, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400: a malformed request, or one larger than is read here."""
    is_too_large = type(exception).__name__ in {"RequestDataTooBig", "TooManyFieldsSent", "TooManyFilesSent"}
    return error_page(request, 413 if is_too_large else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Django's handler403."""
    return error_page(request, 403)


def missing_page(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Django's handler404: an address that leads nowhere."""
    return error_page(request, 404)


def too_many(request: HttpRequest) -> HttpResponse:
    """Of the library of accounts: more attempts than are taken in a while."""
    response = error_page(request, 429)
    response.headers["Retry-After"] = str(ATTEMPTS_AFTER_SECONDS)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a fault of ours, or the database away where no page of ours looked out for it."""
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        return away_page()
    return apart_page(500, request_id(request))


def away_page() -> HttpResponse:
    """The page for as long as the database does not answer; it says when to come back."""
    response = apart_page(503)
    response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
