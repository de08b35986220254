"""What programs decide of an import, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from companies.errors import InvalidField
from companies.importing.plan import ColumnMeaning, DateOrder, NumberStyle, Policy
from companies.importing.plan import Mapping as Meaning
from companies.importing.reading.form import Choices
from companies.records.checking import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoicesBody:
    """How the file is read; what is left out is found by itself. Rows are counted from 1, sheets from 0."""

    encoding: str | None = None
    delimiter: str | None = None
    sheet: int | None = None
    header_first: int | None = None
    header_last: int | None = None
    fill_merged: bool | None = None
    with_totals: bool | None = None
    with_hidden: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnBody:
    """What a column is; without a field it is left out. number_style: point or comma. date_order: ymd, dmy, mdy."""

    field: str | None = None
    number_style: str | None = None
    date_order: str | None = None
    multiplier: int | None = None
    currency: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstantBody:
    """What holds for every row where no column says it."""

    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingBody:
    """What every column is, in their order. register: companies that are not known are registered.

    save_as: keep it under this name for files with the same columns.
    """

    columns: tuple[ColumnBody, ...]
    constants: tuple[ConstantBody, ...] | None = None
    register: bool | None = None
    save_as: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixBody:
    """In every row whose field says this, it is read as that; empty: as if nothing stood there."""

    field: str
    said: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBody:
    """errors: none or others. updates: update or leave. conflicts: leave or update."""

    errors: str | None = None
    updates: str | None = None
    conflicts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsBody:
    """One decision at a time: each is followed by work, after which the next version is decided on.

    register: companies nobody knows are registered. scale: column or cell, what holds where a cell names a currency
    alone and its column counts in thousands; empty takes the answer back.
    """

    choices: ChoicesBody | None = None
    mapping: MappingBody | None = None
    fixes: tuple[FixBody, ...] | None = None
    leave_out_rows: tuple[int, ...] | None = None
    keep_twins: bool | None = None
    register: bool | None = None
    scale: str | None = None
    policy: PolicyBody | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitBody:
    """again: though this very file was imported before."""

    again: bool | None = None


def choices_of(values: Mapping[str, Any]) -> Choices:
    """How to read, as a body says it."""
    return Choices(**_stated(values))


def mapping_of(values: Mapping[str, Any]) -> Meaning:
    """The mapping of a body. Raises FieldsRejected for a style or an order that is none."""
    return Meaning(
        columns=tuple(_meaning(place, _stated(each)) for place, each in enumerate(values.get("columns") or ())),
        constants={each.get("field", ""): each.get("value", "") for each in values.get("constants") or ()},
        register=bool(values.get("register")),
    )


def policy_of(values: Mapping[str, Any], before: Mapping[str, str]) -> Policy:
    """The policy with what a body says of it; the use-case refuses words that are none."""
    return Policy(**{**Policy.unpacked(before).packed(), **_stated(values)})


def fixes_of(values: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """By field, what is said -> what is read instead."""
    fixes: dict[str, dict[str, str]] = {}
    for each in values:
        fixes.setdefault(each.get("field", ""), {})[each.get("said", "")] = each.get("becomes", "")
    return fixes


def _meaning(place: int, values: dict[str, Any]) -> ColumnMeaning:
    """One column. Raises FieldsRejected."""
    for name, kind in (("number_style", NumberStyle), ("date_order", DateOrder)):
        if name in values and values[name] not in list(kind):
            expected = _("one of %(allowed)s") % {"allowed": ", ".join(kind)}
            refuse([InvalidField(pointer=f"/mapping/columns/{place}/{name}", field=name, expected=expected)])
    style, order = values.pop("number_style", None), values.pop("date_order", None)
    return ColumnMeaning(
        **values,
        number_style=NumberStyle(style) if style else None,
        date_order=DateOrder(order) if order else None,
    )


def _stated(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what says nothing."""
    return {name: value for name, value in values.items() if value is not None}
