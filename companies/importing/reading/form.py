"""What the reading program is told and what it answers, as both sides of the pipe know it.

The first line of an answer is `{"found": ...}` or `{"refused": {"code": ..., ...}}`; each further line is a row:
`[number in the file, [cells]]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

# What a file may have. A row beyond them is never dropped: the whole file is refused, and why is said.
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 200
MOST_CELLS: Final = 2_000_000
MOST_SHEETS: Final = 100
MOST_CELL_CHARACTERS: Final = 32_767
# How many rows of a sheet are shown as they stand, and how much of each cell.
TOP_ROWS: Final = 40
TOP_CELL_CHARACTERS: Final = 300
# Columns that this product adds to a file it hands back with what is wrong in it, by language: number of the row,
# what is wrong, what is probably meant. Columns with such a header are left out when the file comes back.
OWN_COLUMNS: Final[Mapping[str, tuple[str, str, str]]] = {
    "en": ("Sogdia: row", "Sogdia: what is wrong", "Sogdia: probably meant"),
    "zh-hans": ("Sogdia：行号", "Sogdia：问题", "Sogdia：建议"),
    "ru": ("Sogdia: строка", "Sogdia: что не так", "Sogdia: вероятно, имелось в виду"),
}


class Kind(StrEnum):
    """What a cell is by its own file; all cells of a text file are texts."""

    EMPTY = ""
    TEXT = "t"
    NUMBER = "n"
    DATE = "d"
    BOOL = "b"
    ERROR = "e"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. text: of a number its digits (15 significant ones, as Excel itself shows at most, no exponent), of a
    date `2024-03-05` or `2024-03-05T10:30:00`, of an error its sign (`#DIV/0!`), of a boolean `TRUE` or `FALSE`.

    A number that its workbook shows as a percentage has its sign and the digits that go with it: a kept 0.125 shown as
    a percentage is the NUMBER `12.5%`. A number shown with leading zeros is a code, thus the TEXT that is shown
    (`010121` of a kept 10121); so are a time of day (`10:30:00`), a length of time (`36:00:00`), and a date of which
    only the month or the year is shown (`2024-03` where the file shows Mar-24, `2024`).
    is_formula: the text is what the file's own program worked out last; empty where it never did.
    """

    text: str = ""
    kind: Kind = Kind.EMPTY
    is_formula: bool = False

    def packed(self) -> Any:
        """As a line of the answer and the database keep it: null, a text, or [kind, text] or [kind, text, "f"]."""
        if self.is_formula:
            return [self.kind.value, self.text, "f"]
        if self.kind is Kind.EMPTY:
            return None
        return self.text if self.kind is Kind.TEXT else [self.kind.value, self.text]

    @classmethod
    def unpacked(cls, packed: Any) -> Cell:
        """The cell that `packed` kept."""
        if packed is None:
            return EMPTY
        if isinstance(packed, str):
            return cls(packed, Kind.TEXT)
        kind, text, *formula = packed
        return cls(text, Kind(kind), bool(formula))


EMPTY: Final = Cell()


class Refusal(StrEnum):
    """Why a file is not read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OLD_EXCEL = "old_excel"
    BINARY_EXCEL = "binary_excel"
    MACROS = "macros"
    ENCRYPTED = "encrypted"
    EXTERNAL_LINKS = "external_links"
    WEB_PAGE = "web_page"
    XML = "xml"
    JSON = "json"
    PDF = "pdf"
    DOCUMENT = "document"
    IMAGE = "image"
    PROGRAM = "program"
    ARCHIVE = "archive"
    NOT_TEXT = "not_text"
    DAMAGED = "damaged"
    BOMB = "bomb"
    ENTITIES = "entities"
    BAD_NAMES = "bad_names"
    FAR_CELL = "far_cell"
    TOO_MANY_ROWS = "too_many_rows"
    TOO_MANY_COLUMNS = "too_many_columns"
    TOO_MANY_CELLS = "too_many_cells"
    TOO_MANY_SHEETS = "too_many_sheets"
    TOO_MANY_MERGED = "too_many_merged"
    LONG_CELL = "long_cell"
    NO_ROWS = "no_rows"


class Refused(Exception):
    """The file is not read. context: what the sentence of the code needs (`count`, `most`, `row`, `column`, `what`)."""

    def __init__(self, code: Refusal, **context: Any) -> None:
        super().__init__(code.value)
        self.code = code
        self.context = context


@dataclass(frozen=True, slots=True)
class Choices:
    """How to read, where a person said so; None: as found. Rows are counted from 1, as spreadsheets show them.

    encoding: a name of Python's codecs. delimiter: one sign. sheet: from 0. header_first, header_last: the rows that
    name the columns; both 0 where none does. fill_merged: what a merged area says holds for every cell of it.
    with_totals: rows that only add up others are read as rows too. with_hidden: rows the file hides are read too.
    """

    encoding: str | None = None
    delimiter: str | None = None
    sheet: int | None = None
    header_first: int | None = None
    header_last: int | None = None
    fill_merged: bool = False
    with_totals: bool = False
    with_hidden: bool = True

    def packed(self) -> dict[str, Any]:
        """Only what differs from nothing chosen."""
        usual = Choices()
        return {name: value for name in self.__slots__ if (value := getattr(self, name)) != getattr(usual, name)}


@dataclass(frozen=True, slots=True)
class EncodingGuess:
    """An encoding the bytes can be in, best first. sample: a telling line of the file, read in it."""

    name: str
    sample: str
    is_likely: bool


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet of a workbook. rows, columns: up to its last filled ones."""

    name: str
    rows: int
    columns: int
    is_hidden: bool = False


class NoticeCode(StrEnum):
    """What people are told of a reading; beside each, what its sentence needs. rows: at most the first twenty.

    other_name: the name says another kind of file (form, what). undecodable: signs that the encoding does not have
    (count). nul_signs, control_signs: signs that cannot be seen and are left out (count). ragged: rows longer than
    all others (count, rows, columns). wrapped_lines: whole lines stood in quotation marks. open_quote: lines with one
    that is never closed; there they are read as they stand (count). notes: rows under the table that belong to no
    column (count, rows, texts: what they say). other_table: a row names the columns otherwise, and what follows it is
    not read (row, count of rows that follow). spread: columns are named after times or places (what, at: which).
    own_columns: columns of an earlier file of faults, not read (count). unknown_encoding: the one chosen is not among
    those we read (what).
    """

    OTHER_NAME = "other_name"
    UNDECODABLE = "undecodable"
    NUL_SIGNS = "nul_signs"
    CONTROL_SIGNS = "control_signs"
    RAGGED = "ragged"
    WRAPPED_LINES = "wrapped_lines"
    OPEN_QUOTE = "open_quote"
    NOTES = "notes"
    OTHER_TABLE = "other_table"
    SPREAD = "spread"
    OWN_COLUMNS = "own_columns"
    UNKNOWN_ENCODING = "unknown_encoding"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something people should know of the reading: a `NoticeCode`, and the numbers its sentence needs."""

    code: str
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What the file is and how it was read.

    form: csv, xlsx or ods. encodings, delimiters: those it can be read with; empty for workbooks. headers: one name a
    column, of all header rows joined by a blank; empty text where a column has none. top: the first rows as they stand
    in the file, packed, each with its number. row_count: the rows that follow. totals, hidden, repeated: numbers of
    rows that add up others, that the file hides, that repeat the header; blank: how many rows hold nothing.
    blank_columns: those (from 0) that hold nothing and are left out of no row, so that places stay.
    merged: how many merged areas reach into the rows. formulas: how many cells of the rows are formulas.
    """

    form: str
    headers: tuple[str, ...]
    header_first: int
    header_last: int
    row_count: int
    top: tuple[tuple[int, tuple[Any, ...]], ...]
    encoding: str = ""
    encodings: tuple[EncodingGuess, ...] = ()
    delimiter: str = ""
    delimiters: tuple[str, ...] = ()
    sheets: tuple[SheetInfo, ...] = ()
    sheet: int = 0
    totals: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()
    blank: int = 0
    blank_columns: tuple[int, ...] = ()
    merged: int = 0
    formulas: int = 0
    notices: tuple[Notice, ...] = ()

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> Found:
        """What `dataclasses.asdict` and JSON made of it, whole again."""
        made = dict(packed)
        made["top"] = tuple((number, tuple(cells)) for number, cells in made["top"])
        made["encodings"] = tuple(EncodingGuess(**each) for each in made.get("encodings", ()))
        made["sheets"] = tuple(SheetInfo(**each) for each in made.get("sheets", ()))
        made["notices"] = tuple(Notice(**each) for each in made.get("notices", ()))
        for name in ("headers", "delimiters", "totals", "hidden", "repeated", "blank_columns"):
            made[name] = tuple(made.get(name, ()))
        return cls(**made)


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands, before its layout is known.

    rows: from the file's first row on, ragged. hidden: numbers of rows the file hides, from 1. merged: areas as first
    row, first column, last row, last column, rows from 1 and columns from 0; they end where the rows and columns do.
    hidden_columns: from 0.
    """

    rows: list[list[Cell]]
    hidden: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_columns: frozenset[int] = frozenset()
