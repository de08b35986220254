"""Errors as RFC 9457 problems: HTTP is decided here alone, by reading the class of what was raised."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from psycopg.errors import QueryCanceled
from rest_framework import exceptions
from rest_framework.response import Response

from markets.door.request import request_id
from markets.errors import InvalidRequest, InvalidValue, MarketsError, error_tree, message_template

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_AFTER_SECONDS: Final = 5
_LONGEST_INSTANCE: Final = 300
_LONGEST_PLACE: Final = 200


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem: the constant `code` a program reads, the status, and what people are told of it."""

    code: str
    status: int
    title: str
    meaning: str


# Codes of the door itself. What the product foresees beyond them stands in the error tree.
_OF_THE_DOOR: Final = (
    ProblemKind(
        "malformed",
        400,
        gettext_noop("Malformed request"),
        gettext_noop("The request cannot be read. Correct it and send it again."),
    ),
    ProblemKind(
        "invalid_fields",
        400,
        gettext_noop("Invalid fields"),
        gettext_noop("Some fields of the body are wrong; `errors` names each of them. Nothing was changed."),
    ),
    ProblemKind(
        "not_authenticated",
        401,
        gettext_noop("Not signed in"),
        gettext_noop("This needs a valid key or session. Sign in, or send a key, and try again."),
    ),
    ProblemKind(
        "forbidden",
        403,
        gettext_noop("Not allowed"),
        gettext_noop("You may not do this. Ask your organisation's admin."),
    ),
    ProblemKind(
        "unknown_address",
        404,
        gettext_noop("Unknown address"),
        gettext_noop("There is nothing at this address. /api/v1/ lists what there is."),
    ),
    ProblemKind(
        "method_not_allowed",
        405,
        gettext_noop("Method not allowed"),
        gettext_noop("This address does not take this method; the header Allow names those it takes."),
    ),
    ProblemKind(
        "not_acceptable",
        406,
        gettext_noop("Form not offered"),
        gettext_noop("None of the forms in the header Accept is offered here. Ask for application/json."),
    ),
    ProblemKind(
        "too_large",
        413,
        gettext_noop("Body too large"),
        gettext_noop("The body is larger than is read here. Send less at once."),
    ),
    ProblemKind(
        "unsupported_media_type",
        415,
        gettext_noop("Form not read"),
        gettext_noop("A body of this media type is not read here. Send application/json."),
    ),
    ProblemKind(
        "throttled",
        429,
        gettext_noop("Too many requests"),
        gettext_noop("Too many requests. The header Retry-After says in how many seconds to try again."),
    ),
    ProblemKind(
        "internal_error",
        500,
        gettext_noop("Internal error"),
        gettext_noop("Something failed that should not. Tell us the request_id, and we can find out what it was."),
    ),
    ProblemKind(
        "too_slow",
        503,
        gettext_noop("Too slow"),
        gettext_noop("The answer took too long and was given up. Ask for less at once, or try again later."),
    ),
    ProblemKind(
        "unavailable",
        503,
        gettext_noop("Temporarily unavailable"),
        gettext_noop("The data cannot be reached at the moment. Try again after the seconds that Retry-After says."),
    ),
)
_TITLES: Final = {
    "error": gettext_noop("Error"),
    "source_error": gettext_noop("Source failed"),
    "source_unavailable": gettext_noop("Source does not answer"),
    "source_refused": gettext_noop("Source refused"),
    "no_payload": gettext_noop("No payload file"),
    "source_changed": gettext_noop("Source changed its form"),
    "synthetic_data": gettext_noop("Invented figures"),
    "ingest_error": gettext_noop("Rows failed a check"),
    "unknown_code": gettext_noop("Unknown code"),
    "duplicate_row": gettext_noop("Contradicting rows"),
    "release_held": gettext_noop("Vintage held for review"),
    "held_unknown": gettext_noop("Held: no known code"),
    "held_empty": gettext_noop("Held: no value at all"),
    "held_impossible": gettext_noop("Held: impossible value"),
    "held_leap": gettext_noop("Held: ten times off"),
    "held_shrunk": gettext_noop("Held: too many values gone"),
    "held_moved": gettext_noop("Held: too many values moved"),
    "held_total_moved": gettext_noop("Held: a total moved too far"),
    "held_incomplete": gettext_noop("Held: incomplete"),
    "held_truncated": gettext_noop("Held: cut off by the provider"),
    "held_aggregates": gettext_noop("Held: groups among the members"),
    "held_rejected": gettext_noop("Held: too many rows rejected"),
    "year_busy": gettext_noop("Year in use"),
    "hold_decided": gettext_noop("Decided already"),
    "job_taken_over": gettext_noop("Job in other hands"),
    "job_stopped": gettext_noop("Job stopped"),
    "job_given_up": gettext_noop("Job given up"),
    "storage_full": gettext_noop("Storage full"),
    "facts_invalid": gettext_noop("Fact table invalid"),
    "refresh_running": gettext_noop("Refresh already running"),
    "not_comparable": gettext_noop("Not comparable"),
    "invalid_request": gettext_noop("Invalid request"),
    "invalid_value": gettext_noop("Invalid value"),
    "unknown_parameter": gettext_noop("Unknown parameter"),
    "not_found": gettext_noop("Not found"),
    "files_busy": gettext_noop("Files in use"),
    "edit_conflict": gettext_noop("Changed by somebody else"),
    "companies_error": gettext_noop("Could not be done"),
    "not_authenticated": gettext_noop("Not signed in"),
    "admin_exists": gettext_noop("There is an admin already"),
    "first_admin_link_gone": gettext_noop("Link ended"),
    "invited_other": gettext_noop("Invitation of somebody else"),
    "letter_not_sent": gettext_noop("Letter not sent"),
    "mail_away": gettext_noop("Mail server away"),
    "too_many_today": gettext_noop("Too many today"),
    "page_token_missing": gettext_noop("Token of the page missing"),
    "not_allowed": gettext_noop("Role does not allow it"),
    "scope_missing": gettext_noop("Key without the scope"),
    "no_organisation": gettext_noop("No organisation yet"),
    "hidden_object": gettext_noop("Not found"),
    "version_conflict": gettext_noop("Changed by somebody else"),
    "version_missing": gettext_noop("Version not named"),
    "own_work": gettext_noop("Own work"),
    "wrong_state": gettext_noop("Not in that state"),
    "archived": gettext_noop("Archived"),
    "in_use": gettext_noop("In use"),
    "last_admin": gettext_noop("Last admin"),
    "invitation_gone": gettext_noop("Invitation ended"),
    "link_gone": gettext_noop("Link ended"),
    "selection_changed": gettext_noop("Selection changed"),
    "too_many": gettext_noop("Too many at once"),
    "too_many_open": gettext_noop("Too many under way"),
    "preview_changed": gettext_noop("Preview out of date"),
    "nothing_to_publish": gettext_noop("Nothing to publish"),
    "already_withdrawn": gettext_noop("Withdrawn already"),
    "idempotency_key_reused": gettext_noop("Idempotency-Key used before"),
    "idempotency_key_in_progress": gettext_noop("Still being answered"),
    "invalid_field": gettext_noop("Wrong entry"),
    "unknown_field": gettext_noop("Unknown field"),
    "fields_rejected": gettext_noop("Wrong entries"),
    "reading_broken": gettext_noop("File cannot be read"),
    "too_many_this_hour": gettext_noop("Too many this hour"),
    "file_too_large": gettext_noop("File too large"),
    "file_refused": gettext_noop("File refused"),
    "import_elsewhere": gettext_noop("Import moved on"),
    "import_at_work": gettext_noop("Import at work"),
    "mapping_open": gettext_noop("Columns not settled"),
    "import_rejected": gettext_noop("Rows are wrong"),
    "import_outdated": gettext_noop("Check out of date"),
    "nothing_to_import": gettext_noop("Nothing to import"),
    "already_imported": gettext_noop("Imported before"),
    "undo_over": gettext_noop("Too late to undo"),
    "already_tracked": gettext_noop("Tracked already"),
    "target_of_colleague": gettext_noop("A colleague's target market"),
    "nothing_to_share": gettext_noop("Nobody to share with"),
    "rule_paused": gettext_noop("Rule in that state already"),
    "letter_refused": gettext_noop("Link ended"),
}
# What Django REST framework raises itself, most special first.
_CODES: Final[Sequence[tuple[type[Exception], str]]] = (
    (exceptions.ValidationError, "invalid_fields"),
    (exceptions.ParseError, "malformed"),
    (RequestDataTooBig, "too_large"),
    (SuspiciousOperation, "malformed"),
    (exceptions.AuthenticationFailed, "not_authenticated"),
    (exceptions.NotAuthenticated, "not_authenticated"),
    (exceptions.PermissionDenied, "forbidden"),
    (PermissionDenied, "forbidden"),
    (exceptions.NotFound, "unknown_address"),
    (Http404, "unknown_address"),
    (exceptions.MethodNotAllowed, "method_not_allowed"),
    (exceptions.NotAcceptable, "not_acceptable"),
    (exceptions.UnsupportedMediaType, "unsupported_media_type"),
    (exceptions.Throttled, "throttled"),
    (InterfaceError, "unavailable"),
)


def problem_kinds() -> dict[str, ProblemKind]:
    """Every kind of problem by its code: those of the door, then the error tree."""
    kinds = {kind.code: kind for kind in _OF_THE_DOOR}
    for error in error_tree():
        title = _TITLES.get(error.code, error.code)
        kinds.setdefault(error.code, ProblemKind(error.code, error.http_status, title, message_template(error)))
    return kinds


def problem_response(raised: Exception, context: Mapping[str, Any]) -> Response:
    """The answer to whatever a view raised. What nobody foresaw is logged, and told without its inside."""
    from rest_framework.views import set_rollback  # it imports the settings, which import this module

    set_rollback()
    request = getattr(context["request"], "_request", context["request"])
    code = _code(raised)
    kind = problem_kinds()[code]
    if kind.status >= 500:
        _log(raised, code, request)
    body = {
        "type": f"{settings.SITE_URL}/api/v1/problems/{code}/",
        "title": _(kind.title),
        "status": kind.status,
        "detail": told(raised) if isinstance(raised, MarketsError) else _(kind.meaning),
        "instance": escape_uri_path(request.path)[:_LONGEST_INSTANCE],
        "code": code,
        "request_id": request_id(request),
        "errors": list(_parts(raised)),
    }
    return Response(body, status=kind.status, headers=_headers(raised, kind), content_type=MEDIA_TYPE)


def told(error: MarketsError) -> str:
    """The message of an error in the language of the request."""
    return error.message(_)


def _code(raised: Exception) -> str:
    if isinstance(raised, MarketsError):
        return raised.code
    if isinstance(raised, OperationalError):
        return "too_slow" if isinstance(raised.__cause__, QueryCanceled) else "unavailable"
    return next((code for kind, code in _CODES if isinstance(raised, kind)), "internal_error")


def _headers(raised: Exception, kind: ProblemKind) -> dict[str, str]:
    headers = {}
    seconds: float | None = getattr(raised, "wait", None)
    if kind.status == 429 and seconds is not None:
        headers["Retry-After"] = str(ceil(seconds))
    elif kind.status == 503 or (isinstance(raised, MarketsError) and raised.retry):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if kind.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return headers


def _parts(raised: Exception) -> Iterator[dict[str, str]]:
    """The single faults: of parameters by name, of a body's fields by JSON pointer."""
    if isinstance(raised, InvalidRequest):
        for fault in raised.context.get("faults", (raised,)):
            said = ((name, fault.context.get(name)) for name in ("parameter", "pointer"))
            place = {name: str(word)[:_LONGEST_PLACE] for name, word in said if word is not None}
            yield {**place, "code": fault.code, "detail": told(fault)}
    elif isinstance(raised, exceptions.ValidationError):
        yield from _in_body(raised.detail, "")


def _in_body(detail: Any, pointer: str) -> Iterator[dict[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _in_body(inner, f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(detail, list) and any(isinstance(inner, Mapping | list) for inner in detail):
        for place, inner in enumerate(detail):
            yield from _in_body(inner, f"{pointer}/{place}")
    else:
        for message in detail if isinstance(detail, list) else [detail]:
            yield {"pointer": pointer, "code": getattr(message, "code", InvalidValue.code), "detail": str(message)}


def _log(raised: Exception, code: str, request: Any) -> None:
    extra = {"request_id": request_id(request), "path": request.path[:_LONGEST_INSTANCE], "code": code}
    if code == "internal_error":
        log.error("unforeseen failure of %s", extra["request_id"], exc_info=raised, extra=extra)
    else:
        log.warning("%s: %s", code, raised, extra=extra)
