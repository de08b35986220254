"""Workbooks in Office Open XML (.xlsx): what their sheets hold, as the file's own program shows it.

Read by one streaming pass over each part: libraries that hand over values tell neither formulas, formats nor what is
hidden, and build the whole sheet before its size can be judged.
"""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from companies.importing.reading.excel_sheet import Enough, SheetReader, Stated, text_cell, whole_number
from companies.importing.reading.filling import MOST_CHARACTERS, Filling, Measure
from companies.importing.reading.form import (
    MOST_CELLS,
    MOST_SHEETS,
    Cell,
    Refusal,
    Refused,
    SheetInfo,
)
from companies.importing.reading.number_formats import Format, built_in, format_of
from companies.importing.reading.packages import Package
from companies.importing.reading.xml_scan import Reader, local, scan

# More than any Excel writes.
_MOST_FORMATS: Final = 100_000


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
        self._is_unworked = listed.is_unworked
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
        stated = Stated()
        with contextlib.suppress(Enough):
            self._scan(part.path, stated)
        if stated.rows * stated.columns != 1:
            return stated.rows, stated.columns
        measure = Measure()
        self._fill(part, measure)
        return measure.height, measure.width

    def _fill(self, part: _Part, filling: Filling) -> None:
        strings, shown = self._shared_strings(), self._shown()
        reader = SheetReader(filling, strings, shown, is_1904=self._is_1904, is_unworked=self._is_unworked)
        self._scan(part.path, reader)

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
    """The sheets of a workbook in their order, and where its days are counted from.

    is_unworked: a program wrote it that works no formulas out and leaves that to whoever opens it.
    """

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.is_1904 = False
        self.is_unworked = False

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif name == "calcPr":
            self.is_unworked = attributes.get("fullCalcOnLoad", "") in ("1", "true")
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
        return [made.get(code) or built_in(whole_number(code)) for code in self._used]


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
            self.cells.append(text_cell("".join(self._said)))
            self._said.clear()
