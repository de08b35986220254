"""Forms of dates and periods that can be read in one way alone, in signs of `months.folded`, and what they mean."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Final

from companies.importing.meaning.unread import Unread

# y: year; m: month; d: day; q: quarter; h: half of a year; n: months from January on; to: quarters from January on;
# a, b: first and last month.
_YEAR = r"(?P<y>[12]\d{3})"
_EITHER = r"'?(?P<y>[12]\d{3}|\d\d)"
_BETWEEN = r"(?:of |[-/., ])*"
_QUARTER = r"(?:q|qtr|кв|квартал[ае]?|quarter)\.?"
_HALF = r"(?:h|half|полугоди[еяию]|п/г)\.?"
_MONTHS = r"(?:m|мес|месяц(?:а|ев)?|months?)\.?"


def _forms(*forms: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(form, re.ASCII) for form in forms)


_IN_DIGITS: Final = _forms(
    _YEAR + r"(?P<s>[-/. ]) ?(?P<m>\d{1,2})(?P=s) ?(?P<d>\d{1,2})",
    r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<d>\d{1,2})\. ?(?P<m>\d{1,2})\. ?" + _YEAR,
    _YEAR + r"[-/. ](?P<m>\d{1,2})",
    r"(?P<y>(?:19|20)\d\d)(?P<m>\d\d)",
    r"(?P<m>\d{1,2})[-/. ]" + _YEAR,
    r"(?P<a>\d{1,2})-(?P<b>\d{1,2})[/.]" + _YEAR,
    _YEAR,
)
_WITH_MONTHS: Final = _forms(
    r"(?P<d>\d{1,2})[-/. ]*(?:of )?<(?P<m>\d+)>[-/., ]*" + _EITHER,
    r"<(?P<m>\d+)>[-/. ]*(?P<d>\d{1,2})[., ]+" + _YEAR,
    _YEAR + r"[-/., ]*<(?P<m>\d+)>[-/. ]*(?P<d>\d{1,2})",
    rf"<(?P<m>\d+)>{_BETWEEN}" + _YEAR,
    r"<(?P<m>\d+)>(?:[-./]?|[-./ ]*')(?P<y>\d\d)",
    rf"{_YEAR}{_BETWEEN}<(?P<m>\d+)>",
    rf"<(?P<a>\d+)>-<(?P<b>\d+)>(?:{_BETWEEN}{_YEAR}|[-./ ]*'(?P<yy>\d\d))",
    rf"{_YEAR}{_BETWEEN}<(?P<a>\d+)>-<(?P<b>\d+)>",
)
_CHINESE_YEAR = r"(?P<y>[12]\d{3}|\d\d)年"
_IN_CHINESE: Final = _forms(
    _CHINESE_YEAR + r" ?(?P<m>\d{1,2})月 ?(?P<d>\d{1,2})[日号]?",
    _CHINESE_YEAR + r" ?(?P<m>\d{1,2})月份?",
    r"(?P<m>\d{1,2})月[-/., ]*" + _YEAR + "年?",
    _CHINESE_YEAR + r"? ?第?(?P<q>[1-4])季度?",
    _CHINESE_YEAR + r"? ?(?P<h>[上下])半年",
    _CHINESE_YEAR + r"? ?前(?P<n>\d{1,2})个?月",
    _CHINESE_YEAR + r"? ?前(?P<to>[1-4])个?季度?",
    _CHINESE_YEAR + r" ?(?P<a>\d{1,2})月?-(?P<b>\d{1,2})月份?",
    r"(?P<a>\d{1,2})-(?P<b>\d{1,2})月[,/. ]*" + _YEAR + "年?",
    _YEAR + r"年(?:度|全年)?",
)
_WITH_LETTERS: Final = _forms(
    _YEAR + r"[- ]?m(?P<m>\d{1,2})",
    rf"{_YEAR}年?{_BETWEEN}{_QUARTER} ?(?P<q>[1-4])",
    rf"{_YEAR}{_BETWEEN}(?P<q>[1-4])[- ]*{_QUARTER}",
    rf"{_QUARTER} ?(?P<q>[1-4]){_BETWEEN}" + _EITHER,
    rf"(?P<q>[1-4])[- ]*{_QUARTER}{_BETWEEN}" + _EITHER,
    rf"{_YEAR}年?{_BETWEEN}{_HALF} ?(?P<h>[12])",
    rf"{_YEAR}{_BETWEEN}(?P<h>[12])[- ]*{_HALF}",
    rf"{_HALF} ?(?P<h>[12]){_BETWEEN}" + _EITHER,
    rf"(?P<h>[12])[- ]*{_HALF}{_BETWEEN}" + _EITHER,
    rf"(?P<n>\d{{1,2}})[- ]?{_MONTHS}{_BETWEEN}" + _YEAR,
    rf"{_YEAR}{_BETWEEN}(?P<n>\d{{1,2}}) ?{_MONTHS}",
)
# As records write months from January on; kept even where it is one month or all of them.
_AS_KEPT: Final = re.compile(r"([12]\d{3})-01/\1-(?:0[1-9]|1[0-2])", re.ASCII)
_LETTER: Final = re.compile(r"[a-zа-яё]")
_WITHOUT_YEAR: Final = re.compile(
    rf"\d{{1,2}}[-/.]\d{{1,2}}|<\d+>[-. ]*\d{{0,2}}|\d{{1,2}}[-. ]*<\d+>|<\d+>-<\d+>|\d{{1,2}}月?(?:-\d{{1,2}}月)?"
    rf"|\d{{1,2}}月\d{{1,2}}[日号]?|第?[1-4]季度?|[上下]半年|{_QUARTER} ?[1-4]|[1-4][- ]*{_QUARTER}"
    rf"|{_HALF} ?[12]|[12][- ]*{_HALF}",
    re.ASCII,
)


def meant(plain: str, text: str, latest_year: int) -> str:
    """The period of a text, as `records.periods.span` takes it.

    plain: as `months.folded` makes it; text: as the cell says it. latest_year: the last one that two digits can mean.
    Raises Unread.
    """
    if _AS_KEPT.fullmatch(plain):
        return plain
    if period := _of_form(plain, text, latest_year):
        return period
    for first, last in _halves(plain):
        from_period, to_period = _of_form(first, text, latest_year), _of_form(last, text, latest_year)
        if from_period and to_period:
            return _between(from_period, to_period, text)
    raise Unread("no_year" if _WITHOUT_YEAR.fullmatch(plain) else "not_a_date", text=text)


def full_year(short: str, latest_year: int) -> int:
    """The year that two digits mean: none later than the latest. 0 where that would be before 1970."""
    number = 2000 + int(short)
    number -= 100 if number > latest_year else 0
    return number if number >= 1970 else 0


def day_of(year: int, month: int, day: int) -> str:
    """The day as text; empty where the calendar has none such."""
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _of_form(plain: str, text: str, latest_year: int) -> str:
    """The period, or empty where the text has no known form."""
    for form in _forms_for(plain):
        if found := form.fullmatch(plain):
            parts = {name: part for name, part in found.groupdict().items() if part}
            period = _of_parts(parts, text, latest_year)
            if not period:
                raise Unread("no_such_day", text=text)
            return period
    return ""


def _forms_for(plain: str) -> tuple[re.Pattern[str], ...]:
    if "<" in plain:
        return _WITH_MONTHS
    if _LETTER.search(plain):
        return _WITH_LETTERS
    return _IN_DIGITS if plain.isascii() else _IN_CHINESE


def _of_parts(parts: Mapping[str, str], text: str, latest_year: int) -> str:
    """The period of the parts; empty where the calendar has none such."""
    said = parts.get("y") or parts["yy"]
    year = int(said) if len(said) == 4 else full_year(said, latest_year)
    if not year:
        return ""
    if "d" in parts:
        return day_of(year, int(parts["m"]), int(parts["d"]))
    if "q" in parts:
        return f"{year}-Q{parts['q']}"
    months = _first_and_last(parts)
    return _months(year, *months, text) if months else f"{year}"


def _first_and_last(parts: Mapping[str, str]) -> tuple[int, int] | None:
    """The months of the parts; None where they are a whole year."""
    if "h" in parts:
        return (1, 6) if parts["h"] in "1上" else (7, 12)
    if "to" in parts:
        return 1, 3 * int(parts["to"])
    if "n" in parts:
        return 1, int(parts["n"])
    if "m" in parts:
        return int(parts["m"]), int(parts["m"])
    return (int(parts["a"]), int(parts["b"])) if "a" in parts else None


def _months(year: int, first: int, last: int, text: str) -> str:
    """Months of one year as a period; all twelve are the year. Empty where there are none such."""
    if not 1 <= first <= last <= 12:
        return ""
    if last - first == 11:
        return f"{year}"
    if first == last:
        return f"{year}-{first:02d}"
    if first == 1:
        return f"{year}-01/{year}-{last:02d}"
    if last - first == 2 and last % 3 == 0:
        return f"{year}-Q{last // 3}"
    raise Unread("period_not_held", text=text)


def _halves(plain: str) -> Iterator[tuple[str, str]]:
    for place, sign in enumerate(plain):
        if sign in "-/":
            yield plain[:place], plain[place + 1 :]


def _between(first: str, last: str, text: str) -> str:
    """From the beginning of one month to the end of another one of its year."""
    from_month, to_month = _month(first, is_last=False), _month(last, is_last=True)
    if from_month and to_month and first[:4] == last[:4]:
        if first == last:
            return first
        return _months(int(first[:4]), from_month, to_month, text) or _no_day(text)
    raise Unread("period_not_held", text=text)


def _no_day(text: str) -> str:
    raise Unread("no_such_day", text=text)


def _month(period: str, *, is_last: bool) -> int:
    """The month that begins, or ends, with this period; 0 where none does."""
    year, _dash, rest = period.partition("-")
    if len(rest) == 2:
        return int(rest) if rest.isdigit() else 3 * int(rest[1]) - (0 if is_last else 2)
    if len(rest) == 5:
        month, day = int(rest[:2]), int(rest[3:])
        edge = calendar.monthrange(int(year), month)[1] if is_last else 1
        return month if day == edge else 0
    return 0
