"""The blanks of an alert rule as people fill them in. What is right is decided where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.alerts.fields import LABELS, NEEDED, taken_by
from companies.models import AlertRule
from companies.profiles.alert_choices import RuleChoices, people_unit, unit_of
from companies.profiles.alert_words import DIRECTION_WORDS
from companies.records.amounts import Unreadable, printed
from companies.records.fields import MULTIPLIERS

Kind = AlertRule.Kind
# The order in which the blanks are read.
_ORDER: Final = (
    "indicator",
    "base",
    "currency",
    "organisation",
    "company",
    "market",
    "dataset",
    "direction",
    "threshold",
    "multiplier",
    "change_pct",
)
_ALTERED: Final = ("direction", "threshold", "multiplier", "change_pct")
_EMPTY: Final[Mapping[tuple[str, str], Any]] = {
    (Kind.REVISED, "indicator"): _lazy("any figure"),
    (Kind.RECORD_APPROVED, "company"): _lazy("any company"),
    (Kind.RECORD_APPROVED, "market"): _lazy("any market"),
}
_NAMES: Final[Mapping[str, Any]] = {**LABELS, "multiplier": _lazy("Times")}


class _Blank(forms.CharField):
    """A blank of the sentence. That it is filled in is judged by the use-case, which tells all faults at once."""

    def validate(self, value: Any) -> None:
        """Nothing is refused here."""


class RuleForm(forms.Form):
    """The blanks of one kind of rule; without choices only what may be altered of a rule that there is.

    threshold: times `multiplier`, in the unit people read, which `values` turns into the stored one.
    """

    def __init__(
        self, *args: Any, kind: str, choices: RuleChoices | None = None, indicator: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self._indicator = kind, indicator
        takes = taken_by(kind) | ({"multiplier"} if kind == Kind.CROSSES else frozenset())
        for name in _ORDER:
            if name in takes and (
                choices is not None or name in ("direction", "threshold", "multiplier", "change_pct")
            ):
                self.fields[name] = self._field(name, choices or RuleChoices())
        if "target" in takes and choices is not None:
            self.fields["target"] = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def values(self) -> dict[str, Any]:
        """The entries as `alerts.reading.checked` takes them, with those that are empty."""
        typed = {name: self.cleaned_data.get(name, "") for name in self.fields}
        multiplier = typed.pop("multiplier", "")
        if self.kind == Kind.CROSSES:
            indicator = typed.get("indicator") or self._indicator
            typed["threshold"] = _in_units(typed["threshold"], multiplier, unit_of(indicator))
        return typed

    def problems(self) -> tuple[tuple[str, str], ...]:
        """(id of the blank, message that names it) for every error, in the order of the page; no id: of the whole."""
        of_all = [("", str(fault)) for fault in self.non_field_errors()]
        of_blanks = [
            (self[name].id_for_label, _("%(field)s: %(fault)s") % {"field": field.label, "fault": fault})
            for name, field in self.fields.items()
            for fault in self.errors.get(name, [])
        ]
        return (*of_all, *of_blanks)

    def _field(self, name: str, choices: RuleChoices) -> forms.Field:
        is_needed = name in NEEDED[self.kind]
        return _Blank(
            label=_NAMES[name],
            required=is_needed or name in ("direction", "multiplier"),
            max_length=200,
            widget=self._widget(name, choices),
        )

    def _widget(self, name: str, choices: RuleChoices) -> forms.Widget:
        if name in ("threshold", "change_pct"):
            return forms.TextInput(attrs={"class": "form-control", "inputmode": "decimal", "autocomplete": "off"})
        return forms.Select(attrs={"class": "form-select"}, choices=self._choices(name, choices))

    def _choices(self, name: str, choices: RuleChoices) -> list[Any]:
        if name == "direction":
            words = DIRECTION_WORDS["crosses" if self.kind in (Kind.CROSSES, Kind.RATE_CROSSES) else "changes"]
            return list(words.items())
        if name == "multiplier":
            return [(str(each), words) for each, words in MULTIPLIERS.items()]
        offered: Mapping[str, Any] = {
            "indicator": choices.indicators,
            "market": choices.markets,
            "currency": choices.currencies,
            "base": choices.currencies,
            "dataset": choices.datasets,
            "organisation": choices.organisations,
            "company": choices.companies,
        }
        return [("", _EMPTY.get((self.kind, name), _lazy("choose"))), *offered[name]]


class AlertFilterForm(forms.Form):
    """Which alerts are shown."""

    market = forms.CharField(required=False, max_length=8)
    rule = forms.UUIDField(required=False)
    unread = forms.BooleanField(required=False)
    page = forms.CharField(required=False, max_length=9)


def initial_of(rule: AlertRule) -> dict[str, Any]:
    """What of a rule may be altered, as people write it: 300 times a billion."""
    initial: dict[str, Any] = {"direction": rule.direction, "change_pct": _digits(rule.change_pct)}
    if rule.threshold is None:
        return initial
    if rule.kind != Kind.CROSSES or rule.indicator is None:
        return initial | {"threshold": _digits(rule.threshold)}
    value = rule.threshold * people_unit(rule.indicator.unit)
    times = max(each for each in (1, 1_000_000, 1_000_000_000) if each == 1 or (value and value % each == 0))
    return initial | {"threshold": _digits(value / times), "multiplier": str(times)}


def _digits(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


def _in_units(text: str, multiplier: str, unit: str) -> str | Decimal:
    """The number in the stored unit; the text itself where it is no number, which the use-case refuses."""
    times = int(multiplier) if multiplier.isascii() and multiplier.isdigit() else 1
    if times not in MULTIPLIERS or not unit:
        return text
    try:
        return printed(text).times(times) / people_unit(unit) if text else text
    except Unreadable:
        return text


def kind_asked(text: str) -> str:
    """The kind of rule that an address or form names; empty for none."""
    return text if text in Kind.values else ""


__all__ = ["AlertFilterForm", "RuleForm", "initial_of", "kind_asked"]
