"""Trade of all goods by partner: what reporters stated, now or at a moment, and every vintage of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Max, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast

from markets.models import TradeTotal
from markets.queries.standing import reference
from markets.vocabulary import AsOf, Frequency, ObsStatus

# The partner under which a reporter states its own total.
WORLD = "WLD"


class StatedTrade(NamedTuple):
    """One row of trade as a plain row: pages read thousands of them. Names are in the active language."""

    pk: int
    dataset_id: str
    reporter_id: str
    flow: str
    partner_id: str
    period: str
    frequency: str
    value: Decimal | None
    currency_id: str
    valuation: str
    obs_status: str
    release_id: int
    known_from: dt.datetime
    known_to: dt.datetime | None
    superseded_by_id: int | None
    reporter_name: str
    partner_name: str


_STORED = StatedTrade._fields[:-2]
_REPORTER, _PARTNER = _STORED.index("reporter_id"), _STORED.index("partner_id")


def stated_trade(rows: QuerySet[TradeTotal]) -> list[StatedTrade]:
    """The rows of a query as plain rows, in its order."""
    read = list(rows.values_list(*_STORED))
    names = {code: area.name for code, area in reference().areas.items()} if read else {}
    return [StatedTrade._make((*row, names[row[_REPORTER]], names[row[_PARTNER]])) for row in read]


def trade_in_force(as_of: AsOf | None = None) -> QuerySet[TradeTotal]:
    """Trade as known now, or as it was known at a moment; nothing in quarantine."""
    rows = _leaving_the_house()
    if as_of is None:
        return rows.filter(known_to=None)
    still = Q(known_to=None) | Q(known_to__gt=as_of.at)
    return rows.filter(still, known_from__lte=as_of.at)


def trade_totals(
    *,
    reporters: Sequence[str] = (),
    partners: Sequence[str] = (),
    flow: str = "",
    dataset: str = "",
    currency: str = "",
    as_of: AsOf | None = None,
) -> QuerySet[TradeTotal]:
    """Trade in force that passes the filters, values withdrawn or withheld included."""
    rows = trade_in_force(as_of)
    if reporters:
        rows = rows.filter(reporter_id__in=reporters)
    if partners:
        rows = rows.filter(partner_id__in=partners)
    named = {"flow": flow, "dataset_id": dataset, "currency_id": currency}
    return rows.filter(**{name: text for name, text in named.items() if text})


def trade_overview(area: str, home: str, as_of: AsOf | None = None) -> list[StatedTrade]:
    """What a market's profile needs of its trade: both sides, oldest first.

    Of its own reports the newest year, the one before and the one five years before with all partners, and its total
    and the home market in all years; of a reporter by months its newest month. Of the others' reports all about it.
    """
    rows = trade_in_force(as_of)
    own = Q(reporter_id=area)
    annual = rows.filter(own, frequency=Frequency.ANNUAL.value, value__isnull=False)
    months = rows.filter(own, frequency=Frequency.MONTHLY.value, value__isnull=False)
    newest_month = months.order_by("-period").values("period")[:1]
    years = Q()
    for back in (0, 1, 5):
        years |= Q(period=Subquery(_newest_year(annual, back)))
    kept = Q(frequency=Frequency.ANNUAL.value) & (years | Q(partner_id__in=(WORLD, home)))
    kept |= Q(frequency=Frequency.MONTHLY.value, period=Subquery(newest_month))
    return stated_trade(rows.filter((own & kept) | Q(partner_id=area)).order_by("period", "partner_id", "id"))


def trade_of(area: str, flow: str, as_of: AsOf | None = None) -> list[StatedTrade]:
    """All that one market reports of one flow, oldest first."""
    rows = trade_in_force(as_of).filter(reporter_id=area, flow=flow)
    return stated_trade(rows.order_by("period", "partner_id", "id"))


def trade_with(area: str, flow: str, as_of: AsOf | None = None) -> list[StatedTrade]:
    """All that the others report of one flow of their own with a market, oldest first."""
    rows = trade_in_force(as_of).filter(partner_id=area, flow=flow)
    return stated_trade(rows.order_by("period", "reporter_id", "id"))


def trade_of_pair(first: str, second: str, as_of: AsOf | None = None) -> list[StatedTrade]:
    """Every vintage of what two markets report of each other, the newest period and vintage first."""
    either = Q(reporter_id=first, partner_id=second) | Q(reporter_id=second, partner_id=first)
    rows = _leaving_the_house().filter(either)
    if as_of is not None:
        rows = rows.filter(known_from__lte=as_of.at)
    own_first = Case(When(reporter_id=first, then=Value(0)), default=Value(1), output_field=IntegerField())
    return stated_trade(rows.order_by("-period", own_first, "flow", "currency_id", "-known_from", "-id"))


def _leaving_the_house() -> QuerySet[TradeTotal]:
    return TradeTotal.objects.exclude(obs_status=ObsStatus.QUARANTINED.value)


def _newest_year(annual: QuerySet[TradeTotal], back: int) -> QuerySet[Any, Any]:
    """The newest year that is stated, or so many years before it, as a period."""
    year = Cast(Max("period"), IntegerField()) - back
    return annual.order_by().values("reporter_id").annotate(year=Cast(year, TextField())).values("year")
