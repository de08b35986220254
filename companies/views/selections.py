"""Changing many records at once: choose, say what, look at what would happen, do it, take it back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.access import Actor, hidden
from companies.door import actor_of, person_action, person_view
from companies.errors import FieldsRejected, SelectionChanged
from companies.models import ExportRecord
from companies.profiles.selections import preview_page, selection_page
from companies.queries.records import RecordQuestion
from companies.records import bulk
from markets.door.page import answer


@person_action
def select(request: HttpRequest) -> HttpResponse:
    """Freeze what was ticked, or all that match, and go on to say what becomes of it."""
    given, actor = request.POST, actor_of(request)
    question = RecordQuestion.of(QueryDict(given.get("query", "")))
    try:
        chosen = bulk.select_records(actor, question, None if given.get("all") == "1" else _keys(given))
    except FieldsRejected as refused:
        messages.warning(request, refused.context["faults"][0].context["expected"])
        return redirect(f"{reverse('companies:record_list')}?view=all&{question.text()}")
    return redirect("companies:selection", chosen.pk)


@person_view
def selection(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What to do with the chosen records; with `step=preview` what it would change, with `step=apply` it is done."""
    actor = actor_of(request)
    if request.method != "POST":
        return answer(request, "companies/selection.html", selection_page(actor, key))
    wish = _wish(request.POST)
    try:
        if request.POST.get("step") == "apply":
            return _applied(request, actor, key, wish)
        page = preview_page(actor, key, wish)
    except FieldsRejected as refused:
        problems = [(fault.context["pointer"].strip("/"), fault.message(_)) for fault in refused.context["faults"]]
        page_ = selection_page(actor, key, wish)
        return answer(request, "companies/selection.html", page_, status=422, problems=problems)
    return answer(request, "companies/selection_preview.html", page)


@person_action
def undo(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take a change of many records back, where nobody has changed them since."""
    outcome = bulk.undo(actor_of(request), key)
    told = ngettext("%(count)s record is as it was.", "%(count)s records are as they were.", outcome.count)
    messages.success(request, told % {"count": outcome.count})
    if outcome.refused:
        form = ngettext(
            "%(count)s was changed since and stays as it is.",
            "%(count)s were changed since and stay as they are.",
            outcome.refused,
        )
        messages.warning(request, form % {"count": outcome.refused})
    return redirect("companies:selection", key)


def _applied(request: HttpRequest, actor: Actor, key: uuid.UUID, wish: bulk.Wish) -> HttpResponse:
    """Do it; where records were changed meanwhile, choose the same ones anew and show what it would change now."""
    try:
        outcome = bulk.apply(actor, key, wish)
    except SelectionChanged as refused:
        again = bulk.chosen_again(actor, key)
        page = preview_page(actor, again.pk, wish)
        return answer(request, "companies/selection_preview.html", page, status=409, refused=refused.message(_))
    if outcome.was_done:
        messages.info(request, _("This was done already; nothing was changed a second time."))
        return redirect("companies:selection", key)
    told = ngettext("%(count)s record was changed.", "%(count)s records were changed.", outcome.count)
    messages.success(request, told % {"count": outcome.count})
    if outcome.refused:
        form = ngettext("%(count)s could not be changed.", "%(count)s could not be changed.", outcome.refused)
        messages.warning(request, form % {"count": outcome.refused})
    if outcome.joined:
        form = ngettext(
            "%(count)s more matches now; it was left alone.",
            "%(count)s more match now; they were left alone.",
            outcome.joined,
        )
        messages.info(request, form % {"count": outcome.joined})
    return redirect("companies:selection", key)


def _wish(given: QueryDict) -> bulk.Wish:
    fields = [name for name in given.getlist("field") if name in bulk.FIELDS]
    values = {name: given.get(name, "") for name in fields}
    if values.get("hs_code"):
        values["hs_revision"] = given.get("hs_revision", "")
    return bulk.Wish(given.get("action", ""), values, given.get("removed_reason", ""))


def _keys(given: QueryDict) -> list[uuid.UUID]:
    """The ids ticked. Raises HiddenObject for what is no id."""
    try:
        return [uuid.UUID(text) for text in given.getlist("record")]
    except ValueError as wrong:
        raise hidden(ExportRecord, given.get("record", "")[:40]) from wrong
