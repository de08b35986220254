"""A person's own pages: settings, and what is kept of them."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from companies.accounts import people, privacy
from companies.door import actor_of, person_action, person_page, person_view
from companies.forms.accounts import SettingsForm
from companies.profiles.accounts import privacy_page, security_of
from markets.door.page import answer


@person_view
def settings(request: HttpRequest) -> HttpResponse:
    """How the person likes to read, and how their account is protected."""
    actor = actor_of(request)
    form = SettingsForm(request.POST or None, instance=actor.person)
    if request.method == "POST" and form.is_valid():
        person = people.choose_settings(actor, form.cleaned_data)
        messages.success(request, _("Your settings are saved."))
        here = reverse("companies:settings")
        return redirect(translate_url(here, person.language or get_language() or ""))
    status = 422 if form.errors else 200
    return answer(request, "companies/settings.html", security_of(actor), status=status, form=form)


@person_page
def privacy_view(request: HttpRequest) -> HttpResponse:
    """What is kept of the person, as a file; and the way to leave."""
    return answer(request, "companies/privacy.html", privacy_page(actor_of(request)))


@person_action
@reauthentication_required
def privacy_file(request: HttpRequest) -> HttpResponse:
    """Everything kept of the person, in one file."""
    headers = {"Content-Disposition": 'attachment; filename="sogdia-personal-data.json"'}
    return HttpResponse(privacy.personal_file(actor_of(request)), content_type="application/json", headers=headers)


@person_action
@reauthentication_required
def leave(request: HttpRequest) -> HttpResponse:
    """The account is to be deleted; all its sessions end at once."""
    privacy.leave(actor_of(request))
    logout(request)
    messages.success(request, _("You are signed out, and your account waits to be deleted. Sign in to keep it."))
    return redirect("markets:home")
