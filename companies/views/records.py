"""Entering and editing an export record."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require, seen, working_where
from companies.door import actor_of, person_view, version_sent
from companies.errors import FieldsRejected, VersionConflict
from companies.forms.faults import tell
from companies.forms.once import given_out, taken
from companies.forms.records import (
    RecordForm,
    as_texts,
    companies_offered,
    company_found,
    said,
)
from companies.models import Company, ExportRecord
from companies.profiles.merging import BASE, VERSION, Merge, left_to_others, merge, sealed
from companies.profiles.records import RecordEntry, record_entries
from companies.queries.one_record import companies_of, newest_of_person, one_record
from companies.records.checking import checked, known, values_of
from companies.records.entering import edit_record, enter_record
from companies.records.fields import LABELS, label
from markets.door.page import LONGEST_WORD, answer
from markets.forms import problems_of

ANOTHER: Final = "another"
# What the next record most likely has in common with the last one.
_CARRIED_ON = ("hs_revision", "multiplier", "currency")
_CARRIED_BY_ANOTHER = ("company", "destination", "category", "period")


@dataclass(frozen=True, slots=True)
class FormPage:
    """The form of a record. companies: offered as the field is typed in; entry None: a new record.

    may_be: companies that may be meant by what was typed, to choose from. problems: (id of the field, message).
    """

    form: RecordForm
    companies: Sequence[Company]
    entry: RecordEntry | None = None
    may_be: Sequence[Company] = ()
    problems: Sequence[tuple[str, str]] = ()

    @property
    def is_decided(self) -> bool:
        """Whether saving takes an approved or waiting record back to a draft."""
        return self.entry is not None and self.entry.status in ("submitted", "approved")


@dataclass(frozen=True, slots=True)
class MergePage:
    """Two people's edits of one record, to choose from field by field."""

    entry: RecordEntry
    merge: Merge


@person_view
def record_new(request: HttpRequest) -> HttpResponse:
    """An empty form, or the record that was typed into it."""
    actor = actor_of(request)
    require(actor, Action.WRITE)
    return _enter(request, actor) if request.method == "POST" else _empty(request, actor)


@person_view
def record_edit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form as the record stands, or the edit that was typed into it."""
    record = one_record(actor_of(request), key)
    actor = working_where(actor_of(request), record)
    require(actor, Action.WRITE, record.organisation_id)
    if request.method == "POST":
        return _save(request, actor, record)
    values = as_texts(values_of(record))
    stands = {VERSION: record.version, BASE: sealed(values), "company": record.company.name}
    return _shown(request, actor, RecordForm(initial=values | stands), record)


# ---------------------------------------------------------------- entering
def _empty(request: HttpRequest, actor: Actor) -> HttpResponse:
    last = newest_of_person(actor)
    values = as_texts(values_of(last)) if last else {}
    initial = {"hs_revision": "HS2022"} | {name: values[name] for name in _CARRIED_ON if values.get(name)}
    initial |= {name: request.GET[name][:LONGEST_WORD] for name in _CARRIED_BY_ANOTHER if name in request.GET}
    named = companies_of(actor, [initial.get("company", "")])
    initial |= {"company": named[0].name} if named else {}
    return _shown(request, actor, RecordForm(initial=initial | {"once": given_out(actor.person)}))


def _enter(request: HttpRequest, actor: Actor) -> HttpResponse:
    form = RecordForm(request.POST)
    key = taken(request.POST.get("once", ""), actor.person)
    if key is None:
        return _too_old(request, actor)
    if seen(actor, ExportRecord).filter(pk=key).exists():
        messages.info(request, _("This form was entered already, so nothing was entered twice."))
        return redirect("companies:record", key)
    company, may_be = _company_meant(actor, form)
    values = form.entries() | {"company": company}
    try:
        record = enter_record(actor, values, key=key)
    except FieldsRejected as rejected:
        tell(form, rejected)
        return _shown(request, actor, form, may_be=may_be)
    messages.success(request, _("The record is entered as a draft."))
    if request.POST.get("then") == ANOTHER:
        same = {name: values[name] for name in _CARRIED_BY_ANOTHER} | {"company": str(record.company_id)}
        query = urlencode({name: value for name, value in same.items() if value})
        return redirect(f"{reverse('companies:record_new')}?{query}")
    return redirect("companies:record", record.pk)


def _too_old(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same entries in a form that is good again."""
    data = request.POST.copy()
    data["once"] = given_out(actor.person)
    form = RecordForm(data)
    form.add_error(None, _("This form was not given out to you, or too long ago. Look at the entries and save again."))
    return _shown(request, actor, form)


# ---------------------------------------------------------------- editing
def _save(request: HttpRequest, actor: Actor, record: ExportRecord) -> HttpResponse:
    form = RecordForm(request.POST)
    company, may_be = _company_meant(actor, form, record)
    values = form.entries() | {"company": company}
    mine = {name: value for name, value in values.items() if name not in left_to_others(request.POST)}
    try:
        saved = edit_record(actor, record.pk, version_of(request), mine)
    except FieldsRejected as rejected:
        tell(form, rejected)
        return _shown(request, actor, form, record, may_be)
    except VersionConflict as conflict:
        return _merged(request, actor, record.pk, values, conflict)
    is_same = saved.version == version_of(request)
    messages.success(request, _("Nothing differed, so nothing was saved.") if is_same else _("The record is saved."))
    return redirect("companies:record", record.pk)


def _merged(
    request: HttpRequest, actor: Actor, key: uuid.UUID, values: Mapping[str, Any], conflict: VersionConflict
) -> HttpResponse:
    """Both people's entries beside each other; nothing is saved yet."""
    now = one_record(actor, key)
    yours, theirs = as_texts(_as_kept(actor, now, values)), as_texts(values_of(now))
    beside = merge(
        {name: label(name) for name in LABELS},
        yours=yours,
        theirs=theirs,
        version=now.version,
        posted=request.POST,
        message=conflict.message(_),
        said=said(companies_of(actor, [yours["company"], theirs["company"]])),
    )
    if beside.is_settled:
        messages.info(request, _("Somebody else has saved the same meanwhile."))
        return redirect("companies:record", key)
    page = MergePage(record_entries(actor, [now])[0], beside)
    return answer(request, "companies/record_merge.html", page, status=conflict.http_status)


def _as_kept(actor: Actor, record: ExportRecord, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Entries as they would be kept, so that only what differs in fact is asked about."""
    columns, faults = checked(values, known(actor, record.organisation_id, [values], record.company_id))
    return values if faults else values_of(ExportRecord(**columns))


def version_of(request: HttpRequest) -> int | None:
    """The version a form was made from; None where it names none."""
    return version_sent(request.POST.get(VERSION, ""))


# ---------------------------------------------------------------- both
def _company_meant(
    actor: Actor, form: RecordForm, record: ExportRecord | None = None
) -> tuple[uuid.UUID | str | None, list[Company]]:
    """The company that was chosen or typed, or what was typed and the companies it may mean."""
    typed = form.data.get("company", "").strip()
    if chosen := form.data.get("company_is", ""):
        return chosen, []
    if record is not None and typed == record.company.name:
        return record.company_id, []
    key, may_be = company_found(actor, typed)
    return key or (None if may_be else typed), may_be


def _shown(
    request: HttpRequest,
    actor: Actor,
    form: RecordForm,
    record: ExportRecord | None = None,
    may_be: Sequence[Company] = (),
) -> HttpResponse:
    problems = problems_of(form) if form.is_bound else []
    page = FormPage(
        form=form,
        companies=companies_offered(actor),
        entry=record_entries(actor, [record])[0] if record else None,
        may_be=may_be,
        problems=problems,
    )
    return answer(request, "companies/record_form.html", page, status=422 if problems else 200)
