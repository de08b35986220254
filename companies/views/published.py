"""Published sums for everybody, and publishing for reviewers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.door import actor_of, person_action, person_view
from companies.errors import AlreadyWithdrawn, NothingToPublish, PreviewChanged
from companies.profiles.published import published_organisations, published_page
from companies.profiles.publishing import publishing_page
from companies.queries.published import published_state
from companies.records.publishing import publish_sums, withdraw_publication
from markets.door.page import answer, answer_with_table, page_view_of, word
from markets.errors import InvalidValue

public_view = page_view_of(published_state)


@public_view
def listing(request: HttpRequest) -> HttpResponse:
    """Organisations that have published sums."""
    return answer(request, "companies/published_list.html", published_organisations())


@public_view
def organisation(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What an organisation has published of one year, as a page or a file."""
    return answer_with_table(request, "companies/published.html", published_page(key, word(request, "year")))


@person_view
def publishing(request: HttpRequest) -> HttpResponse:
    """What would be published of a year, and every publication so far; POST publishes."""
    actor = actor_of(request)
    if request.method != "POST":
        return answer(request, "companies/publishing.html", publishing_page(actor, word(request, "year")))
    year = request.POST.get("year", "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        raise InvalidValue(parameter="year", value=year, expected=_("choose a year"))
    try:
        made = publish_sums(actor, int(year), request.POST.get("fingerprint", ""))
    except (PreviewChanged, NothingToPublish) as refused:
        page = publishing_page(actor, year)
        return answer(
            request, "companies/publishing.html", page, status=refused.http_status, refused=refused.message(_)
        )
    words = {"year": made.year, "number": made.number}
    messages.success(request, _("Publication %(number)s of %(year)s is open to everybody now.") % words)
    return redirect(f"{reverse('companies:publishing')}?year={made.year}")


@person_action
def withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a publication back."""
    try:
        gone = withdraw_publication(actor_of(request), key)
    except AlreadyWithdrawn as refused:
        messages.warning(request, refused.message(_))
        return redirect("companies:publishing")
    messages.success(
        request,
        _("Publication %(number)s of %(year)s is withdrawn.")
        % {
            "year": gone.year,
            "number": gone.number,
        },
    )
    return redirect(f"{reverse('companies:publishing')}?year={gone.year}")
