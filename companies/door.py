"""How a person comes in: who they are, what their pages take, and that nobody keeps what they were shown."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme

from companies.access import NOBODY, Actor, actor_of_person
from companies.errors import NoOrganisation, SignInNeeded
from companies.models import User
from companies.profiles.organisation import working_place
from companies.queries.alerts import unread_count
from markets.door.failures import away_page, failure_page
from markets.door.page import refuse_unprintable
from markets.door.request import request_id
from markets.errors import MarketsError

View = Callable[..., HttpResponse]
# Where the session keeps the organisation a person works in.
WORKING_IN: Final = "organisation"
_DIGITS_OF_VERSION: Final = 9
_SEEN_AS: Final = "_sogdia_actor"

log = logging.getLogger(__name__)


def actor_of(request: HttpRequest) -> Actor:
    """Whoever asks for a page, with the roles held this moment; read once a request."""
    known: Actor | None = getattr(request, _SEEN_AS, None)
    if known is None:
        known = _actor(request)
        setattr(request, _SEEN_AS, known)
    return known


def work_in(request: HttpRequest, organisation_id: uuid.UUID) -> None:
    """From now on the person's lists show this organisation; one they do not belong to is never taken."""
    vars(request).pop(_SEEN_AS, None)  # they may have joined it with this very request
    if organisation_id in actor_of(request).roles:
        request.session[WORKING_IN] = str(organisation_id)
        vars(request).pop(_SEEN_AS)


def working_in(request: HttpRequest) -> dict[str, object]:
    """For every page: where the person works and could work, and how many alerts wait; read only where it is shown."""
    return {
        "working_in": SimpleLazyObject(lambda: working_place(actor_of(request))),
        "alerts_waiting": lambda: unread_count(actor_of(request)),
    }


def person_view(view: View) -> View:
    """A page for people who are signed in: GET and POST. Others sign in first and come back; no cache keeps it."""
    return _view(view, ("GET", "HEAD", "POST"))


def person_page(view: View) -> View:
    """The same for what is only read: GET alone."""
    return _view(view, ("GET", "HEAD"))


def person_action(view: View) -> View:
    """The same for what only a form can ask: POST alone."""
    return _view(view, ("POST",))


def visitor_view(view: View) -> View:
    """A page for whoever holds its link, signed in or not. Its address is secret: no other site is told of it."""
    private = _view(view, ("GET", "HEAD", "POST"), is_open=True)

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = private(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return answering


def version_sent(text: str) -> int | None:
    """The version a form was made from, as it was sent; None where it names none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS_OF_VERSION else None


def go_on(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page of ours that a form names as `next`, else to another address of ours."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    # What does not begin so is no address that our forms name, and `redirect` would take it for the name of a page.
    return HttpResponseRedirect(wanted if is_ours and wanted.startswith("/") else otherwise)


def _view(view: View, methods: tuple[str, ...], *, is_open: bool = False) -> View:
    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        response = _answered(request, lambda: view(request, *args, **kwargs), is_open=is_open)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers["Cache-Control"] = "private, no-store"
        return response

    return answering


def _answered(request: HttpRequest, make: Callable[[], HttpResponse], *, is_open: bool) -> HttpResponse:
    try:
        refuse_unprintable(request)
        if not is_open:
            _ = actor_of(request).person
        return make()
    except SignInNeeded:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    except NoOrganisation as nowhere:
        return render(request, "companies/no_organisation.html", {"page": None}, status=nowhere.http_status)
    except MarketsError as failure:
        return failure_page(request, failure)
    except (OperationalError, InterfaceError) as away:
        log.warning("the database does not answer: %s", away)
        return away_page()


def _actor(request: HttpRequest) -> Actor:
    user = request.user
    if not (isinstance(user, User) and user.is_active):
        return NOBODY
    return actor_of_person(user, wanted=_wanted(request), request_id=request_id(request))


def _wanted(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.session.get(WORKING_IN, ""))
    except ValueError:
        return None
