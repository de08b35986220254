"""The two sides of one trade: what the exporter reports and what the importer reports."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

_ROOM: Final = 50
_LAST_DIGIT: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class MirrorGap:
    """How far two reports of one trade lie apart.

    ratio: exporter's report over importer's; None where the importer reports zero. discrepancy: 0 (they agree) to 1
    (one side has nothing), the same whichever side is named first. Both are dimensionless.
    """

    ratio: Decimal | None
    discrepancy: Decimal


def mirror_gap(exported: Decimal | None, imported: Decimal | None) -> MirrorGap | None:
    """The distance of the two reports: ratio x/m and D = |x - m| / (x + m), rounded to six digits after the point.

    Both in one currency and of one period; that is the caller's to see to. None where a side is missing, is below
    zero, or where both report zero: then there is nothing to compare.
    """
    if exported is None or imported is None or exported < 0 or imported < 0 or not (exported or imported):
        return None
    with localcontext(prec=_ROOM):
        ratio = (exported / imported).quantize(_LAST_DIGIT) if imported else None
        apart = abs(exported - imported) / (exported + imported)
        return MirrorGap(ratio, apart.quantize(_LAST_DIGIT))
