"""How a file is to be read, as people choose it on the page of its reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.errors import FieldsRejected, InvalidField
from companies.importing.reading.form import MOST_ROWS, Choices, Found

# More rows than this do not name columns together.
MOST_HEADER_ROWS: Final = 10
_DIGITS: Final = 6


def reading_choices(given: Mapping[str, str], found: Found, before: Choices) -> Choices:
    """What the form chooses. What it leaves as it was found stays for the reader to find, where nobody chose it before.

    With another sheet nothing is known of its header, so what was chosen for the one before is forgotten.
    Raises FieldsRejected.
    """
    sheet = _sheet(given, found, before)
    is_other_sheet = (sheet if sheet is not None else found.sheet) != found.sheet
    first, last = (None, None) if is_other_sheet else _header(given, found, before)
    return Choices(
        encoding=_one_of(given, "encoding", found.encoding, before.encoding, [each.name for each in found.encodings]),
        delimiter=_one_of(given, "delimiter", found.delimiter, before.delimiter, list(found.delimiters)),
        sheet=sheet,
        header_first=first,
        header_last=last,
        fill_merged=given.get("fill_merged") == "1",
        with_totals=given.get("with_totals") == "1",
        with_hidden=given.get("without_hidden") != "1",
    )


def _one_of(given: Mapping[str, str], name: str, found: str, before: str | None, allowed: list[str]) -> str | None:
    sent = given.get(name, found)
    if sent == found:
        return before
    if sent not in allowed:
        raise _rejected({name: _("choose one of the list")})
    return sent


def _sheet(given: Mapping[str, str], found: Found, before: Choices) -> int | None:
    places = [str(place) for place in range(len(found.sheets))]
    sent = _one_of(given, "sheet", str(found.sheet), None, places)
    return before.sheet if sent is None else int(sent)


def _header(given: Mapping[str, str], found: Found, before: Choices) -> tuple[int | None, int | None]:
    """The rows that name the columns, where somebody chose them."""
    if given.get("no_header") == "1":
        return (0, 0) if found.header_first else (before.header_first, before.header_last)
    first = _row(given, "header_first", found.header_first)
    last = _row(given, "header_last", found.header_last)
    if (first, last) == (found.header_first, found.header_last):
        # that none does is no longer said: let it be found
        return (None, None) if before.header_first == 0 else (before.header_first, before.header_last)
    if first == 0 or last == 0:  # none was found before, and one of the two is chosen now
        first = last = first or last
    if first > last:
        raise _rejected({"header_last": _("it is not above the first one")})
    if last - first >= MOST_HEADER_ROWS:
        raise _rejected({"header_last": _("at most %(most)s rows name the columns") % {"most": MOST_HEADER_ROWS}})
    return first, last


def _row(given: Mapping[str, str], name: str, found: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return found
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS and int(text) <= MOST_ROWS):
        raise _rejected({name: _("write the number of a row")})
    return int(text)


def _rejected(expected_by_field: Mapping[str, str]) -> FieldsRejected:
    labels: dict[str, Any] = {
        "encoding": _("Encoding"),
        "delimiter": _("Columns are parted by"),
        "sheet": _("Sheet"),
        "header_first": _("First row with names of columns"),
        "header_last": _("Last row with names of columns"),
    }
    faults = [
        InvalidField(field=labels[name], pointer=f"/{name}", expected=expected)
        for name, expected in expected_by_field.items()
    ]
    return FieldsRejected(count=len(faults), faults=faults)
