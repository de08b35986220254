"""Links for readers without an account: made and revoked by members, read by whoever has one."""

from __future__ import annotations

import uuid
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework.throttling import BaseThrottle

from companies.accounts.sharing import make_link, revoke_link
from companies.door import actor_of, person_action, person_view
from companies.errors import FieldsRejected
from companies.profiles.sharing import LINK_DAYS, links_page, shared_page
from markets.door.counting import counted, network, seconds_left
from markets.door.failures import error_page
from markets.door.page import View, answer, live_view


def _for_strangers(view: View) -> View:
    """A page that nobody keeps, finds or frames, and whose address is told to no other site."""

    @wraps(view)
    def answering(request: HttpRequest) -> HttpResponse:
        response = view(request)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return answering


@_for_strangers
@live_view
def shared(request: HttpRequest) -> HttpResponse:
    """A list as it stands now, for whoever has its link; so many times a minute from one address as the API answers."""
    most = settings.API_RATE_ANON
    count = counted("shared", network(BaseThrottle().get_ident(request))) if most else None  # type: ignore[arg-type]
    if count is not None and count > most:
        response = error_page(request, 429)
        response.headers["Retry-After"] = str(seconds_left())
        return response
    page = shared_page(request.GET.get("secret", ""), request.GET.get("page", ""))
    return answer(request, "companies/shared.html", page)


@person_view
def listing(request: HttpRequest) -> HttpResponse:
    """The links a member may see, and the form that makes one. A secret is shown in the answer to its making alone."""
    actor = actor_of(request)
    if request.method != "POST":
        query = request.GET.get("query", "")
        return answer(request, "companies/shares.html", links_page(actor, query), given={"days": LINK_DAYS})
    given = request.POST
    text = given.get("days", "")
    days = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    try:
        made = make_link(actor, given.get("name", ""), given.get("query", ""), days)
    except FieldsRejected as refused:
        problems = [(fault.context["pointer"].strip("/"), fault.message(_)) for fault in refused.context["faults"]]
        page = links_page(actor, given.get("query", ""))
        return answer(request, "companies/shares.html", page, status=422, given=given, problems=problems)
    address = request.build_absolute_uri(f"{reverse('companies:shared')}?secret={made.secret}")
    page = links_page(actor, "")
    return answer(request, "companies/shares.html", page, address=address, made=made.link, given={"days": LINK_DAYS})


@person_action
def revoke(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let a link be dead from now on."""
    revoke_link(actor_of(request), key)
    messages.success(request, _("The link is dead."))
    return redirect("companies:shares")
