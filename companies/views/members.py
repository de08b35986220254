"""Who belongs to the organisation: roles, invitations, removals."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import Action, hidden, one, require
from companies.accounts import invitations
from companies.accounts.members import change_role, end_membership
from companies.door import actor_of, person_action, person_view
from companies.errors import CompaniesError, FieldsRejected, HiddenObject, NotAllowed
from companies.forms.faults import tell
from companies.forms.organisations import InviteForm, RoleForm
from companies.models import Membership
from companies.profiles.organisation import MemberLine, MembersPage, members_page
from markets.door.page import answer
from markets.errors import InvalidRequest
from markets.forms import problems_of


@dataclass(frozen=True, slots=True)
class MembersForms:
    """The members, and the form that invites another. problems: (id of the field, message)."""

    shown: MembersPage
    form: InviteForm
    problems: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """A member who is about to be removed. problem: why they cannot be."""

    shown: MembersPage
    member: MemberLine
    problem: str = ""


@person_view
def members(request: HttpRequest) -> HttpResponse:
    """Everybody, and the form by which admins invite another."""
    actor = actor_of(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST":
        require(actor, Action.MANAGE)
        if form.is_valid():
            return _invited(request, form)
    return _shown(request, form)


def _invited(request: HttpRequest, form: InviteForm) -> HttpResponse:
    try:
        letter = invitations.invite(actor_of(request), form.cleaned_data["email"], form.cleaned_data["role"])
    except (NotAllowed, HiddenObject):
        raise
    except (FieldsRejected, CompaniesError) as failure:
        tell(form, failure)
        return _shown(request, form, status=failure.http_status)
    messages.success(request, _("A letter is on its way to %(email)s.") % {"email": letter.email})
    return redirect("companies:members")


@person_action
def member_role(request: HttpRequest, key: int) -> HttpResponse:
    """Another role for a member."""
    actor = actor_of(request)
    member = one(actor, Membership, key, Action.READ)
    require(actor, Action.MANAGE, member.organisation_id)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise InvalidRequest(reason=_("choose a role of the list"))
    try:
        change_role(actor, key, form.cleaned_data["version"], form.cleaned_data["role"])
    except (NotAllowed, HiddenObject):
        raise
    except CompaniesError as failure:
        return _shown(request, InviteForm(), failure)
    messages.success(request, _("The role is changed. It counts from the next page on."))
    return redirect("companies:members")


@person_view
def member_remove(request: HttpRequest, key: int) -> HttpResponse:
    """What removing a member means, and removing them."""
    actor = actor_of(request)
    require(actor, Action.MANAGE, one(actor, Membership, key).organisation_id)
    shown = members_page(actor)
    member = next((each for each in shown.members if each.id == key), None)
    if member is None:
        raise hidden(Membership, key)
    if request.method != "POST":
        return answer(request, "companies/member_remove.html", Removal(shown, member))
    try:
        end_membership(actor, key)
    except (NotAllowed, HiddenObject):
        raise
    except CompaniesError as failure:
        page = Removal(shown, member, failure.message(_))
        return answer(request, "companies/member_remove.html", page, status=failure.http_status)
    messages.success(request, _("%(name)s belongs to the organisation no more.") % {"name": member.person.name})
    return redirect("companies:members")


@person_action
def invitation_withdraw(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Make a letter void."""
    invitations.withdraw(actor_of(request), key)
    messages.success(request, _("The invitation is withdrawn; its link opens nothing any more."))
    return redirect("companies:members")


def _shown(
    request: HttpRequest, form: InviteForm, failure: CompaniesError | None = None, *, status: int = 422
) -> HttpResponse:
    problems = list(problems_of(form)) if form.is_bound else []
    if failure is not None:
        problems, status = [("", failure.message(_))], failure.http_status
    page = MembersForms(members_page(actor_of(request)), form, tuple(problems))
    return answer(request, "companies/members.html", page, status=status if problems else 200)
