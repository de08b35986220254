"""Import of files: the list, handing one in, the way to the step an import is at, and how its work goes on."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from companies.access import Action, one, require
from companies.door import actor_of, person_action, person_page, person_view, version_sent
from companies.errors import (
    FieldsRejected,
    FileRefused,
    FileTooLarge,
    ImportAtWork,
    ImportElsewhere,
    InvalidField,
    TooManyThisHour,
    VersionConflict,
)
from companies.forms import once
from companies.forms.imports import reading_choices
from companies.importing.doing.steps import choose_reading, discard
from companies.importing.doing.uploading import upload
from companies.importing.reading.form import MOST_BYTES, Choices
from companies.models import Import
from companies.profiles.import_read import found_of, read_page
from companies.profiles.import_words import STEPS
from companies.profiles.imports import import_head, imports_page, new_import_page, stands_at
from markets import jobs, wording
from markets.door.bodies import size_beyond
from markets.door.page import answer, word
from markets.errors import MarketsError
from markets.jobs import wake_later


@person_page
def listing(request: HttpRequest) -> HttpResponse:
    """The imports of the organisation, newest first."""
    return answer(request, "companies/import_list.html", imports_page(actor_of(request), request.GET.get("page", "")))


@csrf_exempt  # the token stands in the body, which is not read before its size and its sender are known
@person_view
def new(request: HttpRequest) -> HttpResponse:
    """Hand in a file. It is kept as it is; a worker reads it."""
    require(actor_of(request), Action.IMPORT)
    if request.method != "POST":
        return _form(request)
    if size_beyond(request, MOST_BYTES) is not None:
        return _form(request, FileTooLarge(name=_("you sent"), most=wording.number(MOST_BYTES)))
    return _taken(request)


@csrf_protect
def _taken(request: HttpRequest) -> HttpResponse:
    given = request.FILES.getlist("file")
    if len(given) != 1:
        expected = _("choose one file; others can follow, one after the other") if given else _("choose a file first")
        return _form(request, InvalidField(field=_("The file"), pointer="/file", expected=expected))
    actor, file = actor_of(request), given[0]
    try:
        key = once.taken(request.POST.get("once", ""), actor.person)
        imported = upload(actor, _name(file), file.chunks(), key=key)
    except (FileTooLarge, FileRefused, TooManyThisHour) as refused:
        return _form(request, refused)
    if imported.job is not None:
        wake_later(imported.job)
    return led(request, reverse("companies:import", args=[imported.pk]))


def _name(file: UploadedFile) -> str:
    return file.name or ""


def _form(request: HttpRequest, refused: MarketsError | None = None) -> HttpResponse:
    actor = actor_of(request)
    page = new_import_page(actor, once.given_out(actor.person))
    problems = [("file", refused.message(_))] if refused else []
    status = refused.http_status if refused else 200
    return answer(request, "companies/import_new.html", page, status=status, problems=problems)


@person_page
def where_it_is(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The way to the step that an import is at."""
    imported = one(actor_of(request), Import, key)
    return redirect(f"companies:import_{stands_at(imported)}", imported.pk)


@person_page
def progress(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What changes while work is under way. at: the step whose page asks. Once it is over, that page is made anew."""
    imported = one(actor_of(request), Import, key)
    at = word(request, "at")
    head = import_head(imported, at if at in STEPS else stands_at(imported))
    if head.is_busy:
        return answer(request, "companies/_import_progress.html", None, head=head, heard=word(request, "heard"))
    if at != stands_at(imported) or not request.headers.get("HX-Request"):
        return led(request, reverse("companies:import", args=[imported.pk]))
    if at != "read":
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    # What was chosen is looked at without losing the place on the page.
    response = answer(request, "companies/import_read.html", read_page(imported))
    for name, value in (("Retarget", "#import-page"), ("Reselect", "#import-page"), ("Reswap", "outerHTML")):
        response.headers[f"HX-{name}"] = value
    return response


@person_view
def read(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How the file was read; what is chosen otherwise reads it again."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    if request.method != "POST":
        return answer(request, "companies/import_read.html", read_page(imported))
    version = version_sent(request.POST.get("version", ""))
    try:
        asked = choose_reading(actor, imported.pk, version, _choices(request, imported))
    except FieldsRejected as refused:
        problems = [(fault.context["pointer"].strip("/"), fault.message(_)) for fault in refused.context["faults"]]
        page = read_page(imported, request.POST.dict())
        return answer(request, "companies/import_read.html", page, status=422, problems=problems)
    except (VersionConflict, ImportElsewhere, ImportAtWork) as overtaken:
        messages.warning(request, overtaken.message(_))
        return led(request, reverse("companies:import", args=[imported.pk]))
    if asked.job is not None:
        wake_later(asked.job)
    return redirect("companies:import_read", asked.pk)


def _choices(request: HttpRequest, imported: Import) -> Choices:
    """What the form says; nothing is chosen any more where the reading is begun anew."""
    if request.POST.get("anew") == "1" or not imported.found:
        return Choices()
    return reading_choices(request.POST.dict(), found_of(imported), Choices(**imported.choices))


@person_action
def again(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let work that did not come through wait for a worker once more."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    require(actor, Action.IMPORT, imported.organisation_id)
    if imported.job is not None and import_head(imported, stands_at(imported)).can_try_again:
        wake_later(jobs.retry(imported.job))
    return led(request, reverse("companies:import", args=[imported.pk]))


@person_action
def discarded(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Throw a file away that was not imported."""
    imported = discard(actor_of(request), key, version_sent(request.POST.get("version", "")))
    messages.success(request, _("%(name)s is discarded. Your records are as they were.") % {"name": imported.file_name})
    return redirect("companies:import_list")


def led(request: HttpRequest, address: str) -> HttpResponse:
    """The way to another page, for a form sent by a script as for one sent without."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
