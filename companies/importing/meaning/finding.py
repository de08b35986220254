"""What a cell means where only things of a list can stand in it: known names are found, near ones only suggested."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.utils import translation
from rapidfuzz import fuzz, process

from companies.importing.meaning.garbled import repaired
from companies.queries.naming import compact, latin
from markets.search.folding import fold, is_han
from markets.vocabulary import LANGUAGE_COLUMNS

_WORDS: Final = Path(__file__).resolve().parents[2] / "facts" / "import_words.csv"
_LANGUAGES: Final = ("words_en", "words_zh", "words_ru")
# What parts a name from the same name in another language, its code, or a note.
_PARTS: Final = re.compile(r"[()（）\[\]［］【】/／|;；,，、:：]|\s[-–—]\s")
# Marks of a footnote behind a name: ¹, 2), and *, which folding drops by itself.
# Not available: no name of anything, least of all of Namibia.
_NOT_AVAILABLE: Final = re.compile(r"\W*n\s*[./\\]\s*a\W*", re.IGNORECASE)
_FOOTNOTE: Final = re.compile(r"(?:[\u00b9\u00b2\u00b3\u2070-\u2079]+|(?<=\D)\d\))\s*$")
MOST_NEAR: Final = 3
# 0..100, from where on a name is like another: letters, Chinese characters, Chinese by its sound.
_LIKE: Final = 85
_LIKE_LONG: Final = 78
_LIKE_HAN: Final = 60
_LIKE_SOUND: Final = 90
# The less a text and a name differ in length, the more one standing in the other says; below this nothing at all.
_LEAST_SHARE: Final = 0.35
# What is so much less alike than the best is no help beside it.
_FAR_BEHIND: Final = 15
_SHORTEST_LIKE: Final = 4
_LONG: Final = 8
_SHORTEST_HAN: Final = 2
# Words of very many names: alike by them alone, "countries of the CIS" would be "countries of the EU".
_OF_ANY: Final = re.compile(r"\b(?:countries|country|страны|страна|стран)\b|国家")
_CERTAIN: Final = 100
_REPAIRED: Final = 98
_MOST_LOOKED_AT: Final = 12


@dataclass(frozen=True, slots=True)
class Near:
    """A thing that a text may mean. label: in the active language. score: 0..100, how alike they are."""

    code: str
    label: str
    score: int


@dataclass(frozen=True, slots=True)
class Words:
    """What one thing is called in people's files beside its own names. maybe: words that may mean it or another."""

    code: str
    names: tuple[str, ...]
    maybe: tuple[str, ...]


def words_of(kind: str) -> list[Words]:
    """The words of our own table for a kind of thing."""
    return [words for named, words in _table() if named == kind]


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    """A text as it is compared: folded, without spaces, signs of currencies by their names.

    Empty for other signs, and for `n/a`.
    """
    if _NOT_AVAILABLE.fullmatch(text):
        return ""
    if text.isascii() and "$" not in text:
        return compact(fold(text))
    plain = unicodedata.normalize("NFKC", text)
    return compact(fold("".join(f" {unicodedata.name(c)} " if unicodedata.category(c) == "Sc" else c for c in plain)))


class Finder:
    """The things of one list, by everything they are called.

    names: (code, what it is called). labels: what people are shown for each code; read in the active language.
    maybe: the same as names for words that several things go by, or that mean different things to different offices:
    they are never found, only suggested. A name of two things is such a word too.
    """

    def __init__(
        self, names: Iterable[tuple[str, str]], labels: Mapping[str, object], maybe: Iterable[tuple[str, str]] = ()
    ) -> None:
        self.labels = labels
        self._codes: dict[str, set[str]] = {}
        self._maybe: dict[str, list[str]] = {}
        folded: dict[tuple[str, str], None] = {}
        for code, name in names:
            self._codes.setdefault(key(name), set()).add(code)
            folded[fold(name), code] = None
        for code, name in maybe:
            self._maybe.setdefault(key(name), []).append(code)
            folded[fold(name), code] = None
        self._codes.pop("", None)
        self._forms = [(form, code) for form, code in folded if form]
        self._likeness: _Likeness | None = None
        self._shown: dict[str, set[str]] | None = None
        self._known: dict[str, list[tuple[str, int]]] = {}

    def found(self, text: str) -> str | None:
        """The code of what the text names: its code, or a name in any language. None where it is not known for sure."""
        return self._one(text) or self._same_in_all_parts(text)

    def shown(self, text: str) -> str | None:
        """The code of what our own pages call just so, in any language, though others may mean another thing by it."""
        if self._shown is None:
            self._shown = {}
            for language in LANGUAGE_COLUMNS:
                with translation.override(language):
                    for code in self.labels:
                        self._shown.setdefault(self.label(code), set()).add(code)
        codes = self._shown.get(text, ())
        return next(iter(codes)) if len(codes) == 1 else None

    def near(self, text: str, most: int = MOST_NEAR) -> list[Near]:
        """What the text may mean, best first; empty where nothing is like it."""
        if text not in self._known:
            self._known[text] = self._scored(text)
        return [Near(code, self.label(code), score) for code, score in self._known[text][:most]]

    def label(self, code: str) -> str:
        """What people are shown for a code, in the active language; the code itself where there is none."""
        return str(self.labels.get(code, code))

    def _one(self, text: str) -> str | None:
        plain = key(text)
        codes = self._codes.get(plain, ())
        return next(iter(codes)) if len(codes) == 1 and plain not in self._maybe else None

    def _same_in_all_parts(self, text: str) -> str | None:
        """`Russia (RF)`, `KZ - Kazakhstan`, `Congo (COG)`: one thing said twice; a footnote's mark says nothing."""
        parts = [part for part in _PARTS.split(_FOOTNOTE.sub("", text)) if key(part)]
        sure = {code for part in parts if (code := self._one(part)) is not None}
        if len(sure) == 1 and all(sure <= self._meant(part) for part in parts):
            return next(iter(sure))
        return None

    def _meant(self, text: str) -> set[str]:
        """Everything that goes by this name."""
        plain = key(text)
        return {*self._codes.get(plain, ()), *self._maybe.get(plain, ())}

    def _scored(self, text: str) -> list[tuple[str, int]]:
        scores: dict[str, int] = {}
        plain = key(text)
        certain = [*self._maybe.get(plain, ()), *sorted(self._codes.get(plain, ()))]
        for code, score in (*((code, _CERTAIN) for code in certain), *self._from_garbled(text), *self._alike(text)):
            scores[code] = max(score, scores.get(code, 0))
        best = max(scores.values(), default=0)
        return sorted(((c, s) for c, s in scores.items() if s >= best - _FAR_BEHIND), key=lambda pair: -pair[1])

    def _from_garbled(self, text: str) -> Iterator[tuple[str, int]]:
        for readable in repaired(text):
            code = self.found(readable)
            if code is not None:
                yield code, _REPAIRED

    def _alike(self, text: str) -> Iterator[tuple[str, int]]:
        if self._likeness is None:
            self._likeness = _Likeness(self._forms)
        return self._likeness.of(fold(text))


class _Likeness:
    """How like a folded text is to the names of a list: by letters, by Latin spelling, by one standing in the other."""

    def __init__(self, forms: list[tuple[str, str]]) -> None:
        self._spaced = [(f" {form} ", code) for form, code in forms]
        self._han = {number: form for number, (form, _code) in enumerate(forms) if is_han(form)}
        self._sounds = {number: compact(latin(form)) for number, form in self._han.items()}
        self._latin = {number: latin(form) for number, (form, _code) in enumerate(forms) if number not in self._han}
        self._compact = {number: compact(spelt) for number, spelt in self._latin.items()}
        self._code = [code for _form, code in forms]

    def of(self, folded: str) -> Iterator[tuple[str, int]]:
        folded = " ".join(_OF_ANY.sub(" ", folded).split())
        if not folded:
            return
        yield from self._holding(folded)
        if is_han(folded):
            yield from self._nearest(compact(folded), self._han, fuzz.ratio, _LIKE_HAN)
            yield from self._nearest(compact(latin(folded)), self._sounds, fuzz.ratio, _LIKE_SOUND)
        elif len(compact(folded)) >= _SHORTEST_LIKE:
            spelt = latin(folded)
            least = _LIKE_LONG if len(spelt) >= _LONG else _LIKE
            yield from self._nearest(spelt, self._latin, fuzz.token_sort_ratio, least)
            yield from self._nearest(compact(spelt), self._compact, fuzz.ratio, least)

    def _nearest(
        self, asked: str, forms: Mapping[int, str], alike: Callable[..., float], least: int
    ) -> Iterator[tuple[str, int]]:
        best = process.extract(asked, forms, scorer=alike, score_cutoff=least, limit=_MOST_LOOKED_AT)
        # What is only like a name is never as good as the name itself.
        return ((self._code[number], min(int(score), _REPAIRED - 1)) for _form, score, number in best)

    def _holding(self, folded: str) -> Iterator[tuple[str, int]]:
        """Names that stand in the text, and names that the text is a part of."""
        asked, size, is_chinese = f" {folded} ", len(folded), is_han(folded)
        for form, code in self._spaced:
            word = form.strip() if is_chinese else form
            if len(form) <= len(asked):
                if word in asked and _is_telling(form.strip()):
                    yield code, round(70 + 25 * (len(form) - 2) / size)
            elif size >= _LEAST_SHARE * len(form) and (folded if is_chinese else asked) in form and _is_telling(folded):
                yield code, round(70 + 25 * size / (len(form) - 2))


def _is_telling(word: str) -> bool:
    return len(word) >= (_SHORTEST_HAN if is_han(word) else _SHORTEST_LIKE)


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, Words], ...]:
    with _WORDS.open(encoding="utf-8", newline="") as lines:
        return tuple((row["kind"], _words(row)) for row in csv.DictReader(lines))


def _words(row: Mapping[str, str]) -> Words:
    names = tuple(word for column in _LANGUAGES for word in _split(row[column]))
    return Words(row["code"], names, tuple(_split(row["maybe"])))


def _split(text: str) -> list[str]:
    return [word.strip() for word in text.split(" | ") if word.strip()]
