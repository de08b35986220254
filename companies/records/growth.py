"""What a stated growth says of the base it is counted from, and whether it agrees with a base of one's own records.

Arithmetic over what the printed digits allow: 20.7 stands for anything from 20.65 to 20.75. All of it is exact until it
is shown. A growth of some months speaks of the same months a year before, never of a year.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

_ALL: Final = Fraction(100)
_DIGITS: Final = 30


@dataclass(frozen=True, slots=True)
class Bounds:
    """A number and the closed interval that it may stand for."""

    low: Fraction
    middle: Fraction
    high: Fraction

    def meets(self, other: Bounds) -> bool:
        """Whether one number can be in both."""
        return self.low <= other.high and other.low <= self.high


class Verdict(StrEnum):
    """How a stated growth stands to the one that follows from two records."""

    AGREES = "agrees"
    AGREES_WIDELY = "agrees_widely"  # only if noughts at the end were rounded, not counted
    DIFFERS = "differs"


def as_printed(digits: str, multiplier: int = 1, *, widely: bool = False) -> Bounds:
    """What a printed number may stand for: half a unit of its last digit either way.

    widely: noughts that end a whole number are taken for rounding, so that 20000 stands for 15000 to 25000.
    """
    number = Decimal(digits)
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 a printed number is finite
    if widely and exponent >= 0 and number:
        exponent += len(digits) - len(digits.rstrip("0"))
    half = Fraction(10) ** exponent / 2
    middle = Fraction(number)
    return Bounds((middle - half) * multiplier, middle * multiplier, (middle + half) * multiplier)


def implied_base(value: Bounds, growth_pct: Bounds) -> Bounds | None:
    """The base from which this growth leads to this value; None where it may have fallen to nothing."""
    if growth_pct.low <= -_ALL:
        return None
    low, middle, high = (1 + growth / _ALL for growth in (growth_pct.low, growth_pct.middle, growth_pct.high))
    return Bounds(max(Fraction(0), value.low) / high, value.middle / middle, value.high / low)


def computed_growth(value: Bounds, base: Bounds) -> Bounds | None:
    """The growth in per cent from a base to a value; None where the base may be nothing."""
    if base.low <= 0:
        return None
    ratios = (max(Fraction(0), value.low) / base.high, value.middle / base.middle, value.high / base.low)
    return Bounds(*((ratio - 1) * _ALL for ratio in ratios))


def verdict(stated_digits: str, value: str, base: str, value_times: int, base_times: int) -> Verdict | None:
    """Whether the stated growth can be the one from base to value, all as printed; None where there is none.

    The wider reading of noughts is tried before anything is said to differ.
    """
    for widely, found in ((False, Verdict.AGREES), (True, Verdict.AGREES_WIDELY)):
        computed = computed_growth(
            as_printed(value, value_times, widely=widely), as_printed(base, base_times, widely=widely)
        )
        if computed is None:
            # Read widely the base may be nothing, and then any growth is possible.
            return Verdict.AGREES_WIDELY if widely else None
        if computed.meets(as_printed(stated_digits, widely=widely)):
            return found
    return Verdict.DIFFERS


def shown(number: Fraction) -> Decimal:
    """The number as a decimal of thirty digits: for people and for JSON."""
    return Context(prec=_DIGITS).divide(Decimal(number.numerator), Decimal(number.denominator))
