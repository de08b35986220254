"""What Excel shows of a number: a date, a percentage, a code with leading zeros, or the number."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Final

from companies.importing.reading.form import Cell, Kind

_SIMPLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,14})")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
# Texts in quotes, single signs after a backslash, blanks of a sign's width, fillings, colours and conditions.
_LITERALS: Final = re.compile(r'"[^"]*"?|\\.|_.|\*.|\[[^\]]*\]?')
_LENGTH: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_CODE_SIGN: Final = re.compile(r'"([^"]*)"|\\(.)|([- ])|(0)|(\.)|_.|\*.|\[[^\]]*\]')
_MOST_CODE: Final = 1_000
_SECONDS: Final = 86_400
# After the last day that Excel knows, 9999-12-31.
_END_OF_DAYS: Final = 2_958_466
_DAYS_BEFORE_1904: Final = 1_462


class Shown(Enum):
    """As what a number is shown."""

    NUMBER = "number"
    PERCENT = "percent"
    DATE = "date"
    MONTH = "month"
    # A month in one language's Excel and a day in another's; the first day of a month is taken for the month.
    MONTH_BY_FIRST = "month_by_first"
    YEAR = "year"
    DATE_TIME = "date_time"
    TIME = "time"
    LENGTH = "length"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Format:
    """A number format. pattern: of a code its signs, empty where a digit goes. decimals: how many digits end it."""

    shown: Shown = Shown.NUMBER
    pattern: tuple[str, ...] = ()
    decimals: int = 0


GENERAL: Final = Format()
# Those that files name by number alone; dates of East Asian Excels among them.
_BUILT_IN: Final = {
    **dict.fromkeys((9, 10), Format(Shown.PERCENT)),
    **dict.fromkeys((14, 15, 16), Format(Shown.DATE)),
    17: Format(Shown.MONTH),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), Format(Shown.TIME)),
    **dict.fromkeys((28, 29, 30, 31, 51, 53, 54, 55, 56, 58), Format(Shown.DATE)),
    **dict.fromkeys((32, 33, 34, 35), Format(Shown.TIME)),
    **dict.fromkeys((27, 36, 50, 52, 57), Format(Shown.MONTH_BY_FIRST)),
    22: Format(Shown.DATE_TIME),
    46: Format(Shown.LENGTH),
}


def built_in(number: int) -> Format:
    """A format that stands in no file."""
    return _BUILT_IN.get(number, GENERAL)


def format_of(code: str) -> Format:
    """What a format such as `yyyy-mm-dd`, `0.0%` or `000000` shows; that of positive numbers where it names several."""
    section = _first_section(code[:_MOST_CODE])
    if _LENGTH.search(section):
        return Format(Shown.LENGTH)
    signs = _LITERALS.sub("", section).casefold()
    if signs in ("general", "standard", "@", ""):
        return GENERAL
    if "%" in signs:
        return Format(Shown.PERCENT)
    if moment := _moment(signs):
        return Format(moment)
    return _code_format(section)


def cell_of(raw: str, style: Format, *, is_1904: bool) -> Cell:
    """A number of a sheet as its format shows it; as a text where it is no number at all."""
    if style.shown is Shown.NUMBER and _SIMPLE.fullmatch(raw):
        return Cell(raw, Kind.NUMBER) if raw != "-0" else Cell("0", Kind.NUMBER)
    value = float(raw) if _NUMBER.fullmatch(raw.strip()) else math.nan
    if not math.isfinite(value):
        return Cell(raw, Kind.TEXT) if raw.strip() else Cell()
    if style.shown is Shown.PERCENT:
        return Cell(f"{_plain(Decimal(digits(value)) * 100)}%", Kind.NUMBER)
    if style.shown is Shown.CODE:
        return _code(digits(value), style)
    if style.shown is not Shown.NUMBER:
        return _moment_cell(value, style.shown, is_1904=is_1904)
    return Cell(digits(value), Kind.NUMBER)


def digits(value: float) -> str:
    """A finite number with at most 15 significant digits and no exponent."""
    return _plain(Decimal(f"{value:.15g}"))


def _plain(value: Decimal) -> str:
    shown = f"{value:f}"
    shown = shown.rstrip("0").rstrip(".") if "." in shown else shown
    return "0" if shown == "-0" else shown


# ---------------------------------------------------------------- formats
def _first_section(code: str) -> str:
    quoted = False
    for place, sign in enumerate(code):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted and code[place - 1 : place] != "\\":
            return code[:place]
    return code


def _moment(signs: str) -> Shown | None:
    has_time = "h" in signs or "s" in signs
    has_era = "e" in signs and not re.search(r"[0#?]", signs)
    has_date = any(sign in signs for sign in "yd") or has_era or ("m" in signs and not has_time)
    if has_date and not has_time:
        is_day = any(sign in signs for sign in "da")
        return Shown.DATE if is_day else Shown.MONTH if "m" in signs else Shown.YEAR
    return Shown.DATE_TIME if has_date else Shown.TIME if has_time else None


def _code_format(section: str) -> Format:
    """The zeros of a format of a code and the signs between them; GENERAL where it is an amount's.

    Two zeros make a code, four where decimals follow: nobody pads an amount so far.
    """
    parts: list[str] = []
    whole: int | None = None
    place = 0
    while found := _CODE_SIGN.match(section, place):
        place = found.end()
        quoted, escaped, sign, zero, point = found.groups()
        if point and whole is not None:
            return GENERAL
        if point:
            whole = parts.count("")
        parts += [""] if zero else [each for each in (quoted, escaped, sign, point) if each]
    decimals = 0 if whole is None else parts.count("") - whole
    is_code = parts.count("") - decimals >= (4 if decimals else 2)
    return Format(Shown.CODE, tuple(parts), decimals) if is_code and place == len(section) else GENERAL


def _code(shown: str, style: Format) -> Cell:
    """The digits in their places, from the right; the number itself where it is no such code."""
    whole, _, fraction = shown.partition(".")
    if shown.startswith("-") or len(fraction) > style.decimals:
        return Cell(shown, Kind.NUMBER)
    left = list((whole + fraction.ljust(style.decimals, "0")).rjust(style.pattern.count(""), "0"))
    made = [part or left.pop() for part in reversed(style.pattern)]
    return Cell("".join((*left, *reversed(made))), Kind.TEXT)


# ---------------------------------------------------------------- dates and times
def _moment_cell(value: float, shown: Shown, *, is_1904: bool) -> Cell:
    """A count of days as a moment; the number where no calendar has it."""
    if shown in (Shown.LENGTH, Shown.TIME):
        return _length(value if shown is Shown.LENGTH else value % 1)
    days = value + _DAYS_BEFORE_1904 if is_1904 else value
    if value < 0 or not 1 <= days < _END_OF_DAYS:
        return Cell(digits(value), Kind.NUMBER)
    whole, seconds = divmod(round(days * _SECONDS), _SECONDS)
    # Excel counts a 29 February 1900 that never was.
    start = datetime(1899, 12, 31) if whole < 60 else datetime(1899, 12, 30)  # noqa: DTZ001 a sheet knows no zone
    moment = start + timedelta(days=whole, seconds=seconds)
    if shown is Shown.YEAR:
        return Cell(f"{moment.year}", Kind.TEXT)
    if shown is Shown.MONTH or (shown is Shown.MONTH_BY_FIRST and moment.day == 1):
        return Cell(f"{moment.year}-{moment.month:02}", Kind.TEXT)
    text = moment.isoformat(timespec="seconds") if shown is Shown.DATE_TIME and seconds else moment.date().isoformat()
    return Cell(text, Kind.DATE)


def _length(days: float) -> Cell:
    if abs(days) >= _END_OF_DAYS:
        return Cell(digits(days), Kind.NUMBER)
    minutes, seconds = divmod(round(abs(days) * _SECONDS), 60)
    hours, minutes = divmod(minutes, 60)
    return Cell(f"{'-' if days < 0 else ''}{hours:02}:{minutes:02}:{seconds:02}", Kind.TEXT)
