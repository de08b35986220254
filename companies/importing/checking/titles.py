"""Faults in a few words that hold for all cells alike, whatever each says; beside them stands the name of the entry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_NO_CURRENCY: Final = _("no such currency")
_NO_DATE: Final = _("no date or period")
# Of the code `unknown`, by field.
UNKNOWN_TITLES: Final[Mapping[str, Promise]] = {
    "destination": _("no such market"),
    "category": _("no such category"),
    "currency": _NO_CURRENCY,
    "settlement_currency": _NO_CURRENCY,
    "incoterm": _("no such Incoterm"),
    "corridor": _("no such way of transport"),
    "hs_revision": _("no such HS revision"),
    "multiplier": _("no multiplier"),
    "net_weight_kg": _("no unit of weight"),
}
TITLES: Final[Mapping[str, Promise]] = {
    "undecodable": _("a character was lost"),
    "columns_differ": _("columns of one meaning differ"),
    "currencies_differ": _("the amount and the column of currencies differ"),
    "no_year_part": _("no year"),
    "percent_amount": _("a percentage, not an amount"),
    "unit_amount": _("no amount of money"),
    "no_amount": _("empty"),
    "scale_contradicts": _("the cell and its column name different units"),
    "twins": _("rows that contradict each other"),
    "unknown_company": _("not known"),
    "unknown_number": _("not known"),
    "ambiguous_company": _("several companies have this name"),
    "archived_company": _("archived"),
    "company_disagrees": _("the number of another company"),
    "not_a_number": _("no number"),
    "not_one_number": _("not one exact number"),
    "ambiguous_number": _("can be read in two ways"),
    "other_style": _("not written as the others"),
    "too_many_digits": _("too many digits"),
    "unclear_scale": _("thousand or million"),
    "error_value": _("an error of the spreadsheet"),
    "formula": _("a formula, not a value"),
    "formula_empty": _("a formula that was never worked out"),
    "date_for_number": _("a date, not a number"),
    "not_a_date": _NO_DATE,
    "ambiguous_date": _("can be read in several ways"),
    "other_order": _("not written as the others"),
    "serial_date": _("perhaps a day as spreadsheets count them"),
    "no_such_day": _("no day of the calendar"),
    "no_year": _("no year"),
    "period_not_held": _("a time that records cannot hold"),
    "not_a_year": _("no year"),
    "not_a_quarter": _("no quarter"),
    "not_a_month": _("no month"),
    "not_a_day": _("no day"),
    "hs_not_digits": _("no HS code"),
    "hs_length": _("not a whole HS code"),
    "hs_unknown": _("no such HS code"),
    "hs_other_revision": _("an HS code of another revision"),
}
