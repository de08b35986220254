"""What a list of records adds up to: one total for each currency, nothing added twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.db.models import QuerySet

from companies.models import ExportRecord
from companies.queries.records import members_of
from companies.records.overlap import Scope, Stated, Total, goods_of, totals
from markets.queries import standing

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


def record_totals(rows: QuerySet[ExportRecord]) -> RecordTotals:
    """The totals of all these records, in one query."""
    read = rows.order_by().values_list(*_COLUMNS)
    scope_of = scopes()
    stated, count = [], 0
    for company, currency, destination, category, hs_code, first, last, reference, value in read:
        count += 1
        if value is not None:
            scope = Scope(
                *scope_of(destination, category or "", hs_code), first, last, reference if first == last else ""
            )
            stated.append(Stated(company, currency, scope, value))
    found = totals(stated)
    return RecordTotals(
        count=count,
        by_currency=tuple(found),
        inside=sum(total.inside for total in found),
        apart=sum(total.apart for total in found),
        without_value=count - len(stated),
    )


def scopes() -> Callable[[str, str, str], tuple[frozenset[str], tuple[str, ...]]]:
    """A function from destination, category and code to places and goods; each answer is worked out once."""
    codes_by_category: dict[str, list[str]] = {}
    for product in standing.reference().category_products:
        codes_by_category.setdefault(product.owner, []).append(product.code)

    @cache
    def scope(destination: str, category: str, hs_code: str) -> tuple[frozenset[str], tuple[str, ...]]:
        places = members_of(destination) or frozenset({destination})
        return places, goods_of(category, hs_code, lambda slug: codes_by_category.get(slug, ()))

    return scope
