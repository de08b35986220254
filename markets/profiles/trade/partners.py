"""All partners of a market in one flow and period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from markets.errors import InvalidValue
from markets.profiles.figures import Provenance
from markets.profiles.markets import MarketRef, market, market_ref
from markets.profiles.tables import Table
from markets.profiles.trade.overview import HOME, sources_of, values_of
from markets.profiles.trade.sides import Reports, flow_side
from markets.profiles.trade.tables import side_table
from markets.profiles.trade.values import MIRROR, Basis, FlowSide, PartnerLine
from markets.queries.trade import WORLD, StatedTrade, trade_of, trade_with
from markets.vocabulary import AsOf, Flow

FLOWS: Final = (Flow.IMPORT.value, Flow.EXPORT.value)
# Words of `sort`, the default first: a minus turns the order round. What has no value comes last either way.
SORTS: Final = ("value", "name", "share", "change", "growth", "gap")
ORDERS: Final = tuple(sign + word for word in SORTS for sign in ("-", ""))


@dataclass(frozen=True, slots=True)
class TradePage:
    """All partners of a market in one flow and period, in the asked order.

    periods: every period of the flow with the number of partners that have a value, newest first. sort: a word of
    `value`, `name`, `share`, `change`, `growth`, `gap`, with a minus for the largest first.
    """

    market: MarketRef
    as_of: dt.datetime | None
    flow: str
    sort: str
    periods: tuple[tuple[str, int], ...]
    side: FlowSide
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """The partners in the order of the screen, the stated total first."""
        table = side_table(self.market, self.side, {source.release: source for source in self.sources})
        period = f"-{self.side.period}" if self.side.period else ""
        return replace(
            table,
            name=table.name + period,
            sources=tuple(source.citation for source in self.sources),
            notes=(*self.side.notes, _("An empty value is missing, not zero.")),
        )


def trade_page(
    code: str, *, flow: str = "", period: str = "", sort: str = "", as_of: AsOf | None = None, home: str = HOME
) -> TradePage:
    """All partners of one market. flow: imports when not named. period: the newest year when not named.

    Raises NotFound, and InvalidValue for a flow or an order there is not, or a period nobody has a value for.
    """
    area = market(code)
    flow, sort = flow or FLOWS[0], sort or ORDERS[0]
    _refuse_other("flow", flow, FLOWS)
    _refuse_other("sort", sort, ORDERS)
    reports = Reports(flow, trade_of(area.code, flow, as_of), trade_with(area.code, MIRROR[flow], as_of))
    side = flow_side(reports, home)
    periods = _periods(reports, side.basis)
    if period:
        # Where nothing is loaded, or as of an earlier moment, no period is wrong: there is merely no value.
        if periods and period not in dict(periods) and as_of is None:
            raise InvalidValue(parameter="period", value=period, expected=_("no partner has a value for that period"))
        side = flow_side(reports, home, period=period)
    side = replace(side, partners=in_order(side.partners, sort, side.basis))
    return TradePage(
        market=market_ref(area),
        as_of=as_of.at if as_of else None,
        flow=flow,
        sort=sort,
        periods=periods,
        side=side,
        sources=sources_of(values_of(side)),
    )


def in_order(lines: tuple[PartnerLine, ...], sort: str, basis: str = Basis.OWN.value) -> tuple[PartnerLine, ...]:
    """Lines in an order; those without the asked value last. Reports of several currencies keep their own order."""
    word = sort.removeprefix("-")
    if word == "name":
        return tuple(sorted(lines, key=lambda line: line.partner.name.casefold(), reverse=sort.startswith("-")))
    if basis == Basis.PARTNERS:
        return lines
    stated = [(asked, line) for line in lines if (asked := _asked(line, word)) is not None]
    ordered = sorted(stated, key=lambda pair: pair[0], reverse=sort.startswith("-"))
    return (*(line for _value, line in ordered), *(line for line in lines if _asked(line, word) is None))


def _asked(line: PartnerLine, word: str) -> Decimal | None:
    values = {
        "value": line.stated.value,
        "share": line.share_pct,
        "change": line.change.value if line.change else None,
        "growth": line.growth_pct,
        "gap": line.mirror.discrepancy if line.mirror else None,
    }
    return values[word]


def _periods(reports: Reports, basis: str) -> tuple[tuple[str, int], ...]:
    rows = reports.theirs if basis == Basis.PARTNERS else reports.own
    others: dict[str, set[str]] = {}
    for row in rows:
        if row.value is not None:
            others.setdefault(row.period, set()).add(_other(row, basis))
    counts = {period: len(held - {WORLD}) for period, held in others.items()}
    return tuple(sorted(((period, count) for period, count in counts.items() if count), reverse=True))


def _other(row: StatedTrade, basis: str) -> str:
    return row.reporter_id if basis == Basis.PARTNERS else row.partner_id


def _refuse_other(parameter: str, given: str, allowed: tuple[str, ...]) -> None:
    if given not in allowed:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(allowed)}
        raise InvalidValue(parameter=parameter, value=given, expected=expected)
