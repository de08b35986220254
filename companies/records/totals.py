"""What customs report of all goods between two markets, for the time of one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from companies.records.periods import Span, span, year_before
from markets.queries.trade import StatedTrade
from markets.vocabulary import Flow, Period

_LAST_DIGIT: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class ReportedTotal:
    """All goods that one side reports of its trade with the other, in units of `currency`.

    period: what the figure covers: the record's own time where that is reported or its months are, else the year around
    it. reporter, partner: names; partner is the group where the members of one were added up. releases: whose word.
    """

    reporter: str
    partner: str
    is_export: bool
    period: str
    value: Decimal
    currency: str
    releases: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReportedGrowth:
    """A total and the one of the same time a year before, of one reporter, dataset and currency.

    growth_pct: in per cent of the earlier one, to six digits; None where that is zero.
    """

    now: ReportedTotal
    base: ReportedTotal
    growth_pct: Decimal | None


_Series = Mapping[str, StatedTrade]


def totals_for(wanted: Span, rows: Iterable[StatedTrade]) -> list[ReportedTotal]:
    """What either side reports of one pair of markets, one total for each reporter, dataset and currency."""
    found = (_nearest(wanted, series) for series in _by_series(rows).values())
    return [total for total in found if total is not None]


def growths_for(wanted: Span, rows: Iterable[StatedTrade]) -> list[ReportedGrowth]:
    """How what either side reports grew on the year before, where both times are reported alike.

    Of the wanted time where that is reported or its months are, else of the whole year around it.
    """
    found = []
    for series in _by_series(rows).values():
        now = _nearest(wanted, series)
        earlier = year_before(Period.parse(now.period)) if now else ""
        base = _nearest(span(earlier), series) if earlier else None
        if now is not None and base is not None and base.period == earlier:
            found.append(ReportedGrowth(now, base, _growth_pct(base.value, now.value)))
    return found


def totals_for_group(
    wanted: Span, rows: Iterable[StatedTrade], members: Sequence[str], group_name: str
) -> list[ReportedTotal]:
    """What one reporter sold to all members of a group, where every one of them is reported for the same time."""
    series = _by_series(row for row in rows if row.flow == Flow.EXPORT)
    by_report: dict[tuple[str, str, str], dict[str, ReportedTotal]] = {}
    for (reporter, partner, dataset, currency, _flow), each in series.items():
        total = _nearest(wanted, each)
        if total is not None:
            by_report.setdefault((reporter, dataset, currency), {})[partner] = total
    return [
        _sum(list(totals.values()), group_name)
        for totals in by_report.values()
        if totals.keys() == set(members) and len({total.period for total in totals.values()}) == 1
    ]


def _by_series(rows: Iterable[StatedTrade]) -> dict[tuple[str, str, str, str, str], dict[str, StatedTrade]]:
    series: dict[tuple[str, str, str, str, str], dict[str, StatedTrade]] = {}
    for row in rows:
        if row.value is not None:
            key = (row.reporter_id, row.partner_id, row.dataset_id, row.currency_id, row.flow)
            series.setdefault(key, {})[row.period] = row
    return series


def _growth_pct(base: Decimal, now: Decimal) -> Decimal | None:
    return ((now - base) / base * 100).quantize(_LAST_DIGIT) if base else None


def _nearest(wanted: Span, series: _Series) -> ReportedTotal | None:
    """The record's own time as reported, else its months added up, else the whole year around it."""
    text, year = wanted.period.text, str(wanted.period.year)
    for period, parts in ((text, [text]), (text, _months(wanted)), (year, [year])):
        if all(part in series for part in parts):
            return _total(period, [series[part] for part in parts])
    return None


def _months(wanted: Span) -> list[str]:
    """The months a record touches: a shipment's day is compared with the whole of its month."""
    return [f"{wanted.first.year:04d}-{month:02d}" for month in range(wanted.first.month, wanted.last.month + 1)]


def _total(period: str, rows: Sequence[StatedTrade]) -> ReportedTotal:
    first = rows[0]
    return ReportedTotal(
        reporter=first.reporter_name,
        partner=first.partner_name,
        is_export=first.flow == Flow.EXPORT,
        period=period if len(rows) > 1 else first.period,
        value=sum((row.value for row in rows if row.value is not None), Decimal(0)),
        currency=first.currency_id,
        releases=tuple(dict.fromkeys(row.release_id for row in rows)),
    )


def _sum(totals: Sequence[ReportedTotal], partner: str) -> ReportedTotal:
    first = totals[0]
    return ReportedTotal(
        reporter=first.reporter,
        partner=partner,
        is_export=first.is_export,
        period=first.period,
        value=sum((total.value for total in totals), Decimal(0)),
        currency=first.currency,
        releases=tuple(dict.fromkeys(release for total in totals for release in total.releases)),
    )
