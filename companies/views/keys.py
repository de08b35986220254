"""One's API keys: made, shown once, and revoked."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.accounts.keys import make_key, revoke_key
from companies.door import actor_of, person_action, person_view
from companies.errors import FieldsRejected, TooMany
from companies.forms.faults import tell
from companies.forms.organisations import KeyForm
from companies.profiles.organisation import KeysPage, keys_page, scope_choices
from markets.door.page import answer
from markets.forms import problems_of


@dataclass(frozen=True, slots=True)
class KeysForms:
    """The keys and the form of another. made: the text of the one just made, which no other page shows."""

    shown: KeysPage
    form: KeyForm
    made: str = ""
    made_name: str = ""
    problems: tuple[tuple[str, str], ...] = ()


@person_view
def keys(request: HttpRequest) -> HttpResponse:
    """The keys; a new one stands on the answer to the form that asked for it, and nowhere else."""
    actor = actor_of(request)
    choices = scope_choices(actor)
    if request.method != "POST":
        return answer(request, "companies/keys.html", KeysForms(keys_page(actor), KeyForm(choices=choices)))
    form = KeyForm(request.POST, choices=choices)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            key, text = make_key(
                actor, typed["name"], typed["scopes"], form.expires_at(), typed["networks"].replace(",", " ").split()
            )
        except (FieldsRejected, TooMany) as failure:
            tell(form, failure)
        else:
            page = KeysForms(keys_page(actor), KeyForm(choices=choices), text, key.name)
            return answer(request, "companies/keys.html", page)
    page = KeysForms(keys_page(actor), form, problems=_problems(form))
    return answer(request, "companies/keys.html", page, status=422)


@person_action
def key_revoke(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """End a key."""
    ended = revoke_key(actor_of(request), key)
    messages.success(request, _("The key %(name)s is revoked; it opens nothing any more.") % {"name": ended.name})
    return redirect("companies:keys")


def _problems(form: KeyForm) -> tuple[tuple[str, str], ...]:
    """What has to be put right; the scopes are a group of boxes, found by the group's id."""
    return tuple(
        (place or ("id_scopes" if words in form.errors.get("scopes", []) else ""), words)
        for place, words in problems_of(form)
    )
