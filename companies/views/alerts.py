"""What a person was told: the list, and marking alerts as read."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.alerts.rules import mark_all_read, mark_read
from companies.door import actor_of, go_on, person_action, person_page
from companies.forms.alerts import AlertFilterForm
from companies.profiles.alert_pages import AlertQuestion, alerts_page
from companies.queries.paging import page_number
from markets import wording
from markets.door.page import answer
from markets.errors import InvalidValue


@person_page
def alert_list(request: HttpRequest) -> HttpResponse:
    """The alerts that match, those not read first."""
    form = AlertFilterForm(request.GET)
    if not form.is_valid():
        name = next(iter(form.errors))
        expected = _("choose one of the list, or leave it out")
        raise InvalidValue(parameter=name, value=request.GET.get(name, "")[:40], expected=expected)
    asked = form.cleaned_data
    question = AlertQuestion(asked["market"].upper(), asked["rule"], asked["unread"])
    page = alerts_page(actor_of(request), question, page_number(asked["page"]))
    return answer(request, "companies/alerts.html", page)


@person_action
def alert_read(request: HttpRequest) -> HttpResponse:
    """Mark alerts as read: those that are named, or all up to the newest that was shown."""
    actor, keys = actor_of(request), request.POST.getlist("alert")
    count = mark_read(actor, keys) if keys else mark_all_read(actor, up_to=request.POST.get("up_to") or None)
    told = ngettext("%(count)s alert is marked as read.", "%(count)s alerts are marked as read.", count)
    messages.success(request, told % {"count": wording.number(count)})
    return go_on(request, reverse("companies:alert_list"))
