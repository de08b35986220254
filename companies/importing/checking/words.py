"""The sentences of faults and warnings: what is wrong and how to put it right. `{said}` is what the cell says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_noop

# Of the code `unknown`, by field.
UNKNOWN: Final[Mapping[str, str]] = {
    "destination": gettext_noop("there is no market called “{said}”; choose one of the list"),
    "category": gettext_noop("there is no category called “{said}”; choose one of the list"),
    "currency": gettext_noop("there is no currency called “{said}”; choose one of the list"),
    "settlement_currency": gettext_noop("there is no currency called “{said}”; choose one of the list"),
    "incoterm": gettext_noop("there is no Incoterm “{said}” in the edition of 2020"),
    "corridor": gettext_noop("there is no way of transport called “{said}”; choose one of the list"),
    "hs_revision": gettext_noop("there is no revision of the HS called “{said}”; choose one of the list"),
    "multiplier": gettext_noop("“{said}” is no multiplier; write 1, 10000, 万, or million"),
    "net_weight_kg": gettext_noop("“{said}” is no unit of weight that can be counted in kilograms"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "undecodable": gettext_noop(
        "a character of “{said}” was lost; read the file in another encoding, or write it anew"
    ),
    "cell_error": gettext_noop("the file itself shows the error {said} here; write what is meant"),
    "formula_empty": gettext_noop(
        "this formula was never worked out; open the file, save it again, or write the value"
    ),
    "formula_text": gettext_noop("“{said}” is a formula, which is not worked out here; write the value"),
    "two_columns": gettext_noop("two columns say different things: “{said}” and “{other}”; leave one of them out"),
    "period_parts": gettext_noop("the year is missing; without it the month or quarter says nothing"),
    "unknown_company": gettext_noop("no company is called “{said}”; choose one of yours, or register it"),
    "unknown_number": gettext_noop("no company is registered under {said}; add a column with its name"),
    "ambiguous_company": gettext_noop("several companies are called “{said}”; choose which of them is meant"),
    "archived_company": gettext_noop("{name} is archived and takes no new records; restore it first"),
    "company_disagrees": gettext_noop("the number {said} is that of {name}, not of the company named in this row"),
    "twins": gettext_noop("rows {rows} say the same company, market, goods and time, and otherwise differ"),
    # Worth knowing, and no fault.
    "formula": gettext_noop("the value that this formula had when the file was saved is taken"),
    "no_value": gettext_noop("“{said}” is taken as no value, and kept as the reason"),
    "unknown_code": gettext_noop("{revision} has no code {code}; it is kept as written"),
    "same_row": gettext_noop("row {row} says the very same; this one is left out"),
    "several_records": gettext_noop(
        "{count} records have this company, market, goods and time, and none says the same"
    ),
    "edited_since": gettext_noop("a person wrote or changed the record; its words are not replaced unasked"),
    "decided": gettext_noop("the record was submitted or approved; its words are not replaced unasked"),
}
