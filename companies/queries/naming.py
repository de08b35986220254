"""How names of companies meet across scripts: one spelling for what is written in many. Pure text in, text out.

Three forms are kept of a name. `fold` of markets' search makes small letters, simplified characters and full-width
forms meet. The Latin spelling of that makes scripts meet: 宁波汉电 and Ningbo Handian. The sound, consonants with one
vowel between them, makes systems of spelling meet: Нинбо Хандянь and Ningbo Handian.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from anyascii import anyascii

from markets.search.folding import fold, is_han

LONGEST_QUESTION: Final = 200
# A sound of fewer letters is in names that have nothing to do with each other; one that makes two names the same has
# to be longer still.
SHORTEST_SOUND: Final = 4
SHORTEST_SAME_SOUND: Final = 8
_MOST_WORDS: Final = 8

# Words that say what form a company has in law: many share them, so they tell no company from another.
_LEGAL_WORDS: Final = frozenset(
    "co company companies ltd limited llc llp plc inc incorporated corp corporation gmbh ag kg sa sas srl sarl bv nv "
    "pte pty jsc ojsc cjsc pjsc ooo oao zao pao ao too nao osoo odo mchj mchzh aksiyadorlik jamiyati youxian gongsi "
    "gufen zeren ооо оао зао пао ао тоо нао осоо одо ип чп мчж общество ограниченной ответственностью товарищество "
    "акционерное".split()
)
_LEGAL_ENDINGS: Final = ("有限责任公司", "股份有限公司", "有限公司", "集团公司", "公司")

# Chinese as Russians write it, before a table made for Russian spells it in Latin letters.
_PALLADIUS: Final = (("чж", "zh"), ("цз", "z"), ("ц", "c"), ("х", "h"))
# Spellings of one sound, in the order they are looked for.
_SOUNDS: Final = (
    (re.compile("wu"), "u"),
    (re.compile("ck|c(?![aeiouyh])"), "k"),
    (re.compile("ng"), "n"),
    (re.compile("zh|dz|j"), "z"),
    (re.compile("ch|ts|q"), "c"),
    (re.compile("sh|x"), "s"),
    (re.compile("kh"), "h"),
    (re.compile("ph"), "f"),
    (re.compile("w"), "v"),
    (re.compile("[aeiouy]+"), "a"),
    (re.compile(r"([b-df-hj-np-tv-z])\1+"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question: as typed, in Latin letters, and by its sound (empty where that is too short to tell)."""

    folded: str
    latin: str
    sound: str


def latin(text: str) -> str:
    """The text in plain Latin letters, folded: `宁波 汉电` is `ningbohandian`. Empty for signs only."""
    return fold(anyascii(fold(text)))


def compact(text: str) -> str:
    """Without the spaces: where words end is a habit of scripts."""
    return text.replace(" ", "")


def sound(text: str) -> str:
    """The name by its sound, without spaces: `ningbo handian` and `нинбо хандянь` are `nanbahandan`.

    Empty where it is shorter than four letters.
    """
    spelt = fold(text)
    for cyrillic, plain in _PALLADIUS:
        spelt = spelt.replace(cyrillic, plain)
    spelt = compact(fold(anyascii(spelt)))
    for pattern, plain in _SOUNDS:
        spelt = pattern.sub(plain, spelt)
    return spelt if len(spelt) >= SHORTEST_SOUND else ""


def core(name: str) -> str:
    """The folded name without what only says its legal form; the whole name where nothing else is left."""
    folded = fold(name)
    words = [word for word in map(_without_ending, folded.split()) if word and word not in _LEGAL_WORDS]
    return " ".join(words) or folded


def latin_core(name: str) -> str:
    """The Latin spelling of the core without spaces: what two names of one company share whatever their script."""
    words = [word for word in latin(core(name)).split() if word not in _LEGAL_WORDS]
    return "".join(words) or compact(latin(name))


def same_sound(name: str) -> str:
    """The sound of the core, where it is long enough to take two names for one; else empty."""
    heard = sound(core(name))
    return heard if len(heard) >= SHORTEST_SAME_SOUND else ""


def search_text(names: Iterable[str]) -> str:
    """Every form of every name, a line each: what a question is looked up in."""
    return "\n".join(dict.fromkeys(form for name in names for form in _forms(name) if form))


def question(words: str) -> list[Word]:
    """The words of a question, those of legal forms left out where others remain. Empty for signs only."""
    folded = [word for word in fold(words[:LONGEST_QUESTION]).split() if word][:_MOST_WORDS]
    telling = [word for word in folded if word not in _LEGAL_WORDS]
    return [Word(word, compact(latin(word)), sound(word)) for word in telling or folded if latin(word)]


def _forms(name: str) -> Iterator[str]:
    folded, spelt = fold(name), latin(name)
    yield folded
    yield compact(folded)
    yield spelt
    yield compact(spelt)
    # As a keyboard or another program spells it: signs by their names, ё as yo.
    yield compact(fold(anyascii(name)))
    yield sound(name)
    yield sound(core(name))


def _without_ending(word: str) -> str:
    if not is_han(word):
        return word
    ending = next((each for each in _LEGAL_ENDINGS if word.endswith(each) and word != each), "")
    return word.removesuffix(ending)
