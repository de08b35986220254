"""Companies as pages and programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor
from companies.models import Company, CompanyName, Contact, ProductLine
from companies.profiles.people import PersonRef, person_ref
from companies.queries import companies as queries
from markets.queries import reference

# What a reader without `Action.READ_CONTACTS` is not shown.
KEPT_BACK: Final = ("registration_number", "contacts.email", "contacts.phone")
NAME_KINDS: Final[Mapping[str, Promise]] = {
    CompanyName.Kind.OFFICIAL: _lazy("Official name"),
    CompanyName.Kind.TRADE: _lazy("Trade name"),
    CompanyName.Kind.ALIAS: _lazy("Alias"),
}


@dataclass(frozen=True, slots=True)
class NameEntry:
    """One name. language: its code, empty where nobody said. kind: official, trade or alias."""

    name: str
    language: str
    kind: str


@dataclass(frozen=True, slots=True)
class LineEntry:
    """What a company sells: a category (its slug), an HS code with its revision, or both; what is not said is empty."""

    category: str
    category_name: str
    hs_code: str
    hs_revision: str
    note: str


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A person at the company. email, phone: None where they are kept back from the reader, empty where not known."""

    name: str
    position: str
    email: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class CompanyRecord:
    """A company with all that is entered for it. Names of places and categories are in the active language.

    name: the one it is shown by, which is among `names` too. registration_number: None where it is kept back from the
    reader, empty where not known. home: a code, None where not known. hidden: names of what is kept back. version:
    goes up with every change of the company or its rows; a writer names the one it read.
    """

    id: uuid.UUID
    name: str
    names: tuple[NameEntry, ...]
    registration_number: str | None
    home: str | None
    home_name: str
    place: str
    sector: str
    note: str
    lines: tuple[LineEntry, ...]
    contacts: tuple[ContactEntry, ...]
    hidden: tuple[str, ...]
    version: int
    created_by: PersonRef
    created_at: dt.datetime
    updated_at: dt.datetime
    archived_by: PersonRef | None
    archived_at: dt.datetime | None
    archived_reason: str

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def other_names(self) -> tuple[NameEntry, ...]:
        """Those the company is not shown by."""
        return tuple(entry for entry in self.names if entry.name != self.name)


def company_records(actor: Actor, rows: Iterable[Company] | QuerySet[Company]) -> list[CompanyRecord]:
    """The companies in their order, in as many queries for fifty as for one. rows: of what the actor sees."""
    if isinstance(rows, QuerySet):
        companies = list(queries.with_parts(rows))
    else:
        companies = list(rows)
        prefetch_related_objects(companies, "names", "lines", "contacts", "created_by", "archived_by")
    reads_by_place = {
        place: actor.may(Action.READ_CONTACTS, place) for place in {row.organisation_id for row in companies}
    }
    words = _Words.read() if companies else _Words({}, {})
    return [_record(row, words, reads_all=reads_by_place[row.organisation_id]) for row in companies]


def company_record(actor: Actor, key: object) -> CompanyRecord:
    """The company with this id. Raises SignInNeeded, HiddenObject."""
    return company_records(actor, [queries.company(actor, key)])[0]


@dataclass(frozen=True, slots=True)
class _Words:
    """Names of areas and categories in the active language, by code."""

    areas: dict[str, str]
    categories: dict[str, str]

    @classmethod
    def read(cls) -> _Words:
        kept = reference()
        areas = {code: area.name for code, area in kept.areas.items()}
        return cls(areas, {each.slug: each.name for each in kept.categories})


def _record(row: Company, words: _Words, *, reads_all: bool) -> CompanyRecord:
    return CompanyRecord(
        id=row.pk,
        name=row.name,
        names=tuple(_name(name) for name in row.names.all()),
        registration_number=row.registration_number if reads_all else None,
        home=row.home_id,
        home_name=words.areas.get(row.home_id or "", ""),
        place=row.place,
        sector=row.sector,
        note=row.note,
        lines=tuple(_line(line, words) for line in row.lines.all()),
        contacts=tuple(_contact(contact, reads_all=reads_all) for contact in row.contacts.all()),
        hidden=() if reads_all else KEPT_BACK,
        version=row.version,
        created_by=person_ref(row.created_by),
        created_at=row.created_at,
        updated_at=row.updated_at,
        archived_by=person_ref(row.archived_by) if row.archived_by else None,
        archived_at=row.archived_at,
        archived_reason=row.archived_reason,
    )


def _name(name: CompanyName) -> NameEntry:
    return NameEntry(name.name, name.language, name.kind)


def _line(line: ProductLine, words: _Words) -> LineEntry:
    slug = line.category_id or ""
    return LineEntry(slug, words.categories.get(slug, ""), line.hs_code, line.hs_revision, line.note)


def _contact(contact: Contact, *, reads_all: bool) -> ContactEntry:
    if not reads_all:
        return ContactEntry(contact.name, contact.position, None, None)
    return ContactEntry(contact.name, contact.position, contact.email, contact.phone)


def category_words(entries: Sequence[LineEntry]) -> list[str]:
    """What lines sell in a word each: the category's name, else the code; each once."""
    return list(dict.fromkeys(entry.category_name or entry.hs_code for entry in entries))
