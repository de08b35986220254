"""The pages of companies: the list, and one company with its records, its likenesses and its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.access import Action, Actor
from companies.models import Company
from companies.profiles.changes import ChangeRecord, change_timeline
from companies.profiles.companies import CompanyRecord, LineEntry, category_words, company_records
from companies.profiles.records import RecordEntry, record_entries
from companies.queries import companies as queries
from companies.queries.companies import CompanyQuestion, RecordCount
from companies.queries.duplicates import Likeness, possible_duplicates
from markets.models import Product
from markets.profiles.tables import Cell, Column, Table
from markets.queries import reference

A_PAGE: Final = 50
RECORDS_SHOWN: Final = 5
# The revision whose products have pages.
PAGES_OF: Final = "HS2022"
_NO_RECORDS: Final = RecordCount(0, None)
_LIKENESS: Final = {
    Likeness.REGISTRATION: _lazy("the same registration number"),
    Likeness.NAME: _lazy("the same name"),
    Likeness.LATIN: _lazy("the same name in Latin letters, legal form aside"),
    Likeness.SOUND: _lazy("a name that sounds the same"),
    Likeness.SPELLING: _lazy("a name spelt alike"),
}


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A company in a list. sells: its categories by name, else its codes. records: how many, and their last day."""

    company: CompanyRecord
    sells: Sequence[str]
    records: RecordCount


@dataclass(frozen=True, slots=True)
class CompanyListPage:
    """Companies that match, one page of them. total: all that match; number: of this page, from 1, of `pages`.

    categories, homes: (code, name) of what can be chosen. next, previous: numbers of pages, 0 where there is none.
    """

    question: CompanyQuestion
    rows: Sequence[CompanyRow]
    total: int
    number: int
    pages: int
    categories: Sequence[tuple[str, str]]
    homes: Sequence[tuple[str, str]]
    sectors: Sequence[str]
    may_write: bool

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the usual list is asked for."""
        return replace(self.question, sort=queries.BY_NAME) != CompanyQuestion()

    @property
    def next(self) -> int:
        return self.number + 1 if self.number < self.pages else 0

    @property
    def previous(self) -> int:
        return self.number - 1


@dataclass(frozen=True, slots=True)
class LineRow:
    """A product line with what its code is called and, where the product has a page, the code of that page."""

    line: LineEntry
    product_name: str
    product_page: str


@dataclass(frozen=True, slots=True)
class Twin:
    """Another company that may be this one, and why."""

    company: CompanyRecord
    why: str


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """One company. newest: its records of the latest periods."""

    company: CompanyRecord
    lines: Sequence[LineRow]
    records: RecordCount
    newest: Sequence[RecordEntry]
    twins: Sequence[Twin]
    history: Sequence[ChangeRecord]
    may_write: bool


def company_list(actor: Actor, question: CompanyQuestion, number: int = 1) -> CompanyListPage:
    """One page of the companies that match; a page beyond the last is the last. Raises as `matching` does."""
    found = queries.matching(actor, question)
    total = found.count()
    pages = max(1, -(-total // A_PAGE))
    shown = min(max(1, number), pages)
    words = reference()
    names = {each.slug: each.name for each in words.categories}
    return CompanyListPage(
        question=question,
        rows=_rows(actor, found[(shown - 1) * A_PAGE : shown * A_PAGE]),
        total=total,
        number=shown,
        pages=pages,
        categories=_named(queries.categories(actor), names),
        homes=_named(queries.homes(actor), {code: area.name for code, area in words.areas.items()}),
        sectors=queries.sectors(actor),
        may_write=actor.may(Action.WRITE),
    )


def company_table(actor: Actor, question: CompanyQuestion) -> Table:
    """All companies that match as a table, in the order of the list; what is kept back from the reader is left out."""
    reads_all = actor.may(Action.READ_CONTACTS)
    columns = [
        Column("name", _("Name")),
        Column("other_names", _("Other names")),
        *([Column("registration_number", _("Registration number"))] if reads_all else []),
        Column("home", _("Country or region, code")),
        Column("home_name", _("Country or region")),
        Column("place", _("City or town")),
        Column("sector", _("Sector")),
        Column("categories", _("Categories")),
        Column("hs_codes", _("HS codes")),
        Column("records", _("Export records"), is_number=True),
        Column("records_until", _("Records until")),
        Column("updated_at", _("Last changed")),
        Column("archived_at", _("Archived at")),
        Column("id", _("Id")),
    ]
    rows = [_cells(row, reads_all=reads_all) for row in _rows(actor, queries.matching(actor, question))]
    return Table("companies", _("Companies"), columns, rows)


def company_page(actor: Actor, key: object) -> CompanyPage:
    """A company with all that is told of it. Raises SignInNeeded, HiddenObject."""
    row = queries.company(actor, key)
    record = company_records(actor, [row])[0]
    twins = possible_duplicates(actor, row) if record.archived_at is None else []
    told = company_records(actor, [other for other, _why in twins])
    newest = queries.newest_records(actor, row.pk, RECORDS_SHOWN)
    return CompanyPage(
        company=record,
        lines=_lines(record.lines),
        records=queries.record_counts(actor, [row.pk]).get(row.pk, _NO_RECORDS),
        newest=record_entries(actor, newest),
        twins=[Twin(other, str(_LIKENESS[why])) for other, (_row, why) in zip(told, twins, strict=True)],
        history=change_timeline(actor, row),
        may_write=actor.may(Action.WRITE, row.organisation_id),
    )


def _rows(actor: Actor, found: QuerySet[Company]) -> list[CompanyRow]:
    companies = company_records(actor, found)
    counts = queries.record_counts(actor, [company.id for company in companies])
    return [
        CompanyRow(company, category_words(company.lines), counts.get(company.id, _NO_RECORDS)) for company in companies
    ]


def _named(codes: Sequence[str], names: Mapping[str, str]) -> list[tuple[str, str]]:
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


def _cells(row: CompanyRow, *, reads_all: bool) -> list[Cell]:
    company = row.company
    return [
        company.name,
        "; ".join(entry.name for entry in company.other_names),
        *([company.registration_number] if reads_all else []),
        company.home,
        company.home_name,
        company.place,
        company.sector,
        "; ".join(dict.fromkeys(line.category for line in company.lines if line.category)),
        "; ".join(f"{line.hs_code} ({line.hs_revision})" for line in company.lines if line.hs_code),
        row.records.number,
        row.records.until_on.isoformat() if row.records.until_on else None,
        _moment(company.updated_at),
        _moment(company.archived_at),
        str(company.id),
    ]


def _moment(at: dt.datetime | None) -> str | None:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds") if at else None


def _lines(lines: Sequence[LineEntry]) -> list[LineRow]:
    """Each line with its product: of the code itself, else of its first six digits, which all countries share."""
    wanted = {(line.hs_revision, line.hs_code[:6]) for line in lines if line.hs_code}
    found = Product.objects.filter(
        classification__in={revision for revision, _code in wanted}, code__in={code for _revision, code in wanted}
    )
    names = {(product.classification, product.code): product.name for product in found} if wanted else {}
    return [
        LineRow(
            line,
            names.get((line.hs_revision, line.hs_code[:6]), ""),
            line.hs_code[:6] if (PAGES_OF, line.hs_code[:6]) in names and line.hs_revision == PAGES_OF else "",
        )
        for line in lines
    ]
