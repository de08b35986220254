"""Watching a market in one click, and the way through sign-up for who has no account yet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from companies.access import Actor
from companies.accounts.wishes import Wish, keep_wish, taken_wish
from companies.door import actor_of, person_page, visitor_view
from companies.errors import AlreadyTracked
from companies.profiles.watching import WatchPage, watch_page, wish_for
from companies.targets.tracking import track
from markets.door.page import LONGEST_WORD, answer, word


@visitor_view
def watch(request: HttpRequest) -> HttpResponse:
    """The one button, as a page or as a piece of one; and what it does."""
    actor = actor_of(request)
    wish = _wish(request)
    page = watch_page(actor, wish)
    if request.method != "POST":
        return _shown(request, page)
    if page.market is None:
        return _shown(request, page, status=422, problems=[("market", _("Choose a market."))])
    if not page.is_signed_in:
        return _to_the_door(request, wish)
    return _watched(request, actor, wish)


@person_page
def watch_kept(request: HttpRequest) -> HttpResponse:
    """What a visitor wished for before they had an account, done now that they are in."""
    wish = taken_wish(request.session)
    if wish is None:
        return redirect("companies:workspace")
    return _watched(request, actor_of(request), wish)


def _wish(request: HttpRequest) -> Wish:
    market, category, product = (_asked(request, name) for name in ("market", "category", "product"))
    return wish_for(market, category, product)


def _asked(request: HttpRequest, name: str) -> str:
    """A word of the form, or of the address where the form has none."""
    sent = request.POST.get(name)
    return word(request, name) if sent is None else sent.strip()[:LONGEST_WORD]


def _watched(request: HttpRequest, actor: Actor, wish: Wish) -> HttpResponse:
    """Tracks what was wished for. A second click finds it done, which is no fault."""
    try:
        track(actor, _values(wish))
    except AlreadyTracked:
        is_new = False
    else:
        is_new = True
    page = watch_page(actor, wish, is_new=is_new)
    if request.htmx:  # type: ignore[attr-defined]
        return _shown(request, page)
    messages.success(request, page.done)
    return redirect("markets:country", wish.market)


def _values(wish: Wish) -> dict[str, Any]:
    return {"market": wish.market, "category": wish.category, "product": wish.product}


def _to_the_door(request: HttpRequest, wish: Wish) -> HttpResponse:
    """To an account, or to sign in, and back to what was wished for."""
    keep_wish(request.session, wish)
    door = reverse("account_login" if request.POST.get("way") == "sign_in" else "account_signup")
    address = f"{door}?{urlencode({'next': reverse('companies:watch_kept')})}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)  # type: ignore[attr-defined]


def _shown(request: HttpRequest, page: WatchPage, *, status: int = 200, **beside: object) -> HttpResponse:
    template = "companies/_watching.html" if request.htmx else "companies/watch.html"  # type: ignore[attr-defined]
    return answer(request, template, page, status=status, **beside)
