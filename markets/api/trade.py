"""`/trade-totals/` and a market's trade: what reporters state of their trade by partner, and how it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from markets import queries
from markets.api.markets import in_capitals
from markets.api.rates import refuse_unknown_currencies
from markets.api.series import known_dataset, periods_asked
from markets.door.address import FIGURES_SECONDS, RecordView, ValueListView, list_parameters, record_parameters
from markets.door.parameters import (
    AS_OF,
    MARKET_FORM,
    SLUG_FORM,
    Parameter,
    choice,
    code,
    codes,
    moment,
    period,
    sort,
)
from markets.errors import InvalidValue
from markets.models import Area
from markets.profiles import pair_page, trade_page
from markets.profiles.trade.pair import PairPage
from markets.profiles.trade.partners import FLOWS, ORDERS, TradePage
from markets.profiles.trade.records import TradeTotalRecord, published_trade, trade_columns, trade_total_records
from markets.queries.trade import trade_totals


class TradeTotalListView(ValueListView):
    """Trade totals: trade of all goods by reporter, partner, flow and period, as known now or at a moment."""

    record = TradeTotalRecord
    fresh_seconds = FIGURES_SECONDS
    # What tells two rows in force apart stands in each order, the period last where it is not asked for first.
    sorts: ClassVar = {
        "reporter": ("reporter_id", "flow", "partner_id", "period", "dataset_id", "currency_id", "valuation"),
        "partner": ("partner_id", "flow", "reporter_id", "period", "dataset_id", "currency_id", "valuation"),
        "period": ("period", "reporter_id", "flow", "partner_id", "dataset_id", "currency_id", "valuation"),
    }
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        TradeTotalRecord,
        codes("reporter", "Only what these markets report, commas between them.", "KAZ,KGZ", MARKET_FORM),
        codes("partner", "Only with these partners; WLD is the reporter's own total.", "CHN,WLD", MARKET_FORM),
        choice("flow", "M: imports of the reporter. X: its exports.", FLOWS),
        period("period", "Only this period.", "2023"),
        period("period_from", "Only this period and later ones.", "2019"),
        period("period_to", "Only this period and earlier ones.", "2023"),
        code("dataset", "Only this dataset.", "china-trade", SLUG_FORM),
        code("currency", "Only values in this currency, as they were reported.", "USD", r"[A-Z]{3}"),
        AS_OF,
        moment(
            "updated_since",
            "Only values that a vintage published here since then brought, withdrawals included (value null):"
            " a day (its start, UTC) or a moment.",
            "2025-06-30",
            from_start=True,
        ),
        sort("reporter", "partner", "period"),
    )

    def rows(self) -> QuerySet[Any, Any]:
        """Values that match, as plain rows."""
        asked = self.asked
        self._refuse_unknown_codes()
        found = trade_totals(
            reporters=asked["reporter"] or (),
            partners=asked["partner"] or (),
            flow=asked["flow"] or "",
            dataset=known_dataset(asked["dataset"]) if asked["dataset"] else "",
            currency=asked["currency"] or "",
            as_of=asked["as_of"],
        ).filter(**periods_asked(asked))
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = queries.complete_until() if asked["updated_since"] else None
        self.withheld = queries.withheld_datasets()
        found = published_trade(found, self.withheld)
        if asked["updated_since"]:
            found = found.filter(release__in=queries.releases().filter(published_at__gte=asked["updated_since"].at))
        return found.values_list(*trade_columns())

    def records(self, rows: Sequence[tuple[Any, ...]]) -> list[TradeTotalRecord]:
        """The values with their provenance."""
        return trade_total_records(rows)

    def columns(self) -> Sequence[str]:
        """What is read of each row."""
        return trade_columns()

    def _refuse_unknown_codes(self) -> None:
        """A code that names nothing would look like a market that reports nothing. Raises InvalidValue."""
        areas = queries.reference().areas
        for parameter in ("reporter", "partner"):
            for given in self.asked[parameter] or ():
                if not _is_named(areas.get(given), parameter):
                    expected = _("it is no market; /api/v1/markets/ lists them")
                    raise InvalidValue(parameter=parameter, value=given, expected=expected)
        if self.asked["currency"]:
            refuse_unknown_currencies("currency", [self.asked["currency"]])


class MarketTradeView(RecordView):
    """All partners of one market in one flow and period: values, shares, growth, and the partner's own reports."""

    record = TradePage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(
        TradePage,
        choice("flow", "M: imports of the market. X: its exports.", FLOWS, FLOWS[0]),
        period("period", "The period shown; the newest year by default.", "2023"),
        choice("sort", "Order of the partners; a minus turns it round.", ORDERS, ORDERS[0]),
        AS_OF,
    )
    fresh_seconds = FIGURES_SECONDS

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """The market in capitals."""
        return in_capitals(codes)

    def found(self, **codes: Any) -> TradePage:
        """The same as the page. Raises NotFound, InvalidValue."""
        asked = self.asked
        return trade_page(
            codes["iso3"], flow=asked["flow"], period=asked["period"] or "", sort=asked["sort"], as_of=asked["as_of"]
        )


class MarketPairView(RecordView):
    """The trade of two markets from both sides by year and month, with every vintage of each value."""

    record = PairPage
    operation: ClassVar[str] = "markets_trade_pair_read"
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(PairPage, AS_OF)
    fresh_seconds = FIGURES_SECONDS

    def plainly(self, **codes: Any) -> Mapping[str, Any]:
        """Both markets in capitals."""
        partner = str(codes["partner"])
        return {**in_capitals(codes), "partner": partner.upper() if partner.isascii() else partner}

    def found(self, **codes: Any) -> PairPage:
        """The same as the page. Raises NotFound."""
        return pair_page(codes["iso3"], codes["partner"], self.asked["as_of"])


def _is_named(area: Area | None, parameter: str) -> bool:
    """Markets report and are partners; the World is a partner alone, and no other group is either."""
    return area is not None and (not area.is_aggregate or (parameter == "partner" and area.kind == "world"))
