"""Tables that are wider than they are long: a month, a year or a market in each column, with amounts below."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from companies.importing.meaning import dates, places
from companies.importing.meaning.unread import Unread
from companies.importing.reading.form import Cell, Kind, Notice, NoticeCode

_FEWEST: Final = 2
# A unit behind the time: `, mln USD`, `（万美元）`.
_BEHIND: Final = re.compile(r"[,，(（].*$", re.DOTALL)
_MOST_WORDS: Final = 3
_LONGEST: Final = 80
_SHORTEST_PLACE: Final = 4


def spread(headers: Sequence[str]) -> Iterator[Notice]:
    """What to tell of columns that are named after times, or after markets; nothing of all others."""
    for what, columns in (("times", of_times(headers)), ("places", _side_by_side(headers, _place()))):
        if columns:
            yield Notice(NoticeCode.SPREAD, {"what": what, "at": columns})


def of_times(headers: Sequence[str]) -> list[int]:
    """The columns that are the same of different times: `Export 2023, mln`, `Export 2024, mln`; empty for none."""
    return _side_by_side(headers, _time)


def _side_by_side(headers: Sequence[str], ending: Callable[[str], str]) -> list[int]:
    named: dict[str, dict[str, int]] = defaultdict(dict)
    for column, header in enumerate(headers):
        for before, said in _ends(header, ending):
            named[before].setdefault(said, column)
    return next((sorted(each.values()) for each in named.values() if len(each) >= _FEWEST), [])


def _ends(header: str, ending: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """What a name ends with, as `ending` reads it, and what stands before: `Export 2024`."""
    words = _BEHIND.sub("", header[:_LONGEST]).split()
    for size in range(min(len(words), _MOST_WORDS), 0, -1):
        if said := ending(" ".join(words[-size:])):
            yield " ".join(words[:-size]).casefold(), said
            return


def _time(text: str) -> str:
    if text.isdigit() and len(text) != 4:
        return ""
    cell = Cell(text, Kind.TEXT)
    for read in (lambda each: dates.period(each, None), dates.quarter, dates.month):
        try:
            return f"{read(cell)}"
        except Unread:
            continue
    return ""


def _place() -> Callable[[str], str]:
    known = places.places()
    return lambda text: (known.found(text) or "") if len(text) >= _SHORTEST_PLACE or not text.isascii() else ""
