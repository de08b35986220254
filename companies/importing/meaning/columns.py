"""What stands in each column of a file, told once after reading, so that nobody goes through the rows again for it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from companies.importing.meaning import captions, dates, goods, numbers, places, terms, units
from companies.importing.meaning.finding import Finder
from companies.importing.meaning.unread import Unread
from companies.importing.plan import DateOrder, NumberStyle
from companies.importing.reading.form import Cell, Kind

MOST_DISTINCT: Final = 2_000
MOST_SAMPLES: Final = 6
_LONGEST_SAMPLE: Final = 200
# Beyond the distinct values, one of each way of writing is kept, so that the last row counts as much as the first.
_MOST_SHAPES: Final = 500
_MOST_TRIED: Final = 200
_DIGITS: Final = re.compile(r"\d+")
_NUMBERS: Final = ("value", "quantity", "net_weight_kg", "stated_growth_pct")
# Fewer digits are a code of goods, or the number of a market, by mere chance.
_FEWEST_DIGITS_OF_CODE: Final = 4
_DIGITS_OF_M49: Final = 3
_SAID_BY: Final = ("header", "cells", "money", "weight")
_Kept = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """A column as its cells show it.

    filled: cells that hold anything, formulas among them. distinct: different values; MOST_DISTINCT: so many or more.
    samples: the first different texts, before them those that can be read two ways where that has to be asked.
    kinds: how many cells are of each `form.Kind`. number_styles, date_orders: those that fit every cell; several: it
    has to be asked; none: nothing depends on it. header_said, cells_said: scale, currency and unit by the header, and
    by all numbers alike; money_said, weight_said: by what stands around the table, if it is of money or of weights.
    likeness: by field the share (0..1) of different values that its reader understands; a field
    that is not there was not tried, for nothing tells a company from a note.
    """

    header: str
    filled: int = 0
    distinct: int = 0
    samples: tuple[str, ...] = ()
    kinds: Mapping[str, int] = field(default_factory=dict)
    formulas: int = 0
    number_styles: frozenset[NumberStyle] = frozenset()
    date_orders: frozenset[DateOrder] = frozenset()
    header_said: units.Said = units.NOTHING
    cells_said: units.Said = units.NOTHING
    money_said: units.Said = units.NOTHING
    weight_said: units.Said = units.NOTHING
    likeness: Mapping[str, float] = field(default_factory=dict)

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self) | {
            "samples": list(self.samples),
            "number_styles": sorted(self.number_styles),
            "date_orders": sorted(self.date_orders),
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any]) -> ColumnProfile:
        """What `packed` kept."""
        return cls(
            **{
                **packed,
                "samples": tuple(packed["samples"]),
                "number_styles": frozenset(map(NumberStyle, packed["number_styles"])),
                "date_orders": frozenset(map(DateOrder, packed["date_orders"])),
                **{f"{by}_said": units.Said(**packed.get(f"{by}_said", {})) for by in _SAID_BY},
            }
        )


def profiles(
    headers: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], around: captions.Around = captions.NOTHING
) -> list[ColumnProfile]:
    """One profile for each header, in one pass. rows: number in the file and packed cells; what is short is empty.

    around: what stands around the table.
    """
    columns = [_Column() for _header in headers]
    for _number, cells in rows:
        for column, cell in zip(columns, cells, strict=False):
            if cell:
                column.take(cell)
    finders = _finders()
    codes = goods.hs_codes()
    found = (_profile(header, column, finders, codes) for header, column in zip(headers, columns, strict=True))
    return [replace(each, money_said=around.money, weight_said=around.weight) for each in found]


class _Column:
    """What is kept of a column while its cells go by."""

    __slots__ = ("filled", "formulas", "kinds", "seen", "shapes")

    def __init__(self) -> None:
        self.filled = 0
        self.formulas = 0
        self.kinds: Counter[str] = Counter()
        self.seen: dict[_Kept, None] = {}
        self.shapes: dict[_Kept, _Kept] = {}

    def take(self, cell: Any) -> None:
        self.filled += 1
        if isinstance(cell, str):
            kept: _Kept = cell
            self.kinds[Kind.TEXT] += 1
        else:
            kept = tuple(cell)
            self.kinds[cell[0]] += 1
            self.formulas += len(cell) > 2
        if kept in self.seen:
            return
        if len(self.seen) < MOST_DISTINCT:
            self.seen[kept] = None
        elif len(self.shapes) < _MOST_SHAPES:
            self.shapes.setdefault(_shape(kept), kept)

    def cells(self) -> Iterator[Cell]:
        for kept in (*self.seen, *self.shapes.values()):
            yield Cell.unpacked(kept if isinstance(kept, str) else list(kept))


def _shape(kept: _Kept) -> _Kept:
    """How a cell is written: equal for cells that say the same of how numbers and dates stand in their column."""
    if isinstance(kept, str):
        return _DIGITS.sub(_kind_of_digits, kept)
    return (kept[0], _DIGITS.sub(_kind_of_digits, kept[1]), *kept[2:])


def _kind_of_digits(digits: re.Match[str]) -> str:
    """How many digits, and whether they can be a month or a day."""
    count = len(digits[0])
    if count > 2:
        return f"{count}"
    number = int(digits[0])
    return f"{count}m" if number <= 12 else f"{count}d" if number <= 31 else f"{count}y"


# ---------------------------------------------------------------- what its values are like
_Understands = Callable[[Cell], bool]


def _profile(header: str, column: _Column, finders: Mapping[str, Finder], codes: goods.HsCodes) -> ColumnProfile:
    cells = list(column.cells())
    styles_seen, orders_seen = numbers.StylesSeen(), dates.OrdersSeen()
    for cell in cells:
        styles_seen.add(cell)
        orders_seen.add(cell)
    styles, orders = styles_seen.styles, orders_seen.orders
    doubtful = [
        *(styles_seen.ambiguous if len(styles) > 1 else ()),
        *(orders_seen.ambiguous if len(orders) > 1 else ()),
    ]
    tried = [cell for cell in cells[:_MOST_TRIED] if cell.text]
    read = [number for cell in tried if (number := _number(cell, styles)) is not None]
    return ColumnProfile(
        header=header,
        filled=column.filled,
        distinct=len(column.seen),
        samples=_samples(doubtful, cells),
        kinds={str(kind): count for kind, count in sorted(column.kinds.items()) if kind},
        formulas=column.formulas,
        number_styles=styles,
        date_orders=orders,
        header_said=units.said(header),
        cells_said=_shared(read),
        likeness=_likeness(tried, _readers(finders, codes, styles, orders)),
    )


def _samples(doubtful: Sequence[str], cells: Sequence[Cell]) -> tuple[str, ...]:
    first = (cell.text for cell in cells[: 2 * MOST_SAMPLES] if cell.text)
    return tuple(dict.fromkeys(text[:_LONGEST_SAMPLE] for text in (*doubtful, *first)))[:MOST_SAMPLES]


def _likeness(cells: Sequence[Cell], readers: Mapping[str, _Understands]) -> dict[str, float]:
    if not cells:
        return {}
    shares = {name: sum(map(reader, cells)) / len(cells) for name, reader in readers.items()}
    return {name: round(share, 3) for name, share in shares.items()} | dict.fromkeys(_NUMBERS, shares["value"])


def _finders() -> dict[str, Finder]:
    currencies = terms.currencies()
    return {
        "category": goods.categories(),
        "currency": currencies,
        "settlement_currency": currencies,
        "incoterm": terms.incoterms(),
        "corridor": terms.corridors(),
        "hs_revision": terms.hs_revisions(),
        "destination": places.places(),
    }


def _readers(
    finders: Mapping[str, Finder],
    codes: goods.HsCodes,
    styles: frozenset[NumberStyle],
    orders: frozenset[DateOrder],
) -> dict[str, _Understands]:
    order = min(orders, default=None)
    return {
        **{name: _names(finder) for name, finder in finders.items()},
        "hs_code": lambda cell: _is_code(cell, codes),
        "value": lambda cell: _number(cell, styles) is not None,
        "period": _reads(lambda cell: dates.period(cell, order)),
        "year": _reads(dates.year),
        "quarter": _reads(dates.quarter),
        "month": _reads(dates.month),
        "day": _reads(dates.day),
    }


def _names(finder: Finder) -> _Understands:
    """Numbers name a market only as the UN writes them, with three digits; small ones would be one by chance."""
    return lambda cell: (
        (not cell.text.isdigit() or len(cell.text) == _DIGITS_OF_M49 or len(cell.text) == 4)
        and finder.found(cell.text) is not None
    )


def _is_code(cell: Cell, codes: goods.HsCodes) -> bool:
    if sum(map(str.isdigit, cell.text)) < _FEWEST_DIGITS_OF_CODE:
        return False
    return _reads(lambda each: codes.read(each.text))(cell)


def _number(cell: Cell, styles: frozenset[NumberStyle]) -> numbers.Number | None:
    """A number in any of the styles its column can have; None also for what cannot be read."""
    try:
        return numbers.number(cell, min(styles, default=None))
    except Unread:
        return None


def _reads(reader: Callable[[Cell], object]) -> _Understands:
    def understands(cell: Cell) -> bool:
        try:
            return reader(cell) is not None
        except Unread:
            return False

    return understands


def _shared(read: Iterable[numbers.Number]) -> units.Said:
    """What every number of a column says of itself."""
    said = {units.Said(each.multiplier, each.currency, each.unit, each.is_pct) for each in read}
    return said.pop() if len(said) == 1 else units.NOTHING
