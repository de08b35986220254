"""Bytes into text: the encoding is told by what the letters come out as, within the languages of those who read it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from companies.importing.reading.form import EncodingGuess, Notice, NoticeCode, Refusal, Refused
from companies.importing.reading.likeness import likeness

# All encodings that are read, as Python names them.
UTF_8: Final = "utf-8"
UTF_16: Final = ("utf-16-le", "utf-16-be")
ENCODINGS: Final = (UTF_8, *UTF_16, "gb18030", "cp1251", "koi8-r", "cp1252")
_BY_LANGUAGE: Final = {"zh": ("gb18030",), "ru": ("cp1251", "koi8-r"), "en": ("cp1252",)}
_MARKS: Final = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16[0]), (codecs.BOM_UTF16_BE, UTF_16[1]))
_MARK: Final = "\ufeff"
_NOT_ASCII: Final = re.compile("[^\0-\x7f]")
_LINE_END: Final = re.compile("[\r\n]+")
# Signs that cannot be seen and mean nothing in a table; line ends of all kinds are not among them.
_CONTROL: Final = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNKNOWN: Final = "\ufffd"
_SAMPLE: Final = 80
_STRETCH: Final = 4_000
_LINES_LOOKED_AT: Final = 2_000
# Letters of other encodings are hardly ever valid Unicode by accident, the more of them the less.
_UNICODE_MERIT: Final = 0.4
_UNICODE_MERIT_OF_EACH: Final = 0.1
_LIKELY: Final = 0.6
_CLOSE: Final = 0.25
_RANK_MERIT: Final = 0.02
# A byte that an encoding does not have weighs as much as so many that it has.
_FAULT_WEIGHT: Final = 20
_MOST_NOISE: Final = 0.01
# Rows of long texts have few digits and commas.
_ZEROS_OF_UTF_16: Final = 0.02
_ZEROS_OF_LONG_UTF_16: Final = 0.002
_MANY: Final = 8


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a file in one encoding, all encodings it can be in (best first), and what was left out of it."""

    text: str
    encoding: str
    encodings: tuple[EncodingGuess, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    text: str
    merit: float
    faults: int


def decoded(content: bytes, chosen: str | None, languages: Sequence[str]) -> Text:
    """The bytes as text. chosen: the encoding, where somebody said so; bytes that it does not have become U+FFFD.

    Raises Refused where they are no text in any encoding.
    """
    candidates = _candidates(content, languages)
    notices = []
    if chosen is not None and chosen not in ENCODINGS:
        notices.append(Notice(NoticeCode.UNKNOWN_ENCODING, {"what": chosen}))
        chosen = None
    taken = next((each for each in candidates if each.name == chosen), candidates[0])
    if chosen is not None and taken.name != chosen:
        taken = _candidate(content, chosen, 0)
        candidates.append(taken)
    elif chosen is None:
        _check_is_text(taken.text)
    text, left_out = _clean(taken.text)
    notices.extend(left_out)
    return Text(text, taken.name, tuple(_guesses(candidates)), tuple(notices))


def marked(content: bytes) -> str | None:
    """The encoding that a byte order mark at the beginning names."""
    return next((name for mark, name in _MARKS if content.startswith(mark)), None)


def _candidates(content: bytes, languages: Sequence[str]) -> list[_Candidate]:
    """The encodings the bytes can be in, best first; never none."""
    if named := marked(content):
        return [_candidate(content, named, 0)]
    if content.isascii() and b"\0" not in content:
        return [_candidate(content, UTF_8, 0)]
    names = _names(content, languages)
    made = [_candidate(content, name, rank) for rank, name in enumerate(names)]
    made.sort(key=lambda each: each.merit, reverse=True)
    best = made[0]
    # One that does not have all the bytes is offered only where it is the best even so.
    return [each for each in made if not each.faults or each is best]


def _names(content: bytes, languages: Sequence[str]) -> list[str]:
    if wide := _wide(content):
        return [wide, UTF_8]
    spoken = [each.split("-")[0].lower() for each in languages]
    ranked = sorted(_BY_LANGUAGE, key=lambda each: spoken.index(each) if each in spoken else len(spoken))
    return [UTF_8, *(name for language in ranked for name in _BY_LANGUAGE[language])]


def _wide(content: bytes) -> str | None:
    """UTF-16 without a mark: digits, commas and line ends of any script have a zero beside them, always on one side."""
    zeros = content.count(b"\0")
    if zeros < _ZEROS_OF_UTF_16 * len(content) and (zeros < _MANY or zeros < _ZEROS_OF_LONG_UTF_16 * len(content)):
        return None
    even = content[::2].count(b"\0")
    return UTF_16[0] if even < zeros / 10 else UTF_16[1] if even > zeros * 9 / 10 else None


def _candidate(content: bytes, name: str, rank: int) -> _Candidate:
    text = content.decode(name, "replace").removeprefix(_MARK)
    # A file may hold U+FFFD itself; only where the bytes are not of the encoding is each a fault.
    faults = 0 if _is_strict(content, name) else max(text.count(_UNKNOWN), 1)
    beyond = _beyond_ascii(text)
    merit = likeness(text) - rank * _RANK_MERIT
    if name in (UTF_8, *UTF_16):
        merit += min(_UNICODE_MERIT + _UNICODE_MERIT_OF_EACH * beyond, 1)
    if faults:
        merit -= 0.1 + _FAULT_WEIGHT * faults / max(beyond, 1)
    return _Candidate(name, text, merit, faults)


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _is_strict(content: bytes, name: str) -> bool:
    try:
        content.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _check_is_text(text: str) -> None:
    noise = text.count("\0") + text.count(_UNKNOWN) + _CONTROL.subn("", text)[1]
    if noise > _MOST_NOISE * len(text) + 1:
        raise Refused(Refusal.NOT_TEXT)


def _clean(text: str) -> tuple[str, Iterator[Notice]]:
    notices = []
    if count := text.count(_UNKNOWN):
        notices.append(Notice(NoticeCode.UNDECODABLE, {"count": count}))
    if count := text.count("\0"):
        text = text.replace("\0", "")
        notices.append(Notice(NoticeCode.NUL_SIGNS, {"count": count}))
    if _CONTROL.search(text):
        text, count = _CONTROL.subn("", text)
        notices.append(Notice(NoticeCode.CONTROL_SIGNS, {"count": count}))
    return text, iter(notices)


def _guesses(candidates: Sequence[_Candidate]) -> Iterator[EncodingGuess]:
    best = max(each.merit for each in candidates)
    for each in candidates:
        is_likely = len(candidates) == 1 or each.merit >= max(_LIKELY, best - _CLOSE)
        yield EncodingGuess(each.name, _sample(each.text), is_likely)


def _sample(text: str) -> str:
    """The line with the most different letters beyond ASCII, around the first of them; else the first line."""
    if text.isascii():
        return next((line.strip()[:_SAMPLE] for line in text[:_STRETCH].splitlines() if line.strip()), "")
    return max(islice(_telling(text), _LINES_LOOKED_AT), key=lambda line: len(set(_NOT_ASCII.findall(line))))


def _telling(text: str) -> Iterator[str]:
    """Of each line with a letter beyond ASCII the part around it."""
    place = 0
    while found := _NOT_ASCII.search(text, place):
        part = _LINE_END.split(text[max(place, found.start() - _SAMPLE // 2) : found.start()])[-1]
        rest = _LINE_END.split(text[found.start() : found.start() + _SAMPLE], maxsplit=1)[0]
        yield (part + rest)[:_SAMPLE].strip()
        place = found.start() + max(len(rest), 1)
