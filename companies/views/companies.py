"""Pages of companies: the list, one company, its form, and putting it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.access import Action, Actor, require
from companies.door import actor_of, person_action, person_page, person_view
from companies.errors import Archived, FieldsRejected, VersionConflict
from companies.forms.companies import ArchiveForm, CompanyForm, values_of
from companies.forms.once import given_out, taken
from companies.models import Company
from companies.profiles import merging
from companies.profiles.companies import NAME_KINDS, CompanyRecord, company_record
from companies.profiles.company_pages import company_list, company_page, company_table
from companies.queries import companies as queries
from companies.queries.companies import CompanyQuestion
from companies.queries.duplicates import possible_duplicates
from companies.queries.paging import page_number
from companies.records.companies import archive_company, edit_company, register_company, restore_company
from companies.records.company_entries import FIELDS
from markets import downloads
from markets.door.page import answer, download_form, with_bom, word
from markets.errors import InvalidValue
from markets.queries import reference

_HIGHEST_PAGE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class FormPage:
    """A company under the writer's hands. company None: a new one. problems: (id of the field, message)."""

    form: CompanyForm
    company: CompanyRecord | None = None
    problems: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class MergePage:
    """What was typed for a company beside what somebody else saved meanwhile."""

    company: CompanyRecord
    merge: merging.Merge


@dataclass(frozen=True, slots=True)
class ArchivePage:
    """A company that is about to be put away."""

    company: CompanyRecord
    form: ArchiveForm
    problems: Sequence[tuple[str, str]] = ()


# ---------------------------------------------------------------- reading
@person_page
def listing(request: HttpRequest) -> HttpResponse:
    """The companies that match, or all of them as a file."""
    actor, question = actor_of(request), _question(request)
    form = download_form(request)
    if form is not None:
        return downloads.response(company_table(actor, question), form, with_bom=with_bom(request))
    return answer(
        request,
        "companies/company_list.html",
        company_list(actor, question, page_number(word(request, "page"), _HIGHEST_PAGE)),
    )


@person_page
def company(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """One company."""
    return answer(request, "companies/company.html", company_page(actor_of(request), key))


# ---------------------------------------------------------------- writing
@person_view
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new company, or the company registered."""
    actor = actor_of(request)
    require(actor, Action.WRITE)
    if request.method != "POST":
        return answer(request, "companies/company_form.html", FormPage(CompanyForm(once=given_out(actor.person))))
    form = CompanyForm(request.POST)
    if form.is_valid():
        try:
            made = register_company(actor, form.values(), key=taken(form.cleaned_data["once"], actor.person))
        except FieldsRejected as rejected:
            form.reject(rejected)
        else:
            return _saved(request, actor, made, _("The company is registered."))
    return _again(request, "companies/company_form.html", FormPage(form, problems=form.problems()))


@person_view
def edit(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The form of a company, or the company changed; a choice between two versions where somebody was quicker."""
    actor = actor_of(request)
    record = _to_be_changed(actor, key)
    if request.method != "POST":
        return answer(request, "companies/company_form.html", FormPage(CompanyForm(company=record), record))
    form = CompanyForm(request.POST)
    if form.is_valid():
        left = merging.left_to_others(request.POST)
        values = {name: value for name, value in form.values().items() if name not in left}
        try:
            changed = edit_company(actor, key, form.cleaned_data["version"], values)
        except VersionConflict as conflict:
            return _conflict(request, actor, record, form, conflict)
        except FieldsRejected as rejected:
            form.reject(rejected)
        else:
            return _saved(request, actor, changed, _said(record, changed))
    return _again(request, "companies/company_form.html", FormPage(form, record, form.problems()))


@person_view
def archive(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The question why, or the company put away."""
    actor = actor_of(request)
    record = _to_be_changed(actor, key)
    if request.method != "POST":
        page = ArchivePage(record, ArchiveForm(initial={"version": record.version}))
        return answer(request, "companies/company_archive.html", page)
    form = ArchiveForm(request.POST)
    if form.is_valid():
        try:
            archive_company(actor, key, form.cleaned_data["version"], form.cleaned_data["reason"])
        except FieldsRejected as rejected:
            form.add_error("reason", rejected.context["faults"][0].context["expected"])
        else:
            messages.success(request, _("The company is archived."))
            return redirect("companies:company", key)
    problems = [(form["reason"].id_for_label or "", str(told)) for told in form.errors.get("reason", ())]
    return _again(request, "companies/company_archive.html", ArchivePage(record, form, problems))


@person_action
def restore(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The company taken back into use; where another has its number by now, that is told."""
    form = ArchiveForm(request.POST)
    form.full_clean()
    try:
        restore_company(actor_of(request), key, form.cleaned_data.get("version"))
    except FieldsRejected as rejected:
        for fault in rejected.context["faults"]:
            messages.error(request, fault.message(_))
    else:
        messages.success(request, _("The company is in use again."))
    return redirect("companies:company", key)


# ---------------------------------------------------------------- within
def _question(request: HttpRequest) -> CompanyQuestion:
    """What the address asks for. Raises InvalidValue."""
    return CompanyQuestion(
        words=word(request, "search"),
        state=_one_of(request, "state", queries.STATES),
        category=word(request, "category"),
        home=word(request, "home"),
        sector=word(request, "sector"),
        has_twin=_one_of(request, "twins", ("", "1")) == "1",
        sort=_one_of(request, "sort", queries.SORTS),
    )


def _one_of(request: HttpRequest, name: str, known: Sequence[str]) -> str:
    """A word of the query among those known; the first of them where it is not given."""
    text = word(request, name) or known[0]
    if text not in known:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(filter(None, known))}
        raise InvalidValue(parameter=name, value=text, expected=expected)
    return text


def _to_be_changed(actor: Actor, key: uuid.UUID) -> CompanyRecord:
    """The company for who may change it. Raises HiddenObject, NotAllowed, Archived."""
    require(actor, Action.WRITE, queries.company(actor, key).organisation_id)
    record = company_record(actor, key)
    if record.is_archived:
        raise Archived(kind=_("The company"))
    return record


def _saved(request: HttpRequest, actor: Actor, saved: Company, told: str) -> HttpResponse:
    """The company, with a word on those it may be there twice as; they stand on its page with links."""
    messages.success(request, told)
    twins = len(possible_duplicates(actor, saved))
    if twins:
        warning = ngettext(
            "It may be there twice: %(count)s company is like it. Compare both below.",
            "It may be there twice: %(count)s companies are like it. Compare them below.",
            twins,
        )
        messages.warning(request, warning % {"count": twins})
    return redirect("companies:company", saved.pk)


def _said(before: CompanyRecord, after: Company) -> str:
    if before.version == after.version:
        return _("Nothing was changed, so nothing was saved.")
    return _("The company is saved.")


def _conflict(
    request: HttpRequest, actor: Actor, before: CompanyRecord, form: CompanyForm, conflict: VersionConflict
) -> HttpResponse:
    now = company_record(actor, before.id)
    merge = merging.merge(
        {name: str(label) for name, label in FIELDS.items()},
        yours=form.values(),
        theirs=values_of(now),
        version=now.version,
        posted=request.POST,
        message=conflict.message(_),
        said=_words(),
    )
    if merge.is_settled:
        messages.info(request, _("Somebody else saved the same meanwhile."))
        return redirect("companies:company", now.id)
    return _again(request, "companies/company_merge.html", MergePage(now, merge), conflict.http_status)


def _words() -> merging.Said:
    """Entries of a company in words, a line each."""
    kept = reference()
    names = {each.slug: each.name for each in kept.categories}
    kinds = {kind: str(told) for kind, told in NAME_KINDS.items()}

    def word_of(field: str, value: str) -> str:
        return (names if field == "category" else kinds if field == "kind" else {}).get(value, value)

    def row_words(row: Mapping[str, Any]) -> str:
        return " · ".join(word_of(field, value) for field, value in row.items() if value)

    def said(name: str, value: Any) -> Sequence[str]:
        if isinstance(value, list):
            return [row_words(row) for row in value]
        if name == "home" and value in kept.areas:
            return [kept.areas[value].name]
        return str(value).splitlines()

    return said


def _again(request: HttpRequest, template: str, page: object, status: int = 422) -> HttpResponse:
    return answer(request, template, page, status=status)
