"""What a list of records adds up to: one total for each currency, nothing added twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.models import ExportRecord
from companies.queries.changes import newest_change
from companies.queries.records import RecordQuestion, matching
from companies.records.overlap import Scope, Stated, Total, totals
from companies.records.scopes import scopes
from markets import queries
from markets.errors import InvalidValue
from markets.profiles.rates import Averages, Rate, RateAnswer
from markets.queries.kept import kept_value

_COLUMNS = (
    "company_id", "currency_id", "destination_id", "category_id", "hs_code",
    "period_from_on", "period_to_on", "document_reference", "value",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RecordTotals:
    """How many records there are, their sums by currency, and what the sums leave out.

    inside: records within wider ones that were added; apart: records that overlap in part with others, or state
    another amount for the same, and were not added; without_value: records whose source gives no figure.
    """

    count: int
    by_currency: tuple[Total, ...]
    inside: int
    apart: int
    without_value: int


def record_totals(actor: Actor, question: RecordQuestion) -> RecordTotals:
    """The totals of all records that match; kept for a moment, under the newest change of the organisation."""
    state = (actor.organisation_id, newest_change(actor), actor.person.pk, question.text())
    return kept_value("record totals", state, lambda: _added_up(matching(actor, question)))


def _added_up(rows: QuerySet[ExportRecord]) -> RecordTotals:
    count, stated = _stated(rows)
    found = totals(stated)
    return RecordTotals(
        count=count,
        by_currency=tuple(found),
        inside=sum(total.inside for total in found),
        apart=sum(total.apart for total in found),
        without_value=count - len(stated),
    )


@dataclass(frozen=True, slots=True)
class RateUsed:
    """A rate that amounts of one year were converted with. rows: how many."""

    year: int
    currency: str
    rate: Rate
    rows: int


@dataclass(frozen=True, slots=True)
class ConvertedTotals:
    """About how much the records are worth in one currency, at the average rate of each record's year.

    total: None where nothing could be converted. Statements of one trade in two currencies are added once.
    without_rate: records left out because no average of their year is loaded; missing: (currency, year) of those.
    """

    currency: str
    currencies: tuple[str, ...]
    total: Total | None
    rates: tuple[RateUsed, ...]
    without_rate: int
    missing: tuple[tuple[str, int], ...]
    without_value: int


def converted_totals(rows: QuerySet[ExportRecord], currency: str) -> ConvertedTotals:
    """All these records in one currency, with every rate that was used. Raises InvalidValue."""
    known = queries.rates.currency_codes()
    if currency not in known:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(known)}
        raise InvalidValue(parameter="in", value=currency[:40], expected=expected)
    count, stated = _stated(rows)
    used = Counter((row.currency, row.scope.first.year) for row in stated if row.currency != currency)
    answers = _averages(used, currency)
    rates = {pair: answer.rate for pair, answer in answers.items() if answer.rate}
    converted = [
        row._replace(currency=currency, value=_in(row, currency, rates))
        for row in stated
        if row.currency == currency or (row.currency, row.scope.first.year) in rates
    ]
    found = totals(converted)
    return ConvertedTotals(
        currency=currency,
        currencies=tuple(known),
        total=found[0] if found else None,
        rates=tuple(RateUsed(year, code, rates[code, year], used[code, year]) for code, year in sorted(rates)),
        without_rate=len(stated) - len(converted),
        missing=tuple(sorted(used.keys() - rates.keys())),
        without_value=count - len(stated),
    )


def _averages(pairs: Iterable[tuple[str, int]], currency: str) -> dict[tuple[str, int], RateAnswer]:
    wanted = sorted(pairs)
    if not wanted:
        return {}
    years = [year for _code, year in wanted]
    averages = Averages({currency, *(code for code, _year in wanted)}, (min(years), max(years)))
    return {(code, year): averages.answer(currency, code, year) for code, year in wanted}


def _in(row: Stated, currency: str, rates: Mapping[tuple[str, int], Rate]) -> Decimal:
    return row.value if row.currency == currency else row.value * rates[row.currency, row.scope.first.year].value


def _stated(rows: QuerySet[ExportRecord]) -> tuple[int, list[Stated]]:
    """How many records there are, and what those with a value state; in one query."""
    scope_of = scopes()
    count, stated = 0, []
    read = rows.order_by().values_list(*_COLUMNS)
    for company, currency, destination, category, hs_code, first, last, reference, value in read:
        count += 1
        if value is not None:
            shipment = reference if first == last else ""
            scope = Scope(*scope_of(destination, category or "", hs_code), first, last, shipment)
            stated.append(Stated(company, currency, scope, value))
    return count, stated
