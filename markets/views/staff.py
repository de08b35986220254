"""Editing of demand profiles by staff: one part at a time, each save the next version of the whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from markets.curation import (
    Difference,
    Part,
    ProfileContent,
    content_of,
    current_profile,
    difference,
    entries_of,
    publish_profile,
    register_document,
    with_part,
)
from markets.door.failures import error_page, failure_page
from markets.door.page import View, answer, refuse_unprintable, word
from markets.errors import EditConflict, MarketsError
from markets.forms import DocumentForm, EntryFormSet, NoteForm, entry_forms, problems_of
from markets.models import DemandProfile
from markets.profiles import part_head, profile_parts
from markets.profiles.demand import ProfileVersion, profile_version
from markets.profiles.editing import PartHead
from markets.profiles.markets import MarketRef

# The word in the address that leads to the form for a document the list does not hold yet.
NEW_DOCUMENT: Final = "document"


@dataclass(frozen=True, slots=True)
class Conflict:
    """What somebody else published meanwhile.

    difference: in the part that is being edited; elsewhere: how many entries of the others differ.
    """

    message: str
    version: ProfileVersion | None
    difference: Difference
    elsewhere: int


@dataclass(frozen=True, slots=True)
class PartPage:
    """A part under the editor's hands.

    based_on: the version that a save is held against; 0 when there was none.
    problems: (id of the field, message), each to be put right before anything is saved.
    """

    market: MarketRef
    part: str
    name: str
    entries: EntryFormSet
    note: NoteForm
    based_on: int
    problems: Sequence[tuple[str, str]] = ()
    conflict: Conflict | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """The form for a document."""

    market: MarketRef
    form: DocumentForm
    problems: Sequence[tuple[str, str]] = ()


def is_staff(request: HttpRequest) -> bool:
    """Whether a member of staff asks."""
    return bool(request.user.is_active and getattr(request.user, "is_staff", False))


def staff_view(view: View) -> View:
    """A view for members of staff: others are asked to sign in, or told that this is not for them. Never cached."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        user = request.user
        if not user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        if not is_staff(request):
            return error_page(request, 403)
        try:
            refuse_unprintable(request)
            response = view(request, *args, **kwargs)
        except MarketsError as failure:
            return failure_page(request, failure)
        add_never_cache_headers(response)
        return response

    return answering


@staff_view
def profile_edit(request: HttpRequest, iso3: str) -> HttpResponse:
    """The parts of a market's profile, one of them to edit, or a new document to cite."""
    asked = word(request, "part")
    if not asked:
        return answer(request, "markets/profile_edit.html", profile_parts(iso3))
    if asked == NEW_DOCUMENT:
        return _document(request, part_head(iso3, "", "").market)
    part = Part.parse(asked)
    head = part_head(iso3, part.kind, part.key)
    return _saved(request, head, part) if request.method == "POST" else _opened(request, head, part)


def _opened(request: HttpRequest, head: PartHead, part: Part) -> HttpResponse:
    """The part as the version in force has it."""
    current = current_profile(head.market.iso3)
    entries = entry_forms(part, entries_of(content_of(current), part))
    based_on = current.version if current else 0
    page = PartPage(head.market, str(part), head.name, entries, NoteForm(), based_on)
    return answer(request, "markets/profile_part.html", page)


def _saved(request: HttpRequest, head: PartHead, part: Part) -> HttpResponse:
    """The next version is published, or the form is shown again with what was typed and what stands against it."""
    note = NoteForm(request.POST)
    note_is_valid = note.is_valid()
    based_on = note.cleaned_data.get("based_on") or 0
    before = content_of(DemandProfile.objects.filter(area=head.market.iso3, version=based_on).first())
    entries = entry_forms(part, entries_of(before, part), request.POST)
    page = PartPage(head.market, str(part), head.name, entries, note, based_on)
    if not (entries.is_valid() and note_is_valid):
        return _again(request, replace(page, problems=[*entries.problems(), *problems_of(note)]), 422)
    after = with_part(before, part, entries.entries(part))
    if difference(before, after).is_empty:
        messages.info(request, _("Nothing was changed, so there is no new version."))
        return redirect("markets:profile_edit", head.market.iso3)
    try:
        published = _publish(request, head.market, after, note.cleaned_data["note"], based_on)
    except EditConflict as conflict:
        return _again(request, _with_conflict(page, part, before, conflict), conflict.http_status)
    messages.success(request, _("Version %(version)s is published.") % {"version": published.version})
    return redirect("markets:profile_edit", head.market.iso3)


def _publish(
    request: HttpRequest, market: MarketRef, content: ProfileContent, note: str, based_on: int
) -> DemandProfile:
    author = request.user
    assert isinstance(author, AbstractBaseUser)  # noqa: S101 staff_view let nobody else in
    return publish_profile(
        market.iso3,
        author=author,
        note=note,
        statements=content.statements,
        characters=content.characters,
        category_facts=content.category_facts,
        based_on_version=based_on or None,
    )


def _with_conflict(page: PartPage, part: Part, before: ProfileContent, conflict: EditConflict) -> PartPage:
    """What somebody else published meanwhile; the next save is held against that version."""
    current = current_profile(page.market.iso3)
    changed = difference(before, content_of(current))
    here = changed.of(part)
    told = Conflict(
        message=conflict.message(_),
        version=profile_version(current),
        difference=here,
        elsewhere=changed.count - here.count,
    )
    return replace(page, conflict=told, based_on=current.version if current else 0)


def _again(request: HttpRequest, page: PartPage | DocumentPage, status: int) -> HttpResponse:
    template = "markets/profile_part.html" if isinstance(page, PartPage) else "markets/profile_document.html"
    response = answer(request, template, page)
    response.status_code = status
    return response


def _document(request: HttpRequest, market: MarketRef) -> HttpResponse:
    """The form for a document, or the document written."""
    if request.method != "POST":
        return answer(request, "markets/profile_document.html", DocumentPage(market, DocumentForm()))
    form = DocumentForm(request.POST)
    if not form.is_valid():
        return _again(request, DocumentPage(market, form, problems_of(form)), 422)
    document = register_document(**form.cleaned_data)
    messages.success(request, _("The document %(code)s can be cited now.") % {"code": document.code})
    return redirect("markets:profile_edit", market.iso3)
