"""A sheet as a table of trade by partner: where it begins, what each column states, what each row is about.

Header rows move, columns come and go, headings are merged (the words stand in the first cell alone), a title may say
what no heading says. Whatever is not understood is refused with the place where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markets.errors import InvalidValue, SourceChanged
from markets.sources.national import words
from markets.sources.national.figures import Cell, Figure, figure_of, is_number, text_of
from markets.sources.national.partners import Kind, Partner, partner_of
from markets.sources.national.periods import Stated, names_part, of_sheet, stated_in
from markets.sources.national.workbook import Sheet
from markets.vocabulary import Flow

_NUMBERING: Final = re.compile(r"№|п/?п|n/n|#|no\.?")
_CODE_KEYS: Final = frozenset(map(words.key_of, ("Code", "Kod", "Код", "M49")))
_NOTE: Final = re.compile(r"(\d|\*+)\)?\s*(\D.*)")
_PROVISIONAL: Final = re.compile(r"предварительн|preliminary|алдын[ -]ала|dastlabki|алдын")
_TITLE: Final = re.compile(r"[Ии]мпорт (?!\d)|[Ии]мпорта|[Ээ]кспорт |[Ээ]кспорта|[Тт]орговл")
# Fewer partners known than this share, and the table is about something else.
_KNOWN_SHARE: Final = 0.5

Classified = Callable[[Sequence[str], str], Partner]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of values. is_provisional: its heading has the mark of a note that says so."""

    index: int
    flow: Flow
    period: str
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the sheet, the names and the code it is about, and a figure (or None) for each column."""

    number: int
    names: tuple[str, ...]
    code: str
    partner: Partner
    figures: tuple[Figure | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet understood. multiplier: whole dollars in the table's unit."""

    sheet: str
    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    multiplier: Decimal

    @property
    def totals(self) -> list[Line]:
        """The rows of the reporter's own total."""
        return [line for line in self.lines if line.partner.kind is Kind.TOTAL]


@dataclass(frozen=True, slots=True)
class Hints:
    """What may be known from outside the table. is_headed: it begins below a row of headings, and may lack a total."""

    source: str
    flow: Flow | None = None
    multiplier: Decimal | None = None
    is_headed: bool = False


def table_of(sheet: Sheet, hints: Hints) -> Table:
    """The table in a sheet. Raises SourceChanged with what was found and what is needed."""
    return _Reading(sheet, hints).table()


def is_note(sheet: Sheet) -> bool:
    """True for a sheet of words alone: contents, methods, a cover."""
    return sum(is_number(cell) for row in sheet.rows for cell in row) < 3


class _Reading:
    """The steps from cells to a table, and the place in the sheet for what is refused."""

    def __init__(self, sheet: Sheet, hints: Hints) -> None:
        self.sheet, self.hints = sheet, hints
        self.width = max(map(len, sheet.rows), default=0)
        self.rows: list[list[Cell]] = [list(row) + [""] * (self.width - len(row)) for row in sheet.rows]
        self.first = self._first_row()
        self.numeric = [i for i in range(self.width) if any(is_number(row[i]) for row in self.rows[self.first :])]
        self.headings, self.titles = self._above()

    def table(self) -> Table:
        """The whole table."""
        columns = self._columns()
        multiplier = self._multiplier()
        code_column, name_columns = self._name_columns(columns[0].index)
        lines = tuple(self._lines(columns, code_column, name_columns))
        self._check_partners(lines)
        return Table(self.sheet.name, self._title(), columns, lines, multiplier)

    def _first_row(self) -> int:
        """The row of the total, or the one below the headings where a table may have no total."""
        for number, row in enumerate(self.rows):
            if self.hints.is_headed:
                keys = {words.key_of(text_of(cell)) for cell in row}
                if any(key.startswith(("klassifi", words.key_of("Классифи"))) for key in keys) or keys & _CODE_KEYS:
                    return number + 1
                continue
            for index, cell in enumerate(row):
                is_total = isinstance(cell, str) and partner_of([cell]).kind is Kind.TOTAL
                if is_total and any(is_number(each) for each in row[index + 1 :]):
                    return number
        wanted = "headings Code, Klassifikator and years" if self.hints.is_headed else "a row of the total (Всего)"
        raise self._refused(f"found {self._title()!r}, expected trade by partner with {wanted}; take that table")

    def _above(self) -> tuple[list[list[str]], list[list[str]]]:
        """The rows of headings, the lowest first, with merged ones filled to the right; and the rows of titles."""
        headings: list[list[str]] = []
        titles: list[list[str]] = []
        fewest = min(2, len(self.numeric))
        for row in reversed(self.rows[: self.first]):
            said = [text_of(cell) for cell in row]
            if sum(bool(said[index]) for index in self.numeric) >= fewest:
                for index in range(1, self.width):
                    said[index] = said[index] or said[index - 1]
                headings.append(said)
            else:
                titles.append([text for text in said if text])
        return headings, titles

    def _columns(self) -> tuple[Column, ...]:
        title_flow, title_period = self._title_flow(), self._title_period()
        marks = self._provisional_marks()
        columns: list[Column] = []
        for index in self.numeric:
            stack = [row[index] for row in self.headings if row[index]]
            if any(map(words.is_no_value, stack)) or any(map(words.is_other_measure, stack)):
                continue
            if stack and (_NUMBERING.fullmatch(words.plain(stack[0])) or words.key_of(stack[0]) in _CODE_KEYS):
                continue
            stated = next((period for text in stack if (period := stated_in(text, whole=True))), title_period)
            flow = next((said for text in stack if (said := words.flow_in(text))), title_flow)
            if stated is None or flow is None:
                continue
            if not stated.period:
                raise self._refused(f"the heading {' / '.join(stack)!r} is no period that is known; write it as 2023")
            if _is_year(stated.period) and any(names_part(text, whole=True) for text in stack):
                raise self._refused(
                    f"{' / '.join(stack)!r} is part of a year; write both in one heading: январь-июнь 2024"
                )
            columns.append(Column(index, flow, stated.period, bool(stated.mark) and stated.mark in marks))
        self._check_columns(columns, title_flow, title_period)
        return tuple(columns)

    def _check_columns(self, columns: Sequence[Column], flow: Flow | None, period: Stated | None) -> None:
        if not columns:
            lacking = [] if period or self._any_heading(lambda t: stated_in(t, whole=True)) else ["year"]
            lacking += [] if flow or self._any_heading(words.flow_in) else ["flow (import or export)"]
            what = " and no ".join(lacking) or "column of imports or exports"
            advice = "; say import or export in the file's name" if "flow (import or export)" in lacking else ""
            raise self._refused(f"{self._title()!r} names no {what} that can be read{advice}")
        if all(_is_year(column.period) for column in columns) and (part := self._part_of_year()):
            raise self._refused(f"{part!r} is part of a year, its headings are whole years; write январь-июнь 2024")
        stated = [(column.flow, column.period) for column in columns]
        twice = next((each for each in stated if stated.count(each) > 1), None)
        if twice:
            raise self._refused(f"two columns state {twice[0]} of {twice[1]}; keep one, or name what the other holds")

    def _any_heading(self, read: Callable[[str], object]) -> bool:
        return any(read(text) for row in self.headings for text in row if text)

    def _part_of_year(self) -> str:
        """What the titles or the sheet's name say of less than a year; "" for nothing."""
        by_name = of_sheet(self.sheet.name)
        if by_name and not _is_year(by_name.period):
            return self.sheet.name
        return next((text for row in self.titles for text in row if names_part(text, whole=False)), "")[:60]

    def _title_flow(self) -> Flow | None:
        said = {flow for row in self.titles for text in row if (flow := words.flow_in(text))}
        if self.hints.flow and said - {self.hints.flow}:
            raise self._refused(f"the file's name says {self.hints.flow.name.lower()}, the title {self._title()!r}")
        return said.pop() if len(said) == 1 else self.hints.flow

    def _title_period(self) -> Stated | None:
        """The one period of the titles and the sheet's name."""
        said = {found for row in self.titles for text in row if (found := stated_in(text, whole=False))}
        by_name = of_sheet(self.sheet.name)
        if by_name:
            said.add(by_name)
        periods = {stated.period for stated in said}
        if "" in periods and not self._any_heading(lambda text: stated_in(text, whole=True)):
            raise self._refused(
                f"the period in {self._title()!r} is not understood; write e.g. за январь-июнь 2024 года"
            )
        if len(periods - {""}) > 1 and not self._any_heading(lambda text: stated_in(text, whole=True)):
            raise self._refused(f"its title and name state different periods: {', '.join(sorted(periods - {''}))}")
        return next((stated for stated in said if stated.period), None)

    def _multiplier(self) -> Decimal:
        texts = [text for row in (*self.titles, *self.headings) for text in row if text]
        found = {times for text in texts if (times := words.dollars_in(text)) is not None}
        if len(found) > 1 or (not found and any(map(words.names_other_money, texts))):
            raise self._refused("its unit is not (only) US dollars; the table in thousand US dollars is read")
        if not found and self.hints.multiplier is None:
            raise self._refused(f"no unit is named above the table ({self._title()!r}); write тыс. долларов США there")
        return found.pop() if found else self.hints.multiplier or Decimal(1)

    def _name_columns(self, first_value: int) -> tuple[int | None, list[int]]:
        """The column of codes, if there is one, and those of names."""
        keys = [{words.key_of(row[index]) for row in self.headings} for index in range(self.width)]
        titled = self.rows[self.first - 1] if self.hints.is_headed else []
        codes = [
            index
            for index in range(first_value)
            if keys[index] & _CODE_KEYS or (titled and words.key_of(text_of(titled[index])) in _CODE_KEYS)
        ]
        body = [row for row in self.rows[self.first :] if any(is_number(cell) for cell in row[first_value:])]
        names = [
            index
            for index in range(first_value)
            if index not in codes
            and 2 * sum(bool(text_of(row[index])) and not is_number(row[index]) for row in body) > len(body)
        ]
        if not names:
            raise self._refused("no column of names stands left of the values")
        return (codes[0] if codes else None), names

    def _lines(self, columns: Sequence[Column], code: int | None, names: Sequence[int]) -> list[Line]:
        lines: list[Line] = []
        for number, row in enumerate(self.rows[self.first :], start=self.first + 1):
            called = tuple(text_of(row[index]) for index in names if text_of(row[index]))
            code_text = text_of(row[code]) if code is not None else ""
            partner = partner_of(called, code_text)
            if not any(is_number(row[column.index]) for column in columns) and partner.kind is Kind.UNKNOWN:
                continue  # a note, a heading of a part, or a stranger without any figure
            figures = tuple(self._figure(row[column.index], number, column) for column in columns)
            if not any(figures):
                continue
            if not called:
                raise self._refused(f"row {number} has figures and no name")
            lines.append(Line(number, called, code_text, partner, figures))
        return lines

    def _figure(self, cell: Cell, row: int, column: Column) -> Figure | None:
        try:
            return figure_of(cell)
        except InvalidValue as wrong:
            place = f"row {row}, column {column.index + 1} ({column.flow} {column.period})"
            raise self._refused(f"{place} holds {text_of(cell)!r}, which is no figure") from wrong

    def _check_partners(self, lines: Sequence[Line]) -> None:
        strangers = [line.names[0] for line in lines if line.partner.kind is Kind.UNKNOWN]
        known = sum(line.partner.kind is Kind.AREA for line in lines)
        if known == 0 or known < _KNOWN_SHARE * (known + len(strangers)):
            shown = ", ".join(map(repr, strangers[:2]))
            raise self._refused(
                f"{self._title()!r}: its rows ({shown}) are no partner countries; take the table by country"
            )

    def _provisional_marks(self) -> set[str]:
        notes = (_NOTE.fullmatch(words.plain(cell)) for row in self.rows for cell in row if isinstance(cell, str))
        return {note[1] for note in notes if note and _PROVISIONAL.search(note[2])}

    def _title(self) -> str:
        """The words that name the sheet, to know it again: of several languages the one that can be read here."""
        texts = [text for row in self.rows[:5] for cell in row if isinstance(cell, str) and (text := text_of(cell))]
        titled = [text for text in texts if _TITLE.search(text)]
        return next(iter(titled or texts), "")[:60]

    def _refused(self, reason: str) -> SourceChanged:
        place = f"sheet {self.sheet.name!r}: " if self.sheet.name else ""
        return SourceChanged(source=self.hints.source, reason=place + reason)


def _is_year(period: str) -> bool:
    return len(period) == 4
