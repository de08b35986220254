"""Periods as the offices write them: `за январь-июнь 2024 года`, `12_2020`, `2023 1` (a footnote mark), `I кв. 2024`.

Part of a year never passes as the year: what stands beside a year and is not understood makes it no period at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from markets.sources.national.words import plain

_YEAR: Final = re.compile(r"(?<![\d.,])(19[5-9]\d|20\d\d)(?:\s?(\d|\*+)\)?)?(?![\d.,]*\d)")
_SHEET_MONTH: Final = re.compile(r"(0?[1-9]|1[0-2])[_.\-/ ]((?:19|20)\d\d)|((?:19|20)\d\d)[_.\-/ ](0[1-9]|1[0-2])")
_DAY_OF_MONTH: Final = re.compile(r"(?<!\d)\d{1,2}\s+([^\W\d_]{3,})(?:\s+(?:19|20)\d\d)?|\d{1,2}\.\d{1,2}\.\d{4}")
_QUARTER: Final = re.compile(
    r"\b(iv|i{1,3}|[1-4])[- ]?(?:й|ый|ой|st|nd|rd|th)?\s*(?:квартал\w*|кв\b\.?|quarter|chorak|тоқсан\w*|чейрек\w*)"
    r"|\bq([1-4])\b"
)
_HALF: Final = re.compile(
    r"\b(?:i|1|первое|first)[- ]?(?:е|ое|st)?\s*(?:полугоди\w*|half(?:[- ]?year)?|yarim\s?yil\w*)"
)
_MONTHS_LONG: Final = re.compile(r"\b(\d{1,2})\s*(?:месяц\w*|мес\b\.?|months?|oy\w*)")
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_WORD: Final = re.compile(r"[^\W\d_]+")
_FILLERS: Final = frozenset(
    "за г гг год года году the for in of year yil yili yilning жыл жылы жылдын жылдың жылғы ж жж to по и va".split()
)
_PART_OF_YEAR: Final = re.compile(r"месяц|\bмес\b|квартал|\bкв\b|полугод|month|quarter|half|chorak|тоқсан|чейрек|\boy")
# A stem with ~ behind it takes the endings of its language; the others are whole words.
_MONTHS: Final = tuple(
    [(stem.rstrip("~"), stem.endswith("~")) for stem in stems.split()]
    for stems in (
        "январ~ january yanvar~ қаңтар~ янв jan",
        "феврал~ february fevral~ ақпан~ фев feb",
        "март~ march mart~ наурыз~ мар mar",
        "апрел~ april~ aprel~ сәуір~ апр apr",
        "май~ мая мае may~ мамыр~",
        "июн~ june iyun~ маусым~ jun",
        "июл~ july iyul~ шілде~ jul",
        "август~ august avgust~ тамыз~ авг aug",
        "сентябр~ september sentyabr~ қыркүйек~ сен сент sep sept",
        "октябр~ october oktyabr~ қазан~ окт oct",
        "ноябр~ november noyabr~ қараша~ ноя нояб nov",
        "декабр~ december dekabr~ желтоқсан~ дек dec",
    )
)
_LONGEST_ENDING: Final = 4


@dataclass(frozen=True, slots=True)
class Stated:
    """A period in our form (`2023`, `2024-01/2024-06`, `2024-Q1`, `2024-01`) and the footnote mark behind it.

    period "": a year is named, and beside it something that is not understood.
    """

    period: str
    mark: str = ""


def stated_in(text: str, *, whole: bool) -> Stated | None:
    """The period a text names; None when it names no year, or several.

    whole: the text must say nothing else (a heading of a column), so that `2023, estimate` is not understood.
    """
    said = plain(text)
    rest, parts = _parts(said if whole else _without_days(said))
    years = _YEAR.findall(rest)
    if len({year for year, _mark in years}) != 1:
        return None
    year, mark = years[0]
    rest = _YEAR.sub(" ", rest)
    words = _WORD.findall(rest)
    months = [month for month in map(_month, words) if month]
    if months:
        parts.append(_of_months(months))
    is_strange = bool(_PART_OF_YEAR.search(rest))
    if whole:
        is_strange |= bool(re.search(r"\d", rest)) or any(not _month(w) and w not in _FILLERS for w in words)
    if is_strange or len(parts) > 1 or "" in parts:
        return Stated("")
    return Stated(parts[0].replace("Y", year) if parts else year, mark)


def names_part(text: str, *, whole: bool) -> bool:
    """Whether a text speaks of less than a year, of whichever year.

    whole: it is a heading, where one month is a period; in a title `may` is a word, and only a span of months is one.
    """
    said = plain(text)
    rest, parts = _parts(said if whole else _without_days(said))
    months = {month for month in map(_month, _WORD.findall(rest)) if month}
    is_span = len(months) > 1 or (whole and bool(months))
    is_part = any(part != "Y" for part in parts) or (is_span and months != {1, 12})
    return is_part or bool(_PART_OF_YEAR.search(rest))


def of_sheet(name: str) -> Stated | None:
    """The period a sheet's name stands for: `2022`, `12_2020` (January to December), `06_2024` (January to June)."""
    found = _SHEET_MONTH.fullmatch(plain(name))
    if found is None:
        return stated_in(name, whole=True)
    year, month = found[2] or found[3], int(found[1] or found[4])
    return Stated(_to_date(month).replace("Y", year))


def _parts(said: str) -> tuple[str, list[str]]:
    """What is left of the text without its quarter, half year or number of months, and those with Y for the year."""
    parts: list[str] = []
    for form in (_QUARTER, _HALF, _MONTHS_LONG):
        found = form.search(said)
        if found is None:
            continue
        if form is _QUARTER:
            parts.append(f"Y-Q{_ROMAN.get(found[1]) or found[1] or found[2]}")
        else:
            parts.append(_to_date(6 if form is _HALF else int(found[1])))
        said = said[: found.start()] + " " + said[found.end() :]
    return said, parts


def _without_days(said: str) -> str:
    """The text without full dates: a day of printing is no period."""
    return _DAY_OF_MONTH.sub(lambda m: " " if m[1] is None or _month(m[1]) else m[0], said)


def _month(word: str) -> int:
    """1 to 12; 0 when the word is no month."""
    for number, stems in enumerate(_MONTHS, start=1):
        for stem, takes_endings in stems:
            longest = len(stem) + (_LONGEST_ENDING if takes_endings else 0)
            if word.startswith(stem) and len(word) <= longest:
                return number
    return 0


def _of_months(months: list[int]) -> str:
    """One month, a quarter or January to a month; "" for what has no form of ours."""
    first, last = months[0], months[-1]
    if len(months) == 1:
        return f"Y-{first:02}"
    if len(months) != 2 or first >= last:
        return ""
    if first == 1:
        return _to_date(last)
    return f"Y-Q{last // 3}" if last % 3 == 0 and last - first == 2 else ""


def _to_date(month: int) -> str:
    if not 1 <= month <= 12:
        return ""
    return "Y" if month == 12 else f"Y-01/Y-{month:02}"
