"""What a person typed, cleaned and taken apart: words, Chinese runs, the digits of a code."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, Self

from markets.search.folding import fold, is_han

MAX_CHARACTERS: Final = 100
MAX_WORDS: Final = 6
# A national tariff line adds digits to the six of the world: up to ten in most customs, a few have more.
MAX_DIGITS: Final = 12

# Said beside a code and of no meaning for it.
_CODE_WORDS: Final = frozenset(
    "hs hts code no heading chapter тн вэд тнвэд еаэс код товара позиция 税号 编码 海关编码 商品编码 税则号列".split()
)
_PREFIXED_CODE: Final = re.compile(r"hs(\d+)")
# Too frequent to find anything by, and left out by people who type in a hurry.
_FILLERS: Final = frozenset(
    "a an and at by for from in of on or other the to with без в во для за и из или к на не о от по при с со у".split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """A search as it is asked.

    text: the words to show back, at most 100 characters; is_cut tells that there were more.
    digits: of a code, when the question is one or names one; empty otherwise.
    words, runs: what remains besides the code: words of an alphabet (at most 6) and runs of Chinese.
    """

    text: str
    is_cut: bool
    folded: str
    digits: str
    words: tuple[str, ...]
    runs: tuple[str, ...]

    @classmethod
    def read(cls, words: str) -> Self:
        """Any text is a question; one of signs only asks for nothing."""
        # Far more than is used, so that a text of any length costs the same.
        start = words[: MAX_CHARACTERS * 10].replace("\0", "")
        start = "".join(sign if sign.isprintable() else " " for sign in start)
        whole = " ".join(start.split())
        text = whole[:MAX_CHARACTERS].rstrip()
        tokens = [_in_ascii_digits(_PREFIXED_CODE.sub(r"\1", token)) for token in fold(text).split()]
        digits, rest = _code(tokens)
        return cls(
            text=text,
            is_cut=len(whole) > MAX_CHARACTERS or len(words) > MAX_CHARACTERS * 10,
            folded=" ".join(tokens),
            digits=digits,
            words=tuple(without_fillers([token for token in rest if not is_han(token)])[:MAX_WORDS]),
            runs=tuple(token for token in rest if is_han(token)),
        )

    @property
    def is_empty(self) -> bool:
        return not (self.digits or self.words or self.runs)

    @property
    def is_code_alone(self) -> bool:
        return bool(self.digits) and not (self.words or self.runs)


def without_fillers(words: list[str]) -> list[str]:
    """The words that mean something, without single letters; the first two when none does. Each once."""
    telling = [word for word in words if word not in _FILLERS and (len(word) > 1 or word.isdigit())]
    return list(dict.fromkeys(telling or words[:2]))


def _code(tokens: list[str]) -> tuple[str, list[str]]:
    """The digits of a code and the words beside it.

    `84.18`, `8418 21` and `HS 8418.21.00` are codes; `8418 fridge` is a code with a word; a number that
    cannot be a heading stays a word (`3 phase motor`), and so does a code word without a number.
    """
    numbers = [token for token in tokens if token.isdigit()]
    others = [token for token in tokens if not token.isdigit()]
    if not numbers:
        return "", tokens
    beside = [token for token in others if token not in _CODE_WORDS]
    digits = "".join(numbers)
    if len(digits) > MAX_DIGITS or (beside and len(digits) not in {4, 6}):
        return "", tokens
    return digits, beside


def _in_ascii_digits(token: str) -> str:
    """٨٤١٨ and other decimal digits as 8418."""
    if not token.isdecimal():
        return token
    return "".join(str(unicodedata.decimal(digit)) for digit in token)
