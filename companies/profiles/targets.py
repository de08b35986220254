"""Target markets and what is noted of them, as pages and programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.access import Action, Actor, seen
from companies.models import ExportRecord, TargetEntry, TargetMarket, User
from companies.profiles.people import PersonRef, person_ref
from companies.profiles.records import CompanyRef
from companies.profiles.target_words import ENTRY_WORDS, STAGE_WORDS, STATUS_WORDS, goods_words, sold_words
from companies.queries import targets as rows_of
from markets.models import Observation, Product
from markets.queries import reference


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """An organisation by its id and name."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """A market that a person or a company tracks, for all goods, a category, or a product.

    market: ISO alpha-3 code. category, product: empty where it is not of one; both empty: all goods. product is a code
    of `classification`; product_name is empty where the revision is not loaded. status: exporting, future or
    not_interested; reason: said with it, may be empty. stage: empty where not said. owner None: nobody sees to it.
    next_action_on None: no day. person: whose own it is; None for a company's, which has company and organisation.
    shared_with: the organisation whose members read a person's own, told to those who belong there. is_own: the
    reader's; may_change: whether the reader may. entries: how many notes. version: goes up with every change;
    removed_at: only its tombstone is left. Names are in the active language.
    """

    id: uuid.UUID
    market: str
    market_name: str
    category: str
    category_name: str
    product: str
    product_name: str
    classification: str
    status: str
    reason: str
    stage: str
    owner: PersonRef | None
    next_action: str
    next_action_on: dt.date | None
    company: CompanyRef | None
    organisation: PlaceRef | None
    person: PersonRef | None
    shared_with: PlaceRef | None
    is_own: bool
    may_change: bool
    entries: int
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime
    removed_at: dt.datetime | None
    removed_reason: str

    @property
    def goods(self) -> str:
        """What it is of, in words."""
        return goods_words(self.category_name, self.product, self.product_name)

    @property
    def status_words(self) -> str:
        return str(STATUS_WORDS[self.status])

    @property
    def stage_words(self) -> str:
        return str(STAGE_WORDS[self.stage])

    @property
    def kept_by(self) -> str:
        """`own`, `company`, or `shared`: by a colleague, to be read."""
        if self.organisation is not None:
            return rows_of.COMPANY
        return rows_of.OWN if self.is_own else rows_of.SHARED


def target_records(actor: Actor, rows: Iterable[TargetMarket]) -> list[TargetRecord]:
    """The target markets in their order, in as many queries for fifty as for one. rows: of what the actor sees."""
    found = list(rows)
    if not found:
        return []
    words = reference()
    categories = {each.slug: each.name for each in words.categories}
    people = rows_of.people(number for row in found for number in (row.owner_id, row.person_id))
    companies = rows_of.company_names(actor, (row.company_id for row in found))
    places = rows_of.organisation_names(
        actor, (key for row in found for key in (row.organisation_id, row.shared_with_id))
    )
    products = rows_of.products_named((row.classification, row.product) for row in found)
    counts = rows_of.entry_counts(row.pk for row in found)
    return [
        TargetRecord(
            id=row.pk,
            market=row.market_id,
            market_name=words.areas[row.market_id].name,
            category=row.category_id or "",
            category_name=categories.get(row.category_id or "", ""),
            product=row.product,
            product_name=_name(products.get((row.classification, row.product))),
            classification=row.classification if row.product else "",
            status=row.status,
            reason=row.reason,
            stage=row.stage,
            owner=_person(people.get(row.owner_id or 0)),
            next_action=row.next_action,
            next_action_on=row.next_action_on,
            company=CompanyRef(row.company_id, companies[row.company_id]) if row.company_id in companies else None,
            organisation=_place(places, row.organisation_id),
            person=_person(people.get(row.person_id or 0)),
            shared_with=_place(places, row.shared_with_id),
            is_own=row.person_id is not None and row.person_id == actor.person.pk,
            may_change=may_change(actor, row),
            entries=counts.get(row.pk, 0),
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
            removed_at=row.removed_at,
            removed_reason=row.removed_reason,
        )
        for row in found
    ]


def may_change(actor: Actor, target: TargetMarket) -> bool:
    """Whether the actor may change a target market they see: their own, or a company's where they track those."""
    if target.organisation_id is not None:
        return actor.may(Action.TRACK_COMPANIES, target.organisation_id)
    return target.person_id == actor.person.pk and actor.may_own(Action.TRACK)


# ---------------------------------------------------------------- notes and evidence
@dataclass(frozen=True, slots=True)
class NumberNoted:
    """A value as it was read. value None: `obs_status` says why. release: the vintage that stated it.

    is_in_force: whether no later vintage has said otherwise. decimals: digits to show.
    """

    observation: int
    indicator: str
    indicator_name: str
    market: str
    period: str
    value: Decimal | None
    obs_status: str
    unit: str
    decimals: int
    release: int
    release_title: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class RecordNoted:
    """An export record by its id, with company, destination, period and amount in words."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """What somebody noted of a target market; it is never altered. kind: note, visit, document, record or number.

    on None: no day was said. text, url: empty where nothing stands. record None though the kind is `record`: it was
    removed, or its reader may not see it. number None: it is of another kind.
    """

    id: uuid.UUID
    target: uuid.UUID
    kind: str
    on: dt.date | None
    text: str
    url: str
    record: RecordNoted | None
    number: NumberNoted | None
    author: PersonRef
    may_remove: bool
    written_at: dt.datetime
    removed_at: dt.datetime | None

    @property
    def kind_words(self) -> str:
        return str(ENTRY_WORDS[self.kind])


def entry_records(actor: Actor, rows: Iterable[TargetEntry]) -> list[EntryRecord]:
    """The notes in their order, in as many queries for fifty as for one.

    rows: of target markets the actor sees, with author, observation, its indicator and release.
    """
    found = list(rows)
    records = _records(actor, found)
    changeable = _changeable(actor, {row.target_id for row in found})
    return [
        EntryRecord(
            id=row.pk,
            target=row.target_id,
            kind=row.kind,
            on=row.on,
            text=row.text,
            url=row.url,
            record=records.get(row.record_id) if row.record_id else None,
            number=_number(row.observation) if row.observation else None,
            author=person_ref(row.author),
            may_remove=row.target_id in changeable and _may_remove(actor, row, changeable[row.target_id]),
            written_at=row.written_at,
            removed_at=row.removed_at,
        )
        for row in found
    ]


def _may_remove(actor: Actor, row: TargetEntry, organisation: uuid.UUID | None) -> bool:
    return row.author_id == actor.person.pk or (organisation is not None and actor.may(Action.MANAGE, organisation))


def _changeable(actor: Actor, keys: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Of these target markets those the actor may change, with the organisation of a company's."""
    rows = seen(actor, TargetMarket).filter(pk__in=keys, removed_at=None) if keys else ()
    return {row.pk: row.organisation_id for row in rows if may_change(actor, row)}


def _records(actor: Actor, rows: Sequence[TargetEntry]) -> dict[uuid.UUID, RecordNoted]:
    wanted = {row.record_id for row in rows if row.record_id}
    if not wanted:
        return {}
    found = seen(actor, ExportRecord).filter(pk__in=wanted, removed_at=None).select_related("company", "destination")
    return {
        each.pk: RecordNoted(each.pk, f"{each.company.name} → {each.destination.name}, {sold_words(each)}")
        for each in found
    }


def _number(row: Observation) -> NumberNoted:
    return NumberNoted(
        observation=row.pk,
        indicator=row.indicator_id,
        indicator_name=row.indicator.name,
        market=row.area_id,
        period=row.period,
        value=row.value,
        obs_status=row.obs_status,
        unit=row.indicator.unit,
        decimals=row.indicator.decimals,
        release=row.release_id,
        release_title=row.release.title,
        is_in_force=row.known_to is None,
    )


def _name(product: Product | None) -> str:
    return product.name if product else ""


def _person(user: User | None) -> PersonRef | None:
    return person_ref(user) if user else None


def _place(names: dict[uuid.UUID, str], key: uuid.UUID | None) -> PlaceRef | None:
    return PlaceRef(key, names[key]) if key in names and key is not None else None
