"""The sentences of faults and warnings that no reader of cells has: what is wrong and how to put it right.

`%(said)s` is what the cell says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Of the code `unknown`, by field.
UNKNOWN: Final[Mapping[str, Promise]] = {
    "destination": _("There is no market called “%(said)s”. Choose one of the list."),
    "category": _("There is no category called “%(said)s”. Choose one of the list."),
    "currency": _("There is no currency called “%(said)s”. Choose one of the list."),
    "settlement_currency": _("There is no currency called “%(said)s”. Choose one of the list."),
    "incoterm": _("There is no Incoterm “%(said)s” in the edition of 2020. Choose one of the list."),
    "corridor": _("There is no way of transport called “%(said)s”. Choose one of the list."),
    "hs_revision": _("There is no HS revision called “%(said)s”. Choose one of the list."),
    "multiplier": _("“%(said)s” is no multiplier. Write 1, 10000, 万 or million."),
    "net_weight_kg": _("“%(unit)s” is no unit of weight. Write the weight in kilograms or tonnes."),
}
SENTENCES: Final[Mapping[str, Promise]] = {
    "undecodable": _("A character of “%(said)s” was lost. Read the file in another encoding, or write it anew."),
    "columns_differ": _("Columns of one meaning say “%(said)s” and “%(other)s”. Leave one of them out."),
    "currencies_differ": _("The amount is in %(said)s, and the column of currencies says %(other)s. Put one right."),
    "no_year_part": _("The year is missing; without it the month or quarter says nothing. Write the year."),
    "percent_amount": _("“%(said)s” is a percentage, and an amount is needed here. Write the amount."),
    "unit_amount": _("“%(said)s” is no amount of money. Write the amount, and its currency beside."),
    "no_amount": _(
        "The amount is empty. Write it in the file, or leave the row out; where the source gives none, say why in the "
        "column for that."
    ),
    "scale_contradicts": _(
        "“%(said)s” names %(currency)s alone in a column that counts in more: it may be %(of_column)s or %(of_cell)s. "
        "Say which."
    ),
    "unknown_company": _("No company is called “%(said)s”. Choose one of yours, or register it."),
    "unknown_number": _("No company is registered under %(said)s. Choose one of yours, or add its name."),
    "ambiguous_company": _("Several companies are called “%(said)s”. Choose which of them is meant."),
    "archived_company": _("%(name)s is archived and takes no new records. Restore it first."),
    "company_disagrees": _("The number %(said)s is that of %(name)s, not of the company this row names."),
    "twins": _("Rows %(rows)s name the same company, market, goods and time, and differ in the rest."),
    # Worth knowing, and no fault.
    "formula_value": _("The value that a formula had when the file was saved is taken."),
    "no_value": _("“%(said)s” is taken as no value, and kept as the reason."),
    "place_left_out": _("Records have no entry for the place “%(place)s” behind the term, so it is left out."),
    "same_row": _("Row %(row)s says the very same, so this one is left out."),
    "several_records": _("%(count)s records have this company, market, goods and time, and none says the same."),
    "edited_since": _("A person wrote or changed this record, so the file does not replace it unasked."),
    "decided": _("This record was submitted or approved, so the file does not replace it unasked."),
}
