"""What has to be answered before the rows of a file can be checked: nothing of it is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from companies.importing.mapping.suggesting import DATES, NUMBERS
from companies.importing.meaning import dates, numbers
from companies.importing.meaning.columns import ColumnProfile
from companies.importing.meaning.unread import Unread
from companies.importing.plan import ColumnMeaning, DateOrder, Mapping, NumberStyle
from companies.importing.reading.form import Cell, Kind

MOST_READINGS: Final = 3
# What every record says, and the fields of which one is enough. An amount may be left out where the reason is told.
_NEEDED: Final = (
    ("company", ("company", "company_number")),
    ("destination", ("destination",)),
    ("hs_code", ("hs_code", "category")),
    ("period", ("period", "year")),
    ("value", ("value", "value_note")),
)


class Asked(StrEnum):
    """What kind of answer a question waits for."""

    NUMBER_STYLE = "number_style"
    DATE_ORDER = "date_order"
    MISSING = "missing"
    TWICE = "twice"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer, and what it would make of values that stand in the column: (as written, as read)."""

    value: str
    readings: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to be answered. column: from 0; None where it is about the file as a whole.

    options: of a style alone. What is missing is answered by a column or by one value for all rows, a currency or unit
    also by what is said of the column it is of; what is there twice by leaving one of the columns out.
    """

    kind: Asked
    field: str
    column: int | None = None
    options: tuple[Option, ...] = ()

    def packed(self) -> dict[str, Any]:
        """As JSON tells it."""
        return asdict(self)


def questions(mapping: Mapping, profiles: Sequence[ColumnProfile]) -> list[Question]:
    """Everything that is open, columns first, in their order. profiles: one for each column of the mapping."""
    of_columns = [
        question
        for number, (meaning, profile) in enumerate(zip(mapping.columns, profiles, strict=True))
        for question in _of_column(mapping, number, meaning, profile)
    ]
    return [*of_columns, *_missing(mapping, profiles)]


def _of_column(mapping: Mapping, number: int, meaning: ColumnMeaning, profile: ColumnProfile) -> Iterator[Question]:
    if meaning.field and mapping.of(meaning.field)[0] != number:
        yield Question(Asked.TWICE, meaning.field, number)
    if meaning.field in NUMBERS and len(profile.number_styles) > 1 and meaning.number_style is None:
        yield Question(Asked.NUMBER_STYLE, meaning.field, number, number_options(profile))
    if meaning.field in DATES and len(profile.date_orders) > 1 and meaning.date_order is None:
        yield Question(Asked.DATE_ORDER, meaning.field, number, date_options(profile))


def number_options(profile: ColumnProfile) -> tuple[Option, ...]:
    """Both styles of a column of numbers, with what each makes of its values."""
    read = {
        style: [_number(text, style) for text in profile.samples]
        for style in NumberStyle
        if style in profile.number_styles
    }
    return _options(profile, {str(style): texts for style, texts in read.items()})


def date_options(profile: ColumnProfile) -> tuple[Option, ...]:
    """The orders a column of dates may be in, with what each makes of its values."""
    read = {
        order: [_period(text, order) for text in profile.samples] for order in DateOrder if order in profile.date_orders
    }
    return _options(profile, {str(order): texts for order, texts in read.items()})


def _options(profile: ColumnProfile, read: dict[str, list[str]]) -> tuple[Option, ...]:
    """Values that come out differently stand for the column; where none of the kept ones do, any of them."""
    places = range(len(profile.samples))
    differing = [at for at in places if len({texts[at] for texts in read.values()}) > 1] or list(places)
    shown = differing[:MOST_READINGS]
    return tuple(
        Option(value, tuple((profile.samples[at], texts[at]) for at in shown)) for value, texts in read.items()
    )


def _number(text: str, style: NumberStyle) -> str:
    try:
        found = numbers.number(Cell(text, Kind.TEXT), style)
    except Unread:
        return ""
    return found.digits if found is not None else ""


def _period(text: str, order: DateOrder) -> str:
    try:
        return dates.period(Cell(text, Kind.TEXT), order)
    except Unread:
        return ""


def _missing(mapping: Mapping, profiles: Sequence[ColumnProfile]) -> Iterator[Question]:
    for field, enough in _NEEDED:
        if not any(_is_said(mapping, name) for name in enough):
            has_part = field == "period" and any(mapping.of(part) for part in ("month", "quarter"))
            yield Question(Asked.MISSING, "year" if has_part else field)
    if mapping.of("hs_code") and not _is_said(mapping, "hs_revision"):
        yield Question(Asked.MISSING, "hs_revision")
    for field, of in (("currency", "value"), ("quantity_unit", "quantity")):
        if mapping.of(of) and not _is_said(mapping, field) and not is_counted(mapping, profiles, of):
            yield Question(Asked.MISSING, field, mapping.of(of)[0])


def is_counted(mapping: Mapping, profiles: Sequence[ColumnProfile], field: str) -> bool:
    """Whether what a column of amounts or quantities is counted in is said of it, or by each of its cells."""
    said = [(mapping.columns[number], profiles[number].cells_said) for number in mapping.of(field)]
    if field == "value":
        return any(meaning.currency or cells.currency for meaning, cells in said)
    return any(meaning.unit or cells.unit for meaning, cells in said)


def contradicted(mapping: Mapping, profiles: Sequence[ColumnProfile]) -> frozenset[int]:
    """The columns that are mapped in another scale or currency than what stands around the table says.

    Nobody is asked for it: the file itself may be wrong there. People are told, and nothing goes on by itself.
    """
    pairs = zip(mapping.columns, profiles, strict=True)
    return frozenset(number for number, (meaning, profile) in enumerate(pairs) if _contradicts(meaning, profile))


def _contradicts(meaning: ColumnMeaning, profile: ColumnProfile) -> bool:
    if meaning.field == "value":
        said = profile.money_said
        return (said.multiplier or meaning.multiplier or 1) != (meaning.multiplier or 1) or (
            bool(meaning.currency) and said.currency not in ("", meaning.currency)
        )
    if meaning.field == "net_weight_kg":
        return profile.weight_said.unit not in ("", meaning.unit)
    return False


def _is_said(mapping: Mapping, field: str) -> bool:
    return bool(mapping.of(field) or mapping.constants.get(field))
