"""What people decide of an import: what each column is, what holds for all rows, what becomes of single values.

All of it is kept with the import as JSON, saved for the next file of the same layout, and sent by programs as it is.
"""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

from companies.records.fields import LABELS

# Parts of entries that files often keep in columns of their own: the number a company is registered under tells which
# company it is; year, quarter, month and day make the period; its last month makes January to April of January.
PARTS: Final = ("company_number", "year", "quarter", "month", "day", "period_end")
FIELDS: Final = (*LABELS, *PARTS)
# A value that is fixed to this is registered as a new company under the name in the file.
REGISTER: Final = "+"


class NumberStyle(StrEnum):
    """Which sign parts the fraction from the whole; asked where a column's values fit both."""

    POINT = "point"
    COMMA = "comma"


class DateOrder(StrEnum):
    """How a date is written in digits; asked where a column's values fit several. Serial: days as Excel counts them."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    SERIAL_1900 = "serial_1900"
    SERIAL_1904 = "serial_1904"


@dataclass(frozen=True, slots=True)
class ColumnMeaning:
    """What a column is. field: one of FIELDS; empty: it is left out.

    number_style, date_order: as answered or as the whole column shows; None: not known. multiplier, currency, unit:
    what the header or the whole column says of every value (`万美元`: 10000 and USD; `т`: t); a cell that says so
    itself goes before. multiplier 1 is a statement too: single units.
    """

    field: str = ""
    number_style: NumberStyle | None = None
    date_order: DateOrder | None = None
    multiplier: int | None = None
    currency: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """columns: one meaning for each column of the file. constants: what holds for every row where no column says it, by
    field, as text as a person would write it in a cell (a company by its id).

    register: companies that are not known are registered, not asked about one by one.
    """

    columns: tuple[ColumnMeaning, ...] = ()
    constants: AnyMapping[str, str] = field(default_factory=dict)
    register: bool = False

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it; what says nothing is left out."""
        columns = [
            {name: value for name, value in asdict(each).items() if value not in ("", None)} for each in self.columns
        ]
        return {"columns": columns, "constants": dict(self.constants), "register": self.register}

    @classmethod
    def unpacked(cls, packed: AnyMapping[str, Any]) -> Self:
        """What `packed` kept."""
        return cls(
            columns=tuple(_meaning(each) for each in packed.get("columns", ())),
            constants=dict(packed.get("constants", {})),
            register=bool(packed.get("register", False)),
        )

    def of(self, name: str) -> list[int]:
        """The columns that are this field, from 0."""
        return [number for number, each in enumerate(self.columns) if each.field == name]


@dataclass(frozen=True, slots=True)
class Fixes:
    """What people put right without touching the file.

    values: by field, what a cell says -> what is read instead, as a person would write it in that cell; empty: read as
    if nothing stood there. cells: by row number and field, the same for a single cell, before `values`.
    left_out: rows that are not imported. left_out_values: by field, what a cell says: such rows are not imported.
    left_out_faults: by field, kinds of faults (`faults.Fault.kind`), each with its sentence where its code alone does
    not tell it: rows with one of them are not imported. keep_twins: rows of the file with one key and different content
    are records of their own. register: companies nobody knows are registered. scale: of `SCALES`, what holds where a
    column counts in thousands and a cell names a currency without them; empty: not answered.
    """

    SCALES = ("column", "cell")

    values: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    cells: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    left_out: frozenset[int] = frozenset()
    left_out_values: AnyMapping[str, frozenset[str]] = field(default_factory=dict)
    left_out_faults: AnyMapping[str, AnyMapping[str, str]] = field(default_factory=dict)
    keep_twins: bool = False
    register: bool = False
    scale: str = ""

    def packed(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "values": {name: dict(each) for name, each in self.values.items()},
            "cells": {row: dict(each) for row, each in self.cells.items()},
            "left_out": sorted(self.left_out),
            "left_out_values": {name: sorted(each) for name, each in self.left_out_values.items()},
            "left_out_faults": {name: dict(each) for name, each in self.left_out_faults.items()},
            "keep_twins": self.keep_twins,
            "register": self.register,
            "scale": self.scale,
        }

    @classmethod
    def unpacked(cls, packed: AnyMapping[str, Any]) -> Self:
        """What `packed` kept."""
        return cls(
            values=packed.get("values", {}),
            cells=packed.get("cells", {}),
            left_out=frozenset(packed.get("left_out", ())),
            left_out_values={name: frozenset(each) for name, each in packed.get("left_out_values", {}).items()},
            left_out_faults=packed.get("left_out_faults", {}),
            keep_twins=bool(packed.get("keep_twins", False)),
            register=bool(packed.get("register", False)),
            scale=packed.get("scale", ""),
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """What the import does with rows that are not plainly new; the first of each unless chosen otherwise.

    errors: `none` imports nothing while any row is wrong, `others` imports the rest. updates: what a row does to a
    draft that says otherwise: `update` or `leave`. conflicts: the same for records that were submitted or approved, or
    changed by hand since they were imported: `leave` or `update` (an approved one is a draft again).
    """

    errors: str = "none"
    updates: str = "update"
    conflicts: str = "leave"

    ERRORS = ("none", "others")
    UPDATES = ("update", "leave")
    CONFLICTS = ("leave", "update")

    def packed(self) -> dict[str, str]:
        """As JSON keeps it."""
        return asdict(self)

    @classmethod
    def unpacked(cls, packed: AnyMapping[str, str]) -> Self:
        """What `packed` kept."""
        return cls(**packed)


def _meaning(packed: AnyMapping[str, Any]) -> ColumnMeaning:
    made = dict(packed)
    if style := made.get("number_style"):
        made["number_style"] = NumberStyle(style)
    if order := made.get("date_order"):
        made["date_order"] = DateOrder(order)
    return ColumnMeaning(**made)
