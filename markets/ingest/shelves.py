"""The shelves: one bitemporal table for each kind of fact, all of one build, so that goods come in by one door.

A row of a delivery is named by slice, subject and period. A shelf says which of its columns these are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, cast

from markets.ingest.signs import is_never_negative
from markets.models import Area, Currency, Indicator
from markets.sources.base import ExchangeRateRow, FactRow, ObservationRow, SliceDelivery, TradeTotalRow, UnmappedRow
from markets.vocabulary import FactKind

Unknown = Callable[[FactRow], UnmappedRow | None]

# The reporter's own total, beside which its partners stand.
WORLD: Final = "WLD"


@dataclass(frozen=True)
class Shelf:
    """Where rows of one kind stand.

    columns: the columns that name a value beside the period, each with its SQL over a delivered row `d`.
    slice_sql, subject_sql: the other way round, over a row `o` of the table. by_dataset: publishers stand side by side.
    codes: makes the function that finds the unknown code of a row, if it has one.
    unsigned: those of the slices whose values cannot be below zero.
    """

    table: str
    columns: tuple[tuple[str, str], ...]
    slice_sql: str
    subject_sql: str
    by_dataset: bool
    codes: Callable[[Iterable[SliceDelivery]], Unknown]
    unsigned: Callable[[Sequence[str]], set[str]]
    has_total: bool = False

    @property
    def match_sql(self) -> str:
        """The row `o` of the table that a delivered row `d` speaks of, but for the period."""
        return " AND ".join(f"o.{column} = {sql}" for column, sql in self.columns)

    @property
    def names_sql(self) -> str:
        return ", ".join(column for column, _sql in self.columns)

    @property
    def values_sql(self) -> str:
        return ", ".join(sql for _column, sql in self.columns)

    @property
    def scope_sql(self) -> str:
        """Rows of the table that the dataset may speak of at all."""
        return "o.dataset_id = %(dataset)s" if self.by_dataset else "true"


def shelf_of(kind: FactKind) -> Shelf:
    """The shelf for one kind of facts."""
    return _SHELVES[kind]


def _part(number: int) -> str:
    return f"split_part(d.slice, '/', {number})"


def _observation_codes(slices: Iterable[SliceDelivery]) -> Unknown:
    areas = _areas()
    keys = [each.key for each in slices]
    indicators = set(Indicator.objects.filter(code__in=keys).values_list("code", flat=True))

    def unknown(row: FactRow) -> UnmappedRow | None:
        told = cast("ObservationRow", row)
        if told.indicator not in indicators:
            return UnmappedRow("indicator", told.indicator, "")
        return None if told.area in areas else UnmappedRow("area", told.area, "")

    return unknown


def _trade_codes(_slices: Iterable[SliceDelivery]) -> Unknown:
    areas, currencies = _areas(), _currencies()

    def unknown(row: FactRow) -> UnmappedRow | None:
        told = cast("TradeTotalRow", row)
        for area in (told.reporter, told.partner):
            if area not in areas:
                return UnmappedRow("area", area, "")
        return None if told.currency in currencies else UnmappedRow("currency", told.currency, "")

    return unknown


def _rate_codes(_slices: Iterable[SliceDelivery]) -> Unknown:
    currencies = _currencies()

    def unknown(row: FactRow) -> UnmappedRow | None:
        told = cast("ExchangeRateRow", row)
        missing = next((code for code in (told.currency, told.base) if code not in currencies), None)
        return UnmappedRow("currency", missing, "") if missing else None

    return unknown


def _areas() -> set[str]:
    return set(Area.objects.values_list("code", flat=True))


def _currencies() -> set[str]:
    return set(Currency.objects.values_list("code", flat=True))


def _unsigned_indicators(keys: Sequence[str]) -> set[str]:
    units = Indicator.objects.filter(code__in=keys).values_list("code", "unit")
    return {code for code, unit in units if is_never_negative(code, unit)}


_SHELVES: Final[dict[FactKind, Shelf]] = {
    FactKind.OBSERVATIONS: Shelf(
        table="markets_observation",
        columns=(("indicator_id", "d.slice"), ("area_id", "d.subject")),
        slice_sql="o.indicator_id",
        subject_sql="o.area_id",
        by_dataset=False,
        codes=_observation_codes,
        unsigned=_unsigned_indicators,
    ),
    FactKind.TRADE_TOTALS: Shelf(
        table="markets_tradetotal",
        columns=(
            ("dataset_id", "%(dataset)s"),
            ("reporter_id", _part(1)),
            ("flow", _part(2)),
            ("currency_id", _part(3)),
            ("valuation", _part(4)),
            ("partner_id", "d.subject"),
        ),
        slice_sql="o.reporter_id || '/' || o.flow || '/' || o.currency_id || '/' || o.valuation",
        subject_sql="o.partner_id",
        by_dataset=True,
        codes=_trade_codes,
        unsigned=set,
        has_total=True,
    ),
    FactKind.EXCHANGE_RATES: Shelf(
        table="markets_exchangerate",
        columns=(
            ("dataset_id", "%(dataset)s"),
            ("currency_id", _part(1)),
            ("base_id", _part(2)),
            ("kind", _part(3)),
        ),
        slice_sql="o.currency_id || '/' || o.base_id || '/' || o.kind",
        subject_sql="''",
        by_dataset=True,
        codes=_rate_codes,
        unsigned=set,
    ),
}
