"""What customs report of all goods between two markets, for the time of one record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from companies.records.periods import Span
from markets.queries.trade import StatedTrade
from markets.vocabulary import Flow


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


_Series = Mapping[str, StatedTrade]


def totals_for(span: Span, rows: Iterable[StatedTrade]) -> list[ReportedTotal]:
    """What either side reports of one pair of markets, one total for each reporter, dataset and currency."""
    found = (_nearest(span, series) for series in _by_series(rows).values())
    return [total for total in found if total is not None]


def totals_for_group(
    span: Span, rows: Iterable[StatedTrade], members: Sequence[str], group_name: str
) -> list[ReportedTotal]:
    """What one reporter sold to all members of a group, where every one of them is reported for the same time."""
    series = _by_series(row for row in rows if row.flow == Flow.EXPORT)
    by_report: dict[tuple[str, str, str], dict[str, ReportedTotal]] = {}
    for (reporter, partner, dataset, currency, _flow), each in series.items():
        total = _nearest(span, each)
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


def _nearest(span: Span, series: _Series) -> ReportedTotal | None:
    """The record's own time as reported, else its months added up, else the whole year around it."""
    year = str(span.period.year)
    for period, parts in ((span.period.text, [span.period.text]), (span.period.text, _months(span)), (year, [year])):
        if all(part in series for part in parts):
            return _total(period, [series[part] for part in parts])
    return None


def _months(span: Span) -> list[str]:
    """The months a record touches: a shipment's day is compared with the whole of its month."""
    return [f"{span.first.year:04d}-{month:02d}" for month in range(span.first.month, span.last.month + 1)]


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
