"""A row of a file as the entries of a record: every cell by its column's meaning, every fault of the row at once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from companies.access import Actor
from companies.importing.checking.cells import NOTHING, Cells, Got, decided
from companies.importing.checking.faults import NO_AMOUNT, Fault, Suggestion, refused
from companies.importing.checking.firms import Firms, same_name
from companies.importing.checking.keys import PLACES, Key, Says, key_of, says_of
from companies.importing.meaning import goods
from companies.importing.meaning.finding import Near
from companies.importing.meaning.unread import Unread
from companies.importing.plan import PARTS, REGISTER, ColumnMeaning, Fixes
from companies.importing.plan import Mapping as Meaning
from companies.importing.reading.form import EMPTY, Cell, Kind
from companies.records.checking import checked, known
from companies.records.fields import LABELS
from markets.downloads import as_written

# What stands for a company that is still to be registered while the rest of its row is checked.
_TO_COME: Final = uuid.UUID(int=0)
_YEAR: Final = re.compile(r"[12]\d{3}", re.ASCII)
# A fault of an entry that only follows from the fault of another one is not told beside it.
_FOLLOWS: Final[Mapping[str, frozenset[str]]] = {
    "company": frozenset({"company_number"}),
    "category": frozenset({"hs_code"}),
    "hs_revision": frozenset({"hs_code"}),
    "growth_base": frozenset({"stated_growth_pct"}),
    "stated_growth_pct": frozenset({"growth_base", "period"}),
    "quantity_unit": frozenset({"quantity"}),
    "quantity": frozenset({"quantity_unit"}),
    "period": frozenset(PARTS) - {"company_number"},
    "currency": frozenset({"value"}),
    "value": frozenset({"multiplier"}),
}


@dataclass(slots=True)
class ReadRow:
    """What a row says. entry: as `records.entering` takes it, every entry that the row speaks of; empty with faults.

    says, key: what it is compared by; None with faults.
    """

    number: int
    entry: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    is_left_out: bool = False
    says: Says | None = None
    key: Key | None = None


class Rows:
    """The reader of a file's rows: its mapping and fixes, and all that its cells may name, looked up once."""

    def __init__(self, actor: Actor, organisation_id: uuid.UUID, meaning: Meaning, fixes: Fixes, form: str) -> None:
        self._fixes = fixes
        self._is_text_file = form == "csv"
        self._cells = Cells(fixes.scale)
        self._codes = goods.hs_codes()
        self._codes_read: dict[tuple[str, str], Got] = {}
        self.firms = Firms(actor, organisation_id, register=meaning.register or fixes.register)
        companies = {**self.firms.archived_by_id, _TO_COME: False}
        self._known = replace(known(actor, organisation_id, ()), companies=companies)
        self._columns = {name: _columns(meaning, name) for name in _fields(meaning)}
        self._constants = {
            name: self._cells.read(name, Cell(text, Kind.TEXT), ColumnMeaning(name))
            for name, text in meaning.constants.items()
            if text
        }
        fixable = {name for each in fixes.cells.values() for name in each} | fixes.values.keys()
        self._names = (*self._columns, *sorted((self._constants.keys() | fixable) - self._columns.keys()))
        self._stated = _stated(meaning)

    def read(self, number: int, cells: Sequence[Any]) -> ReadRow:
        """The row with this number. Never raises for what a cell says."""
        row = ReadRow(number, is_left_out=number in self._fixes.left_out)
        own = self._fixes.cells.get(str(number), {})
        got = {name: self._one(row, name, cells, own.get(name)) for name in self._names}
        if row.is_left_out:
            return row
        for each in got.values():
            row.faults += each.faults
            row.warnings += each.warnings
        entry = self._entry(row, got)
        self._name_company(row, entry, own.get("company", ""))
        self._read_code(row, entry)
        _join_period(row, entry)
        self._check(row, entry, got)
        return row

    # ------------------------------------------------------------ cells
    def _one(self, row: ReadRow, name: str, cells: Sequence[Any], own: str | None) -> Got:
        """What the row says for a field: by a fix of its own, else by its columns, else as it holds for all rows."""
        if own is not None and not _is_register(name, own):
            return self._of_text(row, name, own, self._meant(name))
        found = NOTHING
        for at, meaning in self._columns.get(name, ()):
            cell = self._cell(cells, at)
            said = cell.text.strip()
            fixed = self._fixed(row, name, said) if said else said
            is_as_it_was = fixed == said
            got = self._cells.read(name, cell, meaning) if is_as_it_was else self._of_text(row, name, fixed, meaning)
            if found.said and got.said and got.said != found.said:
                differ = Fault(name, "columns_differ", found.said, {"other": got.said})
                return replace(found, faults=(*found.faults, differ))
            found = found if found.said or found.faults else got
        if found.said or found.faults:
            return found
        if fixed := self._fixed(row, name, ""):
            return self._of_text(row, name, fixed, self._meant(name))
        return self._constants.get(name, NOTHING)

    def _cell(self, cells: Sequence[Any], at: int) -> Cell:
        packed = cells[at] if at < len(cells) else None
        if packed is None:
            return EMPTY
        if isinstance(packed, str):
            return Cell(as_written(packed) if self._is_text_file else packed, Kind.TEXT)
        return Cell.unpacked(packed)

    def _of_text(self, row: ReadRow, name: str, text: str, meaning: ColumnMeaning) -> Got:
        """What a text says that a person wrote in the cell's place."""
        fixed = self._fixed(row, name, text)
        return self._cells.read(name, Cell(fixed, Kind.TEXT), meaning) if fixed else NOTHING

    def _fixed(self, row: ReadRow, name: str, said: str) -> str:
        """What is read where the cell says this: what was put right may be put right again."""
        fixes, seen = self._fixes.values.get(name, {}), {said}
        left_out = self._fixes.left_out_values.get(name, frozenset())
        row.is_left_out |= said in left_out
        while (becomes := fixes.get(said)) is not None and becomes not in seen and not _is_register(name, becomes):
            seen.add(becomes)
            said = becomes
            row.is_left_out |= said in left_out
        return said

    def _meant(self, name: str) -> ColumnMeaning:
        columns = self._columns.get(name)
        return columns[0][1] if columns else ColumnMeaning(name)

    # ------------------------------------------------------------ entries
    def _entry(self, row: ReadRow, got: Mapping[str, Got]) -> dict[str, str]:
        """The entries of all cells together.

        What a cell says beside its own goes before columns, these before headers, those before what holds for all rows.
        """
        constant = {name for name, each in got.items() if each is self._constants.get(name)}
        entry = {name: text for each in constant for name, text in got[each].values.items()}
        for each in got.values():
            entry |= each.header
        stated = {
            name: text for said, each in got.items() if said not in constant for name, text in each.values.items()
        }
        entry |= stated
        for each in got.values():
            entry |= each.beside
            currency = each.beside.get("currency")
            if currency and stated.get("currency", currency) != currency:
                row.faults.append(Fault("currency", "currencies_differ", currency, {"other": stated["currency"]}))
        return entry

    def _name_company(self, row: ReadRow, entry: dict[str, str], own: str) -> None:
        said, number = entry.pop("company", ""), entry.pop("company_number", "")
        becomes = own if own.startswith(REGISTER) else self._fixes.values.get("company", {}).get(said, "")
        register = (becomes.removeprefix(REGISTER) or said) if becomes.startswith(REGISTER) else ""
        whom = self.firms.whom(said, number, register)
        entry["company"] = whom.entry
        if whom.fault is not None:
            row.faults.append(whom.fault)

    def _read_code(self, row: ReadRow, entry: dict[str, str]) -> None:
        said = entry.get("hs_code", "")
        if not said:
            return
        key = said, entry.get("hs_revision", "")
        if key not in self._codes_read:
            self._codes_read[key] = self._code(*key)
        read = self._codes_read[key]
        entry["hs_code"] = read.values.get("hs_code", "")
        row.faults += read.faults
        row.warnings += read.warnings

    def _code(self, said: str, revision: str) -> Got:
        try:
            read = self._codes.read(said, revision)
        except Unread as unread:
            near = tuple(_suggestion(each) for each in self._codes.near(said, revision))
            return Got(said, faults=(Fault("hs_code", unread.code, said, unread.context, near),))
        warnings = tuple(Fault("hs_code", each.code, said, each.context) for each in read.warnings)
        return Got(said, {"hs_code": read.code}, warnings=warnings)

    def _check(self, row: ReadRow, entry: dict[str, str], got: Mapping[str, Got]) -> None:
        """Everything that holds for records however they come."""
        company = entry.get("company", "")
        is_new = company.startswith(REGISTER)
        columns, faults = checked(decided(entry) | {"company": _TO_COME if is_new else company}, self._known)
        wrong = {fault.field for fault in row.faults}
        for fault in faults:
            name = fault.context["pointer"].strip("/")
            if name in wrong or wrong & _FOLLOWS.get(name, frozenset()):
                continue
            said = got[name].said if name in got else ""
            is_missing = name == "value" and not entry.get("value")
            row.faults.append(Fault(name, NO_AMOUNT) if is_missing else refused(name, said, fault.context["expected"]))
        if row.faults:
            return
        says = list(says_of(columns))
        if is_new:
            says[PLACES["company"]] = same_name(company)
        row.says = tuple(says)
        row.key = key_of(row.says)
        row.entry = {name: entry.get(name, "") for name in LABELS if name in self._stated or entry.get(name)}


def _fields(meaning: Meaning) -> list[str]:
    """The fields that columns of the file are."""
    return list(dict.fromkeys(each.field for each in meaning.columns if each.field))


def _stated(meaning: Meaning) -> set[str]:
    """The entries of records that the file speaks of: the others of a record stay as they are."""
    fields = {*_fields(meaning), *(name for name, text in meaning.constants.items() if text)}
    stated = fields & LABELS.keys()
    if "company_number" in fields:
        stated.add("company")
    if fields & (set(PARTS) - {"company_number"}):
        stated.add("period")
    if "value" in fields:
        stated |= {"currency", "multiplier"}
    if "quantity" in fields:
        stated.add("quantity_unit")
    if "hs_code" in fields:
        stated.add("hs_revision")
    return stated


def _is_register(name: str, becomes: str) -> bool:
    return name == "company" and becomes.startswith(REGISTER)


def _columns(meaning: Meaning, name: str) -> list[tuple[int, ColumnMeaning]]:
    return [(at, meaning.columns[at]) for at in meaning.of(name)]


def _join_period(row: ReadRow, entry: dict[str, str]) -> None:
    """One period of its parts, where no column says it whole; a period that is but a year, for all rows perhaps, is the
    year of the other parts.
    """
    parts: dict[str, str] = {name: entry.pop(name) for name in PARTS if name in entry}
    last = parts.pop("period_end", "")
    if _YEAR.fullmatch(entry.get("period", "")) and "year" not in parts and parts:
        parts["year"] = entry.pop("period")
    if not entry.get("period") and parts:
        if "year" not in parts:
            if "year" not in {fault.field for fault in row.faults}:
                row.faults.append(Fault("year", "no_year_part"))
            return
        entry["period"] = "-".join(_written(parts))
    if last and entry.get("period"):
        entry["period"] = f"{entry['period']}/{entry['period'][:4]}-{int(last):02d}"


def _written(parts: Mapping[str, str]) -> Iterator[str]:
    yield f"{int(parts['year']):04d}"
    if "month" in parts:
        yield f"{int(parts['month']):02d}"
        if "day" in parts:
            yield f"{int(parts['day']):02d}"
    elif "quarter" in parts:
        yield f"Q{parts['quarter']}"


def _suggestion(near: Near) -> Suggestion:
    return Suggestion(near.code, near.label)
