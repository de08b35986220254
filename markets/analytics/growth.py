"""How fast a value grew."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

_ROOM: Final = 50
_LAST_DIGIT: Final = Decimal("0.000001")


def cagr(first: Decimal, last: Decimal, years: int) -> Decimal | None:
    """Compound growth per year from the first value to the last, in per cent of the year before (-100 and above).

    years: the years that passed between the two, not the number of values. Rounded to six digits after the point.
    None where it is not defined: the first value is not above zero, the last is below it, or no year has passed.
    """
    if first <= 0 or last < 0 or years < 1:
        return None
    with localcontext(prec=_ROOM):
        if last == 0:
            return Decimal(-100).quantize(_LAST_DIGIT)
        rate = (last / first) ** (Decimal(1) / years) - 1
        return (rate * 100).quantize(_LAST_DIGIT)
