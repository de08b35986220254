"""How much a text looks like one that people wrote: by the letters that really stand together in its words.

Bytes read in a wrong encoding come out as letters too, but of several scripts in one word, in a strange case, seldom
ones, or with signs between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import islice
from math import log
from typing import Final

# Words, and the signs beyond ASCII between them.
_PART: Final = re.compile(r"[^\W_]+|[^\0-\x7f]")
_NOT_ASCII: Final = re.compile(r"[^\0-\x7f]")
_STRETCH: Final = 400
_MOST_PARTS: Final = 4_000
# Signs that stand beside words and numbers in texts of the three languages.
_SIGNS: Final = frozenset(
    "\u00a0\u202f\u3000°«»–—‘’“”„…№€£¥©®™•±½²³µ×−₽\u00ad\u200b\ufeff、。，．；：？！（）【】《》「」％＋－～￥＆／＂＇＝＃"
)
_EMOJI: Final = 0x1F000
# Signs that stand between words seldom, and between letters of a wrong encoding often.
_SELDOM: Final = frozenset("§·")
_SELDOM_WORTH: Final = 0.5
_SIGN_KINDS: Final = ("Nd", "No", "Mn", "So")
_LATIN_1: Final = 0xFF
_BOXES: Final = frozenset(map(chr, (*range(0x2500, 0x25A1), *range(0x2320, 0x2322))))
# Letters of a thousand in Russian texts; the rarest count as one.
_RUSSIAN: Final = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (
            110,
            85,
            80,
            74,
            67,
            63,
            55,
            47,
            45,
            44,
            35,
            32,
            30,
            28,
            26,
            20,
            19,
            17,
            17,
            16,
            16,
            14,
            12,
            10,
            9,
            7,
            6,
            5,
            4,
            3,
            3,
            1,
            1,
        ),
        strict=True,
    )
)
# Words of one letter, units among them; and letters that no Russian word has side by side, or at its beginning.
_ALONE: Final = frozenset("авикосуяшгтмл")
_ALONE_WORTH: Final = 0.6
_UNHEARD: Final = re.compile(
    "^[ъьы]|[бвгджзклмнпрстфхцчшщ]й|[аеёиоуыэюяйьъ][ьъ]|уу|ыы|эы|юю|яя|[бвгджзклмнпрстфхцчшщ]{5}"
)
_UNHEARD_WORTH: Final = 0.5
_CYRILLIC_BESIDE: Final = frozenset("іїєґўқғҳңөүұһәҷӣӯ")
_LATIN_BESIDE: Final = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžłńśźżąęćčřůěőűğışđăţțșğ")
_ALIKE: Final = 1.0
# What a letter of the script is worth, of 1.
_LEVEL_1: Final = 0.9
_LEVEL_2: Final = 0.7
_OTHER_HAN: Final = 0.3
_BESIDE_LATIN: Final = 0.9
_OTHER_SCRIPT: Final = 0.8
_FOREIGN_LETTER: Final = 0.3
_STRANGE_SIGN: Final = 0.1
# GB 2312 sorts its characters into frequent ones (by sound) and others (by form): the second begin with this byte.
_GB2312_LEVEL_2: Final = 0xD8
_GB2312_HAN: Final = 0xB0


def likeness(text: str) -> float:
    """0..1: how likely the words beyond ASCII are words; 1 where there is none."""
    parts = Counter(islice(_parts(text), _MOST_PARTS * 10))
    worth = weight = 0.0
    for part, count in parts.most_common(_MOST_PARTS):
        # A word that comes again and again is no new evidence.
        letters = sum(not each.isascii() for each in part) * (1 + log(count))
        worth += _word(part) * letters
        weight += letters
    return worth / weight if weight else _ALIKE


def _parts(text: str) -> Iterator[str]:
    """Words and signs beyond ASCII; the stretches between them are passed over at once."""
    place = 0
    while found := _NOT_ASCII.search(text, place):
        start = max(text.rfind("\n", place, found.start()) + 1, place, found.start() - _STRETCH)
        end = text.find("\n", found.end(), found.end() + _STRETCH)
        place = end if end > 0 else found.end() + _STRETCH
        for part in _PART.finditer(text, start, place):
            if not part[0].isascii():
                yield part[0][:_STRETCH]


def _word(part: str) -> float:
    scripts = {_script(each) for each in part if each.isalpha()}
    if not scripts:
        return _sign(part)
    letters = [each for each in part if each.isalpha()]
    if scripts == {"ASCII"}:
        return _sign("".join(each for each in part if not each.isalpha()) or "\u3000")
    if scripts <= {"HAN", "ASCII"}:
        mean = sum(_han(each) for each in letters if not each.isascii()) / sum(not each.isascii() for each in letters)
        return mean * (_BESIDE_LATIN if "ASCII" in scripts else 1)
    if scripts == {"CYRILLIC"}:
        return _cyrillic("".join(letters))
    if scripts <= {"LATIN", "ASCII"}:
        return _latin("".join(letters))
    return _OTHER_SCRIPT if len(scripts) == 1 and scripts.isdisjoint(("OTHER", "HAN")) and len(letters) > 1 else 0.0


def _sign(part: str) -> float:
    if all(each in _SIGNS or each.isascii() or ord(each) >= _EMOJI for each in part):
        return _ALIKE
    if all(each in _SELDOM for each in part):
        return _SELDOM_WORTH
    # Full-width digits, arrows and ticks; but frames of boxes, which wrong encodings are full of, stand in no table.
    if all(unicodedata.category(each) in _SIGN_KINDS and ord(each) > _LATIN_1 and each not in _BOXES for each in part):
        return _OTHER_SCRIPT
    return _STRANGE_SIGN if unicodedata.category(part[0]) != "Cc" else 0.0


@cache
def _script(letter: str) -> str:
    if letter.isascii():
        return "ASCII"
    if "\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf":
        return "HAN"
    name = unicodedata.name(letter, "OTHER").split()[0]
    return (
        "ASCII" if name == "FULLWIDTH" else name if name not in ("CJK", "MICRO", "MASCULINE", "FEMININE") else "OTHER"
    )


@cache
def _han(letter: str) -> float:
    try:
        lead = letter.encode("gb2312")[0]
    except UnicodeEncodeError:
        return _OTHER_HAN
    return _LEVEL_1 if _GB2312_HAN <= lead < _GB2312_LEVEL_2 else _LEVEL_2


def _cyrillic(word: str) -> float:
    if not _is_cased(word):
        return 0.1
    folded = word.lower()
    if len(folded) == 1:
        return _ALONE_WORTH if folded in _ALONE else _FOREIGN_LETTER
    frequency = sum(log(_RUSSIAN.get(each, 4 if each in _CYRILLIC_BESIDE else 0.2)) for each in folded) / len(folded)
    # Russian words have a mean of about log 40; letters by chance one of about log 10.
    heard = _UNHEARD_WORTH ** len(_UNHEARD.findall(folded))
    return heard * min(max((frequency - log(4)) / (log(30) - log(4)), 0.0), 1.0)


def _latin(word: str) -> float:
    beside = [each for each in word if not each.isascii()]
    if any(each.lower() not in _LATIN_BESIDE for each in beside):
        return _FOREIGN_LETTER if len(beside) * 2 <= len(word) else 0.0
    if len(beside) * 2 > len(word):
        return 0.4 if len(word) == 1 else 0.0
    return _ALIKE if _is_cased(word) else _FOREIGN_LETTER


def _is_cased(word: str) -> bool:
    """Small letters alone, capitals alone, or one capital at the beginning (`McDonald` is rare enough)."""
    return word.islower() or word.isupper() or word[1:].islower() or not any(c.isupper() or c.islower() for c in word)
