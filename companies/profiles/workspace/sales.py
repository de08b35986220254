"""One's own sales in a target market in their newest months, beside what is reported of the market in the same ones."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from companies.access import Action, Actor
from companies.profiles.record_growth import Interval
from companies.profiles.targets import TargetRecord
from companies.queries.changes import newest_change
from companies.queries.records import RecordQuestion
from companies.queries.workspace import SaleRow, sales_to
from companies.records.overlap import Scope, goods_hold
from companies.records.pairs import Sale, YearOnYear, newest_span, year_on_year
from companies.records.periods import span
from companies.records.scopes import scopes
from companies.records.totals import ReportedGrowth, growths_for
from markets.queries.kept import kept_value
from markets.queries.trade import StatedTrade


class NotBeside(StrEnum):
    """Why nothing stands beside the own sales. Not known is never zero."""

    NO_RECORDS = "no_records"
    NO_REPORT = "no_report"


@dataclass(frozen=True, slots=True)
class OwnSales:
    """Sales of one currency in the newest months. growth: on the same months a year before, in per cent, between the
    ends that the printed digits allow; None where no record has a counterpart there.
    """

    line: YearOnYear
    growth: Interval | None


@dataclass(frozen=True, slots=True)
class SalesBeside:
    """Own sales to a target market, beside the market's growth. own empty: there is no record with an amount.

    reported: what the market, or else the home market, reports of all goods sold there; None: `why_not` says why.
    is_same_time: it is of the very months of the own sales; else of the whole year around them. query: the list of
    records that the sales are added up from.
    """

    own: tuple[OwnSales, ...]
    period: str
    reported: ReportedGrowth | None
    is_same_time: bool
    why_not: str
    query: str


_ScopeOf = Callable[[str, str, str], tuple[frozenset[str], tuple[str, ...]]]
_Found = dict[tuple[str, ...], tuple[tuple[OwnSales, ...], str, str]]


def sales_beside(
    actor: Actor, targets: Sequence[TargetRecord], trade: Mapping[str, Sequence[StatedTrade]]
) -> dict[uuid.UUID, SalesBeside]:
    """The own sales of each target market, by its id. trade: what is reported of the sales from home, by market."""
    found = _own_sales(actor, targets)
    return {target.id: _beside(*found[_key(target)], trade.get(target.market, ())) for target in targets}


def _key(target: TargetRecord) -> tuple[str, ...]:
    return (str(target.company.id) if target.company else "", target.market, target.category, target.product)


def _own_sales(actor: Actor, targets: Sequence[TargetRecord]) -> _Found:
    """By what a target market is of: the sales, their period, and the question that finds them in the list."""
    keys = sorted({_key(target) for target in targets})
    if not actor.may(Action.READ):
        return dict.fromkeys(keys, ((), "", ""))
    state = (actor.organisation_id, newest_change(actor), keys)
    return kept_value("own-sales", state, lambda: _added_up(actor, keys))


def _added_up(actor: Actor, keys: Sequence[tuple[str, ...]]) -> _Found:
    scope_of = scopes()
    by_market: dict[str, list[tuple[SaleRow, Sale]]] = {}
    for row in sales_to(actor, {market for _company, market, _category, _product in keys}):
        by_market.setdefault(row.destination_id, []).append((row, _sale(row, scope_of)))
    found: _Found = {}
    for key in keys:
        company, market, category, product = key
        goods = scope_of(market, category, product)[1]
        held = [
            (row, sale)
            for row, sale in by_market.get(market, ())
            if company in ("", str(row.company_id))
            # Whoever wrote the record knew what its goods are, also where its code reaches beyond the category.
            and (goods_hold(goods, sale.scope.goods) or (category and row.category_id == category))
        ]
        newest = newest_span([sale for _row, sale in held])
        own = tuple(
            OwnSales(line, Interval.of(line.growth) if line.growth else None)
            for line in year_on_year([sale for _row, sale in held])
        )
        period = newest.period.text if newest else ""
        found[key] = own, period, _question(key, period, [row for row, _sale in held]) if newest else ""
    return found


def _sale(row: SaleRow, scope_of: _ScopeOf) -> Sale:
    shipment = row.document_reference if row.period_from_on == row.period_to_on else ""
    places, goods = scope_of(row.destination_id, row.category_id or "", row.hs_code)
    return Sale(
        company=row.company_id,
        currency=row.currency_id,
        scope=Scope(places, goods, row.period_from_on, row.period_to_on, shipment),
        period=row.period,
        value=row.value,
        printed=row.value_printed,
        multiplier=row.multiplier,
        is_approved=row.status == "approved",
    )


def _question(key: tuple[str, ...], period: str, rows: Sequence[SaleRow]) -> str:
    """The list of records of these months. A category is asked for where all of its records name it."""
    company, market, category, product = key
    asked = RecordQuestion.of_text(f"company={company}")
    is_named = category and all(row.category_id == category for row in rows)
    return RecordQuestion(
        company=asked.company,
        destination=(market,),
        category=(category,) if is_named else (),
        hs=product,
        period_from=period,
        period_to=period,
    ).text()


def _beside(own: tuple[OwnSales, ...], period: str, query: str, rows: Sequence[StatedTrade]) -> SalesBeside:
    if not own:
        return SalesBeside((), "", None, is_same_time=False, why_not=NotBeside.NO_RECORDS.value, query="")
    found = growths_for(span(period), rows)
    # The very months before the year around them, the market's own word before that of home.
    best = min(found, key=lambda each: (each.now.period != period, each.now.is_export), default=None)
    return SalesBeside(
        own=own,
        period=period,
        reported=best,
        is_same_time=best is not None and best.now.period == period,
        why_not="" if best else NotBeside.NO_REPORT.value,
        query=query,
    )
