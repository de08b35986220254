"""The entries of an alert rule: what people call them, and which of them each kind of rule takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import AlertRule

Kind = AlertRule.Kind

# Everything a person or program may state of a rule; what is not here is set by the product alone.
LABELS: Final[Mapping[str, Promise]] = {
    "kind": _("What to watch"),
    "target": _("Target market"),
    "market": _("Market"),
    "indicator": _("Indicator"),
    "currency": _("Currency"),
    "base": _("For one unit of"),
    "dataset": _("Source"),
    "organisation": _("Organisation"),
    "company": _("Company"),
    "direction": _("Which way"),
    "threshold": _("Value"),
    "change_pct": _("Change, %"),
}
# What a rule is about: it stays so for its whole life, so that its alerts always read as they were meant.
ABOUT: Final = ("kind", "market", "indicator", "currency", "base", "dataset", "organisation", "company")
# What its owner may alter later.
ALTERED: Final = ("target", "direction", "threshold", "change_pct")
REMEMBERED: Final = (*ABOUT, *ALTERED, "begins_at", "paused_at", "removed_at")
# Which entries a rule of a kind must have, and which it may have; all may hang on a target market.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.CROSSES: ("market", "indicator", "threshold"),
    Kind.CHANGES: ("market", "indicator", "change_pct"),
    Kind.REVISED: ("market",),
    Kind.RATE_CROSSES: ("currency", "base", "threshold"),
    Kind.RATE_CHANGES: ("currency", "base", "change_pct"),
    Kind.RECORD_APPROVED: ("organisation",),
    Kind.SOURCE_LATE: ("dataset",),
}
OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = {
    Kind.CROSSES: ("direction", "target"),
    Kind.CHANGES: ("direction", "target"),
    Kind.REVISED: ("indicator", "change_pct", "target"),
    Kind.RATE_CROSSES: ("direction", "target"),
    Kind.RATE_CHANGES: ("direction", "target"),
    Kind.RECORD_APPROVED: ("company", "market", "target"),
    Kind.SOURCE_LATE: ("target",),
}


def taken_by(kind: str) -> frozenset[str]:
    """The entries that a rule of this kind takes, beside its kind."""
    return frozenset((*NEEDED[kind], *OPTIONAL[kind]))


def label(name: str) -> str:
    """What an entry is called in the active language; the name itself where nobody called it."""
    return str(LABELS.get(name, name))
