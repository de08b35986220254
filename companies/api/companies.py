"""`/companies/`: the companies an organisation keeps records of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from companies.access import Action
from companies.api.door import PersonDoor, PersonListView, PersonRecordView
from companies.api.writing import Entry, writing
from companies.models import Company
from companies.profiles.companies import CompanyRecord, company_records
from companies.queries import companies as queries
from companies.queries.companies import CompanyQuestion
from companies.queries.settled import settled_until
from companies.records import companies as writes
from markets.door.address import list_parameters, record_parameters
from markets.door.parameters import MARKET_FORM, SLUG_FORM, Parameter, choice, code, moment, sort, text

_EXAMPLE = {
    "name": "宁波汉电电器有限公司",
    "home": "CHN",
    "place": "Ningbo",
    "names": [{"name": "Ningbo Handian Electric", "language": "en", "kind": "trade"}],
    "lines": [{"category": "appliances", "hs_code": "8418", "hs_revision": "HS2022"}],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NameBody:
    """Another name: in a language, by its code; `official`, `trade` or `alias`."""

    name: str
    language: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBody:
    """What a company sells: a category, an HS code with its revision, or both."""

    category: str | None = None
    hs_code: str | None = None
    hs_revision: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactBody:
    """A person at the company."""

    name: str
    position: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyBody:
    """What is entered for a company. A list that is sent takes the place of the one that stood.

    name: the one it is shown by. home: the code of a country or region. names: the others it is known by.
    """

    name: str
    registration_number: str | None = None
    home: str | None = None
    place: str | None = None
    sector: str | None = None
    note: str | None = None
    names: tuple[NameBody, ...] | None = None
    lines: tuple[LineBody, ...] | None = None
    contacts: tuple[ContactBody, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveBody:
    """Why a company is put away."""

    reason: str


class _Companies(PersonDoor):
    """What all addresses of companies share."""

    model = Company

    def records(self, rows: Sequence[Any]) -> list[CompanyRecord]:
        """The same companies as on the pages; contacts and registration numbers for those who may read them."""
        return company_records(self.actor, rows)


class CompanyListView(_Companies, PersonListView):
    """Companies: the exporters the organisation keeps records of, with their names, product lines and contacts.

    To keep a copy in step, ask again with `updated_since` set to the last answer's `meta.complete_until`: archived
    companies are told then too.
    """

    http_method_names = ("get", "head", "options", "post")
    record = CompanyRecord
    sorts: ClassVar = {"name": ("name", "id"), "updated": ("updated_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        CompanyRecord,
        text("search", "Words of a name or alias, in any script, or the begin of a registration number.", "宁波", 200),
        choice("state", "Archived or not; `in_use` where nothing is said, `all` with `updated_since`.", queries.STATES),
        code("category", "Only those that sell this category.", "appliances", SLUG_FORM),
        code("home", "Only those at home there.", "CHN", MARKET_FORM),
        text("sector", "Only of this sector, as it is written.", "Household appliances", 200),
        moment(
            "updated_since",
            "Only what was changed since then: a day (its start, UTC) or a moment, itself included.",
            "2025-06-30",
            from_start=True,
        ),
        sort("name", "updated"),
    )

    def rows(self) -> Any:
        """The companies that match."""
        asked, since = self.asked, self.asked["updated_since"]
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = settled_until() if since else None
        question = CompanyQuestion(
            words=asked["search"] or "",
            state=asked["state"] or (queries.ALL if since else queries.IN_USE),
            category=asked["category"] or "",
            home=asked["home"] or "",
            sector=asked["sector"] or "",
        )
        found = queries.matching(self.actor, question)
        return found.filter(updated_at__gte=since.at) if since else found

    @writing(needs=Action.WRITE, body=CompanyBody, status=201, address="api:company", example=_EXAMPLE)
    def post(self, entry: Entry) -> Any:
        """Register a company. Ask the list with `search` first: it may be there under another name."""
        return writes.register_company(self.actor, entry.values)


class CompanyView(_Companies, PersonRecordView):
    """One company with its names, product lines and contacts."""

    http_method_names = ("get", "head", "options", "patch")
    record = CompanyRecord
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(CompanyRecord)

    @writing(
        needs=Action.WRITE, body=CompanyBody, is_partial=True, names_version=True, example={"sector": "Appliances"}
    )
    def patch(self, entry: Entry) -> Any:
        """Change the fields that are sent; an archived company is restored first."""
        return writes.edit_company(self.actor, entry.key, entry.version, entry.values)


class ArchiveView(_Companies):
    """Putting a company away."""

    http_method_names = ("post", "options")
    record = CompanyRecord

    @writing(needs=Action.WRITE, body=ArchiveBody, names_version=True, example={"reason": "closed in 2024"})
    def post(self, entry: Entry) -> Any:
        """Archive a company: it stays to be read with its records, and takes no change and no new record."""
        return writes.archive_company(self.actor, entry.key, entry.version, entry.values.get("reason") or "")


class RestoreView(_Companies):
    """Taking a company back into use."""

    http_method_names = ("post", "options")
    record = CompanyRecord

    @writing(needs=Action.WRITE, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Restore an archived company."""
        return writes.restore_company(self.actor, entry.key, entry.version)
