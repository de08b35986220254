"""A value set against another one: for each resident, or against a base of one hundred."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

# Rounded once, far beyond what is shown.
_LAST_DIGIT: Final = Decimal("0.000001")
_ROOM: Final = 200


def per_head(level: Decimal, residents: Decimal) -> Decimal | None:
    """A level divided by the residents of the same period, in the level's own unit for each of them.

    Rounded to six digits after the point. None where nobody is counted: that is no number, and not zero.
    """
    return _ratio(level, residents) if residents > 0 else None


def index_of(value: Decimal, base: Decimal) -> Decimal | None:
    """A value as an index in which the base is 100: dimensionless, 0 and above.

    Rounded to six digits after the point. None where the base is not above zero or the value is below it: a ratio of
    debts to credits, or of anything to nothing, says nothing.
    """
    return _ratio(value * 100, base) if base > 0 and value >= 0 else None


def _ratio(above: Decimal, below: Decimal) -> Decimal:
    with localcontext(prec=_ROOM):
        return (above / below).quantize(_LAST_DIGIT)
