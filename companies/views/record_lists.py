"""The list of records: looked at, taken away as a file, saved as a view."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from companies.access import Actor
from companies.door import actor_of, person_action, person_page, version_sent
from companies.errors import FieldsRejected
from companies.models import SavedView
from companies.profiles.record_list import PAGE_SIZES, record_list, record_table
from companies.profiles.record_totals import converted_totals
from companies.queries.paging import page_number
from companies.queries.records import RecordQuestion, matching
from companies.queries.views import ViewRef, default_view, view_ref
from companies.records import views
from companies.records.exporting import MOST_AT_ONCE, ask_export
from markets import downloads
from markets.door.page import answer, download_form, with_bom
from markets.errors import InvalidValue
from markets.jobs import wake_later

# Words of the address that say how the list is shown; all others are its question.
OWN_WORDS: Final = ("view", "page", "rows", "density", "download", "bom", "apply", "in")
DENSITIES: Final = ("", "compact")
ALL: Final = "all"


@person_page
def listing(request: HttpRequest) -> HttpResponse:
    """The records of the organisation; `?download=` gives all that match as a file."""
    actor = actor_of(request)
    view, question = asked(request, actor)
    form = download_form(request)
    if form is not None:
        return _file(request, actor, question, form)
    rows = _rows(request)
    page = record_list(actor, question, view=view, page=page_number(request.GET.get("page", "")), page_size=rows)
    if "apply" in request.GET:
        return redirect(f"{reverse('companies:record_list')}?{page.address_of(question)}")
    density = request.GET.get("density", "")
    density = density if density in DENSITIES else ""
    return answer(request, "companies/records.html", page, density=density, sizes=PAGE_SIZES)


@person_page
def total(request: HttpRequest) -> HttpResponse:
    """The records that match in one currency, with every rate that was used: asked for, never by itself."""
    actor = actor_of(request)
    _view, question = asked(request, actor)
    currency = request.GET.get("in", "") or (actor.person.currency_id or "USD")
    page = converted_totals(matching(actor, question), currency)
    template = "companies/_converted.html" if request.headers.get("HX-Request") else "companies/converted.html"
    return answer(request, template, page, back=request.GET.urlencode(), question=question)


def asked(request: HttpRequest, actor: Actor) -> tuple[ViewRef | None, RecordQuestion]:
    """The saved view and the question of an address; without any word, what the list opens with.

    Raises HiddenObject, UnknownParameter, InvalidValue.
    """
    given = request.GET.copy()
    own = {word: given.pop(word)[-1] for word in OWN_WORDS if word in given}
    key = own.get("view", "")
    view = view_ref(actor, key) if key and key != ALL else None
    if not key and not given:
        view = default_view(actor)
    return view, RecordQuestion.of(given, view.question if view else None)


@person_action
def save(request: HttpRequest) -> HttpResponse:
    """Save what is shown under a name, for oneself or for everybody."""
    given = request.POST
    actor = actor_of(request)
    return _done(
        request,
        lambda: views.save_view(
            actor, given.get("name", ""), given.get("query", ""), is_shared=given.get("is_shared") == "1"
        ),
        _("The view is saved."),
        given.get("query", ""),
    )


@person_action
def change(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Rename a view, let it ask what is shown now, share it, make it the default, or delete it."""
    given, actor = request.POST, actor_of(request)
    query, version = given.get("query", ""), version_sent(given.get("version", ""))
    wanted = given.get("do", "")
    if wanted not in _CHANGES:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(_CHANGES)}
        raise InvalidValue(parameter="do", value=wanted[:40], expected=expected)
    work, told = _CHANGES[wanted]
    return _done(request, lambda: work(actor, key, version, given), _(told), query)


_Work = Callable[[Actor, uuid.UUID, int | None, QueryDict], SavedView | None]
_CHANGES: Final[Mapping[str, tuple[_Work, str]]] = {
    "rename": (
        lambda actor, key, version, given: views.change_view(actor, key, version, name=given.get("name", "")),
        gettext_noop("The view is renamed."),
    ),
    "update": (
        lambda actor, key, version, given: views.change_view(actor, key, version, query=given.get("query", "")),
        gettext_noop("The view is saved."),
    ),
    "share": (
        lambda actor, key, version, _given: views.share_view(actor, key, version),
        gettext_noop("The view is shared with your organisation."),
    ),
    "unshare": (
        lambda actor, key, version, _given: views.change_view(actor, key, version, is_shared=False),
        gettext_noop("The view is yours alone again."),
    ),
    "default": (
        lambda actor, key, version, _given: views.make_default(actor, key, version),
        gettext_noop("The list opens with this view from now on."),
    ),
    "no-default": (
        lambda actor, key, version, _given: views.make_default(actor, key, version, is_default=False),
        gettext_noop("The list opens with all records again."),
    ),
    "delete": (
        lambda actor, key, version, _given: views.delete_view(actor, key, version),
        gettext_noop("The view is deleted; the records stay."),
    ),
}


def _done(request: HttpRequest, work: Callable[[], SavedView | None], told: str, query: str) -> HttpResponse:
    """Do it, say so, and show the view; or say what is wrong and show the list as it was."""
    try:
        view = work()
    except FieldsRejected as refused:
        for fault in refused.context["faults"]:
            messages.warning(request, fault.message(_))
        words = QueryDict(query).urlencode()
    else:
        messages.success(request, told)
        words = urlencode({"view": str(view.pk)}) if view is not None else ""
    return redirect(f"{reverse('companies:record_list')}?{words}" if words else reverse("companies:record_list"))


def _file(request: HttpRequest, actor: Actor, question: RecordQuestion, form: downloads.Form) -> HttpResponse:
    """All that match as a file; a long list is made in the background."""
    count = matching(actor, question).count()
    if count > MOST_AT_ONCE:
        export = ask_export(actor, question, form.value)
        if export.job is not None:
            wake_later(export.job)
        messages.success(request, _("The file is being made. It will stand here when it is ready."))
        return redirect("companies:exports")
    return downloads.response(record_table(actor, question), form, with_bom=with_bom(request))


def _rows(request: HttpRequest) -> int:
    text = request.GET.get("rows", "") or str(PAGE_SIZES[0])
    if text not in map(str, PAGE_SIZES):
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(map(str, PAGE_SIZES))}
        raise InvalidValue(parameter="rows", value=text[:40], expected=expected)
    return int(text)
