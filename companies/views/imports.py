"""Import of files: the list, the way to the step an import is at, and how its work goes on."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from companies.access import one
from companies.door import actor_of, person_page
from companies.models import Import
from companies.profiles.import_words import STEPS
from companies.profiles.imports import import_head, stands_at
from markets.door.page import answer, word


@person_page
def where_it_is(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The way to the step that an import is at."""
    imported = one(actor_of(request), Import, key)
    return redirect(f"companies:import_{stands_at(imported)}", imported.pk)


@person_page
def progress(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What changes while work is under way. at: the step whose page asks. Once it is over, that page is made anew."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    at = word(request, "at")
    head = import_head(actor, imported, at if at in STEPS else stands_at(imported))
    if head.is_busy:
        return answer(request, "companies/_import_progress.html", None, head=head, heard=word(request, "heard"))
    if not request.headers.get("HX-Request"):
        return redirect("companies:import", imported.pk)
    response = HttpResponse(status=204)
    if at == stands_at(imported):
        response.headers["HX-Refresh"] = "true"
    else:
        response.headers["HX-Redirect"] = reverse("companies:import", args=[imported.pk])
    return response
