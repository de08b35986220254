"""Trade totals as records that stand alone: each with its reporter, its currency, its source and its vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from markets.models import TradeTotal
from markets.profiles.figures import SourceRef
from markets.profiles.observations import AS_PUBLISHED, AreaKey, Vintage, certificates
from markets.vocabulary import LANGUAGE_COLUMNS, ObsStatus


@dataclass(frozen=True, slots=True)
class TradeTotalRecord:
    """Trade of all goods between a reporter and a partner in one period, as the reporter states it.

    value: whole units of `currency`, every digit the source printed; null is missing, never zero, and `status` says
    why. partner WLD: the reporter's own total, never to be summed with its partners. valuation: CIF or FOB; empty where
    the publisher does not say. status, obs_status_sdmx and method: as with observations.
    """

    reporter: AreaKey
    flow: str
    partner: AreaKey
    period: str
    frequency: str
    value: Decimal | None
    currency: str
    valuation: str
    status: str
    obs_status_sdmx: str
    source: SourceRef
    vintage: Vintage
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    method: str


def trade_columns() -> tuple[str, ...]:
    """What must be read of each row: names in the active language, English behind it."""
    suffix = LANGUAGE_COLUMNS.get(get_language() or "en", "en")
    names = [f"{side}__name_{word}" for side in ("reporter", "partner") for word in (suffix, "en")]
    stored = "reporter_id flow partner_id period frequency value currency_id valuation obs_status release_id dataset_id"
    return (*stored.split(), "partner__is_aggregate", *names)


def published_trade(rows: QuerySet[TradeTotal], withheld: Iterable[str]) -> QuerySet[TradeTotal]:
    """The rows that may leave the house: none of a dataset that may not be passed on to everyone."""
    barred = list(withheld)
    return rows.exclude(dataset_id__in=barred) if barred else rows


def trade_total_records(rows: Sequence[tuple[Any, ...]]) -> list[TradeTotalRecord]:
    """Rows of `trade_columns()` as records, in their order; one more question, for all their releases."""
    held = [dict(zip(trade_columns(), row, strict=True)) for row in rows]
    known = certificates({row["release_id"] for row in held})
    statuses = {status.value: status.sdmx for status in ObsStatus}
    suffix = LANGUAGE_COLUMNS.get(get_language() or "en", "en")

    def area(row: dict[str, Any], side: str) -> AreaKey:
        name = row[f"{side}__name_{suffix}"] or row[f"{side}__name_en"]
        return AreaKey(row[f"{side}_id"], name, is_aggregate=side == "partner" and row["partner__is_aggregate"])

    records = []
    for row in held:
        source, vintage, retrieved_at, published_at = known[row["release_id"]]
        records.append(
            TradeTotalRecord(
                reporter=area(row, "reporter"),
                flow=row["flow"],
                partner=area(row, "partner"),
                period=row["period"],
                frequency=row["frequency"],
                value=row["value"],
                currency=row["currency_id"],
                valuation=row["valuation"],
                status=row["obs_status"],
                obs_status_sdmx=statuses[row["obs_status"]],
                source=source,
                vintage=vintage,
                retrieved_at=retrieved_at,
                published_at=published_at,
                method=AS_PUBLISHED,
            )
        )
    return records
