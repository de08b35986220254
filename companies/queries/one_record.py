"""One export record and what stands beside it: the company's others, and what customs report of the two markets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from companies.access import Actor, hidden, one, seen, working_on
from companies.models import Company, ExportRecord
from markets.models import Product
from markets.queries.trade import StatedTrade, stated_trade, trade_in_force
from markets.vocabulary import Flow

# So many of a company's prices tell what is usual.
MOST_PRICES: Final = 200
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def one_record(actor: Actor, key: object) -> ExportRecord:
    """The record with this id, not removed. Raises SignInNeeded; HiddenObject where it does not exist for the actor."""
    record = one(actor, ExportRecord, key)
    if record.removed_at is not None:
        raise hidden(ExportRecord, key)
    return record


def newest_of_person(actor: Actor) -> ExportRecord | None:
    """What the actor entered last where they work: the next one is often much like it."""
    rows = working_on(actor, ExportRecord).filter(created_by=actor.person, removed_at=None)
    return rows.order_by("-created_at").first()


def companies_of(actor: Actor, keys: Iterable[str]) -> list[Company]:
    """The companies with these ids that exist for the actor; a text that is no id names none."""
    wanted = [key for key in keys if _UUID.fullmatch(key)]
    return list(seen(actor, Company).filter(pk__in=wanted)) if wanted else []


def others(actor: Actor, record: ExportRecord) -> QuerySet[ExportRecord]:
    """The other records of the same company."""
    return seen(actor, ExportRecord).filter(company=record.company_id, removed_at=None).exclude(pk=record.pk)


def meeting(actor: Actor, record: ExportRecord) -> list[ExportRecord]:
    """Those of them whose time has a day in common with the record's, the newest first."""
    rows = others(actor, record).filter(
        period_from_on__lte=record.period_to_on, period_to_on__gte=record.period_from_on
    )
    return list(rows.order_by("-updated_at", "id"))


def same_goods(actor: Actor, record: ExportRecord) -> QuerySet[ExportRecord]:
    """Those of them about the same goods in the same currency, with an amount."""
    return others(actor, record).filter(
        category=record.category_id,
        hs_code=record.hs_code,
        currency=record.currency_id,
        value__isnull=False,
    )


def of_period(actor: Actor, record: ExportRecord, period: str) -> list[ExportRecord]:
    """What the company recorded of the same goods, market and currency in another period."""
    rows = same_goods(actor, record).filter(
        destination=record.destination_id, hs_revision=record.hs_revision, period=period
    )
    return list(rows.order_by("-updated_at", "id"))


def priced(actor: Actor, record: ExportRecord) -> list[ExportRecord]:
    """Records of the same goods with a quantity in the same unit, the newest first."""
    rows = same_goods(actor, record).filter(quantity_unit=record.quantity_unit, quantity__gt=0)
    return list(rows.order_by("-updated_at", "id")[:MOST_PRICES])


def currencies_used(actor: Actor, record: ExportRecord) -> set[str]:
    """The currencies of the company's other records."""
    codes = others(actor, record).filter(currency__isnull=False).order_by().values_list("currency", flat=True)
    return {str(code) for code in codes.distinct()}


def trade_between(home: str, places: Sequence[str], year: int | None = None) -> list[StatedTrade]:
    """What a market reports of its exports to some others, and they of their imports from it. year: in that one."""
    sold = Q(reporter_id=home, partner_id__in=places, flow=Flow.EXPORT.value)
    bought = Q(reporter_id__in=places, partner_id=home, flow=Flow.IMPORT.value)
    rows = trade_in_force().filter(sold | bought)
    if year is not None:
        rows = rows.filter(period__startswith=str(year))
    return stated_trade(rows.order_by("id"))


def code_is_known(revision: str, code: str) -> bool | None:
    """Whether a revision has a code; None where the revision is not loaded."""
    of_revision = Product.objects.filter(classification=revision)
    return of_revision.filter(code=code).exists() or (False if of_revision.exists() else None)
