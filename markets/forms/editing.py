"""The entries of a demand profile, part by part, and the documents they cite."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.curation import CategoryFactEntry, CharacterEntry, Entry, Part, PartKind, StatementEntry
from markets.errors import InvalidValue
from markets.models import CategoryFact, Document, ThemeStatement
from markets.profiles.demand import UNSTATED
from markets.vocabulary import Period

MOST_ENTRIES: Final = 100
BLANK_ENTRIES: Final = 3
FACT_UNITS: Final = ("USD", "CNY", "%", "TEU", "units")
ARTICLE_LICENCE: Final = "fact from a published article, in our own words"

NO_DOCUMENT: Final = _lazy("Choose the document that says so.")
NO_PLACE: Final = _lazy("Say where in the document it stands.")
_SOURCE_KINDS: Final = (
    ("document", _lazy("A document of the list")),
    ("statistics", _lazy("Official statistics")),
    ("law", _lazy("A law or regulation")),
    ("organisation", _lazy("An organisation's own record")),
)


_STAND_AT_SOMETHING: Final = frozenset({"scope", "is_stated", "field", "source_kind", "licence"})


class Area(forms.Textarea):
    """A field for a sentence or two in a stated language."""

    def __init__(self, language: str) -> None:
        super().__init__(attrs={"rows": 2, "lang": language, "class": "form-control"})


def _line(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def _choice() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class EntryForm(forms.Form):
    """One entry: our own words in three languages, and where the fact stands."""

    text_en = forms.CharField(
        label=_lazy("In English"),
        widget=Area("en"),
        max_length=2000,
        error_messages={"required": _lazy("Write the fact in English.")},
    )
    text_zh = forms.CharField(label=_lazy("In Chinese"), widget=Area("zh-Hans"), max_length=2000, required=False)
    text_ru = forms.CharField(label=_lazy("In Russian"), widget=Area("ru"), max_length=2000, required=False)
    document = forms.ChoiceField(label=_lazy("Document"), widget=_choice(), required=False)
    locator = forms.CharField(
        label=_lazy("Place in the document"),
        help_text=_lazy("Page, paragraph or line"),
        widget=_line(),
        max_length=40,
        required=False,
    )

    documents: ClassVar[Sequence[tuple[str, str]]] = ()

    def __init__(self, *args: Any, documents: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["document"]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101 declared above
        chosen.choices = [("", _("none")), *documents]

    def has_changed(self) -> bool:
        """Whether anything was typed. In a blank form a choice always stands at something, which says nothing."""
        changed = set(self.changed_data)
        return bool(changed - _STAND_AT_SOMETHING if self.empty_permitted else changed)

    def clean(self) -> dict[str, Any]:
        """A document is cited with the place where it says so."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("document") and not cleaned.get("locator") and "locator" not in self.errors:
            self.add_error("locator", NO_PLACE)
        return cleaned

    def always_cites(self) -> None:
        """Make the document and the place in it fields that cannot stay empty."""
        for name, message in (("document", NO_DOCUMENT), ("locator", NO_PLACE)):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message

    def entry(self, part: Part) -> Entry:
        """The entry that was typed."""
        raise NotImplementedError

    def _stated(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("text_en", "text_zh", "text_ru", "document", "locator")}


class StatementForm(EntryForm):
    """What a document states about a theme."""

    scope = forms.ChoiceField(
        label=_lazy("Of whom it speaks"),
        choices=(
            (ThemeStatement.Scope.MARKET.value, _lazy("This market by name")),
            (ThemeStatement.Scope.REGION.value, _lazy("The whole region")),
        ),
        widget=_choice(),
    )
    field_order = ("text_en", "text_zh", "text_ru", "scope", "document", "locator")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A statement makes a theme `stated`: it must be possible to look it up.
        self.always_cites()

    def entry(self, part: Part) -> StatementEntry:
        """The statement that was typed."""
        return StatementEntry(theme=part.key, scope=self.cleaned_data["scope"], **self._stated())


class CharacterForm(EntryForm):
    """How a document characterises the market."""

    is_stated = forms.BooleanField(
        label=_lazy("The document characterises this market"),
        help_text=_lazy("Without the tick: it speaks of the neighbours and leaves this market out"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        initial=True,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Also that a document is silent can be looked up in it.
        self.always_cites()

    def entry(self, part: Part) -> CharacterEntry:  # noqa: ARG002 there is one character only
        """The characterisation that was typed."""
        return CharacterEntry(is_stated=self.cleaned_data["is_stated"], **self._stated())


class CategoryFactForm(EntryForm):
    """One fact of a category card."""

    field = forms.ChoiceField(label=_lazy("Field of the card"), choices=CategoryFact.Field.choices, widget=_choice())
    value = forms.DecimalField(
        label=_lazy("Number"),
        help_text=_lazy("With all digits the source prints; empty when the words say all"),
        widget=_line(inputmode="decimal"),
        max_digits=40,
        required=False,
    )
    unit = forms.ChoiceField(label=_lazy("Unit of the number"), widget=_choice(), required=False)
    period = forms.CharField(
        label=_lazy("Period"),
        help_text=_lazy("Such as 2024, 2024-01/2024-06, or the day it holds from, 2026-01-01"),
        widget=_line(),
        max_length=24,
        required=False,
    )
    source_kind = forms.ChoiceField(label=_lazy("Kind of source"), choices=_SOURCE_KINDS, widget=_choice())
    source = forms.CharField(
        label=_lazy("Source"),
        help_text=_lazy("Who says so, and the address where it can be read; not for a document of the list"),
        widget=_line(),
        max_length=1000,
        required=False,
    )
    source_on = forms.CharField(
        label=_lazy("Date of the source"),
        help_text=_lazy("Such as 2025-06-17; in words where the day is not known"),
        widget=_line(),
        max_length=40,
        required=False,
    )
    licence = forms.CharField(label=_lazy("Licence"), widget=_line(), max_length=100, initial=ARTICLE_LICENCE)
    field_order = (
        "text_en",
        "text_zh",
        "text_ru",
        "field",
        "value",
        "unit",
        "period",
        "source_kind",
        "document",
        "locator",
        "source",
        "source_on",
        "licence",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = self.fields["unit"]
        assert isinstance(units, forms.ChoiceField)  # noqa: S101 declared above
        units.choices = [("", _("none")), *((unit, wording.unit_words(unit)) for unit in FACT_UNITS)]

    def clean_period(self) -> str:
        """A period in one of our forms."""
        text: str = self.cleaned_data["period"]
        if text:
            try:
                Period.parse(text)
            except InvalidValue as unreadable:
                raise ValidationError(_("Write it as 2024, 2024-Q1, 2024-01 or 2024-01/2024-06.")) from unreadable
        return text

    def clean(self) -> dict[str, Any]:
        """A number has its unit, and every fact a source with a date."""
        cleaned = super().clean()
        if cleaned.get("value") is not None and not cleaned.get("unit"):
            self.add_error("unit", _("Say what the number counts."))
        if cleaned.get("unit") and cleaned.get("value") is None and "value" not in self.errors:
            self.add_error("value", _("Write the number, or take the unit away."))
        if cleaned.get("source_kind") == "document":
            if not cleaned.get("document") and "document" not in self.errors:
                self.add_error("document", NO_DOCUMENT)
        elif cleaned.get("document"):
            self.add_error("document", _("A document of the list is cited under its own kind of source."))
        else:
            self._require_source(cleaned)
        return cleaned

    def _require_source(self, cleaned: Mapping[str, Any]) -> None:
        if not cleaned.get("source") and "source" not in self.errors:
            self.add_error("source", _("Say who states it and where it can be read."))
        if not (cleaned.get("source_on") or cleaned.get("period")) and "period" not in self.errors:
            self.add_error("source_on", _("Give the date of the source, or the period it speaks of."))

    def entry(self, part: Part) -> CategoryFactEntry:
        """The fact that was typed."""
        names = ("field", "value", "unit", "period", "source_kind", "source", "source_on", "licence")
        stated: dict[str, Any] = {name: self.cleaned_data[name] for name in names}
        return CategoryFactEntry(category=part.category, **(self._stated() | stated))


class EntryFormSet(forms.BaseFormSet):
    """The entries of one part; what is marked for removal is not checked any more."""

    def problems(self) -> Iterator[tuple[str, str]]:
        """(id of the field, message) for every error, in the order of the page."""
        yield from (("", str(message)) for message in self.non_form_errors())
        for form in self.forms:
            if form.is_valid() or not form.cleaned_data.get("DELETE"):
                yield from problems_of(form)

    def entries(self, part: Part) -> list[Entry]:
        """The entries to keep, in their order. The formset is valid."""
        typed = [form for form in self.forms if form.cleaned_data.get("text_en")]
        return [form.entry(part) for form in typed if not form.cleaned_data.get("DELETE")]


def problems_of(form: forms.Form) -> list[tuple[str, str]]:
    """(id of the field, message) for every error of a form; no id where the form as a whole is wrong."""
    return [
        ((form[name].id_for_label or "") if name in form.fields else "", str(message))
        for name, told in form.errors.items()
        for message in told
    ]


FORMS: Final[Mapping[PartKind, type[EntryForm]]] = {
    PartKind.THEME: StatementForm,
    PartKind.CHARACTER: CharacterForm,
    PartKind.CATEGORY: CategoryFactForm,
}


def entry_forms(part: Part, entries: Sequence[Entry], data: Mapping[str, Any] | None = None) -> EntryFormSet:
    """The forms of a part: one for each entry, and blank ones to add others."""
    made = forms.formset_factory(
        FORMS[part.kind],
        formset=EntryFormSet,
        extra=BLANK_ENTRIES,
        can_delete=True,
        max_num=MOST_ENTRIES,
        validate_max=True,
        absolute_max=MOST_ENTRIES + BLANK_ENTRIES,
    )
    initial = [_typed(entry) for entry in entries]
    return made(data=data, initial=initial, prefix="entries", form_kwargs={"documents": document_choices()})  # type: ignore[return-value]


def document_choices() -> list[tuple[str, str]]:
    """Documents by code, as they are chosen."""
    documents = Document.objects.order_by("code").values_list("code", "publisher", "title")
    form = _("%(code)s: %(publisher)s, %(title)s")
    return [
        (
            code,
            form
            % {
                "code": code,
                "publisher": publisher if publisher != UNSTATED else _("publisher not stated"),
                "title": title if title != UNSTATED else _("title not stated"),
            },
        )
        for code, publisher, title in documents
    ]


def _typed(entry: Entry) -> dict[str, Any]:
    """The entry as its form shows it: a number with every digit, never with an exponent."""
    values = asdict(entry)
    if isinstance(values.get("value"), Decimal):
        values["value"] = format(values["value"], "f")
    return values


class NoteForm(forms.Form):
    """What goes with every save: why, and which version the editor began from."""

    note = forms.CharField(
        label=_lazy("What did you change, and why?"),
        help_text=_lazy("Stands in the history beside your name"),
        widget=_line(),
        max_length=300,
        error_messages={"required": _lazy("Say what you changed, and why.")},
    )
    based_on = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class DocumentForm(forms.Form):
    """A document that the list does not hold yet."""

    publisher = forms.CharField(label=_lazy("Publisher"), widget=_line(), max_length=200)
    title = forms.CharField(label=_lazy("Title"), widget=_line(), max_length=300)
    published_on = forms.DateField(
        label=_lazy("Day of publication"),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        required=False,
    )
    published_note = forms.CharField(
        label=_lazy("What is known of the day"),
        help_text=_lazy("Only where the day itself is not known"),
        widget=_line(),
        max_length=200,
        required=False,
    )
    kind = forms.CharField(
        label=_lazy("Kind"),
        help_text=_lazy("Such as news, press release, interview, report"),
        widget=_line(),
        max_length=40,
        required=False,
    )
    language = forms.CharField(
        label=_lazy("Language"), help_text=_lazy("Its code, such as en, zh or ru"), widget=_line(), max_length=40
    )

    def clean(self) -> dict[str, Any]:
        """A document has a day, or a word on why it has none."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("published_on") and not cleaned.get("published_note") and "published_on" not in self.errors:
            self.add_error("published_on", _("Give the day, or say below what is known of it."))
        return cleaned
