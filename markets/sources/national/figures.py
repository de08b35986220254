"""One cell of a table as a figure: the printed number, or the reason why there is none.

Traps: Excel hands over binary noise (44721.200000000004 was 44721.2); numbers stand as text with a comma (`88,0`);
`-` is none, `...` is not available, `x` is confidential, `0.0` is less than half of the last printed digit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markets.errors import InvalidValue
from markets.vocabulary import ObsStatus, PrintedNumber

Cell = str | float | int | bool

# A double holds no more decimal digits than these for certain.
SIGNIFICANT_DIGITS: Final = 15
_NONE_RECORDED: Final = frozenset({"-", "\N{EN DASH}", "\N{EM DASH}", "\N{MINUS SIGN}", "\N{NON-BREAKING HYPHEN}"})
_NOT_AVAILABLE: Final = frozenset({"...", "…", "..", "н/д", "n/a", "na"})
_CONFIDENTIAL: Final = frozenset({"x", "х", "c", "с"})
# A thousand or a little more than one: the offices print one digit behind the comma, an English table none.
_AMBIGUOUS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|[+-]?\d{1,3}(?: \d{3})+,\d+")


@dataclass(frozen=True, slots=True)
class Figure:
    """printed: as it stands in the table, in its unit; None with a status that says why."""

    printed: PrintedNumber | None
    obs_status: ObsStatus = ObsStatus.NORMAL

    @property
    def number(self) -> Decimal:
        """The number to add up: nothing where none is printed."""
        return self.printed.value if self.printed else Decimal(0)


def text_of(cell: Cell) -> str:
    """A cell's words, trimmed; a whole number without its `.0`; "" for an empty cell."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def figure_of(cell: Cell) -> Figure | None:
    """The figure in a cell; None when the cell is empty. Raises InvalidValue for what is no figure."""
    if isinstance(cell, bool):
        raise InvalidValue(parameter="cell", value=cell, expected="a number is needed")
    if isinstance(cell, float | int):
        printed = PrintedNumber.parse(_shortest(float(cell)))
    else:
        said = " ".join(cell.split())
        if not said:
            return None
        for signs, status in (
            (_NONE_RECORDED, ObsStatus.NONE_RECORDED),
            (_NOT_AVAILABLE, ObsStatus.NOT_AVAILABLE),
            (_CONFIDENTIAL, ObsStatus.CONFIDENTIAL),
        ):
            if said.casefold() in signs:
                return Figure(None, status)
        if _AMBIGUOUS.fullmatch(said):
            raise InvalidValue(parameter="cell", value=cell, expected="write 1234 or 1.2340: a comma may mean either")
        printed = PrintedNumber.parse(_pointed(said))
    if printed.value < 0:
        raise InvalidValue(parameter="cell", value=cell, expected="trade is never below zero")
    if printed.value.adjusted() >= SIGNIFICANT_DIGITS:
        raise InvalidValue(parameter="cell", value=cell, expected="no country trades so much")
    return Figure(printed, ObsStatus.NORMAL if printed.value else ObsStatus.LOW)


def is_number(cell: Cell) -> bool:
    """True for a cell that states a number, whatever its sign, though it be unclear which."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, float | int):
        return True
    if _AMBIGUOUS.fullmatch(" ".join(cell.split())):
        return True
    try:
        figure = figure_of(cell)
    except InvalidValue:
        return False
    return figure is not None and figure.printed is not None


def half_unit(figures: Sequence[Figure]) -> Decimal:
    """By how much the sum of printed numbers may be off: half of the last printed digit of each."""
    return sum((Decimal(1).scaleb(f.printed.exponent) / 2 for f in figures if f.printed), Decimal(0))


def _shortest(number: float) -> str:
    """The digits that were typed: the shortest text that is this double, of at most fifteen digits."""
    text = repr(number)
    # Excel keeps no trailing zeros, so `12.0` is 12; a zero alone keeps its place, for it says how small it is.
    if not math.isfinite(number) or not number:
        return text
    digits = len(Decimal(text).normalize().as_tuple().digits)
    return (format(number, f".{SIGNIFICANT_DIGITS}g") if digits > SIGNIFICANT_DIGITS else text).removesuffix(".0")


def _pointed(text: str) -> str:
    """A number written with a decimal comma, or with spaces or commas between thousands, in plain form."""
    if _GROUPED.fullmatch(text):
        spaced = text.replace(" ", "")
        return spaced.replace(",", "") if "." in spaced or spaced.count(",") > 1 else spaced.replace(",", ".")
    return text.replace(",", ".") if text.count(",") == 1 else text
