"""One flow of a market: its partners with places, shares and growth, and the other side's word beside each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from markets.analytics.concentration import hhi
from markets.analytics.growth import cagr
from markets.analytics.mirror import mirror_gap
from markets.profiles.figures import FEWEST_MARKETS, Change, Point, change_between
from markets.profiles.observations import AreaKey
from markets.profiles.trade.values import (
    Apart,
    Basis,
    FlowSide,
    HomePoint,
    Mirror,
    NoMeasure,
    PartnerLine,
    TradeValue,
    notes_on,
    trade_value,
)
from markets.queries.trade import WORLD, StatedTrade
from markets.vocabulary import Flow, Frequency, Valuation

GROWTH_YEARS: Final = 5
TREND_FROM: Final = "2010"
# Partners that make up less, or more, of the stated total leave open who has the rest.
COVERED_PCT: Final = (Decimal(95), Decimal(105))
# An exporter that reports so many times what the importer does has booked goods as sold there that went further.
TRANSIT_RATIO: Final = Decimal("1.5")
WITH_SERVICES: Final = frozenset({"uzb-trade"})
_LAST_DIGIT: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Reports:
    """What a market reports of one flow, and what the others report of the same trade, as rows in force."""

    flow: str
    own: Sequence[StatedTrade]
    theirs: Sequence[StatedTrade]


def flow_side(reports: Reports, home: str, *, period: str = "", most: int | None = None) -> FlowSide:
    """The flow in a period, the newest year when none is named. most: how many partners are wanted; all when not given.

    A market that reports nothing itself is told by its partners, each with its own newest period.
    """
    series = chosen_series(reports.own, period)
    if series:
        side = _own_side(reports, series, home, period)
    elif reports.own or not any(row.value is not None for row in reports.theirs):
        side = _empty_side(reports.flow)
    else:
        side = _partners_side(reports, home, period)
    return side if most is None else replace(side, partners=side.partners[:most])


def chosen_series(rows: Iterable[StatedTrade], period: str = "") -> list[StatedTrade]:
    """The rows of one dataset, currency, valuation and frequency: nothing else is one series.

    The one that reaches the newest period with most values, years before months; with a period, one that has it.
    """
    groups: dict[tuple[str, ...], list[StatedTrade]] = {}
    for row in rows:
        if row.value is not None:
            groups.setdefault((row.dataset_id, row.currency_id, row.valuation, row.frequency), []).append(row)
    if period:
        groups = {key: its for key, its in groups.items() if any(row.period == period for row in its)}
    if not groups:
        return []

    def standing(key: tuple[str, ...]) -> tuple[bool, str, int]:
        newest = period or max(row.period for row in groups[key])
        is_annual = key[-1] == Frequency.ANNUAL
        return is_annual, newest, sum(row.period == newest for row in groups[key])

    return groups[max(sorted(groups), key=standing)]


def mirror_of(ours: StatedTrade | None, theirs: StatedTrade | None) -> Mirror | None:
    """The two reports of one trade beside each other; None unless both stand, of one period and in one currency."""
    if ours is None or theirs is None or ours.value is None or theirs.value is None:
        return None
    if (ours.period, ours.currency_id) != (theirs.period, theirs.currency_id):
        return None
    exported, imported = (ours, theirs) if ours.flow == Flow.EXPORT else (theirs, ours)
    gap = mirror_gap(exported.value, imported.value)
    ratio = gap.ratio if gap else None
    return Mirror(
        ours=trade_value(ours),
        theirs=trade_value(theirs),
        ratio=ratio,
        discrepancy=gap.discrepancy if gap else None,
        reasons=_apart(exported, imported, ratio) if gap else (),
    )


def year_before(period: str, years: int = 1) -> str:
    """The same year, month or quarter so many years earlier."""
    return f"{int(period[:4]) - years}{period[4:]}"


def _apart(exported: StatedTrade, imported: StatedTrade, ratio: Decimal | None) -> tuple[str, ...]:
    reasons = [Apart.ATTRIBUTION, Apart.TIMING]
    if not (exported.valuation == imported.valuation != "") or imported.valuation == Valuation.CIF:
        reasons.insert(0, Apart.VALUATION)
    if ratio is not None and ratio >= TRANSIT_RATIO:
        reasons.insert(0, Apart.TRANSIT)
    if {exported.dataset_id, imported.dataset_id} & WITH_SERVICES:
        reasons.append(Apart.SERVICES)
    return tuple(reason.value for reason in reasons)


def _empty_side(flow: str) -> FlowSide:
    reason = NoMeasure.NO_REPORT.value
    return FlowSide(
        flow=flow,
        basis=Basis.NONE.value,
        period="",
        currency="",
        total=None,
        partners=(),
        partner_count=0,
        covered_pct=None,
        is_partial=False,
        concentration=None,
        no_share=reason,
        no_concentration=reason,
        home=None,
        trend=(),
        notes=(),
    )


def _partners_side(reports: Reports, home: str, period: str) -> FlowSide:
    """The flow as the partners report it: a line for each, in its own newest period; no total, so no share."""
    by_reporter: dict[str, list[StatedTrade]] = {}
    for row in reports.theirs:
        by_reporter.setdefault(row.reporter_id, []).append(row)
    newest = []
    for its_rows in by_reporter.values():
        series = [row for row in chosen_series(its_rows, period) if not period or row.period == period]
        newest += [row for row in series if row.period == max(each.period for each in series)]
    # Years before months; within a period and currency the largest first.
    newest.sort(key=lambda row: (row.frequency == Frequency.ANNUAL, row.period, row.value or 0), reverse=True)
    lines = tuple(
        PartnerLine(AreaKey(r.reporter_id, r.reporter_name, is_aggregate=False), trade_value(r)) for r in newest
    )
    of_home = chosen_series(by_reporter.get(home, ()))
    annual = [row for row in of_home if row.frequency == Frequency.ANNUAL]
    return replace(
        _empty_side(reports.flow),
        basis=Basis.PARTNERS.value,
        period=period or max((line.stated.period for line in lines), default=""),
        partners=lines,
        partner_count=sum(bool(line.stated.value) for line in lines),
        home=next((line for line in lines if line.partner.iso3 == home), None),
        trend=tuple(HomePoint(trade_value(row), None, None) for row in annual),
        notes=notes_on({row.dataset_id for row in newest}),
    )


def _own_side(reports: Reports, series: Sequence[StatedTrade], home: str, period: str) -> FlowSide:
    period = period or max(row.period for row in series)
    rows = [row for row in series if row.period == period]
    total = next((row for row in rows if row.partner_id == WORLD), None)
    members = sorted((row for row in rows if row.partner_id != WORLD), key=lambda row: -(row.value or 0))
    summed = sum((row.value or Decimal(0) for row in members), Decimal(0))
    covered = _pct(summed, total.value if total else None)
    is_partial = len(members) < FEWEST_MARKETS and (covered is None or covered < COVERED_PCT[0])
    lines = _lines(reports, series, members, total, is_ranked=not is_partial)
    concentration, reason = _concentration(members, covered, is_partial=is_partial)
    return FlowSide(
        flow=reports.flow,
        basis=Basis.OWN.value,
        period=period,
        currency=rows[0].currency_id,
        total=trade_value(total) if total else None,
        partners=lines,
        partner_count=sum(bool(row.value) for row in members),
        covered_pct=covered,
        is_partial=is_partial,
        concentration=concentration,
        no_share="" if total else NoMeasure.NO_TOTAL.value,
        no_concentration=reason,
        home=next((line for line in lines if line.partner.iso3 == home), None),
        trend=_trend(series, home),
        notes=notes_on({rows[0].dataset_id}, of_shares=True),
    )


def _lines(
    reports: Reports,
    series: Sequence[StatedTrade],
    members: Sequence[StatedTrade],
    total: StatedTrade | None,
    *,
    is_ranked: bool,
) -> tuple[PartnerLine, ...]:
    at = {(row.partner_id, row.period): row for row in series}
    mirrored = _mirrored(reports.theirs, members)
    values = [row.value for row in members]
    lines = []
    for row in members:
        start = at.get((row.partner_id, year_before(row.period, GROWTH_YEARS)))
        growth = cagr(start.value, row.value, GROWTH_YEARS) if start and start.value and row.value is not None else None
        lines.append(
            PartnerLine(
                partner=AreaKey(row.partner_id, row.partner_name, is_aggregate=False),
                stated=trade_value(row),
                rank=values.index(row.value) + 1 if is_ranked and row.value else None,
                share_pct=_pct(row.value, total.value if total else None),
                change=_change(at.get((row.partner_id, year_before(row.period))), row),
                growth_pct=growth,
                growth_since=start.period if start and growth is not None else "",
                mirror=mirror_of(row, mirrored.get(row.partner_id)),
            )
        )
    return tuple(lines)


def _mirrored(theirs: Sequence[StatedTrade], members: Sequence[StatedTrade]) -> dict[str, StatedTrade]:
    """The partner's own report of each line's trade, where it stands for the same period and in the same currency."""
    if not members:
        return {}
    same = [row for row in theirs if (row.period, row.currency_id) == (members[0].period, members[0].currency_id)]
    by_reporter: dict[str, list[StatedTrade]] = {}
    for row in same:
        by_reporter.setdefault(row.reporter_id, []).append(row)
    return {reporter: chosen[0] for reporter, rows in by_reporter.items() if (chosen := chosen_series(rows))}


def _trend(series: Sequence[StatedTrade], home: str) -> tuple[HomePoint, ...]:
    totals = {row.period: row.value for row in series if row.partner_id == WORLD}
    rows = [
        row
        for row in series
        if row.partner_id == home and row.frequency == Frequency.ANNUAL and row.period >= TREND_FROM
    ]
    return tuple(
        HomePoint(trade_value(row), totals.get(row.period), _pct(row.value, totals.get(row.period))) for row in rows
    )


def _concentration(
    members: Sequence[StatedTrade], covered: Decimal | None, *, is_partial: bool
) -> tuple[Decimal | None, str]:
    """The index over the partners above zero, or why there is none."""
    if covered is None:
        return None, NoMeasure.FEW_PARTNERS.value if is_partial else NoMeasure.NO_TOTAL.value
    if is_partial:
        return None, NoMeasure.FEW_PARTNERS.value
    if not COVERED_PCT[0] <= covered <= COVERED_PCT[1]:
        return None, NoMeasure.NOT_COVERED.value
    values = [row.value for row in members if row.value]
    whole = sum(values, Decimal(0))
    return hhi([value / whole for value in values]), ""


def _change(before: StatedTrade | None, now: StatedTrade) -> Change | None:
    if before is None:
        return None
    told = change_between(now.currency_id, Point(before.period, before.value), Point(now.period, now.value))
    return replace(told, is_across_vintages=before.release_id != now.release_id) if told else None


def _pct(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """A part of a whole in per cent; None where either is missing or the whole is not above zero."""
    if part is None or whole is None or whole <= 0:
        return None
    return (part / whole * 100).quantize(_LAST_DIGIT)


def releases_of(values: Iterable[TradeValue | None]) -> set[int]:
    """The releases that some values come from."""
    return {value.release for value in values if value}
