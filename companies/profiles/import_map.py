"""What the columns of a file are: each with what stands in it, what is still open, and how the first row is read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor, require, working_on
from companies.importing.checking.rows import Rows
from companies.importing.doing.mapping import profiles_of
from companies.importing.mapping.labels import GROUPS, called
from companies.importing.mapping.questions import (
    Asked,
    Option,
    Question,
    contradicted,
    date_options,
    number_options,
    questions,
)
from companies.importing.mapping.saved import of_columns
from companies.importing.mapping.suggesting import DATES, NUMBERS
from companies.importing.meaning import captions
from companies.importing.meaning.columns import ColumnProfile
from companies.importing.plan import REGISTER, ColumnMeaning, DateOrder, Fixes, NumberStyle
from companies.importing.plan import Mapping as Meaning
from companies.importing.reading.filling import letters
from companies.importing.reading.form import Found, NoticeCode
from companies.models import Import, ImportRow, SavedMapping
from companies.profiles.import_reading_words import notice_told
from companies.profiles.imports import ImportHead, import_head
from companies.profiles.people import PersonRef, person_ref
from companies.queries.one_record import companies_of
from companies.records.fields import LABELS, MULTIPLIERS
from markets.queries import reference

SAMPLES: Final = 3
# Both say how a value is parted; which one holds, the readings beside them show.
STYLES: Final[Mapping[str, Promise]] = {
    NumberStyle.POINT: _lazy("A point parts the fraction: 1,234.5"),
    NumberStyle.COMMA: _lazy("A comma parts the fraction: 1\u00a0234,5"),
    DateOrder.YMD: _lazy("Year, month, day"),
    DateOrder.DMY: _lazy("Day, month, year"),
    DateOrder.MDY: _lazy("Month, day, year"),
    DateOrder.SERIAL_1900: _lazy("Days counted from 1900, as Excel does"),
    DateOrder.SERIAL_1904: _lazy("Days counted from 1904, as old Excel for Mac does"),
}
# Where no column says it, one value may hold for all rows.
_OF_ALL_ROWS: Final = (
    ("company", ("company", "company_number")),
    ("destination", ("destination",)),
    ("category", ("category", "hs_code")),
    ("hs_revision", ("hs_revision",)),
    ("period", ("period", "year")),
)


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """One way to read a column's values, with what it makes of some of them: (as written, as read)."""

    value: str
    label: str
    readings: tuple[tuple[str, str], ...]
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class MapColumn:
    """A column of the file. letter: as spreadsheets call it. samples: the first different values.

    multiplier, currency, unit: what holds for all its values. styles: where they can be read in several ways.
    is_filled: it holds anything at all. problem: what is to be answered of it. is_contradicted: what stands around the
    table says another scale or unit.
    """

    number: int
    letter: str
    header: str
    samples: tuple[str, ...]
    is_filled: bool
    field: str
    multiplier: str
    currency: str
    unit: str
    styles: tuple[StyleChoice, ...]
    problem: str
    is_contradicted: bool

    @property
    def has_amounts(self) -> bool:
        """Whether it is counted in a multiple of a currency."""
        return self.field == "value"

    @property
    def has_unit(self) -> bool:
        """Whether it is counted in a unit."""
        return self.field in ("quantity", "net_weight_kg")


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """The first row as it would be read: entries by what they are called; with faults nothing but them is sure."""

    number: int
    entries: tuple[tuple[str, str], ...]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """A saved mapping. version: as forms send it. used_at: when a file was last read by it; None for never."""

    id: uuid.UUID
    name: str
    version: int
    by: PersonRef
    updated_at: dt.datetime
    used_at: dt.datetime | None
    mapped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of an import. named: those that are something; left_out: the others.

    groups: what a column can be, in groups. multipliers: what amounts can be counted in. of_all_rows: entries that no
    column says. has_currencies, has_units: columns tell what amounts and quantities are counted in. kept: the mapping
    kept for such files; is_as_kept: it is the one shown here. around: what the file says of amounts outside of its
    table. spread: that amounts stand side by side, as such tables are not read. open: what is to be answered before
    the rows can be checked.
    """

    head: ImportHead
    named: tuple[MapColumn, ...]
    left_out: tuple[MapColumn, ...]
    groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    multipliers: tuple[tuple[str, str], ...]
    of_all_rows: tuple[str, ...]
    has_currencies: bool
    has_units: bool
    register: bool
    kept: KeptMapping | None
    is_as_kept: bool
    around: tuple[str, ...]
    spread: tuple[str, ...]
    open: tuple[Question, ...]
    example: ExampleRow | None = None

    @property
    def lacks_columns(self) -> bool:
        """Whether a column that is left out may be what is missing."""
        return not self.named or any(each.kind is Asked.MISSING and each.column is None for each in self.open)


def columns_page(actor: Actor, imported: Import, mapping: Meaning, *, with_example: bool = False) -> Columns:
    """The columns of an import that the reader sees, mapped so; with_example: and how its first row would be read.

    Raises NotAllowed.
    """
    require(actor, Action.IMPORT, imported.organisation_id)
    profiles = profiles_of(imported)
    asked = questions(mapping, profiles)
    problems = {each.column: question_told(each) for each in reversed(asked) if each.column is not None}
    found = Found.unpacked(imported.found)
    against = contradicted(mapping, profiles)
    columns = tuple(
        _column(number, profile, meaning, problems.get(number, ""), is_contradicted=number in against)
        for number, (profile, meaning) in enumerate(zip(profiles, mapping.columns, strict=True))
    )
    saved = of_columns(imported.organisation_id, imported.found["headers"])
    return Columns(
        head=import_head(imported, "map"),
        named=tuple(each for each in columns if each.field),
        left_out=tuple(each for each in columns if not each.field),
        groups=tuple((str(group), tuple((name, called(name)) for name in names)) for group, names in GROUPS),
        multipliers=_multipliers(mapping),
        of_all_rows=tuple(_of_all_rows(mapping)),
        has_currencies=bool(mapping.of("currency")),
        has_units=bool(mapping.of("quantity_unit")),
        register=mapping.register,
        kept=_kept(saved) if saved is not None else None,
        is_as_kept=saved is not None and saved.mapping == mapping.packed(),
        around=captions.around(found).texts,
        spread=tuple(notice_told(each.code, each.context) for each in found.notices if each.code == NoticeCode.SPREAD),
        open=tuple(asked),
        example=_example(actor, imported, mapping) if with_example else None,
    )


def question_told(question: Question) -> str:
    """A question in a sentence."""
    name = called(question.field)
    match question.kind:
        case Asked.NUMBER_STYLE:
            return _("%(field)s: its numbers can be read in two ways; choose one") % {"field": name}
        case Asked.DATE_ORDER:
            return _("%(field)s: its dates can be read in several ways; choose one") % {"field": name}
        case Asked.TWICE:
            return _("%(field)s: several columns are that; leave out all but one") % {"field": name}
        case Asked.MISSING:
            return _missing_told(question, name)


def _missing_told(question: Question, name: str) -> str:
    """What no column says, and where it can be said."""
    if question.column is not None:
        return _("%(field)s: no column says it; say here in what this one is counted") % {"field": name}
    if question.field == "year":
        return _("The columns say no year; choose one that does, or write the year of all rows below, as the period")
    if question.field in {"hs_code", *(entry for entry, _said_by in _OF_ALL_ROWS)}:
        return _("%(field)s: no column says it; choose one, or say below what holds for all rows") % {"field": name}
    return _("%(field)s: no column says it; choose one") % {"field": name}


def kept_mappings(actor: Actor) -> tuple[KeptMapping, ...]:
    """The mappings of the organisation the actor works in, by name. Raises SignInNeeded, NoOrganisation, NotAllowed."""
    require(actor, Action.IMPORT)
    return tuple(_kept(each) for each in working_on(actor, SavedMapping).select_related("created_by"))


def _column(
    number: int, profile: ColumnProfile, meaning: ColumnMeaning, problem: str, *, is_contradicted: bool
) -> MapColumn:
    return MapColumn(
        number=number,
        letter=letters(number),
        header=profile.header,
        samples=profile.samples[:SAMPLES],
        is_filled=bool(profile.filled),
        field=meaning.field,
        multiplier=str(meaning.multiplier or ""),
        currency=meaning.currency,
        unit=meaning.unit,
        styles=tuple(_styles(profile, meaning)),
        problem=problem,
        is_contradicted=is_contradicted,
    )


def _styles(profile: ColumnProfile, meaning: ColumnMeaning) -> Iterator[StyleChoice]:
    options: tuple[Option, ...] = ()
    if meaning.field in NUMBERS and len(profile.number_styles) > 1:
        options = number_options(profile)
    elif meaning.field in DATES and len(profile.date_orders) > 1:
        options = date_options(profile)
    chosen = meaning.number_style or meaning.date_order
    for option in options:
        yield StyleChoice(option.value, str(STYLES[option.value]), option.readings, option.value == chosen)


def _multipliers(mapping: Meaning) -> tuple[tuple[str, str], ...]:
    """The usual ones, and those that headers of this file say."""
    said = {each.multiplier for each in mapping.columns if each.multiplier}
    usual = set(MULTIPLIERS) - {1}
    return tuple((str(each), str(MULTIPLIERS.get(each, each))) for each in sorted(usual | said))


def _of_all_rows(mapping: Meaning) -> Iterator[str]:
    for entry, said_by in _OF_ALL_ROWS:
        is_of_nothing = entry == "hs_revision" and not mapping.of("hs_code")
        if not is_of_nothing and not any(mapping.of(name) for name in said_by):
            yield entry


def _kept(saved: SavedMapping) -> KeptMapping:
    fields = [each.get("field", "") for each in saved.mapping.get("columns", ())]
    return KeptMapping(
        id=saved.pk,
        name=saved.name,
        version=saved.version,
        by=person_ref(saved.created_by),
        updated_at=saved.updated_at,
        used_at=saved.used_at,
        mapped=tuple(called(name) for name in fields if name),
    )


def _example(actor: Actor, imported: Import, mapping: Meaning) -> ExampleRow | None:
    row = ImportRow.objects.filter(of=imported).first()
    if row is None:
        return None
    fixes = Fixes.unpacked(imported.fixes)
    read = Rows(actor, imported.organisation_id, mapping, fixes, imported.found).read(row.number, row.cells)
    names = _names(actor, read.entry.get("company", ""))
    entries = tuple(
        (called(name), names.get(name, {}).get(read.entry[name], read.entry[name]))
        for name in LABELS
        if read.entry.get(name)
    )
    return ExampleRow(row.number, entries, tuple(f"{called(each.field)}: {each.sentence()}" for each in read.faults))


def _names(actor: Actor, company: str) -> Mapping[str, Mapping[str, str]]:
    """What people call the codes of an entry, by field."""
    to_register = company.removeprefix(REGISTER)
    firms = {str(each.pk): each.name for each in companies_of(actor, [company])}
    return {
        "company": firms or {company: _("%(name)s (new)") % {"name": to_register}},
        "destination": {code: area.name for code, area in reference().areas.items()},
        "category": {each.slug: each.name for each in reference().categories},
        "multiplier": {str(number): str(words) for number, words in MULTIPLIERS.items()},
    }
