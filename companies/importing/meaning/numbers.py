"""Numbers as files hold them, in every style people write; what can be read two ways is asked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from functools import lru_cache
from typing import Final

from companies.importing.meaning.signs import plain
from companies.importing.meaning.units import NOTHING, Said, beside
from companies.importing.meaning.unread import Unread
from companies.importing.plan import NumberStyle
from companies.importing.reading.form import Cell, Kind
from companies.records.amounts import MOST_DIGITS

# Texts that stand for a value nobody stated. Only where a number is expected: NA is also a country.
_MISSING: Final = frozenset(
    name.replace("_", " ")
    for name in (
        "n/a na n.a. n.a n/d nd n.d. n.d #n/a #н/д x х none null nil nan unknown missing ? not_available not_known"
        " not_stated not_applicable no_data"
        " 无 暂无 不详 未知 无数据 暂无数据 未提供 未公布 未披露 未统计 缺失 没有 不适用 保密"
        " нет н/д н.д. н.д нд н/п нет_данных данных_нет неизвестно отсутствует отсутствуют не_указано не_указан"
        " нет_сведений не_применимо б/д"
    ).split()
)
_ONLY_STROKES: Final = re.compile(r"[-—―_.…*·/\\]+")
_MOST_SAMPLES: Final = 6
_LONGEST: Final = 200
_DIGITS: Final = re.compile(r"[1-9]\d{0,29}|0", re.ASCII)
_PLAIN: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_ERROR: Final = re.compile(r"#[^\W_][\w/]*[!?]?")
_CORE: Final = re.compile(r"(?:(?<![^\W_])[.,])?\d(?:[\d.,' ]*\d)?", re.ASCII)
_EXPONENT: Final = re.compile(r"([^eE]*\d) ?[eEеЕ] ?([+-]?\d{1,2})")
_TWO_SCALES: Final = re.compile(r"(?P<before>\D*)(?P<high>\d+) ?[亿億](?P<low>\d{1,4}) ?[万萬](?P<after>\D*)")
_NOT_ONE: Final = re.compile(
    r"^(?:[~≈<>≤≥约近超逾]|(?:ca|about|approx|около|более|менее|свыше|до|от)\b)|\d ?[-—~至到÷] ?\d", re.IGNORECASE
)
# Thousand or million, billion or nothing at all: a letter does not tell.
_UNCLEAR: Final = re.compile(r"(?<![^\W\d_])[MBМ](?![^\W\d_])")
_METRES: Final = frozenset({"m", "м"})
_UNKNOWN_UNIT: Final = re.compile(r" (?P<unit>[^\W\d_\u3000-\uffff]{2,15})\.?")
# Thousands parted by one sign throughout; as India parts them, only with commas.
_GROUPS: Final = {
    NumberStyle.POINT: re.compile(r"[1-9]\d{0,2}([,' ])\d{3}(?:\1\d{3})*|[1-9]\d?(?:,\d\d)+,\d{3}", re.ASCII),
    NumberStyle.COMMA: re.compile(r"[1-9]\d{0,2}([.' ])\d{3}(?:\1\d{3})*", re.ASCII),
}
_FRACTION_SIGN: Final = {NumberStyle.POINT: ".", NumberStyle.COMMA: ","}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a cell. digits: as printed, plain: `20.70`, `-5`, `1234.5`; the last one is significant.

    multiplier, currency, unit: what the cell itself says beside it (`3.2亿`, `$5`, `12.5 т`), as `units.Said`;
    None and empty where it says none. is_pct: `12%` is 12 and this. warnings: codes of `unread.sentence`.
    """

    digits: str
    multiplier: int | None = None
    currency: str = ""
    unit: str = ""
    is_pct: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(slots=True)
class StylesSeen:
    """What the cells of one column show of its style, one after the other.

    ambiguous: a few that can be read two ways.
    """

    fitting: frozenset[NumberStyle] = frozenset(NumberStyle)
    is_open: bool = False
    ambiguous: list[str] = field(default_factory=list)

    def add(self, cell: Cell) -> None:
        """Takes one more cell into account; one that is no number, or reads alike in both styles, shows nothing."""
        if cell.kind is not Kind.TEXT or len(cell.text) > _LONGEST or _DIGITS.fullmatch(cell.text):
            return
        try:
            readings = _seen(cell.text).readings
        except Unread:
            return
        if len(set(readings.values())) < len(readings):
            return
        self.is_open = True
        self.fitting &= readings.keys()
        if len(readings) > 1 and len(self.ambiguous) < _MOST_SAMPLES and cell.text not in self.ambiguous:
            self.ambiguous.append(cell.text)

    @property
    def styles(self) -> frozenset[NumberStyle]:
        """Both: it must be asked. One: that one. None: nothing depends on it, or the column mixes styles; then each
        cell is read by itself, where it can be read in one way alone.
        """
        return self.fitting if self.is_open else frozenset()


def styles_of(cells: Iterable[Cell]) -> frozenset[NumberStyle]:
    """The styles that fit all numbers of a column, as `StylesSeen.styles` says: only two of them need an answer."""
    seen = StylesSeen()
    for cell in cells:
        seen.add(cell)
    return seen.styles


def number(cell: Cell, style: NumberStyle | None) -> Number | None:
    """The number a cell holds; None where it holds none: an empty one, or a word for missing (`n/a`, `—`, `无`, `нет`).

    style: of texts; numbers typed by the workbook need none. Raises Unread.
    """
    text = cell.text
    if not text:
        if cell.is_formula:
            raise Unread("formula_empty", text=text)
        return None
    if cell.kind is Kind.NUMBER:
        return Number(_bounded(text, text)) if _PLAIN.fullmatch(text) else _read(text, NumberStyle.POINT)
    if cell.kind is Kind.DATE:
        raise Unread("date_for_number", text=text)
    if cell.kind is Kind.BOOL:
        raise Unread("not_a_number", text=text)
    if _DIGITS.fullmatch(text):
        return Number(text)
    if len(text) > _LONGEST:
        raise Unread("not_a_number", text=text)
    return None if is_missing(text) else _read(text, style)


def is_missing(text: str) -> bool:
    """Whether a text in a column of numbers says that no value was stated."""
    folded = plain(text).lower().strip("()[] ")
    return not folded or folded in _MISSING or _ONLY_STROKES.fullmatch(folded) is not None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A text taken apart. readings: its digits in each style that fits."""

    readings: Mapping[NumberStyle, str]
    said: Said = NOTHING
    unit: str = ""
    warnings: tuple[str, ...] = ()


def _read(text: str, style: NumberStyle | None) -> Number:
    seen = _seen(text)
    said = seen.said
    digits = _chosen(text, seen.readings, style)
    return Number(digits, said.multiplier, said.currency, seen.unit or said.unit, said.is_pct, seen.warnings)


def _chosen(text: str, readings: Mapping[NumberStyle, str], style: NumberStyle | None) -> str:
    different = sorted(set(readings.values()), key=len)
    if len(different) == 1:
        if style is not None and style not in readings:
            raise Unread("other_style", text=text)
        return different[0]
    if style is None:
        raise Unread("ambiguous_number", text=text, readings=different)
    return readings[style]


@lru_cache(maxsize=16_384)
def _seen(text: str) -> _Seen:
    folded = plain(text).removeprefix("'")
    if folded.startswith("="):
        raise Unread("formula", text=text)
    if folded.startswith("#") and _ERROR.fullmatch(folded):
        raise Unread("error_value", text=text)
    if found := _TWO_SCALES.fullmatch(folded):
        folded = f"{found['before']}{int(found['high']) * 10_000 + int(found['low'])}万{found['after']}"
    if found := _EXPONENT.fullmatch(folded):
        return _Seen(_with_exponent(text, found[1], int(found[2])), warnings=("exponent",))
    core = _CORE.search(folded)
    if core is None:
        raise Unread("not_a_number", text=text)
    before, after, minus = _unsigned(text, folded[: core.start()], folded[core.end() :])
    readings = {style: _bounded(text, minus + digits) for style, digits in _readings(core[0]).items()}
    said, unit = _said(text, before, after) if before or after else (NOTHING, "")
    if not readings:
        raise _why_not(text)
    return _Seen(readings, said, unit)


def _unsigned(text: str, before: str, after: str) -> tuple[str, str, str]:
    """What stands before and after the digits without the sign of a negative number, and the sign."""
    before, after = before.strip(), after.rstrip()
    minuses = 0
    if "(" in before and ")" in after and ")" not in before:
        before, after = before.replace("(", "", 1).strip(), _without_last_bracket(after)
        minuses += 1
    if after.strip()[:1] == "-" or after[-1:] == "-":
        after = after.strip().removeprefix("-") if after.strip()[:1] == "-" else after[:-1]
        minuses += 1
    for sign in "-+":
        if before.startswith(sign) or before.endswith(sign):
            before = (before[1:] if before.startswith(sign) else before[:-1]).strip()
            minuses += sign == "-"
            break
    if minuses > 1:
        raise Unread("not_a_number", text=text)
    return before, after, "-" * minuses


def _without_last_bracket(after: str) -> str:
    head, _bracket, tail = after.rpartition(")")
    return head + tail


def _readings(core: str) -> dict[NumberStyle, str]:
    """The digits, plain, in each style that fits."""
    found = {}
    for style, sign in _FRACTION_SIGN.items():
        whole, point, fraction = core.partition(sign)
        if point and not fraction.isdigit():
            continue
        if whole and not whole.isdigit():
            if not _GROUPS[style].fullmatch(whole):
                continue
            whole = "".join(each for each in whole if each.isdigit())
        found[style] = (whole.lstrip("0") or "0") + ("." + fraction if point else "")
    return found


def _bounded(text: str, digits: str) -> str:
    if sum(sign.isdigit() for sign in digits) > MOST_DIGITS:
        raise Unread("too_many_digits", text=text, most=MOST_DIGITS)
    return digits.lstrip("-") if digits.startswith("-") and not digits.strip("-0.") else digits


def _with_exponent(text: str, mantissa: str, exponent: int) -> dict[NumberStyle, str]:
    minus = "-" if mantissa.startswith("-") else ""
    readings = {}
    for style, digits in _readings(mantissa.lstrip("+-").strip()).items():
        if not -MOST_DIGITS <= exponent <= MOST_DIGITS:
            raise Unread("too_many_digits", text=text, most=MOST_DIGITS)
        with localcontext(prec=4 * MOST_DIGITS):
            readings[style] = _bounded(text, minus + format(Decimal(digits).scaleb(exponent), "f"))
    if not readings:
        raise Unread("not_a_number", text=text)
    return readings


def _said(text: str, before: str, after: str) -> tuple[Said, str]:
    """What the words around the digits say, and a unit that is not among the known ones."""
    if _UNCLEAR.search(after):
        raise Unread("unclear_scale", text=text, word=after.strip())
    said = beside(f"{before} {after}".strip())
    if said is not None:
        if said.currency and said.unit in _METRES:
            raise Unread("unclear_scale", text=text, word=said.unit)
        return said, ""
    unknown = None if before else _UNKNOWN_UNIT.fullmatch(after)
    if unknown is None:
        raise _why_not(text)
    return NOTHING, unknown["unit"]


def _why_not(text: str) -> Unread:
    return Unread("not_one_number" if _NOT_ONE.search(plain(text).lower()) else "not_a_number", text=text)
