"""Text with separators into rows: which sign parts the cells is told by how even the rows come out, not by counting it.

Numbers of rows are those a spreadsheet shows: of records, not of lines; Excel's `sep=` line is none of them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Final

from companies.importing.reading.filling import letters
from companies.importing.reading.form import (
    EMPTY,
    MOST_BYTES,
    MOST_CELL_CHARACTERS,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Grid,
    Kind,
    Notice,
    NoticeCode,
    Refusal,
    Refused,
)

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

DELIMITERS: Final = (",", ";", "\t", "|")
# How many records tell which sign parts the cells.
_SAMPLE_RECORDS: Final = 300
_SAMPLE_CHARACTERS: Final = 400_000
# Excel's own last row; a file of blank lines alone would fill the memory otherwise.
_MOST_RECORDS: Final = 1_048_576
# Title rows and notes beside the table's own rows.
_ROWS_AROUND: Final = 1_000
_MOST_CELLS_REMEMBERED: Final = 50_000
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(.)"?[\t ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_EVEN_ENOUGH: Final = 0.8
_DECIMAL_COMMA: Final = 0.3
_WRAPPED: Final = 0.9
_MOST_LINE_CELLS: Final = 100_000
_MOST_OPEN_QUOTES: Final = 5
# No text of ours holds it (`texts` leaves it out): a last record that is not this one was never closed.
_LAST: Final = "\uffff"


@dataclass(frozen=True, slots=True)
class Split:
    """How a text is parted: the sign, all signs that part it at all (best first), and what was noticed."""

    grid: Grid
    delimiter: str
    delimiters: tuple[str, ...]
    notices: tuple[Notice, ...]


def split(text: str, chosen: str | None) -> Split:
    """The rows of a text. chosen: the sign that parts the cells, where somebody said so.

    Raises Refused beyond the limits of `form`.
    """
    usual = csv.field_size_limit(MOST_BYTES)
    try:
        return _split(text, chosen)
    finally:
        csv.field_size_limit(usual)


def _split(text: str, chosen: str | None) -> Split:
    start, said = 0, None
    if found := _SEPARATOR_LINE.match(text):
        start, said = found.end(), found[1]
    notices = []
    unwrapped = _unwrapped(text, start)
    if unwrapped is not None:
        text, start = unwrapped, 0
        notices.append(Notice(NoticeCode.WRAPPED_LINES))
    ranked = _ranked(text, start)
    delimiter = chosen or said or next(iter(ranked), DELIMITERS[0])
    _check_lines(text, start, delimiter)
    plain = _open_lines(text, start, delimiter)
    if plain:
        notices.append(Notice(NoticeCode.OPEN_QUOTE, {"count": len(plain)}))
    rows, widths = _rows(_records(text, start, delimiter, plain))
    notices.extend(_ragged(rows, widths))
    listed = ranked if delimiter in ranked else (delimiter, *ranked)
    return Split(Grid(rows), delimiter, listed, tuple(notices))


def _lines(text: str, start: int) -> Iterator[str]:
    return (each[0] for each in _LINE.finditer(text, start))


def _records(
    text: str, start: int, delimiter: str, plain: frozenset[int] = frozenset(), *, with_last: bool = False
) -> CsvReader:
    """The records of a text. plain: numbers of lines, from 0, whose quotation marks are signs like any other."""
    lines = _lines(text, start)
    if plain:
        lines = (_quoted(line, delimiter) if at in plain else line for at, line in enumerate(lines))
    return csv.reader(_with_last(lines) if with_last else lines, delimiter=delimiter)


def _quoted(line: str, delimiter: str) -> str:
    fields = next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
    return delimiter.join('"' + each.replace('"', '""') + '"' for each in fields) + "\n"


def _sample(text: str, start: int, delimiter: str) -> list[list[str]]:
    part = text if len(text) - start <= _SAMPLE_CHARACTERS else text[start : start + _SAMPLE_CHARACTERS]
    start = start if part is text else 0
    return [each for each in islice(_records(part, start, delimiter), _SAMPLE_RECORDS) if any(map(str.strip, each))]


# ---------------------------------------------------------------- which sign


def _ranked(text: str, start: int) -> tuple[str, ...]:
    """The signs that part the text into columns, best first."""
    samples = {each: _sample(text, start, each) for each in DELIMITERS}
    even = {sign: _evenness(records) for sign, records in samples.items()}
    parting = {sign: each for sign, each in even.items() if each[1] > 1}

    def merit(sign: str) -> float:
        share, columns = parting[sign]
        made = share * (1 - 1 / columns)
        has_rival = any(other != sign and each[0] >= _EVEN_ENOUGH for other, each in parting.items())
        # `1,5;2,5` is even with a comma too: a sign that stands between digits alone belongs to the numbers.
        return made * _DECIMAL_COMMA if sign == "," and has_rival and _stands_in_numbers(samples[sign]) else made

    return tuple(sorted(parting, key=merit, reverse=True))


def _evenness(records: Sequence[list[str]]) -> tuple[float, int]:
    """The share of records that have as many cells as most have, and how many that is."""
    widths = Counter(len(each) for each in records if len(each) > 1)
    if not widths:
        return 0.0, 1
    columns, count = max(widths.items(), key=lambda each: (each[1], each[0]))
    return count / len(records), columns


def _stands_in_numbers(records: Sequence[list[str]]) -> bool:
    """Whether most places where the sign parts two cells lie between two digits."""
    pairs = [(left, right) for each in records for left, right in pairwise(each)]
    between = sum(left[-1:].isdigit() and right[:1].isdigit() for left, right in pairs)
    return between > len(pairs) / 2


def _unwrapped(text: str, start: int) -> str | None:
    """The text without the quotation marks that Excel put around whole lines; None where it did not."""
    records = _sample(text, start, _LAST)
    wrapped = [each for each in records if each[0] and _is_wrapped(each[0])]
    raw = [line for line in islice(_lines(text, start), len(records) * 2) if line.strip()]
    marked = sum(line.startswith('"') for line in raw)
    # A header of single words has nothing to wrap.
    if not marked or len(wrapped) < _WRAPPED * (len(records) - 1) or marked < _WRAPPED * (len(raw) - 1):
        return None
    fields = [next(iter(each), "") for each in _records(text, start, _LAST)]
    inner = "\n".join(fields)
    before, after = _evenness_of_best(text, start), _evenness_of_best(inner, 0)
    was_even = before[0] >= _EVEN_ENOUGH and before[1] > 1
    return inner if after[0] >= _EVEN_ENOUGH and after[1] > 1 and not was_even else None


def _is_wrapped(record: str) -> bool:
    return any(sign in record for sign in DELIMITERS)


def _evenness_of_best(text: str, start: int) -> tuple[float, int]:
    return max((_evenness(_sample(text, start, each)) for each in DELIMITERS), key=lambda each: each[1])


def _check_lines(text: str, start: int, delimiter: str) -> None:
    """Raises Refused for a line of more cells than memory has room for. Excel's own blank columns are far fewer."""
    if text.count(delimiter) > MOST_CELLS:
        for number, line in enumerate(_lines(text, start), 1):
            if len(line) > _MOST_LINE_CELLS and (count := line.count(delimiter)) > _MOST_LINE_CELLS:
                raise Refused(Refusal.TOO_MANY_COLUMNS, row=number, count=count + 1, most=MOST_COLUMNS)


def _open_lines(text: str, start: int, delimiter: str) -> frozenset[int]:
    """The lines with a quotation mark that opens a cell which none ever closes: it would take in all that follows."""
    plain: frozenset[int] = frozenset()
    if '"' not in text:
        return plain
    for _attempt in range(_MOST_OPEN_QUOTES):
        records = _records(text, start, delimiter, plain, with_last=True)
        ends = deque(((records.line_num, each == [_LAST]) for each in records), maxlen=2)
        if ends[-1][1]:
            break
        plain |= {ends[0][0] if len(ends) > 1 else 0}
    return plain


def _with_last(lines: Iterator[str]) -> Iterator[str]:
    line = "\n"
    for line in lines:
        yield line
    # A file without a line end at its end is a whole file as well.
    if not line.endswith(("\r", "\n")):
        yield "\n"
    yield _LAST


# ---------------------------------------------------------------- cells


def _rows(records: Iterator[list[str]]) -> tuple[list[list[Cell]], Counter[int]]:
    """The rows, without empty cells at their ends, and how many records had how many cells with them."""
    rows: list[list[Cell]] = []
    widths: Counter[int] = Counter()
    known: dict[str, Cell] = {"": EMPTY}
    filled = cells = 0
    for number, record in enumerate(records, 1):
        if number > _MOST_RECORDS:
            raise Refused(Refusal.TOO_MANY_ROWS, count=_MOST_RECORDS, most=MOST_ROWS)
        width = len(record)
        values = _measured(record, number)
        if values:
            widths[width] += 1
            filled += 1
            cells += len(values)
        if filled > MOST_ROWS + _ROWS_AROUND:
            raise Refused(Refusal.TOO_MANY_ROWS, count=filled + _filled(records), most=MOST_ROWS)
        if cells > MOST_CELLS:
            raise Refused(Refusal.TOO_MANY_CELLS, count=cells, most=MOST_CELLS)
        if len(known) > _MOST_CELLS_REMEMBERED:
            known = {"": EMPTY}
        rows.append([known.get(each) or known.setdefault(each, Cell(each, Kind.TEXT)) for each in values])
    return rows, widths


def _filled(records: Iterator[list[str]]) -> int:
    return sum(any(each) for each in islice(records, _MOST_RECORDS))


def _measured(record: list[str], number: int) -> list[str]:
    """A record without the empty cells at its end."""
    if len(record) > MOST_COLUMNS:
        if any(record[MOST_COLUMNS:]):
            raise Refused(Refusal.TOO_MANY_COLUMNS, row=number, count=len(record), most=MOST_COLUMNS)
        del record[MOST_COLUMNS:]
    while record and not record[-1]:
        record.pop()
    if record and max(map(len, record)) > MOST_CELL_CHARACTERS:
        column = next(place for place, each in enumerate(record, 1) if len(each) > MOST_CELL_CHARACTERS)
        count = len(record[column - 1])
        raise Refused(Refusal.LONG_CELL, row=number, column=letters(column - 1), count=count, most=MOST_CELL_CHARACTERS)
    return record


def _ragged(rows: Sequence[list[Cell]], widths: Counter[int]) -> Iterator[Notice]:
    """Rows with cells beyond those that nearly all records have: a sign too many has moved what stands behind it."""
    often = max(widths.values(), default=0)
    usual = max((width for width, count in widths.items() if count == often or count * 10 > often > 10), default=0)
    longer = [number for number, each in enumerate(rows, 1) if len(each) > usual]
    if longer:
        yield Notice(NoticeCode.RAGGED, {"count": len(longer), "rows": longer[:20], "columns": usual})
