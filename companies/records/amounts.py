"""Numbers as people write them: every printed digit kept, and what can be read two ways asked, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from django.utils.translation import gettext as _

# Blanks that part groups of digits in one language or another.
_BLANKS: Final = "\u0020\u00a0\u2009\u202f"
_PLAIN: Final = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)
_GROUPED: Final = re.compile(rf"[+-]?\d{{1,3}}([{_BLANKS}]\d{{3}})+(\.\d+)?", re.ASCII)
_COMMAS: Final = re.compile(r"[+-]?\d{1,3}((,\d{3}){2,}(\.\d+)?|,\d{3}\.\d+)", re.ASCII)
_ONE_COMMA: Final = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_EXPONENT: Final = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+", re.ASCII)
_THOUSANDS: Final = 3
MOST_DIGITS: Final = 30


class Unreadable(ValueError):
    """A text that is no number, or more than one. Its message says how to write it, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was written. digits: the plain form, `20.7`, `-5`, `20700000`; its last digit is significant, its
    first is no nought before another one, and nothing is below nought that is nought.
    """

    digits: str

    @property
    def exact(self) -> Decimal:
        """The number itself."""
        return Decimal(self.digits)

    def times(self, multiplier: int) -> Decimal:
        """The number in units, with no digit lost and none claimed: 20.7 million are 20700000, not 20700000.0.

        multiplier: a power of ten.
        """
        with localcontext(prec=4 * MOST_DIGITS):
            scaled = self.exact.scaleb(len(str(multiplier)) - 1)
            return Decimal(format(scaled, "f"))


def printed(text: str | int | Decimal) -> Printed:
    """Reads `20.7`, `20 700 000`, `20,700,000`, full-width digits too. Raises Unreadable for anything else.

    A point is the decimal sign. One comma alone (`20,700`) is thousands to one reader and a fraction to another.
    """
    plain = _plain(text)
    if not any(form.fullmatch(plain) for form in (_PLAIN, _GROUPED, _COMMAS)):
        raise Unreadable(_why_not(plain))
    digits = plain.translate({ord(sign): None for sign in _BLANKS + ","}).removeprefix("+")
    if len(digits) > MOST_DIGITS and sum(sign.isdigit() for sign in digits) > MOST_DIGITS:
        raise Unreadable(_("at most %(most)s digits are taken") % {"most": MOST_DIGITS})
    return Printed(_without_idle_signs(digits))


def _without_idle_signs(digits: str) -> str:
    """The same number without noughts before its first digit, and without the minus of nought."""
    whole, point, fraction = digits.removeprefix("-").partition(".")
    unsigned = (whole.lstrip("0") or "0") + point + fraction
    return f"-{unsigned}" if digits.startswith("-") and unsigned.strip("0.") else unsigned


def _plain(text: str | int | Decimal) -> str:
    if isinstance(text, Decimal):
        return format(text, "f") if text.is_finite() else ""
    written = str(text).strip()
    if written.isascii():
        return written
    signs = ("-" if sign in "\u2212\u2013\uff0d" else _narrow(sign) for sign in written)
    return "".join(signs)


def _narrow(sign: str) -> str:
    if sign.isdecimal():
        return str(int(sign))
    return {"\uff0e": ".", "\uff0c": ",", "\u3000": " "}.get(sign, sign)


def _why_not(plain: str) -> str:
    if _ONE_COMMA.fullmatch(plain):
        both = {"text": plain, "fraction": plain.replace(",", "."), "whole": plain.replace(",", "")}
        if len(plain.partition(",")[2]) != _THOUSANDS:
            return _("write %(fraction)s, with a point before the fraction") % both
        return _("%(text)s can be read two ways: write %(fraction)s or %(whole)s") % both
    if _EXPONENT.fullmatch(plain):
        return _("write all the digits, without an exponent")
    return _("write a number such as 20.7, with a point before the fraction")
