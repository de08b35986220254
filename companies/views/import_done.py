"""The last steps of an import: what would happen, doing it, what has happened, taking it back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import Action, one, require
from companies.door import actor_of, person_action, person_page, version_sent
from companies.errors import (
    AlreadyImported,
    CompaniesError,
    ImportAtWork,
    ImportElsewhere,
    ImportRejected,
    NothingToImport,
    UndoOver,
    VersionConflict,
)
from companies.importing.doing import steps
from companies.models import Import
from companies.profiles.import_done import done_page, preview_page
from companies.profiles.imports import stands_at
from markets.door.page import answer
from markets.jobs import wake_later


@person_page
def preview(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What the import would do. Nothing is written by looking."""
    imported = one(actor_of(request), Import, key)
    if imported.step != Import.Step.CHECKED or stands_at(imported) == "done":
        return redirect("companies:import", imported.pk)
    return answer(request, "companies/import_preview.html", preview_page(imported))


@person_action
def committed(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Import what was looked at."""
    again = request.POST.get("again") == "1"
    return _decided(request, key, lambda actor, version: steps.commit(actor, key, version, again=again))


@person_page
def done(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What was imported, or is being imported; or what became of that when it was taken back."""
    imported = one(actor_of(request), Import, key)
    if stands_at(imported) != "done":
        return redirect("companies:import", imported.pk)
    return answer(request, "companies/import_done.html", done_page(imported))


@person_action
def undone(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take back what was imported."""
    return _decided(request, key, lambda actor, version: steps.undo(actor, key, version))


def _decided(request: HttpRequest, key: uuid.UUID, decide: Callable[..., Import]) -> HttpResponse:
    actor = actor_of(request)
    imported = one(actor, Import, key)
    require(actor, Action.IMPORT, imported.organisation_id)
    try:
        decided = decide(actor, version_sent(request.POST.get("version", "")))
    except (AlreadyImported, ImportRejected, NothingToImport) as refused:
        return _preview_again(request, key, refused)
    except (VersionConflict, ImportElsewhere, ImportAtWork, UndoOver) as overtaken:
        messages.warning(request, overtaken.message(_))
        return redirect("companies:import", key)
    if decided.job is not None:
        wake_later(decided.job)
    return redirect("companies:import_done", key)


def _preview_again(request: HttpRequest, key: uuid.UUID, refused: CompaniesError) -> HttpResponse:
    """The same page with why it was not done, and the field that answers it."""
    page = preview_page(one(actor_of(request), Import, key))
    field = "again" if isinstance(refused, AlreadyImported) else ""
    return answer(
        request,
        "companies/import_preview.html",
        page,
        status=refused.http_status,
        problems=[(field, refused.message(_))],
    )
