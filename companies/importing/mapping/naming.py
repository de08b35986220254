"""What the name of a column says of it: known words are found in it, however they are written together.

A name is compared with the phrases of `facts/column_names.csv`. Words that say something else (`gross`, `importer`,
`address`) rule a phrase out unless it holds them itself; words nobody knows make it less sure; units say nothing here.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from companies.importing.meaning.unit_words import WORDS

_TABLE: Final = Path(__file__).resolve().parents[2] / "facts" / "column_names.csv"
# Rows of the table that name no field: words that say nothing, and words of something a record does not hold.
_NOISE: Final = "noise"
_OTHER: Final = "other"
# From so sure on a name alone is enough.
SURE: Final = 0.55
# What a word weighs that the phrase does not account for.
_WEIGHT_NOISE: Final = 0.1
# A row is an item; a name tells more than a code.
_WEIGHT_NEXT_TO_NONE: Final = 0.02
_NEXT_TO_NONE: Final = frozenset({"item", "sub", "name", "名称", "наименован"})
# What a phrase is worth whose words stand in another order.
_TURNED: Final = 0.85
_WEIGHT_NUMBER: Final = 0.4
_WEIGHT_UNKNOWN: Final = 0.7
_NO_OTHER_COLUMN: Final = frozenset({"1", "1000", "10000", "1000000"})
_CAMEL: Final = re.compile(r"(?<=[a-zа-яё])(?=[A-ZА-ЯЁ])|(?<=[A-ZА-ЯЁ])(?=[A-ZА-ЯЁ][a-zа-яё])")
# A name of two header rows, the group's and the column's own: Chinese is written without the blank between them.
_BETWEEN_HAN: Final = re.compile(r"(?<=[㐀-鿿豈-﫿])[ \u3000]+(?=[㐀-鿿豈-﫿])")
_WORD: Final = re.compile(r"%|\d+|[㐀-鿿豈-﫿]+|[^\W\d_㐀-鿿豈-﫿]+")
_RUSSIAN_ENDING: Final = re.compile(
    r"(?<=\w{3})(?:иями|ями|ами|ого|его|ому|ему|ыми|ими|иях|ией|ов|ев|ей|ой|ый|ий|ая|яя|ое|ее|ые|ие|ых|их|ом|ем|ам|ям"
    r"|ах|ях|ью|ия|ии|ию|[аяыиуюеоьй])$"
)
# Signs of a per cent or a share: only growth is told so.
_SHARES: Final = ("%", "gt")
_GROWTH: Final = "stated_growth_pct"
_SHORTEST_GLUED: Final = 5
_MOST_WORDS_OF_UNIT: Final = 3
# Who wrote the file: where it names the importer and never the exporter, what it says of nobody is the importer's.
_IMPORTER: Final = frozenset({"importer", "imp", "import", "импортер", "进口商", "进口"})
_EXPORTER: Final = frozenset({"exporter", "exp", "экспортер", "出口商", "发货人", "отправител"})


@dataclass(frozen=True, slots=True)
class Named:
    """What a column may be by its name. score: 0..1, how surely and how gladly it is taken for this field."""

    field: str
    score: float


@dataclass(frozen=True, slots=True)
class _Phrase:
    field: str
    order: tuple[str, ...]
    words: frozenset[str]
    worth: float
    exports_only: bool


@dataclass(frozen=True, slots=True)
class _Table:
    phrases: tuple[_Phrase, ...]
    other: tuple[frozenset[str], ...]
    noise: frozenset[str]
    noise_phrases: tuple[tuple[str, ...], ...]
    known: frozenset[str]


def is_importers(headers: Iterable[str]) -> bool:
    """Whether the file is of an importer's side, so that a taxpayer's number in it is no exporter's."""
    words = {word for header in headers for word in words_of(header)}
    return bool(words & _IMPORTER) and not words & _EXPORTER


@lru_cache(maxsize=4096)
def named(header: str, *, importers: bool = False) -> tuple[Named, ...]:
    """The fields that a column of this name may be, surest first; empty where its name says nothing or something else.

    importers: as `is_importers` says of the whole file.
    """
    told = without_noise(words_of(header))
    words = [word for word in told if word not in _SHARES]
    there = frozenset(words)
    others = [phrase for phrase in _table().other if phrase <= there]
    best: dict[str, tuple[int, float]] = {}
    for phrase in _table().phrases:
        if not phrase.words <= there or any(not other <= phrase.words for other in others):
            continue
        if (phrase.exports_only and importers) or (len(words) < len(told) and phrase.field != _GROWTH):
            continue
        best[phrase.field] = max(best.get(phrase.field, (0, 0.0)), (len(phrase.words), _score(phrase, words)))
    found = [Named(field, score) for field, (_covered, score) in best.items()]
    return tuple(sorted(found, key=lambda each: (-each.score, each.field)))


def rules_out(header: str) -> bool:
    """Whether a name says that the column is something a record does not hold, so that its values are not asked."""
    there = frozenset(words_of(header))
    return any(phrase <= there for phrase in _table().other) or any(share in there for share in _SHARES)


def words_of(header: str) -> list[str]:
    """The words of a name, folded: parted at underscores, capitals, digits, and where known words are written together;
    words of units and currencies left away where they say nothing else.
    """
    plain = _BETWEEN_HAN.sub("", unicodedata.normalize("NFKC", header)).replace("ё", "е").replace("Ё", "Е")
    parts = (part for text in _CAMEL.split(plain) for part in _WORD.findall(text))
    words = [word for part in parts for word in _parted(part.casefold())]
    return _without_units(words)


def without_noise(words: Sequence[str]) -> list[str]:
    """The words without those phrases that only say how the column is written (`in foreign currency`)."""
    left = list(words)
    for phrase in _table().noise_phrases:
        for at in range(len(left) - len(phrase), -1, -1):
            if tuple(left[at : at + len(phrase)]) == phrase:
                del left[at : at + len(phrase)]
    return left


def _score(phrase: _Phrase, words: Sequence[str]) -> float:
    """How much of a name the phrase accounts for, and in the order it is said."""
    covered = len(phrase.words)
    share = covered / (covered + sum(_weight(word) for word in words if word not in phrase.words))
    in_order = tuple(word for word in words if word in phrase.words) == phrase.order
    return phrase.worth * share * (1 if in_order else _TURNED)


def _weight(word: str) -> float:
    if word.isdecimal():
        return _WEIGHT_NOISE if word in _NO_OTHER_COLUMN else _WEIGHT_NUMBER
    if word in _NEXT_TO_NONE:
        return _WEIGHT_NEXT_TO_NONE
    if word in _table().noise:
        return _WEIGHT_NOISE
    return 1.0 if word in _table().known else _WEIGHT_UNKNOWN


def _parted(word: str) -> list[str]:
    """A word as the words it is made of, where all of them are known; else as it stands."""
    stemmed = _stem(word)
    known = _table().known
    if stemmed in known or word in WORDS or word.isdecimal() or len(word) < _shortest(word):
        return [stemmed]
    ways: list[list[str] | None] = [[]]
    for end in range(1, len(word) + 1):
        fewest: list[str] | None = None
        for start in range(end):
            before, part = ways[start], word[start:end]
            fits = before is not None and (_stem(part) in known or part in WORDS) and _is_whole(part)
            if before is not None and fits and (fewest is None or len(before) + 1 < len(fewest)):
                fewest = [*before, _stem(part)]
        ways.append(fewest)
    return ways[-1] or ([stemmed] if not _is_han(word) else _parted_roughly(word))


def _parted_roughly(word: str) -> list[str]:
    """Chinese of which a part is known: the longest known words from the left, the rest between them as it stands."""
    known = _table().known
    words: list[str] = []
    rest = ""
    at = 0
    while at < len(word):
        length = next((n for n in range(len(word) - at, 1, -1) if word[at : at + n] in known), 0)
        if not length:
            rest, at = rest + word[at], at + 1
            continue
        words += [*([rest] if rest else []), word[at : at + length]]
        rest, at = "", at + length
    return [*words, *([rest] if rest else [])]


def _is_whole(part: str) -> bool:
    return len(part) > 1 or _is_han(part)


def _shortest(word: str) -> int:
    return 2 if _is_han(word) else _SHORTEST_GLUED


def _is_han(word: str) -> bool:
    return "㐀" <= word[0] <= "鿿"


def _stem(word: str) -> str:
    return _RUSSIAN_ENDING.sub("", word)


def _without_units(words: Sequence[str]) -> list[str]:
    left: list[str] = []
    at = 0
    while at < len(words):
        length = next((n for n in range(_MOST_WORDS_OF_UNIT, 0, -1) if _is_unit(words[at : at + n], n)), 0)
        if not length:
            left.append(words[at])
        at += length or 1
    return left or list(words)


def _is_unit(words: Sequence[str], length: int) -> bool:
    if len(words) < length or all(word.isdecimal() for word in words):
        return False
    said = " ".join(words)
    return said in _units() and not any(word in _table().known for word in words) and said not in _SHARES


@cache
def _units() -> frozenset[str]:
    return frozenset(" ".join(_stem(part) for part in name.split()) for name in WORDS)


@cache
def _table() -> _Table:
    rows = list(_rows())
    phrases = tuple(
        _Phrase(row["field"], words, frozenset(words), int(row["worth"]) / 100, row["only"] == "exports")
        for row, words in rows
        if row["field"] not in (_NOISE, _OTHER)
    )
    noise = [words for row, words in rows if row["field"] == _NOISE]
    return _Table(
        phrases=phrases,
        other=tuple({frozenset(words) for row, words in rows if row["field"] == _OTHER}),
        noise=frozenset(words[0] for words in noise if len(words) == 1),
        noise_phrases=tuple(sorted((words for words in noise if len(words) > 1), key=len, reverse=True)),
        known=frozenset(word for _row, words in rows for word in words),
    )


def _rows() -> Iterator[tuple[dict[str, str], tuple[str, ...]]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for phrase in row["words"].split(";"):
                yield row, tuple(_stem(word) for word in phrase.replace("ё", "е").split())
