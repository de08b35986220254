"""What a kilogram of a product was sold for."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

_ROOM: Final = 50
_LAST_DIGIT: Final = Decimal("0.000001")
# Where less of the value has a weight beside it, the weight is of other goods than the value.
LEAST_WEIGHED: Final = Decimal("0.9")


def unit_value(value: Decimal | None, weighed: Decimal | None, weight_kg: Decimal | None) -> Decimal | None:
    """Value for each kilogram, in the currency of the value, rounded to six digits after the point.

    value: of all rows. weighed: of those rows that state a weight, which is weight_kg. None where one of them is not
    stated or not above zero, and where less than nine tenths of the value has a weight beside it.
    """
    if not value or not weighed or not weight_kg or min(value, weighed, weight_kg) <= 0:
        return None
    with localcontext(prec=_ROOM):
        if weighed < value * LEAST_WEIGHED:
            return None
        return (weighed / weight_kg).quantize(_LAST_DIGIT)
