"""How few hands a total lies in."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Final

from markets.errors import NotComparable

_ROOM: Final = 50
_SUMS_TO_ONE_WITHIN: Final = Decimal("0.000001")
_LAST_DIGIT: Final = Decimal("0.000001")


def hhi(shares: Sequence[Decimal]) -> Decimal | None:
    """Herfindahl-Hirschman index: the sum of squared shares of the suppliers of one total.

    shares: fractions from 0 to 1 that sum to 1 within a millionth; a supplier without a value is left out, not zero.
    Dimensionless, 1/n to 1 (1 = a single supplier), rounded to six digits after the point. None where no supplier is
    known. Raises NotComparable when a share is below zero or the shares are not those of one whole.
    """
    if not shares:
        return None
    with localcontext(prec=_ROOM):
        whole = sum(shares, Decimal(0))
        if min(shares) < 0 or abs(whole - 1) > _SUMS_TO_ONE_WITHIN:
            raise NotComparable(reason=f"the shares are not of one whole, they add up to {whole:.6f}")
        return sum((share * share for share in shares), Decimal(0)).quantize(_LAST_DIGIT)
