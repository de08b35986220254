"""Tables that are wider than they are long: a month, a year or a market in each column, with amounts below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from companies.importing.meaning import dates, places
from companies.importing.meaning.unread import Unread
from companies.importing.reading.form import Cell, Kind, Notice, NoticeCode

_FEWEST: Final = 2
_MOST_WORDS: Final = 3
_LONGEST: Final = 80
_SHORTEST_PLACE: Final = 4


def spread(headers: Sequence[str]) -> Iterator[Notice]:
    """What to tell of columns that are named after times, or after markets; nothing of all others."""
    for what, ending in (("times", _time), ("places", _place())):
        named: dict[str, dict[str, int]] = defaultdict(dict)
        for column, header in enumerate(headers):
            for before, time in _ends(header, ending):
                named[before].setdefault(time, column)
        for columns in named.values():
            if len(columns) >= _FEWEST:
                yield Notice(NoticeCode.SPREAD, {"what": what, "columns": sorted(columns.values())})
                break


def _ends(header: str, ending: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    """What a name ends with, as `ending` reads it, and what stands before: `Export 2024`."""
    words = header[:_LONGEST].split()
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
