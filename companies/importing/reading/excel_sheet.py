"""One sheet of an Office Open XML workbook: its cells as they come, and the size it says it has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from companies.importing.reading.filling import Filling
from companies.importing.reading.form import EMPTY, MOST_CELL_CHARACTERS, Cell, Kind, Refusal, Refused
from companies.importing.reading.number_formats import GENERAL, Format, cell_of
from companies.importing.reading.xml_scan import MOST_DEPTH, Reader

_LAST_ROW: Final = 1_048_576
_LAST_COLUMN: Final = 16_384
_ESCAPED: Final = re.compile(r"(?:_x[0-9A-Fa-f]{4}_)+")
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
_SPACES: Final = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_SHEET_ELEMENTS: Final = ("c", "v", "row", "f", "t", "is", "mergeCell", "col", "rPh")
_NAMES: Final = {f"{space} {name}": name for space in _SPACES for name in _SHEET_ELEMENTS}


class Enough(Exception):
    """Enough of a part is read."""


class Stated(Reader):
    """The size that a sheet states before its rows; one cell where it states none, as programs that do not know do."""

    rows = columns = 1

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "dimension":
            _top, _left, bottom, right = _area(attributes.get("ref", "A1"))
            self.rows, self.columns = bottom, right + 1
        elif name == "sheetData":
            raise Enough


class SheetReader(Reader):
    """Puts the cells of a sheet where they stand.

    is_unworked: the 0 that a formula has stands there because nobody has worked it out.
    """

    def __init__(
        self, filling: Filling, strings: list[Cell], shown: list[Format], *, is_1904: bool, is_unworked: bool
    ) -> None:
        self._filling = filling
        self._strings = strings
        self._shown = shown
        self._is_1904 = is_1904
        self._is_unworked = is_unworked
        self._columns: dict[str, int] = {}
        self._row = 0
        self._row_said = "0"
        self._column = -1
        self._kind = ""
        self._style = ""
        self._is_formula = False
        self._is_aside = False
        self._is_said = False
        self._said: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        known = _NAMES.get(name)
        if known == "c":
            self._begin_cell(attributes)
        elif known == "v" or (known == "t" and not self._is_aside):
            self._is_said = True
        elif known == "f":
            self._is_formula = True
        elif known == "row":
            self._begin_row(attributes)
        elif known == "rPh":
            self._is_aside = True
        elif known == "mergeCell":
            self._filling.merge(*_area(attributes.get("ref", "")))
        elif known == "col" and attributes.get("hidden", "0") in ("1", "true"):
            first, last = whole_number(attributes.get("min", "")), whole_number(attributes.get("max", ""))
            self._filling.hidden_columns.append((max(first, 1) - 1, min(last, _LAST_COLUMN) - 1))
        elif self.depth > MOST_DEPTH:
            raise Refused(Refusal.BOMB)

    def text(self, said: str) -> None:
        if self._is_said:
            self._said.append(said)
            self._length += len(said)
            if self._length > MOST_CELL_CHARACTERS:
                raise self._filling.too_long(self._row, self._column, self._length)

    def end(self, name: str) -> None:
        self.depth -= 1
        known = _NAMES.get(name)
        if known in ("v", "t"):
            self._is_said = False
        elif known == "c":
            self._end_cell()
        elif known == "rPh":
            self._is_aside = False

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row_said = attributes.get("r") or str(self._row + 1)
        self._row = _placed(self._row_said, _LAST_ROW)
        self._column = -1
        if attributes.get("hidden", "0") in ("1", "true"):
            self._filling.hidden.add(self._row)

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        self._kind = attributes.get("t", "n")
        self._style = attributes.get("s", "")
        self._is_formula = False
        self._said.clear()
        self._length = 0
        place = attributes.get("r")
        if place is None:
            self._column += 1
            return
        named = place.rstrip("0123456789")
        column = self._columns.get(named)
        if column is None:
            column = self._columns[named] = _column(named)
        self._column = column
        if place[len(named) :] != self._row_said:
            self._row_said = place[len(named) :]
            self._row = _placed(self._row_said, _LAST_ROW)

    def _end_cell(self) -> None:
        cell = self._cell("".join(self._said)) if self._said else EMPTY
        if self._is_formula:
            is_no_result = self._is_unworked and cell.text == "0"
            cell = Cell("" if is_no_result else cell.text, cell.kind, is_formula=True)
        if cell is not EMPTY:
            self._filling.put(self._row, self._column, cell)

    def _cell(self, said: str) -> Cell:
        kind = self._kind
        if kind == "s":
            place = whole_number(said)
            if not 0 <= place < len(self._strings):
                raise Refused(Refusal.DAMAGED)
            return self._strings[place]
        if kind == "n":
            style = self._shown[int(self._style)] if self._style.isdecimal() and self._is_styled() else GENERAL
            return cell_of(said, style, is_1904=self._is_1904)
        if kind == "b":
            return Cell("TRUE" if said.strip() in ("1", "true") else "FALSE", Kind.BOOL)
        if kind == "e":
            return Cell(said, Kind.ERROR)
        if kind == "d":
            return Cell(said.removesuffix("Z").removesuffix("T00:00:00"), Kind.DATE)
        return text_cell(said)

    def _is_styled(self) -> bool:
        return len(self._style) < 7 and int(self._style) < len(self._shown)


def text_cell(said: str) -> Cell:
    """A text without the signs that XML cannot hold, which Excel writes as `_x000D_`; a NUL is nothing."""
    if not said:
        return EMPTY
    if len(said) > MOST_CELL_CHARACTERS:
        return Cell(said, Kind.TEXT)
    whole = _ESCAPED.sub(_unescaped, said) if "_x" in said else said
    return Cell(whole, Kind.TEXT) if whole else EMPTY


def _unescaped(found: re.Match[str]) -> str:
    units = bytes.fromhex(found[0].replace("_x", "").replace("_", ""))
    return units.decode("utf-16-be", "replace").replace("\0", "")


def whole_number(said: str) -> int:
    """A number of a place or a style; -1 where it is none."""
    said = said.strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1


def _placed(said: str, last: int) -> int:
    number = whole_number(said)
    if not 1 <= number <= last:
        raise Refused(Refusal.DAMAGED)
    return number


def _column(named: str) -> int:
    """A column from 0 by its letters. Raises Refused where no sheet has it."""
    number = 0
    if not named or len(named) > 3 or not (named.isascii() and named.isalpha()):
        raise Refused(Refusal.DAMAGED)
    for sign in named.upper():
        number = number * 26 + ord(sign) - ord("A") + 1
    if number > _LAST_COLUMN:
        raise Refused(Refusal.DAMAGED)
    return number - 1


def _area(said: str) -> tuple[int, int, int, int]:
    found = _AREA.fullmatch(said)
    if found is None:
        raise Refused(Refusal.DAMAGED)
    left, top, right, bottom = found.groups()
    first = (_placed(top, _LAST_ROW), _column(left))
    last = (_placed(bottom, _LAST_ROW), _column(right)) if right else first
    return (min(first[0], last[0]), min(first[1], last[1]), max(first[0], last[0]), max(first[1], last[1]))
