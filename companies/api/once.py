"""Each POST that names an Idempotency-Key is done once: sent again within a day, it gets the same answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Final

from django.db import transaction
from django.http import HttpResponse
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from companies.accounts.answers import Answer, answer_kept, keep_answer
from companies.api.door import PersonDoor, ThingResponse
from markets.errors import InvalidValue, MarketsError

LONGEST_KEY: Final = 255
_KEPT_HEADERS: Final = ("Content-Language", "Content-Type", "ETag", "Location", "WWW-Authenticate")
# Refusals that another moment may lift, with nothing to correct in the request.
_NOT_KEPT: Final = frozenset({401, 403, 409, 429})


def answered_once(view: PersonDoor, request: Request, make: Callable[[], Response]) -> Any:
    """The answer that make gives, or gave when this request came before. Raises InvalidValue, KeyReused, KeyInProgress.

    What is done and what is answered are committed together, so that neither is ever there without the other.
    """
    key = named_key(request)
    if key is None:
        return make()
    owner, fingerprint = _owner(view), _fingerprint(view, request)
    with transaction.atomic():
        kept = answer_kept(owner, key, fingerprint)
        if kept is not None:
            headers = {**kept.headers, "Idempotency-Replayed": "true"}
            return HttpResponse(kept.body, status=kept.status, headers=headers)
        answer = _whole(view, request, _made(view, make))
        if answer.status_code < 500 and answer.status_code not in _NOT_KEPT:
            headers = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
            keep_answer(owner, key, fingerprint, Answer(answer.status_code, headers, answer.content))
        return answer


def named_key(request: Request) -> str | None:
    """The Idempotency-Key of a request; None where it names none. Raises InvalidValue for one that is none."""
    key = request.headers.get("Idempotency-Key")
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        expected = _("write 1 to %(most)s letters, digits and signs of ASCII") % {"most": LONGEST_KEY}
        raise InvalidValue(parameter="Idempotency-Key", value=key, expected=expected)
    return key


def _owner(view: PersonDoor) -> str:
    key = view.actor.api_key
    return f"person {view.actor.person.pk}" + (f" key {key.pk}" if key else "")


def _fingerprint(view: PersonDoor, request: Request) -> str:
    """What makes two requests the same: method, address, organisation, the version named, and the bytes of the body.

    Whoever belongs to no organisation has what is their own.
    """
    version = request.headers.get("If-Match", "")
    said = f"{request.method} {request.path} {view.actor.working_in} {version} "
    return hashlib.sha256(said.encode("utf-8", "surrogatepass") + request._request.body).hexdigest()  # noqa: SLF001 below DRF's


def _made(view: PersonDoor, make: Callable[[], Response]) -> Response:
    """The answer, a refusal too: then nothing of what was begun stays."""
    try:
        with transaction.atomic():
            return make()
    except (MarketsError, APIException) as refusal:
        return view.handle_exception(refusal)


def _whole(view: PersonDoor, request: Request, response: Response) -> HttpResponse:
    """The answer as bytes, which can be kept."""
    content = b"" if response.data is None else force_bytes(request.accepted_renderer.render(response.data))
    kind = response.content_type or request.accepted_renderer.media_type
    beside = {name: value for name, value in response.items() if name != "Content-Type"}
    answer = HttpResponse(content, status=response.status_code, content_type=kind, headers=beside)
    if isinstance(response, ThingResponse):
        answer["ETag"] = view.etag(response.version, content)
    return answer
