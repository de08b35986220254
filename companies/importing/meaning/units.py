"""What a header, or the words beside a number, say of scale, currency and unit: `万美元`, `тыс. долл.`, `USD mln`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from companies.importing.meaning.signs import plain
from companies.importing.meaning.unit_words import KG_PER, WORDS, Word

__all__ = ["KG_PER", "Said", "beside", "captioned", "said"]


@dataclass(frozen=True, slots=True)
class Said:
    """What a text says of the amounts it stands with. multiplier: None where it says none.

    currency: ISO 4217, empty where none or several are named, or a sign of several countries (`¥`, `манат`).
    unit: of weight a key of KG_PER; of anything else its word in small letters; empty where none is said.
    `KGS` beside a number is both som and kilograms: the column tells which.
    """

    multiplier: int | None = None
    currency: str = ""
    unit: str = ""
    is_pct: bool = False


NOTHING: Final = Said()
# Currencies of which a word is one of weight too: `KGS`, `pounds`.
TWICE_NAMED: Final = frozenset(word.currency for word in WORDS.values() if word.currency and word.unit)
_OF_WEIGHT: Final = re.compile(r"weight|mass|gross|(?<![a-z])net(?![a-z])|вес|масс|нетто|брутто|重")
_OF_MONEY: Final = re.compile(r"value|amount|price|cost|invoice|сумм|стоимост|цен|额|价|值")
_LONGEST: Final = 300  # signs of a header that are looked at
_LONGEST_NAME: Final = 3  # words of one name: `u s dollars`
_LONGEST_CHINESE: Final = max(len(name) for name in WORDS if "\u4e00" <= name[0] <= "\u9fff")
# A thousand written in digits: `1,000`, `'000`, `10 000`, `10^6`; becomes `^3`.
_POWER: Final = re.compile(
    r"10 ?\^ ?(?P<power>[34689])(?!\d)|(?<![\d.,])10?(?P<zeros>([ ,.']?000){1,3})(?![\d.,]?\d)|(?<![\w.,])'?000'?s?\b"
)
# The Russian short form of "sum" is no currency of Uzbekistan.
_SUM: Final = re.compile(r"^\s*сум\.", re.IGNORECASE)
_ANY_MONEY: Final = re.compile("[元圆圓]")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TOKEN: Final = re.compile(
    r"\^\d|[a-z]{0,2}[$¥]|[%€£₽₸₴₩₹₺₼₾֏₮฿₫₪円]|[\u4e00-\u9fff]+|[^\W\d_\u4e00-\u9fff]+(?:'[^\W\d_]+)?[23]?(?!\d)|\d+"
)
_PARTED: Final = re.compile(r"([()\[\]{},;:/|\n、。]|\bper\b|\bза\b|每)")
_PER: Final = frozenset({"/", "per", "за", "每"})
# Words between the parts of what is said, that say nothing themselves.
_FILLERS: Final = frozenset(
    "in of the в на 单位 计量单位 数量单位 金额单位 货币 币种 为 单位为 ед изм currency unit".split()
)
# A title is parted where a unit may begin; an amount in it (`over 5 million`) is no unit of the table.
_CAPTION_PARTS: Final = re.compile(r"[()\[\]{},;:|\n、。—-]|\b(?:in|of|for|по|за|в|на)\b")
_AN_AMOUNT: Final = re.compile(r"\d[\d., ]*(?:thou|mil|mln|bil|bln|bn|тыс|млн|милли|мил|млрд|[千仟百十万萬亿億])")
_BESIDE_SIGNS: Final = re.compile(r"[\s.()]*")


@lru_cache(maxsize=4096)
def beside(text: str) -> Said | None:
    """What the words beside a number say; None where one is not known or two contradict.

    text: as `signs.plain` makes it.
    """
    tokens = _tokens(text)
    rest = _TOKEN.sub("", text.lower())
    if not _BESIDE_SIGNS.fullmatch(rest):
        return None
    words = _named(tokens)
    if words is None:
        return None
    codes = {word.currency for _, word in words if word.currency and not word.is_weak}
    units = {word.unit for _, word in words if word.unit}
    return None if len(codes) > 1 or len(units) > 1 else _together(words)


@lru_cache(maxsize=4096)
def said(text: str) -> Said:
    """What a header says of all values below it; nothing is concluded from words that may mean something else."""
    head = _SUM.sub("", text[:_LONGEST]).replace("\n", ", ")
    folded = _POWER.sub(_as_power, _HUMP.sub(" ", plain(head)))
    found: list[tuple[str, Word]] = []
    pieces = _PARTED.split(folded.replace("_", " ").lower())
    is_rate = False
    for place, piece in enumerate(pieces):
        if place % 2:
            # An amount for each kilogram: what follows is no unit of this column.
            is_rate = is_rate or (piece in _PER and any(word.currency for _, word in found))
            continue
        is_last = not any(each.strip() for each in pieces[place + 1 :])
        words = _of_piece(piece, is_first=not place, is_last=is_last)
        found += [(name, word) for name, word in words if word.currency or not is_rate]
        is_rate = False
    return _in_a_header(text, _together(found) or NOTHING)


def is_any_money(text: str) -> bool:
    """Whether a header says its currency by nothing but 元, which is China's and the word for that of any country."""
    return said(text).currency == "CNY" and not said(_ANY_MONEY.sub("", text)).currency


@lru_cache(maxsize=256)
def captioned(text: str) -> tuple[Said, ...]:
    """What a text beside a table, such as its title, says of its amounts, part by part; empty where it says nothing.

    A part counts whose words all are of units, or that names a scale with its currency: a currency alone among other
    words may be the name of a company.
    """
    folded = _POWER.sub(_as_power, plain(text[:_LONGEST])).lower()
    stated = (_together(_of_caption(part)) for part in _CAPTION_PARTS.split(folded))
    return tuple(each for each in stated if each and (each.multiplier or each.currency or each.unit in KG_PER))


def _of_caption(part: str) -> list[tuple[str, Word]]:
    tokens = [token for token in _tokens(part) if token not in _FILLERS]
    words = None if any(token.isdigit() for token in tokens) else _named(tokens)
    if words is not None and not all(word.is_short for _name, word in words):
        return words
    words = [] if _AN_AMOUNT.search(part) else _among_others(tokens, is_last=False)
    says_all = any(word.scale for _, word in words) and any(word.currency or word.unit in KG_PER for _, word in words)
    return words if says_all else []


def _in_a_header(text: str, stated: Said) -> Said:
    """Money and weight in one header: of a weight the weight, of an amount the money; `COST_USD_KG` is a price."""
    if not stated.currency or stated.unit not in KG_PER:
        return stated
    is_of_weight, is_of_money = _OF_WEIGHT.search(text.lower()), _OF_MONEY.search(text.lower())
    if is_of_weight and not is_of_money and stated.currency in TWICE_NAMED:
        return replace(stated, currency="")
    return stated if stated.currency in TWICE_NAMED and not is_of_money else replace(stated, unit="")


def _as_power(found: re.Match[str]) -> str:
    if found["power"]:
        return f" ^{found['power']} "
    if found["zeros"]:
        digits = re.sub(r"\D", "", found[0])
        return f" ^{len(digits) - 1} "
    return " ^3 "


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


def _named(tokens: Sequence[str]) -> list[tuple[str, Word]] | None:
    """Each word of the text; None where one is not known."""
    found: list[tuple[str, Word]] = []
    place = 0
    while place < len(tokens):
        if "\u4e00" <= tokens[place][0] <= "\u9fff":
            parts = _chinese(tokens[place])
            if parts is None:
                return None
            found += parts
            place += 1
            continue
        size = _size_of_name(tokens, place)
        if not size:
            return None
        name = " ".join(tokens[place : place + size])
        found.append((name, WORDS[name]))
        place += size
    return found


def _size_of_name(tokens: Sequence[str], place: int) -> int:
    """How many words from this place are one name; 0 where none is."""
    for size in range(min(_LONGEST_NAME, len(tokens) - place), 0, -1):
        if " ".join(tokens[place : place + size]) in WORDS:
            return size
    return 0


def _chinese(run: str) -> list[tuple[str, Word]] | None:
    """A text without blanks, cut into the longest names; None where something is left over."""
    found: list[tuple[str, Word]] = []
    place = 0
    while place < len(run):
        name = next(
            (
                run[place:end]
                for end in range(min(len(run), place + _LONGEST_CHINESE), place, -1)
                if run[place:end] in WORDS
            ),
            None,
        )
        if name is None:
            return None
        found.append((name, WORDS[name]))
        place += len(name)
    return found


def _of_piece(piece: str, *, is_first: bool, is_last: bool) -> list[tuple[str, Word]]:
    """What a part of a header between brackets or commas says: all its words, or those that can mean nothing else.

    is_first: it stands before all brackets and commas, where a short word alone is the name of the column.
    """
    tokens = [token for token in _tokens(piece) if token not in _FILLERS]
    words = None if any(token.isdigit() for token in tokens) else _named(tokens)
    if words is None or (is_first and all(word.is_short and name[0] != "^" for name, word in words)):
        return _among_others(tokens, is_last=is_last)
    return words


def _among_others(tokens: Sequence[str], *, is_last: bool) -> list[tuple[str, Word]]:
    found: list[tuple[str, Word]] = []
    place = 0
    was_scale = False
    while place < len(tokens):
        token = tokens[place]
        if "\u4e00" <= token[0] <= "\u9fff":
            parts = _end_of(token)
            found += parts
            was_scale = bool(parts) and bool(parts[-1][1].scale)
            place += 1
            continue
        size = _size_of_name(tokens, place)
        name = " ".join(tokens[place : place + max(size, 1)])
        word = WORDS.get(name, Word())
        at_end = is_last and place + size == len(tokens) and place > 0 and not tokens[place - 1].isdigit()
        is_thousand_in_digits = name[0] == "^" and (found or _has_money(tokens))
        is_surely_meant = not word.is_short or (word.currency and was_scale) or (at_end and name in ("t", "т"))
        if size and (is_surely_meant or is_thousand_in_digits):
            found.append((name, word))
        was_scale = bool(word.scale)
        place += max(size, 1)
    return found


def _has_money(tokens: Iterable[str]) -> bool:
    return any((word := WORDS.get(token)) is not None and (word.currency or word.unit in KG_PER) for token in tokens)


def _end_of(run: str) -> list[tuple[str, Word]]:
    """What a Chinese header ends with, such as `出口额万美元`; a single sign at its end may belong to another word."""
    for place in range(len(run) - 1):
        parts = _chinese(run[place:])
        if parts and not parts[0][1].unit.isalpha():
            return parts
        if parts and (parts[0][1].unit in KG_PER or parts[-1][1].currency):
            return parts
    return []


def _together(words: Iterable[tuple[str, Word]]) -> Said | None:
    """What several words say as one. None where they say two scales."""
    words = list(words)
    scales = {word.scale for _, word in words if word.scale}
    if len(scales) > 1:
        return None
    strong = {word.currency for _, word in words if word.currency and not word.is_weak}
    weak = {word.currency for _, word in words if word.currency and word.is_weak}
    codes = strong or weak
    units = {name if word.unit and word.unit not in KG_PER else word.unit for name, word in words if word.unit}
    return Said(
        multiplier=scales.pop() if scales else None,
        currency=codes.pop() if len(codes) == 1 else "",
        unit=units.pop() if len(units) == 1 else "",
        is_pct=any(word.is_pct for _, word in words),
    )
