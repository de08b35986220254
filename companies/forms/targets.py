"""The forms of target markets. They only ask: what was typed is judged by `companies.targets` alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.profiles.target_page import TargetChoices
from companies.profiles.target_words import STAGE_WORDS, STATUS_WORDS
from companies.targets.fields import ENTRY_LABELS, LABELS, LONGEST_ACTION, LONGEST_REASON, LONGEST_TEXT, LONGEST_URL
from markets.queries import FOCUS_MARKETS, reference

Choices = Sequence[tuple[Any, Any]]
LONGEST_TYPED: Final = 5000
EDITED: Final = ("status", "reason", "stage", "owner", "next_action", "next_action_on")
ENTERED: Final = ("market", "category", "product", "company", "status", "reason", "stage", *EDITED[-2:])
_HELP: Final[Mapping[str, Any]] = {
    "product": _lazy("2, 4 or 6 digits, in place of a category; both empty means all goods"),
    "company": _lazy("Empty: it is your own, and nobody else sees it until you share it"),
    "reason": _lazy("Needed for “not interested”; stands in the history"),
    "text": _lazy("Colleagues read it where the target market is shared"),
    "record": _lazy("Records of yours to this market, the newest first"),
    "observation": _lazy("The newest value of each series; the very release it comes from is kept with it"),
}
_NEEDED: Final[Mapping[str, frozenset[str]]] = {
    "note": frozenset({"text"}),
    "visit": frozenset({"on", "text"}),
    "document": frozenset(),
    "number": frozenset({"observation"}),
    "record": frozenset({"record"}),
}
_OF_ENTRY: Final[Mapping[str, tuple[str, ...]]] = {
    "note": ("text",),
    "visit": ("on", "text"),
    "document": ("url", "on", "text"),
    "number": ("observation", "text"),
    "record": ("record", "text"),
}
_OTHER_LABELS: Final[Mapping[str, Any]] = {"observation": _lazy("Number")}


class _Typed(forms.CharField):
    """A text that is judged elsewhere."""

    def validate(self, value: Any) -> None:
        """Nothing is refused here."""


class TargetForm(forms.Form):
    """Some entries of a target market, all of them texts. Its fields are named as the use-cases name them."""

    use_required_attribute = False
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        names: Sequence[str],
        data: Mapping[str, Any] | None = None,
        *,
        choices: Mapping[str, Choices] | None = None,
        needed: frozenset[str] = frozenset(),
        initial: Mapping[str, Any] | None = None,
        prefix_of_ids: str = "id",
    ) -> None:
        super().__init__(data, initial=dict(initial or {}), auto_id=f"{prefix_of_ids}_%s")
        offered = {"status": _words(STATUS_WORDS), "stage": _words(STAGE_WORDS), **(choices or {})}
        self.names = names
        for name in names:
            self.fields[name] = _Typed(
                label=str(_OTHER_LABELS.get(name) or {**ENTRY_LABELS, **LABELS}[name]),
                help_text=_HELP.get(name, ""),
                required=name in needed,
                widget=_widget(name, offered),
                max_length=LONGEST_TYPED,
            )

    def entries(self) -> dict[str, str]:
        """What was typed, by the names of the use-case."""
        return {name: str(self.data.get(name, ""))[:LONGEST_TYPED] for name in self.names}


def new_form(
    companies: Choices, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
) -> TargetForm:
    """The form of a new target market. companies: those it can be of; where there are none, it is the person's own."""
    names = [name for name in ENTERED if name != "company" or companies]
    choices = {
        "market": market_choices(),
        "category": [("", _("all goods")), *((each.slug, each.name) for each in reference().categories)],
        "company": [("", _("my own")), *companies],
    }
    needed = frozenset({"market", "status"})
    return TargetForm(names, data, choices=choices, needed=needed, initial={"status": "future", **(initial or {})})


def edit_form(
    choices: TargetChoices, data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None
) -> TargetForm:
    """The form of what changes of a target market with time."""
    owners = [("", _("nobody")), *choices.owners]
    return TargetForm(EDITED, data, choices={"owner": owners}, needed=frozenset({"status"}), initial=initial)


def status_form(data: Mapping[str, Any] | None = None, initial: Mapping[str, Any] | None = None) -> TargetForm:
    """The status alone, with its reason."""
    needed = frozenset({"status"})
    return TargetForm(("status", "reason"), data, needed=needed, initial=initial, prefix_of_ids="status")


def entry_forms(
    choices: TargetChoices, data: Mapping[str, Any] | None = None, chosen: str = ""
) -> Mapping[str, TargetForm]:
    """A form for each kind of note there can be now; data goes to the one of the chosen kind."""
    offered: Mapping[str, Choices] = {"observation": choices.numbers, "record": choices.records}
    made = {}
    for kind, names in _OF_ENTRY.items():
        lists = {name: [("", _("choose")), *offered[name]] for name in names if name in offered}
        if all(len(each) > 1 for each in lists.values()):
            sent = data if kind == chosen else None
            made[kind] = TargetForm(names, sent, choices=lists, needed=_NEEDED[kind], prefix_of_ids=kind)
    return made


def market_choices() -> Choices:
    """Markets by name, those the product was made for first."""
    areas = sorted(reference().areas.values(), key=lambda area: area.name)
    known = reference().areas
    return [
        ("", _("choose")),
        (_("Often chosen"), [(code, known[code].name) for code in FOCUS_MARKETS if code in known]),
        (
            _("All other markets"),
            [(area.code, area.name) for area in areas if not area.is_aggregate and area.code not in FOCUS_MARKETS],
        ),
    ]


def _widget(name: str, choices: Mapping[str, Choices]) -> forms.Widget:
    if name in choices:
        return forms.Select(attrs={"class": "form-select"}, choices=list(choices[name]))
    if name == "text":
        return forms.Textarea(attrs={"class": "form-control", "rows": 3, "maxlength": LONGEST_TEXT, "dir": "auto"})
    if name in ("on", "next_action_on"):
        return forms.TextInput(attrs={"class": "form-control", "type": "date"})
    most = {"reason": LONGEST_REASON, "next_action": LONGEST_ACTION, "url": LONGEST_URL, "product": 12}
    return forms.TextInput(attrs={"class": "form-control", "maxlength": most.get(name, LONGEST_TYPED), "dir": "auto"})


def _words(words: Mapping[str, Any]) -> Choices:
    return [(key, str(told)) for key, told in words.items()]
