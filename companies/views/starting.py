"""The beginning: four questions, each of which can be skipped."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from companies.door import actor_of, person_view
from companies.errors import FieldsRejected
from companies.forms.starting import answers_of, words_of
from companies.profiles.starting import LAST, start_page, told
from companies.targets.starting import Begun, begin
from markets.door.page import answer, word
from markets.errors import InvalidValue

_THIS, _ALL = "this", "all"
_TEMPLATE: Final = "companies/start.html"


@person_view
def start(request: HttpRequest) -> HttpResponse:
    """One question; its answer is kept at once, then comes the next. To look for more keeps nothing."""
    actor, number = actor_of(request), _number(request)
    if request.method != "POST":
        return answer(request, _TEMPLATE, start_page(actor, number))
    given = answers_of(number, request.POST)
    if "find" in request.POST:
        return answer(request, _TEMPLATE, start_page(actor, number, given, words_of(request.POST)))
    skipped = request.POST.get("skip", "")
    try:
        begun = begin(actor, {} if skipped in {_THIS, _ALL} else given)
    except FieldsRejected as refused:
        problems = [(fault.context["pointer"].strip("/"), fault.message(_)) for fault in refused.context["faults"]]
        page = start_page(actor, number, given)
        return answer(request, _TEMPLATE, page, status=refused.http_status, problems=problems)
    if number < LAST and skipped != _ALL:
        return redirect(_in_language_of(begun, f"{reverse('companies:start')}?q={number + 1}"))
    for text in told(begun):
        messages.success(request, text)
    if skipped == _ALL:
        messages.success(request, _("The questions wait under Settings, should you want them."))
    return redirect(_in_language_of(begun, reverse("companies:workspace")))


def _number(request: HttpRequest) -> int:
    text = word(request, "q") or "1"
    if text not in map(str, range(1, LAST + 1)):
        raise InvalidValue(parameter="q", value=text, expected=_("it is a number from 1 to %(last)s") % {"last": LAST})
    return int(text)


def _in_language_of(begun: Begun, address: str) -> str:
    return translate_url(address, begun.person.language or get_language() or "")
