"""The entries of a target market and of what is noted of it: what people call them, and what may stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Final[Mapping[str, Promise]] = {
    "market": _("Market"),
    "category": _("Category"),
    "product": _("HS code"),
    "company": _("Company"),
    "status": _("Status"),
    "reason": _("Reason"),
    "stage": _("Stage"),
    "owner": _("Who sees to it"),
    "next_action": _("Next action"),
    "next_action_on": _("Day of the next action"),
}
# What can be changed later; which market and goods it is about cannot: that would be another target market.
CHANGEABLE: Final = ("status", "reason", "stage", "owner", "next_action", "next_action_on")
ENTRY_LABELS: Final[Mapping[str, Promise]] = {
    "kind": _("What it is"),
    "on": _("Day"),
    "text": _("Text"),
    "url": _("Link"),
    "record": _("Export record"),
    "indicator": _("Indicator"),
    "period": _("Period"),
    "observation": _("Number of the value"),
}
# What the change log keeps. What somebody plans in their own words is not among it: the log is never erased.
REMEMBERED: Final = ("status", "reason", "stage", "owner", "next_action_on", "shared_with", "removed_reason", "version")
IDENTITY: Final = ("market", "category", "product", "company")

CLASSIFICATION: Final = "HS2022"
MOST_TARGETS: Final = 500
MOST_ENTRIES: Final = 1000
LONGEST_REASON: Final = 500
LONGEST_ACTION: Final = 300
LONGEST_TEXT: Final = 4000
LONGEST_URL: Final = 500


def label(name: str) -> str:
    """What an entry is called in the active language; the name itself where nobody called it."""
    return str({**ENTRY_LABELS, **LABELS}.get(name, name))
