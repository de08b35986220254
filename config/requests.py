"""What every request is given before anything else: an id that its log lines and its answer carry."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from config.logs import OF_REQUEST, logged_as
from markets.door.request import request_id

log = logging.getLogger(__name__)
HEADER: Final = "X-Request-ID"
_LONGEST_PATH: Final = 300


class RequestIds:
    """Answers `X-Request-ID`, the client's own where it is a plain one, and marks every line logged meanwhile.

    With LOG_REQUESTS one line a request says what was asked and how it went: without the query, which may hold what
    a reader searched for, and without the address the reader came from.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the inner layers under its id."""
        own = request_id(request)
        began = time.perf_counter()
        setattr(request, OF_REQUEST, {"request_id": own})
        with logged_as(request_id=own):
            response = self.get_response(request)
            response.headers.setdefault(HEADER, own)
            if settings.LOG_REQUESTS:
                passed_ms = round((time.perf_counter() - began) * 1000, 1)
                told = {"method": request.method, "path": request.path[:_LONGEST_PATH], "status": response.status_code}
                log.info("%(method)s %(path)s %(status)s", told, extra={**told, "duration_ms": passed_ms})
        return response
