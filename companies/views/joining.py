"""Coming in by a link: an invitation, or the first admin's. The secret is in the query, which no log keeps."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.accounts.first_admin import become_first_admin, check_first_admin_link
from companies.accounts.invitations import accept, invitation_of
from companies.door import actor_of, visitor_view, work_in
from companies.errors import FieldsRejected, InvitedOther
from companies.forms.faults import tell
from companies.forms.organisations import FirstAdminForm
from companies.profiles.organisation import InvitationPage, invitation_page
from markets.door.page import answer, word
from markets.door.request import request_id
from markets.forms import problems_of

# Where the library of accounts looks for an address that needs no letter any more.
_PROVEN: str = "account_verified_email"


@dataclass(frozen=True, slots=True)
class Joining:
    """An invitation before somebody. email: of who is signed in, to tell them; empty for who is not."""

    shown: InvitationPage
    secret: str
    email: str
    is_for_reader: bool


@dataclass(frozen=True, slots=True)
class FirstAdmin:
    """The form of the first admin. problems: (id of the field, message)."""

    form: FirstAdminForm
    secret: str
    problems: tuple[tuple[str, str], ...] = ()


@visitor_view
def invitation(request: HttpRequest) -> HttpResponse:
    """What an invitation offers; to join takes a form: a mail scanner that opens the link does nothing."""
    secret = request.POST.get("secret", "") or word(request, "secret")
    letter = invitation_of(secret)
    user = actor_of(request).user
    is_for_reader = user is not None and user.email == letter.email
    page = Joining(invitation_page(letter), secret, user.email if user else "", is_for_reader)
    if request.method != "POST":
        return answer(request, "companies/invitation.html", page)
    if request.POST.get("way") in {"sign_in", "sign_up"}:
        return _to_the_door(request, secret, letter.email, request.POST["way"])
    try:
        membership = accept(actor_of(request), secret)
    except InvitedOther as failure:
        return answer(request, "companies/invitation.html", page, status=failure.http_status)
    work_in(request, membership.organisation_id)
    messages.success(request, _("You belong to %(name)s now.") % {"name": page.shown.organisation.name})
    return redirect("companies:organisation")


def _to_the_door(request: HttpRequest, secret: str, email: str, way: str) -> HttpResponse:
    """To sign in or sign up, and back here. Who has the letter has its address: it needs no second letter."""
    if request.user.is_authenticated:
        logout(request)
    back = urlencode({"next": f"{reverse('companies:invitation')}?{urlencode({'secret': secret})}"})
    if way == "sign_up":
        request.session[_PROVEN] = email
    return redirect(f"{reverse('account_signup' if way == 'sign_up' else 'account_login')}?{back}")


@visitor_view
def first_admin(request: HttpRequest) -> HttpResponse:
    """The form that makes the first admin, for whoever holds the link."""
    secret = request.POST.get("secret", "") or word(request, "secret")
    check_first_admin_link(secret)
    if request.method != "POST":
        return answer(request, "companies/first_admin.html", FirstAdmin(FirstAdminForm(), secret))
    form = FirstAdminForm(request.POST)
    if form.is_valid():
        try:
            user = become_first_admin(secret, **form.cleaned_data, request_id=request_id(request))
        except FieldsRejected as failure:
            tell(form, failure)
        else:
            login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            UserSession.objects.create_from_request(request)
            messages.success(request, _("You run this Sogdia now, and you are signed in."))
            return redirect("companies:organisation" if form.cleaned_data["organisation"] else "markets:home")
    page = FirstAdmin(form, secret, tuple(problems_of(form)))
    return answer(request, "companies/first_admin.html", page, status=422)
