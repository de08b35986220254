"""How names of people and organisations are written: one spelling, nothing invisible, one script a word."""

from __future__ import annotations

import unicodedata
from typing import Final

# Joiners shape words of several scripts; every other invisible sign only makes two names look alike.
_JOINERS: Final = "\u200c\u200d"
# Scripts whose letters pass for one another.
_ALIKE: Final = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})


def plain_name(text: str) -> str:
    """The name in composed form (NFC), without invisible signs, with single blanks; empty where nothing is left."""
    shown = (sign if _is_shown(sign) else " " if sign.isspace() else "" for sign in unicodedata.normalize("NFC", text))
    return " ".join("".join(shown).split())


def mixes_scripts(text: str) -> bool:
    """Whether one word has letters of two scripts that look alike, such as a Cyrillic letter among Latin ones."""
    return any(len(_scripts(word) & _ALIKE) > 1 for word in _words(text))


def isolated(name: str) -> str:
    """The name between signs that keep its direction of writing to itself, for plain text such as a letter."""
    return f"\u2068{name}\u2069"


def _is_shown(sign: str) -> bool:
    return sign in _JOINERS or unicodedata.category(sign) not in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}


def _words(text: str) -> list[str]:
    return "".join(sign if sign.isalpha() else " " for sign in text).split()


def _scripts(word: str) -> set[str]:
    return {unicodedata.name(sign, "").split(" ")[0] for sign in word}
