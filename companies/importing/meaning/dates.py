"""Dates and periods as files hold them; an order of day and month that can be read two ways is asked, never guessed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from django.utils import timezone

from companies.importing.meaning.months import folded
from companies.importing.meaning.period_forms import day_of, full_year, meant
from companies.importing.meaning.unread import Unread
from companies.importing.plan import DateOrder
from companies.importing.reading.form import Cell, Kind

_SLASHED: Final = frozenset({DateOrder.YMD, DateOrder.DMY, DateOrder.MDY})
_SERIAL: Final = frozenset({DateOrder.SERIAL_1900, DateOrder.SERIAL_1904})
# Day nought of each count of days. That of 1900 counts a 29 February 1900 that never was.
_EPOCHS: Final = {DateOrder.SERIAL_1900: dt.date(1899, 12, 30), DateOrder.SERIAL_1904: dt.date(1904, 1, 1)}
# Dates before it are no exports that somebody records; those a year from now and later are not written down yet.
_EARLIEST: Final = dt.date(1970, 1, 1)
_AHEAD: Final = dt.timedelta(days=366)
_MOST_SAMPLES: Final = 6
_TYPED: Final = re.compile(r"[12]\d{3}-\d\d-\d\d", re.ASCII)
# Only days written in digits depend on an order.
_IN_DIGITS: Final = re.compile(r"\s*\d[\d\s:/.,+\-\u2010-\u2013／．－：tTzZ]{3,}(?:[aApP]\.?[mM]\.?)?\s*")
_SERIAL_FORM: Final = re.compile(r"(\d{5})(?:\.\d+)?", re.ASCII)
_LOST_ZERO: Final = re.compile(r"([12]\d{3})\.1", re.ASCII)
_FULL_YEAR: Final = re.compile(r"(\d{1,2})([-/ ])(\d{1,2})\2([12]\d{3})", re.ASCII)
_SHORT_YEAR: Final = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{2})", re.ASCII)
# No eight digits are a day with the year first and one with the year last: month and day are no year since 1900.
_EIGHT_DIGITS: Final = re.compile(r"(\d\d)(\d\d)((?:19|20)\d\d)", re.ASCII)
_TIME: Final = re.compile(
    r"(?:(?:(?<=\d)t|[ ,]+|(?<=日))(?:上午|下午)?\d{1,2}(?::\d{2}){1,2}(?:\.\d+)?(?: ?[ap]\.?m)?"
    r"| ?(?:上午|下午)?\d{1,2}[时点](?:\d{1,2}分)?(?:\d{1,2}秒)?)(?: ?(?:z|utc|gmt)?(?:[+-]\d\d:?\d\d)?)?$",
    re.ASCII,
)
_LONGEST: Final = 60
_MONTH: Final = re.compile(r"<(\d{1,2})>|(\d{1,2})(?:月份?)?|m(\d{1,2})", re.ASCII)
_YEAR: Final = re.compile(r"([12]\d{3})(?:年度?)?", re.ASCII)
_QUARTER: Final = re.compile(r"q?([1-4])q?(?:[ -]*(?:кв|квартал|quarter|季度?)\.?)?|第([1-4])季度?", re.ASCII)
_ROMAN: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_DAY: Final = re.compile(r"(\d{1,2})[日号]?", re.ASCII)


@dataclass(slots=True)
class OrdersSeen:
    """What the cells of one column show of its order, one after the other.

    ambiguous: a few that can be read two ways.
    """

    slashed: frozenset[DateOrder] = _SLASHED
    serial: frozenset[DateOrder] = _SERIAL
    is_slashed: bool = False
    is_serial: bool = False
    ambiguous: list[str] = field(default_factory=list)

    def add(self, cell: Cell) -> None:
        """Takes one more cell into account; one that is no date, or the same in every order, shows nothing."""
        if cell.kind not in (Kind.TEXT, Kind.NUMBER) or len(cell.text) > _LONGEST:
            return
        if not _IN_DIGITS.fullmatch(cell.text):
            return
        try:
            readings = _readings(cell.text, cell.kind is Kind.NUMBER, _latest())
        except Unread:
            return
        orders = readings.by_order.keys()
        if not orders:
            return
        if orders & _SERIAL:
            self.is_serial = True
            self.serial &= orders
        elif len(orders) == 1 or len(set(readings.by_order.values())) > 1:
            self.is_slashed = True
            self.slashed &= orders
        if len(orders) > 1 and len(self.ambiguous) < _MOST_SAMPLES and cell.text not in self.ambiguous:
            self.ambiguous.append(cell.text)

    @property
    def orders(self) -> frozenset[DateOrder]:
        """Several: it must be asked. One: that one. None: nothing depends on it, or the column mixes orders; then each
        cell is read by itself, where it can be read in one way alone. Days counted by number are asked about only where
        no other date is in doubt.
        """
        if self.is_slashed:
            return self.slashed
        return self.serial if self.is_serial else frozenset()


def orders_of(cells: Iterable[Cell]) -> frozenset[DateOrder]:
    """The orders that fit all dates of a column, as `OrdersSeen.orders` says: only several of them need an answer."""
    seen = OrdersSeen()
    for cell in cells:
        seen.add(cell)
    return seen.orders


def period(cell: Cell, order: DateOrder | None) -> str:
    """The time a cell says, as `records.periods.span` takes it; an hour of the day is cut off. An empty cell says none.

    order: of days written in digits; dates typed by the workbook, and those with the year in front, need none.
    Raises Unread.
    """
    text = _stated(cell, "not_a_date")
    if cell.kind is Kind.DATE:
        if not _TYPED.match(text):
            raise Unread("not_a_date", text=text)
        return text[:10]
    readings = _readings(text, cell.kind is Kind.NUMBER, _latest())
    if readings.whole:
        return readings.whole
    return _chosen(text, readings.by_order, order)


def year(cell: Cell) -> int:
    """The year a cell says, alone or in a date. Raises Unread."""
    text = _stated(cell, "not_a_year")
    if cell.kind is not Kind.DATE and (found := _YEAR.fullmatch(folded(text))):
        return int(found[1])
    return int(_of_whole(cell, "not_a_year")[:4])


def quarter(cell: Cell) -> int:
    """The quarter a cell says, 1 to 4, alone or with its year. Raises Unread."""
    text = _stated(cell, "not_a_quarter")
    plain = folded(text)
    if found := _QUARTER.fullmatch(plain):
        return int(found[1] or found[2])
    if plain in _ROMAN:
        return _ROMAN[plain]
    whole = _of_whole(cell, "not_a_quarter")
    if whole[5:6] != "Q":
        raise Unread("not_a_quarter", text=text)
    return int(whole[6])


def month(cell: Cell) -> int:
    """The month a cell says, 1 to 12, alone or in a date. Raises Unread."""
    text = _stated(cell, "not_a_month")
    found = _MONTH.fullmatch(folded(text)) if cell.kind is not Kind.DATE else None
    if found:
        number = int(found[1] or found[2] or found[3])
    else:
        whole = _of_whole(cell, "not_a_month")
        number = int(whole[5:7]) if whole[4:5] == "-" and whole[5:7].isdigit() and "/" not in whole else 0
    if not 1 <= number <= 12:
        raise Unread("not_a_month", text=text)
    return number


def day(cell: Cell) -> int:
    """The day of a month a cell says, 1 to 31, alone or in a date. Raises Unread."""
    text = _stated(cell, "not_a_day")
    found = _DAY.fullmatch(folded(text)) if cell.kind is not Kind.DATE else None
    number = int(found[1]) if found else int(_of_whole(cell, "not_a_day")[8:10] or 0)
    if not 1 <= number <= 31:
        raise Unread("not_a_day", text=text)
    return number


# ---------------------------------------------------------------- reading one text
@dataclass(frozen=True, slots=True)
class _Readings:
    """What a text can mean. whole: what it means in any order; by_order: else what in each that fits."""

    whole: str = ""
    by_order: Mapping[DateOrder, str] = field(default_factory=dict)


def _stated(cell: Cell, code: str) -> str:
    if cell.is_formula and not cell.text:
        raise Unread("formula_empty", text=cell.text)
    if cell.kind is Kind.ERROR:
        raise Unread("error_value", text=cell.text)
    if cell.kind is Kind.BOOL or not cell.text.strip() or len(cell.text) > _LONGEST:
        raise Unread(code, text=cell.text)
    if cell.kind is Kind.TEXT and cell.text.lstrip().startswith("="):
        raise Unread("formula", text=cell.text)
    return cell.text


def _of_whole(cell: Cell, code: str) -> str:
    """The period of a cell that says more than the part that is asked for."""
    try:
        return period(cell, None)
    except Unread as wrong:
        raise Unread(code, text=cell.text) from wrong


def _chosen(text: str, by_order: Mapping[DateOrder, str], order: DateOrder | None) -> str:
    if order in by_order:
        return by_order[order]  # type: ignore[index]
    different = sorted(set(by_order.values()))
    is_serial = bool(by_order.keys() & _SERIAL)
    if is_serial or order is None or order in _SERIAL:
        if len(different) == 1 and not is_serial:
            return different[0]
        raise Unread("serial_date" if is_serial else "ambiguous_date", text=text, readings=different)
    raise Unread("other_order", text=text)


def _latest() -> dt.date:
    return timezone.now().date() + _AHEAD


@lru_cache(maxsize=16_384)
def _readings(text: str, is_typed: bool, latest: dt.date) -> _Readings:  # noqa: FBT001 part of the cache's key
    plain = folded(text)
    plain = plain if plain.isdigit() else _TIME.sub("", plain)
    if found := _SERIAL_FORM.fullmatch(plain):
        return _of_serial(text, int(found[1]), latest, is_typed=is_typed)
    if found := _LOST_ZERO.fullmatch(plain):
        raise Unread("ambiguous_date", text=text, readings=[f"{found[1]}-01", f"{found[1]}-10"])
    if found := _FULL_YEAR.fullmatch(plain):
        return _of_digits(text, _either_first(found[1], found[3], int(found[4])))
    if found := _SHORT_YEAR.fullmatch(plain):
        return _of_digits(text, _with_short_year(found, latest))
    if (found := _EIGHT_DIGITS.fullmatch(plain)) and (by_order := _either_first(found[1], found[2], int(found[3]))):
        return _of_digits(text, by_order)
    return _Readings(meant(plain, text, latest.year))


def _of_serial(text: str, days: int, latest: dt.date, *, is_typed: bool) -> _Readings:
    by_order = {
        order: on.isoformat()
        for order, epoch in _EPOCHS.items()
        if _EARLIEST <= (on := epoch + dt.timedelta(days=days)) <= latest
    }
    if not by_order:
        raise Unread("not_a_date", text=text)
    if is_typed and len(by_order) == 1:
        return _Readings(next(iter(by_order.values())))
    return _Readings(by_order=by_order)


def _either_first(one: str, other: str, year: int) -> dict[DateOrder, str]:
    by_order = {
        DateOrder.DMY: day_of(year, int(other), int(one)),
        DateOrder.MDY: day_of(year, int(one), int(other)),
    }
    return {order: on for order, on in by_order.items() if on}


def _with_short_year(found: re.Match[str], latest: dt.date) -> dict[DateOrder, str]:
    one, sign, middle, last = found.groups()
    by_order = _either_first(one, middle, ends) if (ends := full_year(last, latest.year)) else {}
    if sign == ".":
        # With points nobody writes the month first.
        by_order.pop(DateOrder.MDY, None)
    if len(one) == 2 and (begins := full_year(one, latest.year)) and (on := day_of(begins, int(middle), int(last))):
        by_order[DateOrder.YMD] = on
    return by_order


def _of_digits(text: str, by_order: Mapping[DateOrder, str]) -> _Readings:
    if not by_order:
        raise Unread("no_such_day", text=text)
    return _Readings(by_order=by_order)
