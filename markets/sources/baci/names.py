"""What the files of BACI are called, and what their names say: revision, year, version."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from markets.errors import SourceChanged
from markets.sources.baci.cards import CARD

# How a revision stands in file names -> our name of it; the year in it is the first the revision is used in.
CLASSIFICATIONS: Final = {
    "92": "HS1992",
    "96": "HS1996",
    "02": "HS2002",
    "07": "HS2007",
    "12": "HS2012",
    "17": "HS2017",
    "22": "HS2022",
}
_FIRST_YEAR: Final = 1988
_MONTHS: Final = calendar.month_name
# A file of this name beside the others, or this word in the name of one, says that its figures are invented.
MARKER_FILE: Final = "SYNTHETIC.txt"
MARKER_WORD: Final = "SYNTHETIC"
_VERSION: Final = r"(?:_V(?P<version>\d{6}[a-z]?))?"
_MARK: Final = rf"(?P<mark>[_-]{MARKER_WORD})?"
_YEAR_FILE: Final = re.compile(rf"BACI_HS(?P<revision>\d\d)_Y(?P<year>\d{{4}}){_VERSION}{_MARK}\.csv", re.IGNORECASE)
_COUNTRY_FILE: Final = re.compile(rf"(?:baci_)?country_codes{_VERSION}{_MARK}\.csv", re.IGNORECASE)
_PRODUCT_FILE: Final = re.compile(
    rf"(?:baci_)?product_codes(?:_HS(?P<revision>\d\d))?{_VERSION}{_MARK}\.csv", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class YearFile:
    """What the name of a year's file says. version: `202201`, `202401b`, or empty where the name has none."""

    classification: str
    year: int
    version: str
    is_marked: bool

    @property
    def revision(self) -> str:
        """As CEPII writes it: `HS92`."""
        return f"HS{self.classification[-2:]}"


@dataclass(frozen=True, slots=True)
class SideFile:
    """What the name of a list of countries or products says. revision: `HS92`, of products only."""

    version: str
    revision: str = ""


def year_file(name: str) -> YearFile | None:
    """What the name says; None when it is not that of a year's file.

    Raises SourceChanged for a revision that is not known, or a year before it was in use.
    """
    found = _YEAR_FILE.fullmatch(name)
    if found is None:
        return None
    classification = CLASSIFICATIONS.get(found["revision"])
    if classification is None:
        known = ", ".join(f"HS{revision}" for revision in CLASSIFICATIONS)
        raise changed(name, f"revision HS{found['revision']} is not known; BACI comes in {known}")
    year = int(found["year"])
    first = max(_FIRST_YEAR, 0 if classification == "HS1992" else int(classification[2:]))
    if year < first:
        raise changed(name, f"HS{found['revision']} was not in use in {year}; the name of the file is wrong")
    return YearFile(classification, year, _version(name, found["version"]), found["mark"] is not None)


def country_file(name: str) -> SideFile | None:
    """What the name says; None when it is not that of the list of countries."""
    found = _COUNTRY_FILE.fullmatch(name)
    return SideFile(_version(name, found["version"])) if found else None


def product_file(name: str) -> SideFile | None:
    """What the name says; None when it is not that of a list of products."""
    found = _PRODUCT_FILE.fullmatch(name)
    if found is None:
        return None
    return SideFile(_version(name, found["version"]), f"HS{found['revision']}" if found["revision"] else "")


def published(version: str) -> tuple[dt.date | None, str]:
    """(latest day a version can have been made public, what is known of it) of `202201`."""
    if not version:
        return None, "the name of the file states no version"
    year, month = int(version[:4]), int(version[4:6])
    if version[6:]:
        return None, f"a correction of the version of {_MONTHS[month]} {year}; its day is unknown"
    return dt.date(year, month, calendar.monthrange(year, month)[1]), f"in {_MONTHS[month]} {year}; the day is unknown"


def changed(name: str, reason: str) -> SourceChanged:
    """A file of BACI that is not as documented: its name, what is wrong and what to do."""
    return SourceChanged(source=CARD.id, reason=f"{name}: {reason}")


def _version(name: str, written: str | None) -> str:
    if written is None:
        return ""
    if not (1990 <= int(written[:4]) <= 2100 and 1 <= int(written[4:6]) <= 12):
        raise changed(name, f"V{written} is not a version such as V202201, a year and a month")
    return written.lower()
