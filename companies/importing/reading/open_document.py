"""Workbooks in OpenDocument (.ods): what their sheets hold. All sheets stand in one part, read in one pass."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from companies.importing.reading.filling import Filling, Measure
from companies.importing.reading.form import (
    EMPTY,
    MOST_CELL_CHARACTERS,
    MOST_ROWS,
    MOST_SHEETS,
    Cell,
    Kind,
    Refusal,
    Refused,
    SheetInfo,
)
from companies.importing.reading.number_formats import GENERAL, Format, Shown, cell_of
from companies.importing.reading.packages import Package
from companies.importing.reading.xml_scan import MOST_DEPTH, Reader, local, scan

_OASIS: Final = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE: Final = f"{_OASIS}office:1.0 "
_TABLE: Final = f"{_OASIS}table:1.0 "
_TEXT: Final = f"{_OASIS}text:1.0 "
_STYLE: Final = f"{_OASIS}style:1.0 "
_NUMBER: Final = f"{_OASIS}datastyle:1.0 "
_DRAW: Final = f"{_OASIS}drawing:1.0 "
_HREF: Final = "http://www.w3.org/1999/xlink href"
_CALC_TYPE: Final = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_LISTENER: Final = f"{_OASIS}script:1.0 event-listener"

_CELLS: Final = frozenset({f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"})
# What stands inside a sheet or a cell but is not what the cell says.
_ASIDE: Final = frozenset(
    {f"{_OFFICE}annotation", f"{_TEXT}ruby-text", f"{_TEXT}note", f"{_TABLE}tracked-changes", f"{_TABLE}shapes"}
)
_FOREIGN: Final = frozenset(
    {
        f"{_TABLE}table-source",
        f"{_TABLE}cell-range-source",
        f"{_TABLE}database-source-sql",
        f"{_TABLE}database-source-table",
        f"{_TABLE}database-source-query",
        f"{_OFFICE}dde-source",
    }
)
_HIDDEN: Final = ("collapse", "filter")
_PERCENT: Final = Format(Shown.PERCENT)
_DATE: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d{1,9})?)?Z?")
_LENGTH: Final = re.compile(r"(-?)PT(\d{1,9})H(\d{1,2})M(\d{1,2})(?:[.,]\d{1,9})?S")


def read(package: Package, wanted: int | None) -> tuple[tuple[SheetInfo, ...], int, Filling]:
    """All sheets, which one is read, and its cells: the wanted one, else the first visible one that holds anything.

    Raises Refused.
    """
    content = _read_content(package, wanted)
    if content.place is None and wanted is not None:
        content = _read_content(package, None)
    sheets = tuple(content.sheets)
    if not sheets:
        raise Refused(Refusal.NO_ROWS)
    if content.place is None:
        visible = [number for number, sheet in enumerate(sheets) if not sheet.is_hidden]
        return sheets, visible[0] if visible else 0, Filling()
    return sheets, content.place, content.filling


def _read_content(package: Package, wanted: int | None) -> _Content:
    content = _Content(wanted)
    with package.part("content.xml") as stream:
        scan(stream, content)
    return content


class _Content(Reader):
    """Keeps the cells of one sheet and the sizes of all. place, filling: of that sheet; place None where none fits."""

    def __init__(self, wanted: int | None) -> None:
        self.sheets: list[SheetInfo] = []
        self.place: int | None = None
        self.filling = Filling()
        self._wanted = wanted
        self._styles = _Styles()
        self._column_styles: list[tuple[int, str]] = []
        self._aside: int | None = None
        self._sheet: Filling | None = None
        self._name = ""
        self._is_hidden = False
        self._row = self._row_times = 0
        self._column = self._column_times = 0
        self._is_filled_row = False
        self._cell: Mapping[str, str] | None = None
        self._is_covered = False
        self._is_said = False
        self._said: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise Refused(Refusal.BOMB)
        _check_own(name, attributes)
        if self._aside is not None:
            return
        if name in _CELLS:
            self._begin_cell(name, attributes)
        elif self._cell is not None:
            self._within_cell(name, attributes)
        elif name in _ASIDE:
            self._aside = self.depth
        elif self._sheet is not None:
            self._within_sheet(name, attributes)
        elif name == f"{_TABLE}table":
            self._begin_sheet(attributes)
        else:
            self._styles.see(name, attributes)

    def text(self, said: str) -> None:
        if self._is_said and self._aside is None:
            self._say(said)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self._aside is not None:
            if self.depth < self._aside:
                self._aside = None
        elif name in _CELLS:
            self._end_cell()
        elif name == f"{_TEXT}p":
            self._is_said = False
        elif name == f"{_TABLE}table-row":
            self._end_row()
        elif name == f"{_TABLE}table" and self._sheet is not None:
            self._end_sheet()

    # ------------------------------------------------------------ sheets
    def _begin_sheet(self, attributes: Mapping[str, str]) -> None:
        number = len(self.sheets)
        if number >= MOST_SHEETS:
            raise Refused(Refusal.TOO_MANY_SHEETS, count=number + 1, most=MOST_SHEETS)
        self._name = attributes.get(f"{_TABLE}name", "")
        self._is_hidden = attributes.get(f"{_TABLE}style-name") in self._styles.hidden
        is_meant = not self._is_hidden if self._wanted is None else self._wanted == number
        self._sheet = Filling() if is_meant and self.place is None else Measure()
        self._row = 1
        self._column = 0
        self._column_styles.clear()

    def _end_sheet(self) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        if not isinstance(sheet, Measure) and (sheet.height or self._wanted is not None):
            self.place, self.filling = len(self.sheets), sheet
        self.sheets.append(SheetInfo(self._name, sheet.height, sheet.width, self._is_hidden))
        self._sheet = None

    def _within_sheet(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == f"{_TABLE}table-row":
            self._begin_row(attributes)
        elif name == f"{_TABLE}table-column" and self._sheet is not None:
            times = _times(attributes, "number-columns-repeated")
            if attributes.get(f"{_TABLE}visibility") in _HIDDEN:
                self._sheet.hidden_columns.append((self._column, self._column + times - 1))
            self._column += times
            self._column_styles.append((self._column, attributes.get(f"{_TABLE}default-cell-style-name", "")))

    # ------------------------------------------------------------ rows
    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row_times = _times(attributes, "number-rows-repeated")
        self._column = 0
        self._is_filled_row = False
        if attributes.get(f"{_TABLE}visibility") in _HIDDEN and self._sheet is not None:
            self._sheet.hidden.update(range(self._row, min(self._row + self._row_times, MOST_ROWS + 1)))

    def _end_row(self) -> None:
        if self._is_filled_row and self._row_times > 1 and self._sheet is not None:
            self._sheet.repeat(self._row, self._row_times - 1)
        self._row += self._row_times

    # ------------------------------------------------------------ cells
    def _begin_cell(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._cell is not None or self._sheet is None:
            # A table within a cell, or outside all sheets.
            self._aside = self.depth
            return
        self._column_times = _times(attributes, "number-columns-repeated")
        self._cell = attributes
        # What a merged area covers is not shown.
        self._is_covered = name != f"{_TABLE}table-cell"
        self._said.clear()
        self._length = 0
        columns, rows = _times(attributes, "number-columns-spanned"), _times(attributes, "number-rows-spanned")
        if columns > 1 or rows > 1:
            self._sheet.merge(self._row, self._column, self._row + rows - 1, self._column + columns - 1)

    def _within_cell(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == f"{_TEXT}p":
            if self._said:
                self._say("\n")
            self._is_said = True
        elif name == f"{_TEXT}s":
            self._say(" " * min(_number(attributes.get(f"{_TEXT}c", "1")), MOST_CELL_CHARACTERS + 1))
        elif name == f"{_TEXT}tab":
            self._say("\t")
        elif name == f"{_TEXT}line-break":
            self._say("\n")
        elif name in _ASIDE or name.startswith((_DRAW, _TABLE)):
            self._aside = self.depth

    def _say(self, said: str) -> None:
        self._length += len(said)
        if self._length > MOST_CELL_CHARACTERS and self._sheet is not None:
            raise self._sheet.too_long(self._row, self._column, self._length)
        self._said.append(said)

    def _end_cell(self) -> None:
        attributes, self._cell = self._cell, None
        if attributes is None or self._sheet is None:
            return
        cell = EMPTY if self._is_covered else _value(attributes, "".join(self._said))
        if cell.kind is Kind.DATE and (shown := self._styles.digits(self._style_of(attributes))):
            cell = Cell(cell.text[:shown], Kind.TEXT)
        if f"{_TABLE}formula" in attributes and not self._is_covered:
            cell = Cell(cell.text, cell.kind, is_formula=True)
        if cell != EMPTY:
            self._is_filled_row = True
            self._sheet.put_along(self._row, self._column, cell, self._column_times)
        self._column += self._column_times

    def _style_of(self, attributes: Mapping[str, str]) -> str:
        """The style of a cell: its own, else that of its column."""
        if own := attributes.get(f"{_TABLE}style-name"):
            return own
        return next((style for end, style in self._column_styles if self._column < end), "")


class _Styles:
    """What the styles say that cells and sheets have. hidden: those of sheets that are not shown."""

    def __init__(self) -> None:
        self.hidden: set[str] = set()
        self._name = ""
        self._date = ""
        self._parts: dict[str, set[str]] = {}
        self._dates: dict[str, str] = {}

    def see(self, name: str, attributes: Mapping[str, str]) -> None:
        """One element of the part where styles are told."""
        if name == f"{_STYLE}style":
            self._name = attributes.get(f"{_STYLE}name", "")
            self._dates[self._name] = attributes.get(f"{_STYLE}data-style-name", "")
        elif name == f"{_STYLE}table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self.hidden.add(self._name)
        elif name == f"{_NUMBER}date-style":
            self._date = attributes.get(f"{_STYLE}name", "")
            self._parts[self._date] = set()
        elif name.startswith(_NUMBER) and self._date in self._parts:
            self._parts[self._date].add(local(name))

    def digits(self, style: str) -> int:
        """How much of a date such as `2024-03-05` a style shows: 7 up to its month, 4 its year; 0 all of it."""
        parts = self._parts.get(self._dates.get(style, ""), set())
        if not parts & {"month", "year"} or parts & {"day", "day-of-week", "hours", "week-of-year", "quarter"}:
            return 0
        return 7 if "month" in parts else 4


def _check_own(name: str, attributes: Mapping[str, str]) -> None:
    """Refuse what brings something from elsewhere into the workbook, or runs; an address to click on is only a text."""
    if name in _FOREIGN:
        raise Refused(Refusal.EXTERNAL_LINKS)
    if name == _LISTENER:
        raise Refused(Refusal.MACROS)
    if name.startswith(_DRAW) and name != f"{_DRAW}a":
        address = attributes.get(_HREF, "")
        if ":" in address or address.startswith(("/", "../")):
            raise Refused(Refusal.EXTERNAL_LINKS)


def _value(attributes: Mapping[str, str], shown: str) -> Cell:
    """What a cell is; a value that is not as the format has it is the text that is shown."""
    kind = attributes.get(f"{_OFFICE}value-type", "")
    made: Cell | None = None
    if attributes.get(_CALC_TYPE) == "error":
        return Cell(shown or "#", Kind.ERROR)
    if kind in ("float", "currency"):
        made = _number_cell(attributes.get(f"{_OFFICE}value", ""), shown)
    elif kind == "percentage":
        made = cell_of(attributes.get(f"{_OFFICE}value", ""), _PERCENT, is_1904=False)
    elif kind == "date":
        made = _date(attributes.get(f"{_OFFICE}date-value", ""))
    elif kind == "time":
        made = _length(attributes.get(f"{_OFFICE}time-value", ""))
    elif kind == "boolean":
        made = Cell(str(attributes.get(f"{_OFFICE}boolean-value") == "true").upper(), Kind.BOOL)
    said = attributes.get(f"{_OFFICE}string-value", shown) if made is None else ""
    return made or (Cell(said.replace("\0", ""), Kind.TEXT) if said else EMPTY)


def _number_cell(raw: str, shown: str) -> Cell:
    """A number; the text that is shown where that begins with zeros the number has not."""
    cell = cell_of(raw, GENERAL, is_1904=False)
    is_code = len(shown) > 1 and shown[0] == "0" and shown[1].isdecimal()
    if is_code and "".join(filter(str.isdecimal, shown)).lstrip("0") == cell.text.replace(".", "").lstrip("0"):
        return Cell(shown, Kind.TEXT)
    return cell


def _date(said: str) -> Cell | None:
    found = _DATE.fullmatch(said)
    if found is None:
        return None
    day, time = found.groups()
    return Cell(f"{day}T{time}" if time and time != "00:00:00" else day, Kind.DATE)


def _length(said: str) -> Cell | None:
    found = _LENGTH.fullmatch(said)
    if found is None:
        return None
    sign, hours, minutes, seconds = found.groups()
    return Cell(f"{sign}{int(hours):02}:{int(minutes):02}:{int(seconds):02}", Kind.TEXT)


def _times(attributes: Mapping[str, str], name: str) -> int:
    return max(_number(attributes.get(f"{_TABLE}{name}", "1")), 1)


def _number(said: str) -> int:
    """A count; a huge one where the digits go on and on, 1 where it is none."""
    if not (said.isascii() and said.isdecimal()):
        return 1
    return int(said) if len(said) < 9 else 10**9
