"""Words of the calendar in three languages, turned into signs that the forms of dates are written with."""

from __future__ import annotations

import re
from typing import Final

from companies.importing.meaning.signs import plain

_NAMES: Final = (
    "january jan января январь январе янв",
    "february feb февраля февраль феврале февр фев",
    "march mar марта март марте мар мрт",
    "april apr апреля апрель апреле апр",
    "may мая май мае",
    "june jun июня июнь июне июн",
    "july jul июля июль июле июл",
    "august aug августа август августе авг",
    "september sept sep сентября сентябрь сентябре сент сен",
    "october oct октября октябрь октябре окт",
    "november nov ноября ноябрь ноябре нояб ноя",
    "december dec декабря декабрь декабре дек",
)
_MONTHS: Final = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}
_NAMED: Final = re.compile(rf"(?<![^\W\d_])({'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![^\W\d_])\.?")
_CHINESE: Final = {sign: number for number, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_DIGIT_BY_DIGIT: Final = re.compile(r"[〇零○一二三四五六七八九]{4}(?=年)")
_TENS: Final = re.compile(r"([一二三])?十([一二三四五六七八九])?|[一二三四五六七八九](?=[月日号季-]|个月|至|到)")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_ROMAN_BEFORE: Final = re.compile(r"(?<![a-z])(iv|i{1,3})(?=[ -]*(?:кв|полугоди|п/г|qu|季))")
_NUMERALS: Final = {0x2170: "i", 0x2171: "ii", 0x2172: "iii", 0x2173: "iv", 0x0456: "i"}
# Words for a year that say nothing beside one.
_YEAR_WORDS: Final = re.compile(r"(?<=\d)[ -]?(?:г\.?г\.?|г\.?|год[ауе]?|жылы?|yil)(?![^\W\d_])|^year (?=\d)")
_ORDINALS: Final = re.compile(r"(?<=\d)(?:st|nd|rd|th|-?[йяео]?[йяе]|-?ый|-?го)(?![^\W\d_])")
# What may stand around a period: since, for, in; in total.
_AROUND: Final = re.compile(r"^(?:с|за|в|from|for|in)(?= )|(?:累计|期间)$")
_DASHES: Final = re.compile(r" ?(?:[—―~]|\b(?:to|through|till|until|по)\b|至|到|(?<= )-|-(?= )) ?")


def folded(text: str) -> str:
    """The text in small letters with months as `<3>`, `-` for every dash, and Chinese and Roman numerals as digits.

    The time of a day is kept, and so are the signs between day, month and year.
    """
    made = plain(text).lower()
    if made.isascii() and not made.islower():
        return _DASHES.sub("-", made).strip(" .,")
    made = _DIGIT_BY_DIGIT.sub(lambda found: "".join(str(_CHINESE[sign]) for sign in found[0]), made)
    made = _TENS.sub(_tens, made.translate(_NUMERALS))
    made = _ROMAN_BEFORE.sub(lambda found: str(_ROMAN[found[1]]), made)
    made = _NAMED.sub(lambda found: f"<{_MONTHS[found[1]]}>", made)
    made = _ORDINALS.sub("", _YEAR_WORDS.sub("", made))
    return _DASHES.sub("-", _AROUND.sub("", made)).strip(" .,")


def _tens(found: re.Match[str]) -> str:
    if "十" not in found[0]:
        return str(_CHINESE[found[0]])
    return str(10 * _CHINESE.get(found[1] or "一", 1) + _CHINESE.get(found[2] or "〇", 0))
