"""Saying what the columns of a file are, and the mappings kept for the next files."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.door import actor_of, person_action, person_page, person_view, version_sent
from companies.errors import FieldsRejected, MappingOpen
from companies.forms.import_map import CONSTANTS, mapping_sent
from companies.forms.records import RecordForm, companies_offered, company_found, currency_codes
from companies.importing.doing.mapping import choose_mapping, profiles_of
from companies.importing.mapping.questions import Asked, Question
from companies.importing.mapping.saved import forget_mapping, rename_mapping, save_mapping
from companies.importing.plan import Mapping
from companies.models import Company, Import
from companies.profiles.import_map import Columns, KeptMapping, columns_page, kept_mappings, question_told
from companies.profiles.imports import ImportHead
from companies.queries.one_record import companies_of
from markets.door.page import answer
from markets.jobs import wake_later

LOOK = "look"
FORGET = "forget"
# Most characters of a name that are looked at; longer ones are refused with all of them counted.
LONGEST_SENT = 500


@dataclass(frozen=True, slots=True)
class MapPage:
    """The page of the step Map. form: entries for all rows, of which `columns.of_all_rows` are shown.

    companies: offered as the field is typed in. currencies: those that trade here is counted in stand first.
    """

    columns: Columns
    form: RecordForm
    companies: Sequence[Company]
    currencies: Sequence[str]
    save_as: str = ""

    @property
    def open(self) -> list[tuple[str, str]]:
        """What is to be answered first, each with the field that answers it."""
        return _of_questions(self.columns.open)

    @property
    def head(self) -> ImportHead:
        return self.columns.head

    @property
    def fields(self) -> list[object]:
        """The entries that are asked for all rows."""
        return [self.form[name] for name in self.columns.of_all_rows]


@dataclass(frozen=True, slots=True)
class MappingsPage:
    """The mappings of an organisation."""

    mappings: Sequence[KeptMapping]


@person_view
def columns(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """What each column is, as it was suggested or chosen; or the choice, which is kept and checked."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    require(actor, Action.IMPORT, imported.organisation_id)
    if imported.step not in (Import.Step.READ, Import.Step.MAPPED, Import.Step.CHECKED):
        return redirect("companies:import", imported.pk)
    before = Mapping.unpacked(imported.mapping)
    if request.method != "POST":
        return _shown(request, actor, imported, before)
    return _chosen(request, actor, imported, mapping_sent(request.POST, profiles_of(imported), before))


@person_action
def kept(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Keep how an import is mapped, and what was put right in it, for files of the same columns."""
    try:
        saved = save_mapping(actor_of(request), key, request.POST.get("save_as", "")[:LONGEST_SENT])
    except FieldsRejected as rejected:
        messages.error(request, " ".join(fault.message(_) for fault in rejected.context["faults"]))
        return redirect("companies:import", key)
    messages.success(request, _("Files with these columns are read as “%(name)s” from now on.") % {"name": saved.name})
    return redirect("companies:import", key)


@person_page
def listing(request: HttpRequest) -> HttpResponse:
    """The mappings kept, each to be renamed or forgotten."""
    return answer(request, "companies/mapping_list.html", MappingsPage(kept_mappings(actor_of(request))))


@person_action
def changed(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Give a mapping another name, or forget it."""
    actor = actor_of(request)
    version = version_sent(request.POST.get("version", ""))
    if request.POST.get("do") == FORGET:
        forget_mapping(actor, key, version)
        messages.success(request, _("The mapping is forgotten. What was imported by it stays."))
        return redirect("companies:mapping_list")
    try:
        saved = rename_mapping(actor, key, version, request.POST.get("name", "")[:LONGEST_SENT])
    except FieldsRejected as rejected:
        page = MappingsPage(kept_mappings(actor))
        told = _of_fields(rejected, {"save_as": f"name-{key}"})
        return answer(request, "companies/mapping_list.html", page, status=rejected.http_status, problems=told)
    messages.success(request, _("The mapping is called “%(name)s” now.") % {"name": saved.name})
    return redirect("companies:mapping_list")


def _chosen(request: HttpRequest, actor: Actor, imported: Import, mapping: Mapping) -> HttpResponse:
    mapping, problems = _with_company(actor, mapping)
    if request.POST.get("then") == LOOK or problems:
        return _shown(request, actor, imported, mapping, problems=problems, is_sent=True)
    version = version_sent(request.POST.get("version", ""))
    save_as = request.POST.get("save_as", "")[:LONGEST_SENT]
    try:
        changed_import = choose_mapping(actor, imported.pk, version, mapping, save_as=save_as)
    except MappingOpen as still:
        return _shown(request, actor, imported, mapping, problems=_of_questions(still.context["questions"]))
    except FieldsRejected as rejected:
        return _shown(request, actor, imported, mapping, problems=_of_fields(rejected, {}))
    if changed_import.job is not None:
        wake_later(changed_import.job)
    return redirect("companies:import", imported.pk)


def _with_company(actor: Actor, mapping: Mapping) -> tuple[Mapping, list[tuple[str, str]]]:
    """The mapping with the id of the company that was typed for all rows, and what is wrong with that."""
    typed = mapping.constants.get("company", "")
    if not typed:
        return mapping, []
    found, may_be = company_found(actor, typed)
    if found is not None:
        return Mapping(mapping.columns, {**mapping.constants, "company": str(found)}, mapping.register), []
    told = _("No company here is called “%(typed)s”. Choose one of the list.") % {"typed": typed}
    if may_be:
        names = ", ".join(each.name for each in may_be[:5])
        told = _("Write the whole name of the company. It may be: %(names)s.") % {"names": names}
    return mapping, [("id_constant-company", told)]


def _of_questions(asked: Iterable[Question]) -> list[tuple[str, str]]:
    """Each question with the field of the form that answers it."""
    return [(_answered_by(each), question_told(each)) for each in asked]


def _answered_by(question: Question) -> str:
    if question.column is not None:
        of_missing = {"currency": "currency", "quantity_unit": "unit"}.get(question.field, "field")
        by = of_missing if question.kind is Asked.MISSING else "field"
        return f"style-{question.column}-1" if question.options else f"{by}-{question.column}"
    field = {"hs_code": "category", "year": "period"}.get(question.field, question.field)
    return f"id_constant-{field}" if field in CONSTANTS else "columns"


def _of_fields(rejected: FieldsRejected, ids: dict[str, str]) -> list[tuple[str, str]]:
    told = []
    for fault in rejected.context["faults"]:
        name = fault.context["pointer"].strip("/").split("/")[0]
        told.append((ids.get(name, name), fault.message(_)))
    return told


def _shown(
    request: HttpRequest,
    actor: Actor,
    imported: Import,
    mapping: Mapping,
    *,
    problems: Sequence[tuple[str, str]] = (),
    is_sent: bool = False,
) -> HttpResponse:
    constants = dict(mapping.constants)
    for company in companies_of(actor, [constants.get("company", "")]):
        constants["company"] = company.name
    page = MapPage(
        columns=columns_page(actor, imported, mapping, with_example=is_sent and not problems),
        form=RecordForm(initial=constants, prefix="constant"),
        companies=companies_offered(actor),
        currencies=currency_codes(),
        save_as=request.POST.get("save_as", "")[:LONGEST_SENT],
    )
    status = 422 if problems else 200
    return answer(request, "companies/import_map.html", page, status=status, problems=list(problems))
