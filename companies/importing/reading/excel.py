"""Workbooks in Office Open XML (.xlsx): what their sheets hold, as the file's own program shows it.

Read by one streaming pass over each part: libraries that hand over values tell neither formulas, formats nor what is
hidden, and build the whole sheet before its size can be judged.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from companies.importing.reading.filling import MOST_CHARACTERS, Filling, Measure
from companies.importing.reading.form import (
    EMPTY,
    MOST_CELL_CHARACTERS,
    MOST_CELLS,
    MOST_SHEETS,
    Cell,
    Kind,
    Refusal,
    Refused,
    SheetInfo,
)
from companies.importing.reading.number_formats import GENERAL, Format, built_in, cell_of, format_of
from companies.importing.reading.packages import Package
from companies.importing.reading.xml_scan import MOST_DEPTH, Reader, local, scan

# More than any Excel writes.
_MOST_FORMATS: Final = 100_000
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A sheet of the workbook before it is read."""

    name: str
    path: str
    is_hidden: bool


def read(package: Package, wanted: int | None) -> tuple[tuple[SheetInfo, ...], int, Filling]:
    """All sheets, which one is read, and its cells: the wanted one, else the first visible one that holds anything.

    Raises Refused. Of the other sheets the size is what they say of themselves where they do.
    """
    book = _Workbook(package)
    read_whole: dict[int, Filling] = {}
    place = wanted if wanted is not None and wanted < len(book.parts) else _first_filled(book, read_whole)
    filling = read_whole.get(place) or book.filled(book.parts[place])
    read_whole[place] = filling
    sheets = []
    for number, part in enumerate(book.parts):
        known = read_whole.get(number)
        rows, columns = (known.height, known.width) if known else book.extent(part)
        sheets.append(SheetInfo(part.name, rows, columns, part.is_hidden))
    return tuple(sheets), place, filling


def _first_filled(book: _Workbook, read_whole: dict[int, Filling]) -> int:
    if not book.parts:
        raise Refused(Refusal.NO_ROWS)
    visible = [number for number, part in enumerate(book.parts) if not part.is_hidden]
    for number in visible:
        read_whole[number] = book.filled(book.parts[number])
        if read_whole[number].rows:
            return number
    return visible[0] if visible else 0


class _Workbook:
    """The sheets of a package and what they share. Raises Refused as its parts are read."""

    def __init__(self, package: Package) -> None:
        self._package = package
        main = [path for kind, path in _targets(package, "").values() if kind == "officeDocument"]
        listed = _Listed()
        if not main:
            raise Refused(Refusal.DAMAGED)
        self._scan(main[0], listed)
        self._is_1904 = listed.is_1904
        targets = _targets(package, main[0])
        self._paths = dict(targets.values())
        if len(listed.sheets) > MOST_SHEETS:
            raise Refused(Refusal.TOO_MANY_SHEETS, count=len(listed.sheets), most=MOST_SHEETS)
        self.parts = tuple(
            _Part(name, targets[relation][1], is_hidden)
            for name, relation, is_hidden in listed.sheets
            if targets.get(relation, ("", ""))[0] == "worksheet"
        )
        self._strings: list[Cell] | None = None
        self._formats: list[Format] | None = None

    def filled(self, part: _Part) -> Filling:
        """All cells of a sheet."""
        filling = Filling()
        self._fill(part, filling)
        return filling

    def extent(self, part: _Part) -> tuple[int, int]:
        """Rows and columns of a sheet that is not read: as it says, else as it is."""
        stated = _Stated()
        with contextlib.suppress(_Found):
            self._scan(part.path, stated)
        if stated.rows * stated.columns != 1:
            return stated.rows, stated.columns
        measure = Measure()
        self._fill(part, measure)
        return measure.height, measure.width

    def _fill(self, part: _Part, filling: Filling) -> None:
        self._scan(part.path, _Sheet(filling, self._shared_strings(), self._shown(), is_1904=self._is_1904))

    def _scan(self, path: str, reader: Reader) -> None:
        with self._package.part(path) as stream:
            scan(stream, reader)

    def _shared_strings(self) -> list[Cell]:
        if self._strings is None:
            strings = _Strings()
            if path := self._paths.get("sharedStrings"):
                self._scan(path, strings)
            self._strings = strings.cells
        return self._strings

    def _shown(self) -> list[Format]:
        if self._formats is None:
            styles = _Styles()
            if path := self._paths.get("styles"):
                self._scan(path, styles)
            self._formats = styles.shown()
        return self._formats


# ---------------------------------------------------------------- what the parts share
def _targets(package: Package, path: str) -> dict[str, tuple[str, str]]:
    """What a part refers to: kind and path by the id of the relation."""
    folder, name = posixpath.split(path)
    related = posixpath.join(folder, "_rels", f"{name}.rels")
    relations = _Relations(folder)
    if related in package.names:
        with package.part(related) as stream:
            scan(stream, relations)
    return relations.found


class _Relations(Reader):
    def __init__(self, folder: str) -> None:
        self.found: dict[str, tuple[str, str]] = {}
        self._folder = folder

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        kind = attributes.get("Type", "").rpartition("/")[2]
        if name == "Relationship":
            target = posixpath.join("/", self._folder, attributes.get("Target", ""))
            self.found[attributes.get("Id", "")] = (kind, posixpath.normpath(target).lstrip("/"))


class _Listed(Reader):
    """The sheets of a workbook in their order, and where its days are counted from."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.is_1904 = False

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif name == "sheet":
            relation = next((said for each, said in attributes.items() if local(each) == "id" and " " in each), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, is_hidden))


class _Styles(Reader):
    """The number format of each style of a cell."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._used: list[str] = []
        self._is_of_cells = False

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self._is_of_cells = True
        elif name == "xf" and self._is_of_cells:
            self._used.append(attributes.get("numFmtId", "0"))
        if len(self._used) + len(self._codes) > _MOST_FORMATS:
            raise Refused(Refusal.BOMB)

    def closed(self, name: str) -> None:
        if name == "cellXfs":
            self._is_of_cells = False

    def shown(self) -> list[Format]:
        """One format a style, in the order of the file."""
        made = {code: format_of(self._codes[code]) for code in set(self._used) if code in self._codes}
        return [made.get(code) or built_in(_number(code)) for code in self._used]


class _Strings(Reader):
    """The texts that cells share: of each the characters of its runs, without how they are read aloud."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []
        self._said: list[str] = []
        self._is_said = False
        self._is_aside = False
        self._characters = 0

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002 of Reader
        if name == "t":
            self._is_said = not self._is_aside
        elif name == "rPh":
            self._is_aside = True

    def text(self, said: str) -> None:
        if self._is_said:
            self._said.append(said)
            self._characters += len(said)
            if self._characters > MOST_CHARACTERS:
                raise Refused(Refusal.BOMB)

    def closed(self, name: str) -> None:
        if name == "t":
            self._is_said = False
        elif name == "rPh":
            self._is_aside = False
        elif name == "si":
            if len(self.cells) > MOST_CELLS:
                raise Refused(Refusal.TOO_MANY_CELLS, most=MOST_CELLS)
            self.cells.append(_text_cell("".join(self._said)))
            self._said.clear()


# ---------------------------------------------------------------- one sheet
class _Found(Exception):
    """Enough of a part is read."""


class _Stated(Reader):
    """The size that a sheet states before its rows; one cell where it states none, as programs that do not know do."""

    rows = columns = 1

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "dimension":
            _top, _left, bottom, right = _area(attributes.get("ref", "A1"))
            self.rows, self.columns = bottom, right + 1
        elif name == "sheetData":
            raise _Found


class _Sheet(Reader):
    """Puts the cells of a sheet where they stand."""

    def __init__(self, filling: Filling, strings: list[Cell], shown: list[Format], *, is_1904: bool) -> None:
        self._filling = filling
        self._strings = strings
        self._shown = shown
        self._is_1904 = is_1904
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
            first, last = _number(attributes.get("min", "")), _number(attributes.get("max", ""))
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
            cell = Cell(cell.text, cell.kind, is_formula=True)
        if cell is not EMPTY:
            self._filling.put(self._row, self._column, cell)

    def _cell(self, said: str) -> Cell:
        kind = self._kind
        if kind == "s":
            place = _number(said)
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
        return _text_cell(said)

    def _is_styled(self) -> bool:
        return len(self._style) < 7 and int(self._style) < len(self._shown)


def _text_cell(said: str) -> Cell:
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


def _number(said: str) -> int:
    """A number of a place or a style; -1 where it is none."""
    said = said.strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else -1


def _placed(said: str, last: int) -> int:
    number = _number(said)
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
