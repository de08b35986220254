"""One export record: its page, and what is decided on it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.door import actor_of, person_action, person_view
from companies.errors import FieldsRejected, OwnWork, VersionConflict, WrongState
from companies.profiles.record_page import record_page
from companies.records import deciding
from companies.records.entering import remove_record
from companies.views.records import version_of
from markets.door.page import answer
from markets.errors import MarketsError


@person_view
def record(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What a record states, who says so, what stands against it, what was done to it."""
    return _page(request, key)


@person_action
def submit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Ask a reviewer to decide."""
    done = _("The record waits for somebody else to decide on it.")
    return _done(request, key, done, lambda actor: deciding.submit(actor, key, version_of(request)))


@person_action
def approve(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Confirm what it states."""
    note = request.POST.get("decision_note", "")
    done = _("The record is approved.")
    return _done(request, key, done, lambda actor: deciding.approve(actor, key, version_of(request), note))


@person_action
def send_back(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give it back with a reason."""
    note = request.POST.get("decision_note", "")
    done = _("The record is sent back with your reason.")
    return _done(request, key, done, lambda actor: deciding.send_back(actor, key, version_of(request), note))


@person_action
def reopen(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take it back to a draft."""
    done = _("The record is a draft again.")
    return _done(request, key, done, lambda actor: deciding.reopen(actor, key, version_of(request)))


@person_action
def comment(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """A remark beside it."""
    text = request.POST.get("text", "")
    return _done(request, key, _("Your comment is there."), lambda actor: deciding.comment(actor, key, text))


@person_action
def remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take it off every list."""
    reason = request.POST.get("removed_reason", "")
    try:
        removed = remove_record(actor_of(request), key, version_of(request), reason)
    except (VersionConflict, WrongState, FieldsRejected) as failure:
        return _page(request, key, failure)
    messages.success(request, _("The record is removed; its history stays in the change log."))
    return redirect("companies:company", removed.company_id)


def _done(request: HttpRequest, key: uuid.UUID, told: str, write: Callable[[Actor], object]) -> HttpResponse:
    """The record's page after a write, or with what stood against it."""
    try:
        write(actor_of(request))
    except (VersionConflict, WrongState, OwnWork, FieldsRejected) as failure:
        return _page(request, key, failure)
    messages.success(request, told)
    return redirect("companies:record", key)


def _page(request: HttpRequest, key: uuid.UUID, failure: MarketsError | None = None) -> HttpResponse:
    page = record_page(actor_of(request), key)
    if failure is None:
        return answer(request, "companies/record.html", page)
    faults = failure.context.get("faults", (failure,))
    problems = [(fault.context.get("pointer", "").strip("/"), fault.message(_)) for fault in faults]
    return answer(
        request,
        "companies/record.html",
        page,
        status=failure.http_status,
        problems=problems,
        typed=request.POST,
    )
