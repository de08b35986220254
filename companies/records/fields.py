"""The entries of an export record: what people call them, in the order they are asked for, and the words they take."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Everything a person or program may state of a record; what is not here is set by the product alone.
LABELS: Final[Mapping[str, Promise]] = {
    "company": _("Company"),
    "destination": _("Destination"),
    "category": _("Category"),
    "hs_code": _("HS code"),
    "hs_revision": _("HS revision"),
    "period": _("Period"),
    "value": _("Value"),
    "multiplier": _("Multiplier"),
    "currency": _("Currency"),
    "value_note": _("Why there is no value"),
    "stated_growth_pct": _("Growth as stated, %"),
    "growth_base": _("Base of the growth"),
    "quantity": _("Quantity"),
    "quantity_unit": _("Unit of the quantity"),
    "net_weight_kg": _("Net weight, kg"),
    "incoterm": _("Incoterm"),
    "settlement_currency": _("Settlement currency"),
    "corridor": _("Transport corridor"),
    "customs_office": _("Customs office"),
    "document_reference": _("Document reference"),
    "note": _("Note"),
}
# What lists of records show beside their entries.
LISTED: Final[Mapping[str, Promise]] = {
    "value_printed": _("Value as printed"),
    "status": _("Status"),
    "updated_at": _("Changed"),
    "origin": _("How it came here"),
    "origin_reference": _("Where it came from"),
    "entered_by": _("Entered by"),
    "edited_by": _("Last edited by"),
    "version": _("Version"),
}
# What people say with records when they decide on them, remark on them, change many, remove or share them.
_SAID_OF_THEM: Final[Mapping[str, Promise]] = {
    "action": _("What to do"),
    "days": _("Days until it ends"),
    "decision_note": _("Reason"),
    "field": _("Entries to change"),
    "name": _("Name"),
    "record": _("Records"),
    "removed_reason": _("Reason"),
    "text": _("Comment"),
}
# The columns that say what a record states: what an edit alters and a decision is about.
STATED: Final = (
    "company",
    "destination",
    "category",
    "hs_code",
    "hs_revision",
    "period",
    "frequency",
    "period_from_on",
    "period_to_on",
    "value",
    "value_printed",
    "multiplier",
    "value_note",
    "currency",
    "quantity",
    "quantity_unit",
    "net_weight_kg",
    "incoterm",
    "settlement_currency",
    "corridor",
    "customs_office",
    "document_reference",
    "stated_growth_pct",
    "growth_base",
    "note",
)
# Where a record stands, and by whose word.
STANDING: Final = ("status", "submitted_by", "submitted_at", "decided_by", "decided_at", "decision_note")
REMEMBERED: Final = (*STATED, *STANDING, "version")

# The terms of the International Chamber of Commerce, 2020, by any way of transport and then by water alone.
INCOTERMS: Final[Mapping[str, Promise]] = {
    "EXW": _("Ex works"),
    "FCA": _("Free carrier"),
    "CPT": _("Carriage paid to"),
    "CIP": _("Carriage and insurance paid to"),
    "DAP": _("Delivered at place"),
    "DPU": _("Delivered at place unloaded"),
    "DDP": _("Delivered duty paid"),
    "FAS": _("Free alongside ship"),
    "FOB": _("Free on board"),
    "CFR": _("Cost and freight"),
    "CIF": _("Cost, insurance and freight"),
}
MULTIPLIERS: Final[Mapping[int, Promise]] = {
    1: _("1: as written"),
    1_000: _("thousand"),
    10_000: _("万 (10 thousand)"),
    1_000_000: _("million"),
    100_000_000: _("亿 (100 million)"),
    1_000_000_000: _("billion"),
}


def label(name: str) -> str:
    """What an entry is called in the active language; the name itself where nobody called it."""
    return str({**LABELS, **_SAID_OF_THEM}.get(name, name))
