"""Rows that only add up others, and what stands under a table: neither is a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from companies.importing.reading.form import Cell, Kind
from companies.importing.reading.headers import UNSEEN, filled, is_blank, is_value

# No place, company or product is called so.
_ALWAYS: Final = frozenset(
    (
        *("合计", "总计", "小计", "共计", "总合计", "累计", "итого", "всего", "итог", "жами"),
        *("grand-total", "sub-total", "subtotal", "sub-totals", "subtotals", "totals"),
    )
)
# Names may be so (there is a company Total): a sum only where most other texts are missing, or where it adds up.
_PERHAPS: Final = frozenset(("total", "jami", "hammasi", "总额", "总数"))
_BEGINNINGS: Final = re.compile(
    r"(?:итого|всего|total|sub-?total|grand total|合计|总计|小计|jami|жами)"
    r"(?:\s+(?:по|за|for|of|in|on|by)\b|\s*[:：(（,/-]|\s+(?:Q[1-4]|[1-4IV]+\s?кв|H[12]|(?:19|20)\d\d)\b)",
    re.IGNORECASE,
)
# `Q1 total`, `一季度合计`, `1月小计`: the time comes first.
_ENDINGS: Final = re.compile(
    r"(?:(?:19|20)\d\d|Q[1-4]|H[12]|[1-4]\s?кв\.?|[^\W\d_]{3,9})\s+(?:sub-?total|total|итого|всего)"
    r"|(?:\d{1,2}月份?|第?[一二三四1-4]季度|[上下]半年|全年|(?:19|20)\d\d年)\s*(?:合计|小计|总计|累计)",
    re.IGNORECASE,
)
_FOLDED_AWAY: Final = re.compile(r"[\s:：.,*、。]+")
_NOTE: Final = re.compile(
    r"[(（\[]?(?:注\d*|备注|说明|附注|数据来源|资料来源|来源|制表人?|填表人?|审核人?|制单人?|打印时间|单位|"
    r"источники?|примечани[ея]|составил|исполнитель|подпись|дата|"
    r"sources?|notes?|remarks?|prepared by|signature|manba|izoh)\s*\d*\s*[:：.)）]|[*†①②③※]",
    re.IGNORECASE,
)
# Only what begins or ends with one of these can be the name of a sum.
_FIRST: Final = frozenset("合总小共累ИиВвЖжGgSsTtJjHh \u00a0\u3000*")
_LAST: Final = frozenset("计lLоО")
_FEW: Final = 2
_MOST_WORD: Final = 80
_LOOKED_AT: Final = 1_000
_MOST_REMEMBERED: Final = 20_000
_LEAST_SUMMED: Final = 2
_USUALLY_FILLED: Final = 0.5
_ROUNDING: Final = Decimal("0.5")
_BLANKS_IN_NUMBERS: Final = re.compile("[\\s\u00a0\u202f']")


class Sums:
    """Tells rows that add up others. body: the rows under the header that are not blank, in order."""

    def __init__(self, body: Sequence[Sequence[Cell]]) -> None:
        self._said: dict[str, str] = {}
        width = max(map(len, body), default=0)
        counts, values = [0] * width, [0] * width
        first: list[str] = [""] * width
        differ: set[int] = set()
        looked_at = body[:: len(body) // _LOOKED_AT + 1]
        for row in looked_at:
            for column, cell in enumerate(row):
                if cell.text and not is_blank(cell):
                    counts[column] += 1
                    first[column] = first[column] or cell.text
                    if cell.text != first[column]:
                        differ.add(column)
                    values[column] += is_value(cell)
        self._usual = {each for each in range(width) if counts[each] >= _USUALLY_FILLED * len(looked_at)}
        # A currency or unit that all rows say, a sum says too.
        self._differ = differ
        self._texts = {each for each in range(width) if values[each] * 2 < counts[each]}

    def is_named(self, row: Sequence[Cell]) -> bool:
        """Whether a row says of itself that it is a sum."""
        return any(said == "always" or self._lacks(row, column) for column, said in self._words(row))

    def is_sum(self, row: Sequence[Cell], above: Sequence[Sequence[Cell]]) -> bool:
        """Whether a row holds the sums of all rows above, wherever it holds a number, and says nothing beside."""
        if len(above) < _LEAST_SUMMED or not self._texts:
            return False
        words = {column for column, _said in self._words(row)}
        # A currency stands beside the sum as beside what it adds up.
        same = {each for each in self._texts if each < min(len(row), len(above[-1])) and row[each] == above[-1][each]}
        columns = [each for each in filled(row) if each not in words | same]
        if not columns or not self._texts.isdisjoint(columns):
            return False
        return all(any(_adds_up(row, above, each, point) for point in ".,") for each in columns)

    def _words(self, row: Sequence[Cell]) -> Iterator[tuple[int, str]]:
        """The columns in which a row has a word for a sum, and how sure that is."""
        for column, cell in enumerate(row):
            text = cell.text
            if not text or len(text) > _MOST_WORD or (text[0] not in _FIRST and text[-1] not in _LAST):
                continue
            said = self._said.get(text)
            if said is None:
                if len(self._said) > _MOST_REMEMBERED:
                    self._said.clear()
                said = self._said[text] = _said(text)
            if said:
                yield column, said

    def _lacks(self, row: Sequence[Cell], named: int) -> bool:
        """Whether most texts that other rows have are missing, but for the one that may name the sum."""
        asked = (self._usual & self._texts & self._differ) - {named} or (self._usual & self._texts) - {named}
        blank = [each for each in asked if each >= len(row) or is_blank(row[each])]
        return 2 * len(blank) > len(asked)


def note_rows(rows: Sequence[Sequence[Cell]]) -> int:
    """How many of the rows, counted from the last, are notes under the table: one or two cells that say so, or one cell
    alone behind a blank row. Blank rows among them count.
    """
    width = max(map(len, rows), default=0)
    least = min(max(_FEW + 1, width // 3), width)
    end = len(rows)
    while end and len(filled(rows[end - 1])) < least:
        end -= 1
    after_blank = False
    for at in range(end, len(rows)):
        columns = filled(rows[at])
        if not columns:
            after_blank = True
            continue
        first = rows[at][columns[0]]
        if _NOTE.match(first.text.strip(UNSEEN)) or (after_blank and len(columns) == 1 and not is_value(first)):
            return len(rows) - at
    return 0


def _said(text: str) -> str:
    seen = text.strip(UNSEEN)
    folded = _FOLDED_AWAY.sub("-", seen.casefold()).strip("-")
    if folded in _ALWAYS or folded.replace("-", "") in _ALWAYS:
        return "always"
    is_perhaps = folded in _PERHAPS or _BEGINNINGS.match(seen) or _ENDINGS.fullmatch(seen)
    return "perhaps" if is_perhaps else ""


def _adds_up(row: Sequence[Cell], above: Iterable[Sequence[Cell]], column: int, point: str) -> bool:
    stated = _number(row[column], point)
    parts = [_number(each[column], point) for each in above if column < len(each) and not is_blank(each[column])]
    known = [each for each in parts if each is not None]
    if stated is None or len(known) != len(parts) or len(known) < _LEAST_SUMMED:
        return False
    return stated != 0 and abs(sum(known, Decimal(0)) - stated) <= _ROUNDING


def _number(cell: Cell, point: str) -> Decimal | None:
    """A plain number of a cell, with this sign before its fraction."""
    if cell.kind is Kind.DATE:
        return None
    text = _BLANKS_IN_NUMBERS.sub("", cell.text)
    text = text.replace("," if point == "." else ".", "").replace(point, ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
