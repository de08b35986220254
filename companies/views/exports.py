"""Files of long lists: how far they are, and the files themselves, for the member who asked alone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.door import actor_of, person_action, person_page
from companies.profiles.exports import export_file, exports_page
from companies.records.exporting import cancel_export
from markets import downloads
from markets.door.page import answer, word


@person_page
def listing(request: HttpRequest) -> HttpResponse:
    """The reader's files. `part=live` is the list alone, asked for again while one is being made."""
    page = exports_page(actor_of(request))
    template = "companies/_exports.html" if word(request, "part") == "live" else "companies/exports.html"
    return answer(request, template, page)


@person_page
def file(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A file that is ready."""
    body, form, name = export_file(actor_of(request), key)
    return downloads.attachment(body, form, name)


@person_action
def cancel(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Stop making a file, or take it away."""
    cancel_export(actor_of(request), key)
    messages.success(request, _("The file is gone."))
    return redirect("companies:exports")
