"""The country codes of BACI in our letters: from the list that comes with its files, or from our own."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from markets.sources.archives import Entry
from markets.sources.baci.names import changed
from markets.sources.bundled import FACTS, fact_rows

MOST_LIST_BYTES: Final = 1024 * 1024
CODE_COLUMN: Final = "country_code"
# In order of the versions that name it so.
LETTER_COLUMNS: Final = ("country_iso3", "iso_3digit_alpha", "iso3")
_LETTERS: Final = re.compile(r"[A-Z]{3}")
# Codes of Comtrade that are no ISO 3166 numbers, or that the list gives no letters of ISO 3166.
COMTRADE_CODES: Final = {
    "58": "BEL",  # Belgium-Luxembourg
    "251": "FRA",  # with Monaco
    "280": "DEU",  # the former Federal Republic
    "381": "ITA",
    "490": "TWN",  # Other Asia, not elsewhere specified
    "579": "NOR",  # with Svalbard and Jan Mayen
    "699": "IND",
    "711": "ZAF",  # Southern African Customs Union
    "736": "SDN",  # with South Sudan
    "757": "CHE",  # with Liechtenstein
    "842": "USA",  # with Puerto Rico and the US Virgin Islands
}
# The last year of a code whose letters are another code's since.
LAST_YEAR: Final = {"58": 1998, "280": 1990, "711": 1999, "736": 2011}


def areas_of(letters_by_code: Mapping[str, str], year: int) -> dict[str, str]:
    """Code as files write it, with and without its leading zeros -> ISO 3166 alpha-3, of one year."""
    found = {}
    for code, letters in letters_by_code.items():
        if year <= LAST_YEAR.get(code, year):
            found[code] = found[code.zfill(3)] = letters
    return found


def listed(entry: Entry) -> dict[str, str]:
    """Code without leading zeros -> letters, of the list that comes with the files.

    A code that stands for no country (`N/A`, `S19`) is left out, but for those whose country is known otherwise.
    Raises SourceChanged when the list is not as documented.
    """
    try:
        return _listed(entry, csv.DictReader(io.StringIO(_text(entry))))
    except csv.Error as wrong:
        raise changed(entry.shown, f"the list of countries is no CSV ({wrong})") from wrong


def _listed(entry: Entry, reader: csv.DictReader[str]) -> dict[str, str]:
    columns = [(column or "").strip().lower() for column in reader.fieldnames or ()]
    letter_column = next((column for column in LETTER_COLUMNS if column in columns), "")
    if CODE_COLUMN not in columns or not letter_column:
        wanted = f"{CODE_COLUMN} and {LETTER_COLUMNS[0]}"
        raise changed(entry.shown, f"the list of countries needs {wanted}; its columns are {', '.join(columns)}")
    reader.fieldnames = columns
    found: dict[str, str] = {}
    for row in reader:
        code = (row[CODE_COLUMN] or "").strip().lstrip("0")
        if not (code.isascii() and code.isdigit() and len(code) <= 3):
            raise changed(entry.shown, f"line {reader.line_num}: {row[CODE_COLUMN]!r} is not a country's number")
        written = (row[letter_column] or "").strip()
        letters = written if _LETTERS.fullmatch(written) else COMTRADE_CODES.get(code, "")
        if found.setdefault(code, letters) != letters:
            raise changed(entry.shown, f"line {reader.line_num}: {code} is {found[code]} and {letters} at once")
    if not found:
        raise changed(entry.shown, "the list of countries holds no country")
    return {code: letters for code, letters in found.items() if letters}


@lru_cache(maxsize=1)
def own() -> Mapping[str, str]:
    """Code without leading zeros -> letters, for files without a list and for what the list lacks."""
    numbered = {
        row["m49"].lstrip("0"): row["code"]
        for _line, row in fact_rows(FACTS / "areas.csv", ("code", "m49"))
        if row["m49"]
    }
    return numbered | COMTRADE_CODES


def _text(entry: Entry) -> str:
    """The list as text. Some versions are UTF-8, others were written on a Western European computer."""
    if entry.size_bytes > MOST_LIST_BYTES:
        raise changed(entry.shown, f"the list of countries holds {entry.size_bytes:,} bytes; it is another file")
    body = b"".join(entry.chunks())
    if b"\0" in body:
        raise changed(entry.shown, "the list of countries holds NUL characters, so it is no text; fetch it anew")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("latin-1")
