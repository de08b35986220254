"""The form of a company: its own entries, and rows of names, product lines and contacts.

The fields read text alone; what may stand in them is decided where companies are written, in one place for pages and
programs, and comes back as faults that `reject` puts beside their fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from babel import Locale
from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.errors import FieldsRejected, InvalidField
from companies.models import CompanyName
from companies.profiles.companies import NAME_KINDS, CompanyRecord
from companies.profiles.merging import sealed
from companies.records.company_entries import CONTACT_FIELDS, FIELDS, LINE_FIELDS, MOST_ROWS, NAME_FIELDS
from companies.records.reading import HS_REVISIONS
from markets.queries import reference

BLANK_ROWS: Final = 2
# Languages names of exporters and their buyers are written in; others stay where they were entered by a program.
_LANGUAGES: Final = "zh ru en kk ky tg tk uz ar fa tr de fr es pt it ja ko vi th id hi ur mn ka hy az uk be pl".split()
_OTHER_ROW: Final = ("DELETE",)


def _line(**attributes: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "dir": "auto", **attributes})


def _choice() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


def _text(label: Any, longest: int, **attributes: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=_line(maxlength=longest, **attributes), required=False)


class _NameRow(forms.Form):
    name = _text(NAME_FIELDS["name"], 300)
    language = forms.ChoiceField(label=NAME_FIELDS["language"], widget=_choice(), required=False)
    kind = forms.ChoiceField(label=NAME_FIELDS["kind"], widget=_choice(), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "language", _language_choices(self.initial.get("language", "")))
        _offer(self, "kind", [(kind, str(told)) for kind, told in NAME_KINDS.items()])


class _LineRow(forms.Form):
    category = forms.ChoiceField(label=LINE_FIELDS["category"], widget=_choice(), required=False)
    hs_code = _text(LINE_FIELDS["hs_code"], 16, inputmode="numeric")
    hs_revision = forms.ChoiceField(label=LINE_FIELDS["hs_revision"], widget=_choice(), required=False)
    note = _text(LINE_FIELDS["note"], 300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = [(each.slug, each.name) for each in reference().categories]
        _offer(self, "category", [("", _("none")), *categories])
        _offer(self, "hs_revision", [(revision, revision) for revision in HS_REVISIONS])


class _ContactRow(forms.Form):
    name = _text(CONTACT_FIELDS["name"], 200, autocomplete="off")
    position = _text(CONTACT_FIELDS["position"], 200)
    email = _text(CONTACT_FIELDS["email"], 254, inputmode="email", autocomplete="off")
    phone = _text(CONTACT_FIELDS["phone"], 50, inputmode="tel", autocomplete="off")


class _Rows(forms.BaseFormSet):
    """Rows of a company. A row is there when what tells of it is filled in and it is not marked for removal."""

    telling: Sequence[str] = ()

    @property
    def shown_count(self) -> int:
        """How many rows stand open: those there are, or the first blank one."""
        return max(1, self.initial_form_count(), sum(self._stays(form) for form in self.forms))

    def filled(self) -> list[forms.Form]:
        """The forms of the rows that are to stay, in their order."""
        return [form for form in self.forms if self._stays(form)]

    def _stays(self, form: forms.Form) -> bool:
        said = form.cleaned_data if hasattr(form, "cleaned_data") else {}
        return not said.get("DELETE") and any(str(said.get(name) or "").strip() for name in self.telling)


class _Names(_Rows):
    telling = ("name",)


class _Lines(_Rows):
    telling = ("category", "hs_code", "note")


class _Contacts(_Rows):
    telling = ("name", "position", "email", "phone")


_ROWS: Final[Mapping[str, tuple[type[forms.Form], type[_Rows]]]] = {
    "names": (_NameRow, _Names),
    "lines": (_LineRow, _Lines),
    "contacts": (_ContactRow, _Contacts),
}


class CompanyForm(forms.Form):
    """A company as it is typed, with its rows."""

    name = _text(FIELDS["name"], 300)
    registration_number = _text(FIELDS["registration_number"], 50)
    home = forms.ChoiceField(label=FIELDS["home"], widget=_choice(), required=False)
    place = _text(FIELDS["place"], 200)
    sector = _text(FIELDS["sector"], 200)
    note = forms.CharField(
        label=FIELDS["note"],
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "dir": "auto"}),
        required=False,
    )
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, company: CompanyRecord | None = None, once: str = ""
    ) -> None:
        values = values_of(company) if company else {}
        version = {"version": company.version, "base": sealed(values)} if company else {"once": once}
        super().__init__(data=data, initial=values | version)
        homes = [(code, area.name) for code, area in reference().areas.items() if not area.is_aggregate]
        _offer(self, "home", [("", _("not known")), *sorted(homes, key=lambda pair: pair[1])])
        self.rows = {name: _rows(name, values.get(name, []), data) for name in _ROWS}
        self.fields["name"].widget.attrs["aria-required"] = "true"

    def clean_note(self) -> str:
        """The notes with the line ends they are kept with."""
        return str(self.cleaned_data["note"]).replace("\r\n", "\n")

    def is_valid(self) -> bool:
        """Whether everything could be read; what it means is checked when it is saved."""
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    def values(self) -> dict[str, Any]:
        """What was typed, as companies are written."""
        values = {name: self.cleaned_data[name] for name in FIELDS if name not in _ROWS}
        for name, rows in self.rows.items():
            typed = [form.cleaned_data for form in rows.filled()]
            values[name] = [{field: row[field] for field in row if field not in _OTHER_ROW} for row in typed]
        values["lines"] = [
            row | {"hs_revision": row["hs_revision"] if row["hs_code"].strip() else ""} for row in values["lines"]
        ]
        return values

    def reject(self, rejected: FieldsRejected) -> None:
        """Put each fault beside its field."""
        for fault in rejected.context["faults"]:
            form, name = self._at(fault)
            form.add_error(
                name, InvalidField(**fault.context).message(_) if name is None else fault.context["expected"]
            )

    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, what is wrong with it) in the order of the page."""
        forms_shown: list[forms.Form] = [self]
        for rows in self.rows.values():
            forms_shown += rows.forms
        told = [pair for form in forms_shown for pair in _problems(form)]
        return told + [("", str(error)) for rows in self.rows.values() for error in rows.non_form_errors()]

    def _at(self, fault: InvalidField) -> tuple[forms.Form, str | None]:
        """The form and field a fault's pointer leads to; the form alone where it has no such field."""
        match str(fault.context["pointer"]).split("/")[1:]:
            case [rows, at, name] if rows in self.rows:
                form = self.rows[rows].filled()[int(at)]
                return form, name if name in form.fields else None
            case [name] if name in self.fields:
                return self, name
        return self, None


def values_of(company: CompanyRecord) -> dict[str, Any]:
    """A company's entries as its form has them; the bare name it is shown by stands in `name` alone."""
    bare = {"name": company.name, "language": "", "kind": CompanyName.Kind.OFFICIAL.value}
    names = [{"name": row.name, "language": row.language, "kind": row.kind} for row in company.names]
    return {
        "name": company.name,
        "registration_number": company.registration_number or "",
        "home": company.home or "",
        "place": company.place,
        "sector": company.sector,
        "note": company.note,
        "names": [row for row in names if row != bare],
        "lines": [
            {"category": row.category, "hs_code": row.hs_code, "hs_revision": row.hs_revision, "note": row.note}
            for row in company.lines
        ],
        "contacts": [
            {"name": row.name, "position": row.position, "email": row.email or "", "phone": row.phone or ""}
            for row in company.contacts
        ],
    }


def _rows(name: str, initial: Sequence[Mapping[str, Any]], data: Mapping[str, Any] | None) -> _Rows:
    form, rows = _ROWS[name]
    made = forms.formset_factory(
        form,
        formset=rows,
        extra=BLANK_ROWS,
        can_delete=True,
        max_num=MOST_ROWS + BLANK_ROWS,
        absolute_max=MOST_ROWS + BLANK_ROWS,
    )
    return made(data=data, initial=initial, prefix=name)  # type: ignore[return-value]


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 declared above
    field.choices = list(choices)


def _language_choices(standing: str) -> list[tuple[str, str]]:
    known = Locale.parse((get_language() or "en").replace("-hans", "_Hans"), sep="_").languages
    codes = [*_LANGUAGES, *([standing] if standing and standing not in _LANGUAGES else [])]
    return [("", _("not said")), *((code, known.get(code, code)) for code in codes)]


def _problems(form: forms.Form) -> list[tuple[str, str]]:
    told = []
    for name, messages in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields else ""
        place = form[name].id_for_label if name in form.fields else ""
        told += [(place or "", f"{label}{message}") for message in messages]
    return told


class ArchiveForm(forms.Form):
    """Why a company is put away, and which version of it."""

    reason = forms.CharField(
        label=_lazy("Why is it archived?"),
        help_text=_lazy("Stands in the history beside your name; such as: closed, merged with another, entered twice"),
        widget=_line(maxlength=500),
        required=False,
    )
    version = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
