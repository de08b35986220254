"""What people call the things a column can be, in the order and the groups they are offered in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.records.fields import label

PARTS: Final[Mapping[str, Promise]] = {
    "company_number": _("Number of the company"),
    "year": _("Year"),
    "quarter": _("Quarter"),
    "month": _("Month"),
    "day": _("Day of the month"),
    "period_end": _("Last month of the period"),
}
GROUPS: Final[tuple[tuple[Promise, tuple[str, ...]], ...]] = (
    (_("Who and where"), ("company", "company_number", "destination")),
    (_("Goods"), ("category", "hs_code", "hs_revision")),
    (_("Time"), ("period", "year", "quarter", "month", "day", "period_end")),
    (_("Amount"), ("value", "multiplier", "currency", "value_note", "stated_growth_pct", "growth_base")),
    (_("Quantity"), ("quantity", "quantity_unit", "net_weight_kg")),
    (
        _("Delivery and documents"),
        ("incoterm", "corridor", "settlement_currency", "customs_office", "document_reference", "note"),
    ),
)


def called(field: str) -> str:
    """What a field of a mapping is called in the active language; the name itself where nobody called it."""
    return str(PARTS[field]) if field in PARTS else label(field)
