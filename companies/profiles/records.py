"""Export records as pages and programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.access import Actor, seen
from companies.models import Company, ExportRecord, User
from companies.profiles.people import PersonRef, person_ref
from markets.queries import reference


@dataclass(frozen=True, slots=True)
class CompanyRef:
    """A company by its id and the name it is shown by."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One statement of a company's exports.

    destination: the code of a market, or of a group of markets (is_group), which is never added to its members.
    category, hs_code, hs_revision: what was sold; one of the first two stands at least, the other may be empty.
    period: `2025`, `2025-04`, `2025-01/2025-04` (January to April) or `2025-04-17`; frequency: A, Q, M, Y (year to
    date) or D. value: in units of `currency`; None with the reason in value_note. value_printed times multiplier is the
    value as its source wrote it. stated_growth_pct: per cent, as the source says it. settlement_currency, currency:
    None where not said. Other texts are empty where nothing is said; quantities are None then.
    version: goes up with every change; removed_at: only its tombstone is left. Names are in the active language.
    """

    id: uuid.UUID
    company: CompanyRef
    destination: str
    destination_name: str
    is_group: bool
    category: str
    category_name: str
    hs_code: str
    hs_revision: str
    period: str
    frequency: str
    period_from_on: dt.date
    period_to_on: dt.date
    value: Decimal | None
    value_printed: str
    multiplier: int
    value_note: str
    currency: str | None
    quantity: Decimal | None
    quantity_unit: str
    net_weight_kg: Decimal | None
    incoterm: str
    settlement_currency: str | None
    corridor: str
    customs_office: str
    document_reference: str
    stated_growth_pct: Decimal | None
    growth_base: str
    note: str
    origin: str
    origin_reference: str
    status: str
    version: int
    created_by: PersonRef
    created_at: dt.datetime
    edited_by: PersonRef
    updated_at: dt.datetime
    submitted_by: PersonRef | None
    submitted_at: dt.datetime | None
    decided_by: PersonRef | None
    decided_at: dt.datetime | None
    decision_note: str
    removed_at: dt.datetime | None
    removed_by: PersonRef | None
    removed_reason: str


_PEOPLE = ("created_by_id", "edited_by_id", "submitted_by_id", "decided_by_id", "removed_by_id")


def record_entries(actor: Actor, rows: Iterable[ExportRecord]) -> list[RecordEntry]:
    """The records in their order, in as many queries for fifty as for one.

    rows: of what the actor sees; the companies' names are read as the actor sees them.
    """
    records = list(rows)
    if not records:
        return []
    companies = _companies(actor, records)
    people = _people(records)
    words = reference()
    areas = words.areas
    categories = {each.slug: each.name for each in words.categories}
    return [
        RecordEntry(
            id=row.pk,
            company=companies[row.company_id],
            destination=row.destination_id,
            destination_name=areas[row.destination_id].name,
            is_group=areas[row.destination_id].is_aggregate,
            category=row.category_id or "",
            category_name=categories[row.category_id] if row.category_id else "",
            hs_code=row.hs_code,
            hs_revision=row.hs_revision,
            period=row.period,
            frequency=row.frequency,
            period_from_on=row.period_from_on,
            period_to_on=row.period_to_on,
            value=row.value,
            value_printed=row.value_printed,
            multiplier=row.multiplier,
            value_note=row.value_note,
            currency=row.currency_id,
            quantity=row.quantity,
            quantity_unit=row.quantity_unit,
            net_weight_kg=row.net_weight_kg,
            incoterm=row.incoterm,
            settlement_currency=row.settlement_currency_id,
            corridor=row.corridor,
            customs_office=row.customs_office,
            document_reference=row.document_reference,
            stated_growth_pct=row.stated_growth_pct,
            growth_base=row.growth_base,
            note=row.note,
            origin=row.origin,
            origin_reference=row.origin_reference,
            status=row.status,
            version=row.version,
            created_by=people[row.created_by_id],
            created_at=row.created_at,
            edited_by=people[row.edited_by_id],
            updated_at=row.updated_at,
            submitted_by=people.get(row.submitted_by_id or 0),
            submitted_at=row.submitted_at,
            decided_by=people.get(row.decided_by_id or 0),
            decided_at=row.decided_at,
            decision_note=row.decision_note,
            removed_at=row.removed_at,
            removed_by=people.get(row.removed_by_id or 0),
            removed_reason=row.removed_reason,
        )
        for row in records
    ]


def _companies(actor: Actor, records: Sequence[ExportRecord]) -> Mapping[uuid.UUID, CompanyRef]:
    wanted = {row.company_id for row in records}
    rows = seen(actor, Company).filter(pk__in=wanted).values_list("pk", "name")
    return {key: CompanyRef(key, name) for key, name in rows}


def _people(records: Sequence[ExportRecord]) -> Mapping[int, PersonRef]:
    wanted = {getattr(row, column) for row in records for column in _PEOPLE} - {None}
    return {person.pk: person_ref(person) for person in User.objects.filter(pk__in=wanted)}
