"""The form of an export record. It only asks: what was typed is judged by `companies.records.checking` alone."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Actor
from companies.models import Company, ExportRecord
from companies.queries.companies import CompanyQuestion, matching
from companies.queries.naming import fold
from companies.records.fields import INCOTERMS, LABELS, MULTIPLIERS, label
from companies.records.reading import HS_REVISIONS
from markets.models import Currency
from markets.queries import FOCUS_MARKETS, reference

Choices = Sequence[tuple[Any, Any]]
# Those that trade with the product's markets is counted in stand first.
_FIRST_CURRENCIES: Final = ("CNY", "USD", "EUR", "RUB", "KZT", "KGS", "UZS", "TJS", "TMT")
# So many companies are offered under the field; any other is found by what is typed.
MOST_OFFERED: Final = 200
MOST_FOUND: Final = 20
LONGEST_TYPED: Final = 5000
_FIRST: Final = (
    "company",
    "destination",
    "category",
    "hs_code",
    "hs_revision",
    "period",
    "value",
    "multiplier",
    "currency",
    "stated_growth_pct",
)
_HELP: Final = {
    "company": _lazy("Its name in any script, or its registration number"),
    "destination": _lazy("A group of markets only where the source names no single one"),
    "category": _lazy("A category, an HS code, or both"),
    "hs_code": _lazy("2 to 10 digits, noughts at the front kept"),
    "period": _lazy("2025 · 2025-04 · 2025-01/2025-04 for January to April · 2025-04-17 for a shipment"),
    "value": _lazy("With the digits as printed: 20.7, not 20.70"),
    "value_note": _lazy("Only where the source gives no figure; the record then counts as missing, not as nought"),
    "stated_growth_pct": _lazy("As the source says it, such as 69 or -5.3"),
    "growth_base": _lazy("Only where it is not the same time a year before"),
    "quantity_unit": _lazy("Such as pieces, tonnes, litres"),
    "document_reference": _lazy("Where it can be looked up: a declaration, contract or article"),
}


# Without these a record says nothing; where one stands for another, the help under the field says so.
_NEEDED: Final = frozenset(_FIRST) - {"stated_growth_pct"}
# In a form the multiplier stands beside the amount, and is read as the unit it is counted in.
_OTHER_LABELS: Final = {"multiplier": _lazy("Unit of the amount")}


class _Entry(forms.CharField):
    """A text that is judged elsewhere."""

    def validate(self, value: Any) -> None:
        """Nothing is refused here."""


class RecordForm(forms.Form):
    """The entries of a record, all of them texts; those that nearly every record has always open, `others` folded."""

    use_required_attribute = False
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)
    once = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widgets = _widgets()
        for name in LABELS:
            self.fields[name] = _Entry(
                label=str(_OTHER_LABELS.get(name, label(name))),
                help_text=_HELP.get(name, ""),
                required=name in _NEEDED,
                widget=widgets[name],
                max_length=LONGEST_TYPED,
            )

    @property
    def others(self) -> list[forms.BoundField]:
        """What some records say too."""
        return [self[name] for name in LABELS if name not in _FIRST]

    @property
    def says_more(self) -> bool:
        """Whether any of the others is filled or faulty, so that they have to be open."""
        return any(field.value() or field.errors for field in self.others)

    def entries(self) -> dict[str, str]:
        """What was typed, by the names of the use-case."""
        return {name: self.data.get(name, "")[:LONGEST_TYPED] for name in LABELS}


def as_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Entries as the form writes them."""
    return {name: _as_text(value) for name, value in values.items()}


def company_found(actor: Actor, typed: str) -> tuple[uuid.UUID | None, list[Company]]:
    """The company meant by what was typed or chosen, or else the companies that may be meant.

    Meant is one with just this id, name or number; found by a part of its name it is asked for.
    """
    text = typed.strip()
    try:
        return uuid.UUID(text), []
    except ValueError:
        found = list(matching(actor, CompanyQuestion(words=text))[:MOST_FOUND]) if text else []
    same = [each for each in found if text == each.registration_number or fold(text) == fold(each.name)]
    return (same[0].pk, []) if len(same) == 1 else (None, found)


def companies_offered(actor: Actor) -> list[Company]:
    """Companies in use, those changed last first: offered under the field as it is typed in."""
    return list(matching(actor, CompanyQuestion(sort="-updated"))[:MOST_OFFERED])


def destination_choices() -> Choices:
    """Markets and groups of them by name, those the product was made for first."""
    areas = sorted(reference().areas.values(), key=lambda area: area.name)
    first = [(code, reference().areas[code].name) for code in FOCUS_MARKETS if code in reference().areas]
    groups = [(area.code, area.name) for area in areas if area.is_aggregate]
    rest = [(area.code, area.name) for area in areas if not area.is_aggregate and area.code not in FOCUS_MARKETS]
    return [
        ("", _("choose")),
        (_("Often chosen"), first),
        (_("Groups of markets"), groups),
        (_("All other markets"), rest),
    ]


def currency_codes() -> list[str]:
    """The codes of all currencies, those chosen often first."""
    return [code for _group, choices in _currencies()[1:] for code, _words in choices]


def _widgets() -> Mapping[str, forms.Widget]:
    currencies = _currencies()
    said: dict[str, forms.Widget] = {
        "company": _line(list="companies", autocomplete="off"),
        "destination": _select(destination_choices()),
        "category": _select([("", _("none")), *((each.slug, each.name) for each in reference().categories)]),
        "hs_revision": _select([("", _("none")), *((each, each) for each in HS_REVISIONS)]),
        "multiplier": _select(list(MULTIPLIERS.items())),
        "currency": _select(currencies),
        "settlement_currency": _select(currencies),
        "incoterm": _select([("", _("none")), *((code, f"{code} · {words}") for code, words in INCOTERMS.items())]),
        "corridor": _select([("", _("none")), *((value, _(label)) for value, label in ExportRecord.Corridor.choices)]),
        "note": forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    }
    numbers = ("value", "stated_growth_pct", "quantity", "net_weight_kg")
    return {name: said.get(name) or _line(inputmode="decimal" if name in numbers else "text") for name in LABELS}


def _currencies() -> Choices:
    named = {each.code: f"{each.code} · {each.name}" for each in Currency.objects.all()}
    first = [(code, named[code]) for code in _FIRST_CURRENCIES if code in named]
    rest = [(code, words) for code, words in named.items() if code not in _FIRST_CURRENCIES]
    return [("", _("none")), (_("Often chosen"), first), (_("All others"), rest)]


def _select(choices: Choices) -> forms.Select:
    return forms.Select(attrs={"class": "form-select"}, choices=choices)


def _line(**attributes: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", **attributes})


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


Said = Callable[[str, str], Sequence[str]]


def said(companies: Iterable[Company]) -> Said:
    """How an entry reads in words: codes by their names."""
    names: dict[str, dict[str, str]] = {
        "company": {str(each.pk): each.name for each in companies},
        "destination": {code: area.name for code, area in reference().areas.items()},
        "category": {each.slug: each.name for each in reference().categories},
        "multiplier": {str(number): str(words) for number, words in MULTIPLIERS.items()},
        "corridor": {value: _(label) for value, label in ExportRecord.Corridor.choices},
    }
    return lambda name, value: [names.get(name, {}).get(value, value)] if value else []
