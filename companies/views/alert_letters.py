"""How often letters with alerts come, and the link in each of them that ends them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from companies.alerts.how_often import choose_letters
from companies.alerts.unsubscribing import gets_letters, person_of, unsubscribe
from companies.door import actor_of, person_view, visitor_view
from companies.forms.alert_letters import AlertLettersForm
from companies.profiles.alert_letters import letters_page
from markets.door.page import answer, word
from markets.door.request import request_id


@dataclass(frozen=True, slots=True)
class Ending:
    """The page of the link. is_done: no letters come any more."""

    is_done: bool


@person_view
def letters(request: HttpRequest) -> HttpResponse:
    """How often the person gets letters, and when the next is due."""
    actor = actor_of(request)
    page = letters_page(actor)
    form = AlertLettersForm(request.POST or None, initial={"frequency": page.frequency})
    if request.method == "POST" and form.is_valid():
        choose_letters(actor, form.cleaned_data["frequency"])
        messages.success(request, _("Your choice is saved."))
        return redirect("companies:alert_letters")
    problems = [("id_frequency", message) for message in form.errors.get("frequency", ())]
    status = 422 if problems else 200
    return answer(request, "companies/alert_letters.html", page, status=status, form=form, problems=problems)


@visitor_view
def _ended(request: HttpRequest) -> HttpResponse:
    """What the link ends; to end it takes a form: a mail scanner that opens the link does nothing."""
    token = word(request, "token")
    if request.method == "POST":
        unsubscribe(token, request_id=request_id(request))
    ending = Ending(is_done=not gets_letters(person_of(token)))
    return answer(request, "companies/alert_unsubscribe.html", ending)


# A mail program that ends letters for its reader has neither a session nor the token of a page (RFC 8058): the signed
# token of the link alone says whose letters end, and nothing else can be done with it.
alert_unsubscribe = csrf_exempt(_ended)
