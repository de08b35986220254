"""The form of a mapping: what was chosen for each column, and what holds for all rows. It judges nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from companies.importing.mapping.suggesting import DATES, NUMBERS, meaning_of
from companies.importing.meaning.columns import ColumnProfile
from companies.importing.plan import FIELDS, ColumnMeaning, DateOrder, NumberStyle
from companies.importing.plan import Mapping as Meaning

# What can be said for all rows at once where no column says it.
CONSTANTS: Final = (
    "company", "destination", "category", "hs_revision", "period",
)  # fmt: skip
_LONGEST: Final = 200
_STYLES: Final = frozenset(map(str, NumberStyle))
_ORDERS: Final = frozenset(map(str, DateOrder))
_POWER_OF_TEN: Final = re.compile(r"10{0,12}", re.ASCII)


def mapping_sent(posted: Mapping[str, str], profiles: Sequence[ColumnProfile], before: Meaning) -> Meaning:
    """The mapping as the form says it. Constants the form does not ask about stay, unless a column says them now.

    The company for all rows is as it was typed. A column that becomes another field takes what its header says.
    """
    columns = tuple(_column(posted, number, profile) for number, profile in enumerate(profiles))
    fields = {each.field for each in columns}
    kept = {name: text for name, text in before.constants.items() if name not in CONSTANTS}
    asked = {name: posted.get(f"constant-{name}", before.constants.get(name, "")) for name in CONSTANTS}
    said = {name: text.strip()[:_LONGEST] for name, text in (kept | asked).items()}
    constants = {name: text for name, text in said.items() if text and name not in fields}
    return Meaning(columns=columns, constants=constants, register=posted.get("register") == "1")


def _column(posted: Mapping[str, str], number: int, profile: ColumnProfile) -> ColumnMeaning:
    field = posted.get(f"field-{number}", "")
    if field not in FIELDS:
        return ColumnMeaning()
    meaning = meaning_of(field, profile.header, profile)
    if posted.get(f"was-{number}", "") == field:
        meaning = _said(posted, number, meaning)
    style = posted.get(f"style-{number}", "")
    if field in NUMBERS and style in _STYLES and len(profile.number_styles) != 1:
        return replace(meaning, number_style=NumberStyle(style))
    if field in DATES and style in _ORDERS and len(profile.date_orders) != 1:
        return replace(meaning, date_order=DateOrder(style))
    return meaning


def _said(posted: Mapping[str, str], number: int, meaning: ColumnMeaning) -> ColumnMeaning:
    """The column with what was said beside it of all its values."""
    if meaning.field == "value":
        power = posted.get(f"multiplier-{number}", "")
        multiplier = int(power) if _POWER_OF_TEN.fullmatch(power) else None
        currency = posted.get(f"currency-{number}", meaning.currency).strip()[:3]
        return replace(meaning, multiplier=multiplier, currency=currency)
    if meaning.field in ("quantity", "net_weight_kg"):
        return replace(meaning, unit=posted.get(f"unit-{number}", meaning.unit).strip()[:30])
    return meaning
