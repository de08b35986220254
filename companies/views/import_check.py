"""The check of an import: what was found, putting it right, the rows themselves, the file with what is wrong in it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import IO, Final

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.door import actor_of, person_action, person_page, version_sent
from companies.errors import FieldsRejected, ImportAtWork, ImportElsewhere, VersionConflict
from companies.importing.checking.error_files import annotated, errors_csv
from companies.importing.doing import fixing
from companies.importing.plan import FIELDS, REGISTER, Policy
from companies.models import Import, ImportVerdict
from companies.profiles.import_check import check_page
from companies.profiles.import_faults import sure_suggestions
from companies.profiles.import_rows import RowsQuestion, rows_page
from markets import downloads
from markets.door.page import answer, word
from markets.errors import InvalidValue
from markets.jobs import wake_later

_HERE: Final = (Import.Step.MAPPED, Import.Step.CHECKED)
_Fix = Callable[[Actor, Import, int | None, QueryDict], Import]


@person_page
def check(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """How many rows become what, what is wrong in how many, and what was put right."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    if imported.step not in _HERE:
        return redirect("companies:import", imported.pk)
    return answer(request, "companies/import_check.html", check_page(actor, imported))


@person_page
def rows(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The rows with an outcome or a fault, as the file has them."""
    actor = actor_of(request)
    imported = one(actor, Import, key)
    if imported.step not in _HERE:
        return redirect("companies:import", imported.pk)
    page = rows_page(actor, imported, _question(request), word(request, "page"))
    return answer(request, "companies/import_rows.html", page)


@person_action
def fix(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Put something right, leave it out, or take that back; the rows are checked again."""
    actor, given = actor_of(request), request.POST
    imported = one(actor, Import, key)
    require(actor, Action.IMPORT, imported.organisation_id)
    chosen = _FIXES.get(given.get("do", ""))
    if chosen is None:
        raise InvalidValue(parameter="do", value=given.get("do", "")[:40], expected=_("choose what to do"))
    try:
        fixed = chosen(actor, imported, version_sent(given.get("version", "")), given)
    except FieldsRejected as refused:
        messages.error(request, " ".join(fault.message(_) for fault in refused.context["faults"]))
    except (VersionConflict, ImportElsewhere, ImportAtWork) as overtaken:
        messages.warning(request, overtaken.message(_))
        return redirect("companies:import", imported.pk)
    else:
        if fixed.job is not None and fixed.job.is_open:
            wake_later(fixed.job)
    return redirect(_back(imported, given))


@person_page
def errors(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """The rows that are wrong, as CSV to be put right and imported by itself."""
    imported = _with_rows(request, key)
    return _file(errors_csv(imported), downloads.Form.CSV, imported, _("errors"))


@person_page
def marked(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """All rows as a workbook, what is wrong in colour and in words."""
    imported = _with_rows(request, key)
    return _file(annotated(imported), downloads.Form.XLSX, imported, _("checked"))


# ---------------------------------------------------------------- what can be put right
def _fix_value(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    values = {_field(given): {given.get("said", ""): given.get("becomes", "").strip()}}
    return fixing.fix_values(actor, imported.pk, version, values)


def _take_suggestions(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    values = sure_suggestions(imported, _field(given), given.get("fault", ""))
    return fixing.fix_values(actor, imported.pk, version, values)


def _register_all(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.register_unknown(actor, imported.pk, version, register=given.get("keep") != "0")


def _choose_scale(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.choose_scale(actor, imported.pk, version, given.get("scale", ""))


def _register(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.fix_values(actor, imported.pk, version, {"company": {given.get("said", ""): REGISTER}})


def _fix_cell(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    cell = fixing.CellFix(_row(given), _field(given), given.get("becomes", ""))
    return fixing.fix_cell(actor, imported.pk, version, cell)


def _leave_out_value(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.leave_out_values(actor, imported.pk, version, _field(given), given.get("said", ""))


def _leave_out_faults(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.leave_out_faults(actor, imported.pk, version, given.get("field", ""), given.get("fault", ""))


def _take_back_faults(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.take_back_faults(actor, imported.pk, version, given.get("field", ""), given.get("fault", ""))


def _leave_out_row(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.leave_out_rows(actor, imported.pk, version, [_row(given)])


def _keep_twins(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.keep_twins(actor, imported.pk, version, keep=given.get("keep") == "1")


def _take_back_value(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.take_back_value(actor, imported.pk, version, _field(given), given.get("said", ""))


def _take_back_row(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    return fixing.take_back_row(actor, imported.pk, version, _row(given))


def _choose_policy(actor: Actor, imported: Import, version: int | None, given: QueryDict) -> Import:
    chosen = Policy.unpacked(imported.policy).packed()
    sent = {name: given.get(name, "") for name in chosen if name in given}
    return fixing.choose_policy(actor, imported.pk, version, Policy.unpacked(chosen | sent))


_FIXES: Final[Mapping[str, _Fix]] = {
    "value": _fix_value,
    "suggestions": _take_suggestions,
    "register": _register,
    "register_all": _register_all,
    "cell": _fix_cell,
    "leave_out": _leave_out_value,
    "leave_out_faults": _leave_out_faults,
    "leave_out_row": _leave_out_row,
    "twins": _keep_twins,
    "take_back": _take_back_value,
    "take_back_row": _take_back_row,
    "take_back_faults": _take_back_faults,
    "scale": _choose_scale,
    "policy": _choose_policy,
}


def _field(given: QueryDict) -> str:
    """Raises InvalidValue for what is no entry of a row."""
    field = given.get("field", "")
    if field not in FIELDS:
        raise InvalidValue(parameter="field", value=field[:40], expected=_("choose an entry of a record"))
    return field


def _row(given: QueryDict) -> int:
    """Raises InvalidValue for what is no number of a row."""
    number = version_sent(given.get("row", ""))
    if number is None:
        raise InvalidValue(parameter="row", value=given.get("row", "")[:40], expected=_("it is the number of a row"))
    return number


def _back(imported: Import, given: QueryDict) -> str:
    """To the rows somebody came from, else to the check."""
    if "rows" in given:
        query = _question_of(QueryDict(given.get("rows", ""))).text()
        return f"{reverse('companies:import_rows', args=[imported.pk])}?{query}"
    return reverse("companies:import_check", args=[imported.pk])


# ---------------------------------------------------------------- what is asked for
def _question(request: HttpRequest) -> RowsQuestion:
    for name in ("outcome", "of", "fault", "field", "said"):
        word(request, name)
    return _question_of(request.GET)


def _question_of(given: QueryDict) -> RowsQuestion:
    """of: field and kind of fault in one, as the page's own list sends them. Raises InvalidValue for no outcome."""
    outcome = given.get("outcome", "")
    if outcome and outcome not in ImportVerdict.Outcome.values:
        expected = _("choose one of %(keys)s") % {"keys": ", ".join(ImportVerdict.Outcome.values)}
        raise InvalidValue(parameter="outcome", value=outcome[:40], expected=expected)
    if "of" in given:
        field, _blank, fault = given.get("of", "").partition(" ")
        return RowsQuestion(outcome, fault, field)
    return RowsQuestion(outcome, given.get("fault", ""), given.get("field", ""), given.get("said"))


def _with_rows(request: HttpRequest, key: uuid.UUID) -> Import:
    """The import, while its rows are there. Raises HiddenObject, ImportElsewhere."""
    imported = one(actor_of(request), Import, key)
    if imported.step not in _HERE:
        raise ImportElsewhere(name=imported.file_name, step=_(Import.Step(imported.step).label).lower())
    return imported


def _file(made: IO[bytes], form: downloads.Form, imported: Import, what: str) -> HttpResponse:
    name = f"{PurePath(imported.file_name).stem}-{what}.{form.value}"
    response = FileResponse(made, content_type=downloads.CONTENT_TYPES[form])
    response.headers["Content-Disposition"] = downloads.content_disposition(name)
    return response  # type: ignore[return-value]
