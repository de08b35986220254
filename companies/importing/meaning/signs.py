"""The many signs of one meaning: digits of every script, full-width letters, blanks, dashes, apostrophes."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_BLANKS: Final = "\t\n\r\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
# Marks that show nothing: of direction, of width nought, of byte order.
_UNSEEN: Final = (
    "\u200b\u200c\u200d\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
# Em dashes stay: alone they stand for a missing value, between two numbers for "to"; before one they are no minus.
_MINUSES: Final = "\u2010\u2011\u2012\u2013\u2212\ufe63"
_APOSTROPHES: Final = "\u2018\u2019\u02bc\u02b9\u2032\u00b4\u0060\uff07"
_FULL_WIDTH: Final = range(0xFF01, 0xFF5F)
_SIGNS: Final[dict[int, str | None]] = {
    **{ord(sign): " " for sign in _BLANKS},
    **{ord(sign): None for sign in _UNSEEN},
    **dict.fromkeys(_FULL_WIDTH),
    **{code: chr(code - 0xFEE0) for code in _FULL_WIDTH},
    **{ord(sign): "-" for sign in _MINUSES},
    **{ord(sign): "'" for sign in _APOSTROPHES},
    0xFFE5: "\u00a5",
    0xFFE1: "\u00a3",
    0xFFE6: "\u20a9",
    0x3010: "(",
    0x3011: ")",
}
_OTHER_DIGIT: Final = re.compile(r"[^\x00-\x7f]")
_SEVERAL_BLANKS: Final = re.compile(r" {2,}")


def plain(text: str) -> str:
    """The text with one sign for each meaning: ASCII digits, brackets, `-`, `'` and single blanks, none at its ends."""
    made = text.translate(_SIGNS)
    if not made.isascii():
        made = _OTHER_DIGIT.sub(_digit, made)
    return _SEVERAL_BLANKS.sub(" ", made).strip()


def _digit(sign: re.Match[str]) -> str:
    return str(unicodedata.decimal(sign[0], sign[0]))
