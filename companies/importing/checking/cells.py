"""One cell as an entry of a record: what its field's reader makes of it, each wording once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, localcontext
from functools import partial
from typing import Any, Final

from companies.importing.checking import scales
from companies.importing.checking.faults import FORMULA, NOT_KNOWN, Fault, Suggestion
from companies.importing.meaning import dates, goods, numbers, places, terms, units
from companies.importing.meaning.finding import Finder
from companies.importing.meaning.unit_words import KG_PER
from companies.importing.meaning.unread import Unread
from companies.importing.plan import ColumnMeaning
from companies.importing.reading.form import Cell, Kind

# Read as they stand; which company and which code it is, several cells say together.
TEXTS: Final = (
    "company", "company_number", "hs_code", "value_note", "growth_base", "quantity_unit", "customs_office",
    "document_reference", "note",
)  # fmt: skip
# What looks alike is sought for so many unknown wordings of a field: beyond them, nobody reads the suggestions.
MOST_LOOKED_FOR: Final = 300
_MOST_KEPT: Final = 20_000
_LOST: Final = "\ufffd"
_FORMULA_SIGNS: Final = ("=", "＝")
_DIGITS: Final = 60


@dataclass(frozen=True, slots=True)
class Got:
    """What a cell says. values: entries by field.

    beside: what it says of other entries, with more right than their own columns: the currency of an amount. header:
    the same as the column's header says it, with less right than a column.
    """

    said: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()


NOTHING: Final = Got()
_Read = Callable[[str, Cell, ColumnMeaning], Got]


class Cells:
    """The readers of single cells. One is made for a check and forgotten with it.

    scale: as `plan.Fixes` has it. is_own: of our own list of records, whose names mean what our pages mean by them.
    """

    def __init__(self, scale: str = "", *, is_own: bool = False) -> None:
        self._is_own = is_own
        self._finders: dict[str, Finder] = {
            "destination": places.places(),
            "category": goods.categories(),
            "currency": terms.currencies(),
            "settlement_currency": terms.currencies(),
            "incoterm": terms.incoterms(),
            "corridor": terms.corridors(),
            "hs_revision": terms.hs_revisions(),
        }
        self._readers: dict[str, _Read] = {
            **dict.fromkeys(TEXTS, _text),
            **dict.fromkeys(self._finders, self._named),
            **dict.fromkeys(_PARTS, _part),
            "multiplier": _multiplier,
            "value": partial(_value, scale=scale),
            "stated_growth_pct": _growth,
            "quantity": _quantity,
            "net_weight_kg": _weight,
            "period": _period,
        }
        self._known: dict[tuple[str, Cell, ColumnMeaning], Got] = {}
        self._looked_for: dict[str, int] = {}

    def read(self, name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
        """What the cell says as this field."""
        key = name, cell, meaning
        got = self._known.get(key)
        if got is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            got = self._known[key] = self._read(name, cell, meaning)
        return got

    def _read(self, name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
        said = cell.text.strip()
        if fault := _unusable(name, cell, said):
            return Got(said, faults=(fault,))
        if not said:
            return NOTHING
        warnings = (Fault(name, "formula_value", said),) if cell.is_formula else ()
        try:
            got = self._readers[name](name, cell, meaning)
        except Unread as unread:
            return Got(said, faults=(Fault(name, unread.code, said, unread.context),), warnings=warnings)
        return replace(got, said=said, warnings=(*warnings, *got.warnings))

    def _named(self, name: str, cell: Cell, _meaning: ColumnMeaning) -> Got:
        said = cell.text.strip()
        finder = self._finders[name]
        code = finder.found(said) or (finder.shown(said) if self._is_own else None)
        if code is not None:
            return Got(values={name: code}, warnings=_place_left_out(finder, name, said))
        asked = self._looked_for[name] = self._looked_for.get(name, 0) + 1
        near = finder.near(said) if asked <= MOST_LOOKED_FOR else ()
        suggested = tuple(Suggestion(each.code, each.label) for each in near)
        return Got(faults=(Fault(name, NOT_KNOWN, said, near=suggested),))


def decided(entry: Mapping[str, str]) -> dict[str, Any]:
    """An entry as records take it: how its amount is to be read was decided with its column, and is not asked again."""
    return {**entry, "value": Decimal(entry["value"])} if entry.get("value") else dict(entry)


def _unusable(name: str, cell: Cell, said: str) -> Fault | None:
    """Why nothing can be read of the cell, whatever it is to be."""
    if cell.kind is Kind.ERROR:
        return Fault(name, "error_value", said, {"text": said})
    if cell.is_formula and not said:
        return Fault(name, "formula_empty")
    if _LOST in said:
        return Fault(name, "undecodable", said)
    if cell.kind is Kind.TEXT and name not in TEXTS and said.startswith(_FORMULA_SIGNS):
        return Fault(name, FORMULA, said, {"text": said})
    return None


def _place_left_out(finder: Finder, name: str, said: str) -> tuple[Fault, ...]:
    place = finder.place(said) if isinstance(finder, terms.IncotermFinder) else ""
    return (Fault(name, "place_left_out", said, {"place": place}),) if place else ()


def _text(name: str, cell: Cell, _meaning: ColumnMeaning) -> Got:
    return Got(values={name: cell.text.strip()})


def _multiplier(name: str, cell: Cell, _meaning: ColumnMeaning) -> Got:
    said = cell.text.strip()
    if said.isdecimal():
        return Got(values={name: said})
    stated = units.said(said)
    if stated.multiplier is None:
        return Got(faults=(Fault(name, NOT_KNOWN, said),))
    return Got(values={name: str(stated.multiplier)}, beside=_stated(currency=stated.currency))


def _value(name: str, cell: Cell, meaning: ColumnMeaning, *, scale: str = "") -> Got:
    said = cell.text.strip()
    header = _stated(multiplier=_multiplied(meaning.multiplier), currency=meaning.currency)
    number = numbers.number(cell, meaning.number_style)
    if number is None:
        return Got(header={"value_note": said}, warnings=(Fault(name, "no_value", said),))
    if number.is_pct:
        return Got(faults=(Fault(name, "percent_amount", said),))
    if number.unit and number.currency not in units.TWICE_NAMED:
        return Got(faults=(Fault(name, "unit_amount", said),))
    if scales.contradicts(number, meaning):
        if not scale:
            return Got(faults=(scales.contradiction(name, said, number, meaning),))
        number = replace(number, multiplier=1 if scale == scales.CELL else None)
    beside = _stated(multiplier=_multiplied(number.multiplier), currency=number.currency)
    warnings = _warned(name, number, said)
    return Got(values={name: number.digits}, beside=beside, header=header, warnings=warnings)


def _growth(name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
    number = numbers.number(cell, meaning.number_style)
    if number is None:
        return NOTHING
    return Got(values={name: number.digits}, warnings=_warned(name, number, cell.text.strip()))


def _quantity(name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
    number = numbers.number(cell, meaning.number_style)
    if number is None:
        return NOTHING
    whole = _times(number.digits, number.multiplier or meaning.multiplier or 1)
    header = _stated(quantity_unit=meaning.unit)
    warnings = _warned(name, number, cell.text.strip())
    return Got(values={name: whole}, beside=_stated(quantity_unit=number.unit), header=header, warnings=warnings)


def _weight(name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
    number = numbers.number(cell, meaning.number_style)
    if number is None:
        return NOTHING
    unit = number.unit or meaning.unit
    kilograms = KG_PER.get(unit) if unit else Decimal(1)
    if kilograms is None:
        return Got(faults=(Fault(name, NOT_KNOWN, cell.text.strip(), {"unit": unit}),))
    whole = _times(number.digits, kilograms * (number.multiplier or meaning.multiplier or 1))
    return Got(values={name: whole}, warnings=_warned(name, number, cell.text.strip()))


def _period(name: str, cell: Cell, meaning: ColumnMeaning) -> Got:
    return Got(values={name: dates.period(cell, meaning.date_order)})


_PARTS: Final[Mapping[str, Callable[[Cell], int]]] = {
    "year": dates.year,
    "quarter": dates.quarter,
    "month": dates.month,
    "day": dates.day,
    "period_end": dates.month,
}


def _part(name: str, cell: Cell, _meaning: ColumnMeaning) -> Got:
    return Got(values={name: str(_PARTS[name](cell))})


def _warned(name: str, number: numbers.Number, said: str) -> tuple[Fault, ...]:
    return tuple(Fault(name, code, said, {"text": said}) for code in number.warnings)


def _stated(**said: str) -> dict[str, str]:
    return {name: text for name, text in said.items() if text}


def _multiplied(by: int | None) -> str:
    return str(by) if by is not None else ""


def _times(digits: str, by: int | Decimal) -> str:
    """The product, exact, in plain digits; none claimed that was not there."""
    with localcontext(prec=2 * _DIGITS):
        product = Decimal(digits) * by
        whole = product.normalize() if product == product.to_integral_value() else product
        return format(whole, "f")
