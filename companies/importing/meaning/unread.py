"""What could not be read of a cell: one failure for numbers, dates, places and goods, and its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# What is shown of a cell in a sentence about it.
_LONGEST_SHOWN: Final = 60

_SENTENCES: Final[Mapping[str, Promise]] = {
    "not_a_number": gettext_lazy("“%(text)s” is no number. Write digits, such as 1234.5."),
    "not_one_number": gettext_lazy("“%(text)s” is not one exact number. Write the number alone."),
    "ambiguous_number": gettext_lazy(
        "“%(text)s” can be read as %(readings)s. Say which sign stands before the fraction in this column."
    ),
    "other_style": gettext_lazy(
        "“%(text)s” is not written as the other numbers of this column. Write it as they are, or change how the column "
        "is read."
    ),
    "too_many_digits": gettext_lazy("“%(text)s” has too many digits: at most %(most)s are taken."),
    "unclear_scale": gettext_lazy("“%(word)s” in “%(text)s” can mean thousand or million. Write the number in full."),
    "error_value": gettext_lazy("The spreadsheet shows the error %(text)s here. Put the value right."),
    "formula": gettext_lazy("“%(text)s” is a formula, not a value. Write the value itself."),
    "formula_empty": gettext_lazy(
        "This formula was never worked out. Open the file, save it again, or write the value."
    ),
    "date_for_number": gettext_lazy("%(text)s is a date, and a number is needed here."),
    "not_a_date": gettext_lazy("“%(text)s” is no date or period. Write it as 2025, 2025-04 or 2025-04-17."),
    "ambiguous_date": gettext_lazy(
        "“%(text)s” can be read as %(readings)s. Say in which order this column writes day, month and year."
    ),
    "other_order": gettext_lazy(
        "“%(text)s” is no day in the order of this column. Write it as the others are, or change how the column is "
        "read."
    ),
    "serial_date": gettext_lazy(
        "“%(text)s” may be a day as spreadsheets count them: %(readings)s. Say so for the column, or write the date."
    ),
    "no_such_day": gettext_lazy("There is no day “%(text)s” in the calendar. Write the right date."),
    "no_year": gettext_lazy("“%(text)s” does not say which year. Write the year with all four digits."),
    "period_not_held": gettext_lazy(
        "“%(text)s” is a time records cannot hold. Take a month, a quarter, a year, or months from January on."
    ),
    "not_a_year": gettext_lazy("“%(text)s” is no year. Write it with four digits, such as 2025."),
    "not_a_quarter": gettext_lazy("“%(text)s” is no quarter. Write 1, 2, 3 or 4."),
    "not_a_month": gettext_lazy("“%(text)s” is no month. Write a number from 1 to 12 or its name."),
    "not_a_day": gettext_lazy("“%(text)s” is no day of a month. Write a number from 1 to 31."),
    "hs_not_digits": gettext_lazy("“%(text)s” is no HS code. Write 2, 4, 6, 8 or 10 digits, such as 8418.21."),
    "hs_length": gettext_lazy("“%(text)s” has not 2, 4, 6, 8 or 10 digits. Write the whole code."),
    "hs_unknown": gettext_lazy("There is no code %(text)s in %(revision)s. Look the code up, or name its revision."),
    "hs_other_revision": gettext_lazy(
        "The code %(text)s is not in %(revision)s, but in %(revisions)s. Put the revision right, or take today's code."
    ),
    "zero_restored": gettext_lazy("A zero that was lost is put back: %(before)s is read as %(after)s."),
    "exponent": gettext_lazy(
        "“%(text)s” is written with an exponent; the program that saved it may have dropped digits. Look at it."
    ),
}


class Unread(Exception):
    """A cell that cannot be read, or can be read two ways. code: a key of the sentences; context: what they name.

    text: what the cell says; readings: what it could mean, where it could mean several things.
    """

    def __init__(self, code: str, **context: Any) -> None:
        super().__init__(code)
        self.code = code
        self.context = context


def sentence(code: str, context: Mapping[str, Any]) -> str:
    """What is wrong and what to do, in the active language. A code without a sentence is a programming error."""
    return str(_SENTENCES[code]) % {name: _shown(value) for name, value in context.items()}


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return _(" or ").join(_shown(each) for each in value)
    text = str(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
