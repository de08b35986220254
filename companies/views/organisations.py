"""The organisation somebody works in: made, edited, left, and exchanged for another of theirs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.access import Action, hidden, require
from companies.accounts.members import leave as leave_organisation
from companies.accounts.organisations import create_organisation, edit_organisation
from companies.door import actor_of, go_on, person_action, person_view, work_in
from companies.errors import CompaniesError, FieldsRejected, LastAdmin, TooManyToday, VersionConflict
from companies.forms.faults import tell
from companies.forms.organisations import OrganisationForm
from companies.models import Organisation
from companies.profiles.organisation import OrganisationPage, organisation_page
from companies.queries.organisations import working_organisation
from markets.door.page import answer
from markets.forms import problems_of


@dataclass(frozen=True, slots=True)
class OrganisationForms:
    """The organisation and what can be done with it. problems: (id of the field, message)."""

    shown: OrganisationPage | None
    form: OrganisationForm
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody is about to leave. problem: why it cannot be."""

    shown: OrganisationPage
    problem: str = ""


@person_view
def organisation_new(request: HttpRequest) -> HttpResponse:
    """A new organisation; whoever makes it becomes its admin and works in it."""
    form = OrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = create_organisation(actor_of(request), typed["name"], typed["kind"], typed["home"] or None)
        except (FieldsRejected, TooManyToday) as failure:
            return _refused(request, "companies/organisation_new.html", None, form, failure)
        work_in(request, made.pk)
        messages.success(request, _("The organisation is made, and you are its admin. Invite your colleagues."))
        return redirect("companies:members")
    return _shown(request, "companies/organisation_new.html", None, form)


@person_view
def organisation(request: HttpRequest) -> HttpResponse:
    """The organisation worked in; admins edit it."""
    actor = actor_of(request)
    shown = organisation_page(actor)
    if request.method != "POST":
        row = working_organisation(actor)
        kept = {"name": row.name, "kind": row.kind, "home": row.home_id, "version": row.version}
        return _shown(request, "companies/organisation.html", shown, OrganisationForm(initial=kept))
    require(actor, Action.MANAGE)
    form = OrganisationForm(request.POST)
    if form.is_valid():
        typed = form.cleaned_data
        fields = {"name": typed["name"], "kind": typed["kind"], "home": typed["home"] or None}
        try:
            edit_organisation(actor, shown.organisation.id, typed["version"], **fields)
        except VersionConflict as failure:
            # What was typed stays; saved once more it replaces what the other person wrote, which is shown above it.
            form.data = {**form.data.dict(), "version": str(shown.version)}  # type: ignore[attr-defined]
            return _refused(request, "companies/organisation.html", shown, form, failure)
        except FieldsRejected as failure:
            return _refused(request, "companies/organisation.html", shown, form, failure)
        messages.success(request, _("Saved."))
        return redirect("companies:organisation")
    return _shown(request, "companies/organisation.html", shown, form)


@person_view
def leave(request: HttpRequest) -> HttpResponse:
    """What leaving means, and leaving."""
    actor = actor_of(request)
    shown = organisation_page(actor)
    if request.method == "POST":
        try:
            leave_organisation(actor, shown.organisation.id)
        except LastAdmin as failure:
            page = Leaving(shown, failure.message(_))
            return answer(request, "companies/leave.html", page, status=failure.http_status)
        messages.success(request, _("You have left %(name)s.") % {"name": shown.organisation.name})
        return redirect("markets:home")
    return answer(request, "companies/leave.html", Leaving(shown))


@person_action
def switch(request: HttpRequest) -> HttpResponse:
    """Work in another of one's organisations, and go on where one was."""
    wanted = request.POST.get("organisation", "")
    actor = actor_of(request)
    known = {str(each): each for each in actor.roles}
    if wanted not in known:
        raise hidden(Organisation, wanted[:40])
    work_in(request, uuid.UUID(wanted))
    return go_on(request, reverse("companies:organisation"))


def _shown(
    request: HttpRequest, template: str, shown: OrganisationPage | None, form: OrganisationForm, *, status: int = 422
) -> HttpResponse:
    problems = tuple(problems_of(form)) if form.is_bound else ()
    return answer(request, template, OrganisationForms(shown, form, problems), status=status if problems else 200)


def _refused(
    request: HttpRequest,
    template: str,
    shown: OrganisationPage | None,
    form: OrganisationForm,
    failure: CompaniesError | FieldsRejected,
) -> HttpResponse:
    tell(form, failure)
    return _shown(request, template, shown, form, status=failure.http_status)
