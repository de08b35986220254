"""A table as it stands on a page, in a download and in JSON: one object, so that they cannot differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` is its stable name in files, `label` what people read. unit of its numbers, where it has one."""

    key: str
    label: str
    unit: str = ""
    decimals: int | None = None
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values under their columns.

    sources: one citation line for each vintage used; notes: how to read it. key and label: how a table is asked for
    and named among several of one page.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    sources: Sequence[str] = ()
    notes: Sequence[str] = ()
    key: str = ""
    label: str = ""
