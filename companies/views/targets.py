"""Pages of target markets: one of them, its forms, and what is done with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.access import Actor, require_target
from companies.door import actor_of, go_on, person_action, person_page, person_view, version_sent
from companies.errors import AlreadyTracked, FieldsRejected, NotAllowed, NothingToShare, TooMany, VersionConflict
from companies.forms.faults import tell
from companies.forms.targets import ENTERED, TargetForm, edit_form, entry_forms, new_form, status_form
from companies.models import TargetEntry, TargetMarket
from companies.profiles.merging import BASE, VERSION, Merge, left_to_others, merge, sealed
from companies.profiles.target_page import (
    TargetChoices,
    TargetPage,
    company_choices,
    owner_choices,
    said,
    target_page,
    values_of,
)
from companies.profiles.targets import TargetRecord, target_records
from companies.queries.targets import one_target
from companies.targets import changing, entries, removing, sharing
from companies.targets.fields import LABELS
from companies.targets.tracking import track
from markets.door.page import LONGEST_WORD, answer
from markets.errors import MarketsError
from markets.forms import problems_of


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form of a target market. record None: a new one. problems: (id of the field, message).

    tracked: the one that is there already, where that is the problem.
    """

    form: TargetForm
    record: TargetRecord | None = None
    problems: Sequence[tuple[str, str]] = ()
    tracked: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class MergePage:
    """Two people's edits of one target market, to choose from field by field."""

    record: TargetRecord
    merge: Merge


@dataclass(frozen=True, slots=True)
class Forms:
    """What can be filled in on the page of a target market. notes: a form by kind. open_kind: the one that was sent."""

    status: TargetForm
    notes: Mapping[str, TargetForm]
    open_kind: str = ""


# ---------------------------------------------------------------- reading
@person_page
def target(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One target market."""
    return _page(request, key)


# ---------------------------------------------------------------- forms of their own
@person_view
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new target market, or the market tracked."""
    actor = actor_of(request)
    companies = company_choices(actor)
    if request.method != "POST":
        asked = {name: request.GET[name][:LONGEST_WORD] for name in ENTERED if name in request.GET}
        return answer(request, "companies/target_form.html", FormPage(new_form(companies, initial=asked)))
    form = new_form(companies, request.POST)
    try:
        made = track(actor, form.entries())
    except AlreadyTracked as there:
        tell(form, there)
        return _again(request, FormPage(form, problems=problems_of(form), tracked=there.context["target"]), there)
    except (FieldsRejected, TooMany) as rejected:
        tell(form, rejected)
        return _again(request, FormPage(form, problems=problems_of(form)), rejected)
    messages.success(request, _("You track this market now."))
    return redirect("companies:target", made.pk)


@person_view
def edit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form as the target market stands, or the edit; a choice between two versions where somebody was quicker."""
    actor = actor_of(request)
    row = _to_be_changed(actor, key)
    (record,) = target_records(actor, [row])
    choices = TargetChoices(owners=owner_choices(row))
    if request.method != "POST":
        stands = {**values_of(record), VERSION: record.version, BASE: sealed(values_of(record))}
        return answer(request, "companies/target_form.html", FormPage(edit_form(choices, initial=stands), record))
    form = edit_form(choices, request.POST)
    left = left_to_others(request.POST)
    values = {name: value for name, value in form.entries().items() if name not in left}
    try:
        saved = changing.change_target(actor, key, _version(request), values)
    except VersionConflict as conflict:
        return _merged(request, key, form, choices, conflict)
    except FieldsRejected as rejected:
        tell(form, rejected)
        return _again(request, FormPage(form, record, problems_of(form)), rejected)
    is_same = saved.version == _version(request)
    messages.success(request, _("Nothing differed, so nothing was saved.") if is_same else _("It is saved."))
    return redirect("companies:target", key)


# ---------------------------------------------------------------- what a button does
@person_action
def status(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Another status, with its reason."""
    actor = actor_of(request)
    values = status_form(request.POST).entries()
    if not values["reason"] and values["status"] == one_target(actor, key).status:
        del values["reason"]  # nothing new is said, so what was said stays
    done = _("The status is saved.")
    return _done(request, key, done, lambda: changing.change_target(actor, key, _version(request), values), of="status")


@person_action
def action_done(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The next action is done."""
    came_of_it = request.POST.get("said", "")
    done = _("It is done, and stands among the notes.")
    return _done(
        request, key, done, lambda: changing.finish_action(actor_of(request), key, _version(request), came_of_it)
    )


@person_action
def share(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let colleagues read it."""
    done = _("Your colleagues can read it now.")
    return _done(request, key, done, lambda: sharing.share_target(actor_of(request), key, _version(request)))


@person_action
def unshare(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Let nobody else read it."""
    done = _("Nobody else can read it any more.")
    return _done(request, key, done, lambda: sharing.unshare_target(actor_of(request), key, _version(request)))


@person_action
def remove(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Take it off every list."""
    reason = request.POST.get("reason", "")
    done = _("It is removed. Nothing brings it back but you.")
    return _done(
        request,
        key,
        done,
        lambda: removing.remove_target(actor_of(request), key, _version(request), reason),
        of="removed",
    )


@person_action
def restore(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Bring it back."""
    done = _("It is back, with its notes.")
    return _done(request, key, done, lambda: removing.restore_target(actor_of(request), key, _version(request)))


@person_action
def entry_add(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Note something of it."""
    actor = actor_of(request)
    kind = request.POST.get("kind", "")
    choices = target_page(actor, key).choices
    form = entry_forms(choices, request.POST, kind).get(kind)
    values = {"kind": kind, **(form.entries() if form else {})}
    return _done(request, key, _("It is noted."), lambda: entries.add_entry(actor, key, values), of=kind)


@person_action
def entry_remove(request: HttpRequest, key: uuid.UUID, entry: uuid.UUID) -> HttpResponse:
    """Take a note away."""
    return _done(request, key, _("The note is removed."), lambda: _entry_removed(actor_of(request), key, entry))


# ---------------------------------------------------------------- within
def _entry_removed(actor: Actor, key: uuid.UUID, entry: uuid.UUID) -> TargetEntry:
    return entries.remove_entry(actor, entries.one_entry(actor, entry, of_target=key).pk)


def _done(
    request: HttpRequest, key: uuid.UUID, told: str, write: Callable[[], object], *, of: str = ""
) -> HttpResponse:
    """Where the form says to go on, or the page of the target market after a write, or what stood against it.

    of: which form of the page was sent.
    """
    try:
        write()
    except (AlreadyTracked, FieldsRejected, NothingToShare, NotAllowed, TooMany, VersionConflict) as failure:
        return _page(request, key, failure, of)
    messages.success(request, told)
    return go_on(request, reverse("companies:target", args=(key,)))


def _page(request: HttpRequest, key: uuid.UUID, failure: MarketsError | None = None, of: str = "") -> HttpResponse:
    page = target_page(actor_of(request), key)
    shown = _forms(page, request.POST if failure else None, of)
    if failure is None:
        return answer(request, "companies/target.html", page, forms=shown)
    form = shown.status if of == "status" else shown.notes.get(of)
    if form is not None and isinstance(failure, FieldsRejected):
        tell(form, failure)
        problems = problems_of(form)
    else:
        faults = failure.context.get("faults", (failure,))
        problems = [(f"{of}_{_field(fault)}" if of else _field(fault), fault.message(_)) for fault in faults]
    return answer(
        request,
        "companies/target.html",
        page,
        status=failure.http_status,
        forms=shown,
        problems=problems,
        sent=of,
        typed=request.POST,
    )


def _field(fault: MarketsError) -> str:
    return str(fault.context.get("pointer", "")).strip("/")


def _forms(page: TargetPage, data: Mapping[str, Any] | None, of: str) -> Forms:
    stands = {"status": page.record.status, "reason": page.record.reason}
    notes = entry_forms(page.choices, data, of) if page.may_write else {}
    return Forms(status_form(data if of == "status" else None, stands), notes, of if of in notes else "")


def _to_be_changed(actor: Actor, key: uuid.UUID) -> TargetMarket:
    row = one_target(actor, key)
    require_target(actor, row)
    return row


def _again(request: HttpRequest, page: FormPage, failure: MarketsError) -> HttpResponse:
    return answer(request, "companies/target_form.html", page, status=failure.http_status)


def _merged(
    request: HttpRequest, key: uuid.UUID, form: TargetForm, choices: TargetChoices, conflict: VersionConflict
) -> HttpResponse:
    """What was typed beside what somebody else saved meanwhile; nothing is saved yet."""
    actor = actor_of(request)
    (now,) = target_records(actor, [one_target(actor, key)])
    beside = merge(
        {name: str(label) for name, label in LABELS.items()},
        yours=form.entries(),
        theirs=values_of(now),
        version=now.version,
        posted=request.POST,
        message=conflict.message(_),
        said=said(choices),
    )
    if beside.is_settled:
        messages.info(request, _("Somebody else has saved the same meanwhile."))
        return redirect("companies:target", key)
    return answer(request, "companies/target_merge.html", MergePage(now, beside), status=conflict.http_status)


def _version(request: HttpRequest) -> int | None:
    """The version a form was made from; None where it names none."""
    return version_sent(request.POST.get(VERSION, ""))
