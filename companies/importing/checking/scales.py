"""Amounts that say a currency of their own in a column that counts in thousands or more: `1,205,000元` under 万元.

Both readings are usual and ten thousand times apart, so a person says which holds; a cell with a word for its scale
(`3.2亿`) has said so itself, and one with digits alone is counted as its column is.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

from companies.importing.checking.faults import SCALE, Fault, Suggestion
from companies.importing.meaning.numbers import Number
from companies.importing.plan import ColumnMeaning, NumberStyle
from companies.records.amounts import MOST_DIGITS
from markets import wording

COLUMN, CELL = "column", "cell"
# How a cell says each scale that a column can have.
_WORDS: Final = {
    1_000: "thousand",
    10_000: "万",
    100_000: "十万",
    1_000_000: "million",
    10_000_000: "千万",
    100_000_000: "亿",
    1_000_000_000: "billion",
}
_THOUSANDS: Final = 3


def contradicts(number: Number, meaning: ColumnMeaning) -> bool:
    """Whether the cell names a currency without the scale that its column has."""
    return bool(number.currency) and number.multiplier is None and (meaning.multiplier or 1) > 1


def contradiction(name: str, said: str, number: Number, meaning: ColumnMeaning) -> Fault:
    """The fault with both readings: in the scale of the column first, then as the cell says."""
    by = meaning.multiplier or 1
    with localcontext(prec=4 * MOST_DIGITS):
        exact = Decimal(number.digits)
        whole, parted = exact * by, exact / by
    of_column, of_cell = wording.number(whole), wording.number(exact)
    near: tuple[Suggestion, ...] = ()
    if word := _WORDS.get(by):
        digits = ((of_column, format(exact, "f")), (of_cell, format(parted, "f")))
        near = tuple(
            Suggestion(f"{_written(text, meaning.number_style)}{word} {number.currency}", f"{label} {number.currency}")
            for label, text in digits
        )
    return Fault(name, SCALE, said, {"of_column": of_column, "of_cell": of_cell, "currency": number.currency}, near)


def _written(digits: str, style: NumberStyle | None) -> str:
    """As a cell of the column would be written, so that it can be read in one way alone."""
    whole, point, fraction = digits.partition(".")
    fraction = f"{fraction}0" if len(fraction) == _THOUSANDS else fraction
    return f"{whole}{',' if style is NumberStyle.COMMA and point else point}{fraction}"
