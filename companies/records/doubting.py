"""What makes a record doubtful. A doubt refuses nothing: it says what stands against the record, and by whose word.

All of it is worked out from what it is handed; nothing is read here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from statistics import median
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.models import Company, ExportRecord
from companies.records.growth import as_printed, shown
from companies.records.totals import ReportedTotal
from markets import wording
from markets.profiles.rates import Rate

# A price is far from the company's others when it is so many times theirs, or theirs so many times it.
FAR: Final = 5
# What foreign trade is counted in besides the currencies of the two markets.
USUAL_CURRENCIES: Final = frozenset({"USD", "EUR", "CNY", "RUB"})
_EXACT: Final = Context(prec=40)

RateOf = Callable[[str, str, int], Rate | None]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt. code: for programs; sentence: what stands against the record, with its numbers.

    releases: the vintages the numbers come from; has_pair: the trade of the two markets shows them; records: of the
    company's others.
    """

    code: str
    sentence: str
    releases: tuple[int, ...] = ()
    has_pair: bool = False
    records: tuple[uuid.UUID, ...] = ()


def more_than_reported(record: ExportRecord, totals: Iterable[ReportedTotal], rate_of: RateOf) -> Iterator[Doubt]:
    """More than all goods that one side reports; by the least that the printed digits allow.

    rate_of: units of the first currency for one of the second, average of a year; no rate, no comparison.
    """
    if record.value is None or record.currency_id is None:
        return
    least = shown(as_printed(record.value_printed, record.multiplier).low)
    for total in totals:
        rate = None
        if total.currency != record.currency_id:
            rate = rate_of(record.currency_id, total.currency, int(total.period[:4]))
            if rate is None:
                continue
        if (_EXACT.divide(least, rate.value) if rate else least) > total.value:
            yield _more(record, total, rate)


def _more(record: ExportRecord, total: ReportedTotal, rate: Rate | None) -> Doubt:
    assert record.value is not None  # noqa: S101 the caller looked
    assert record.currency_id is not None  # noqa: S101 see above
    amount = wording.money(record.value, record.currency_id)
    if rate is not None:
        words = {
            "amount": amount,
            "converted": wording.money(_EXACT.divide(record.value, rate.value), total.currency),
            "rate": wording.number(round(rate.value, 4 - min(rate.value.adjusted(), 4))),
            "currency": record.currency_id,
            "base": total.currency,
            "year": rate.period,
            "source": wording.listed([source.source.publisher for source in rate.sources]),
        }
        amount = (
            _("%(amount)s (≈ %(converted)s at %(rate)s %(currency)s for 1 %(base)s, average of %(year)s, %(source)s)")
            % words
        )
    form = (
        _(
            "%(amount)s is more than all goods that %(reporter)s reports as exports to %(partner)s in %(period)s:"
            " %(total)s."
        )
        if total.is_export
        else _(
            "%(amount)s is more than all goods that %(reporter)s reports as imports from %(partner)s in %(period)s:"
            " %(total)s."
        )
    )
    sentence = form % {
        "amount": amount,
        "reporter": total.reporter,
        "partner": total.partner,
        "period": wording.period_words(total.period),
        "total": wording.money(total.value, total.currency),
    }
    releases = [*total.releases, *(source.release for source in rate.sources)] if rate else total.releases
    return Doubt("more_than_reported", sentence, releases=tuple(releases), has_pair=True)


def overlapping(
    record: ExportRecord, others: Iterable[ExportRecord], members: Mapping[str, Collection[str]]
) -> Iterator[Doubt]:
    """Other records of the company that speak of the same goods: the same statement twice, or a part of it.

    others: of the company, in time that meets the record's. members: of each group that occurs.
    """
    same: list[uuid.UUID] = []
    meeting: list[uuid.UUID] = []
    for other in others:
        if _is_within(record, other, members):
            is_same = (other.period, other.destination_id) == (record.period, record.destination_id)
            (same if is_same and _goods(other) == _goods(record) else meeting).append(other.pk)
    if same:
        form = ngettext(
            "%(count)s other record of this company has the same market, goods and period.",
            "%(count)s other records of this company have the same market, goods and period.",
            len(same),
        )
        yield Doubt("entered_twice", form % {"count": len(same)}, records=tuple(same))
    if meeting:
        form = ngettext(
            "%(count)s other record of this company overlaps with this one. The two are never added together.",
            "%(count)s other records of this company overlap with this one. They are never added together.",
            len(meeting),
        )
        yield Doubt("overlaps", form % {"count": len(meeting)}, records=tuple(meeting))


def _is_within(one: ExportRecord, other: ExportRecord, members: Mapping[str, Collection[str]]) -> bool:
    places = {one.destination_id, other.destination_id}
    same_place = len(places) == 1 or any(places - {group} <= set(members.get(group, ())) for group in places)
    codes = sorted((one.hs_code, other.hs_code), key=len)
    if all(codes):
        return same_place and codes[1].startswith(codes[0])
    # A category may hold any code: only two categories that differ are apart.
    return same_place and (one.category_id == other.category_id or not (one.category_id and other.category_id))


def _goods(record: ExportRecord) -> tuple[str | None, str]:
    return record.category_id, record.hs_code


def far_price(record: ExportRecord, others: Iterable[ExportRecord]) -> Iterator[Doubt]:
    """A price for a unit that is far from the company's other prices for the same goods, unit and currency."""
    price = _price(record)
    if price is None:
        return
    alike = [other for other in others if _goods(other) == _goods(record) and _counts_alike(other, record)]
    prices = {other.pk: found for other in alike if (found := _price(other)) is not None}
    if not prices or not price:
        return
    usual = median(prices.values())
    if usual and max(_EXACT.divide(price, usual), _EXACT.divide(usual, price)) >= FAR:
        assert record.currency_id is not None  # noqa: S101 a price has one
        words = {
            "price": wording.money(round(price, 2), record.currency_id),
            "usual": wording.money(round(usual, 2), record.currency_id),
            "unit": record.quantity_unit,
            "count": len(prices),
        }
        form = ngettext(
            "One unit (%(unit)s) costs %(price)s here and %(usual)s in %(count)s other record of this company.",
            "One unit (%(unit)s) costs %(price)s here and %(usual)s in the middle of %(count)s other records of this"
            " company.",
            len(prices),
        )
        yield Doubt("far_price", form % words, records=tuple(prices)[:FAR])


def _counts_alike(one: ExportRecord, other: ExportRecord) -> bool:
    return (one.quantity_unit, one.currency_id) == (other.quantity_unit, other.currency_id)


def _price(record: ExportRecord) -> Decimal | None:
    if record.value is None or not record.quantity:
        return None
    return _EXACT.divide(record.value, record.quantity)


def unusual_currency(record: ExportRecord, usual: Collection[str]) -> Iterator[Doubt]:
    """A currency that is neither of the two markets', nor one trade is often counted in, nor one used before."""
    if record.currency_id and record.currency_id not in USUAL_CURRENCIES.union(usual):
        words = {"currency": record.currency_id}
        yield Doubt(
            "unusual_currency",
            _("The amount is in %(currency)s: of neither market, and in no other record of this company.") % words,
        )


def archived_company(company: Company) -> Iterator[Doubt]:
    """A record of a company that is archived."""
    if company.archived_at:
        words = {"company": company.name, "day": wording.day_words(company.archived_at)}
        yield Doubt("company_archived", _("%(company)s is archived since %(day)s.") % words)


def strange_code(record: ExportRecord, prefixes: Collection[str], *, is_known: bool | None) -> Iterator[Doubt]:
    """A code outside the category it stands with, or one that its revision does not have.

    prefixes: the codes the category holds; empty where none stands. is_known: whether the record's revision
    has the code; None where the revision is not loaded.
    """
    code = record.hs_code
    if not code:
        return
    if prefixes and not any(code.startswith(held) or held.startswith(code) for held in prefixes):
        words = {"code": code, "category": record.category.name if record.category else ""}
        yield Doubt("code_outside_category", _("The code %(code)s is not in the category %(category)s.") % words)
    if is_known is False:
        words = {"code": code[:6], "revision": record.hs_revision}
        yield Doubt("unknown_code", _("There is no code %(code)s in %(revision)s.") % words)


def not_over(record: ExportRecord, today: dt.date) -> Iterator[Doubt]:
    """A period that is still going on: its value cannot be the last word."""
    if record.period_to_on > today:
        words = {"period": wording.period_words(record.period)}
        yield Doubt("not_over", _("%(period)s is not over yet, so this cannot be its final amount.") % words)
