"""Trade of single products: rows of the cube by filters that its indexes answer, and what is loaded of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from markets.models import FlowTotal, TradeFlow
from markets.vocabulary import AsOf, Basis, HSCode, ObsStatus

LONGEST_CODE: Final = max(HSCode.LEVELS)
# What stands behind a code that is asked for with all codes below it.
ALL_BELOW: Final = "*"

_LOADED = """
    SELECT s.dataset_id, s.key, r.id, r.known_from, r.published_at
    FROM markets_slice s JOIN markets_dataset d ON d.id = s.dataset_id JOIN markets_release r ON r.id = s.current_id
    WHERE d.kind = 'flows' ORDER BY s.dataset_id, s.key
"""
# From exporter to exporter, as the key of a year begins with them: no year is read through for a code it does not have.
_ANY_OF_PRODUCT = """
    SELECT EXISTS (
        SELECT FROM markets_area a CROSS JOIN LATERAL (
            SELECT FROM markets_tradeflow f
            WHERE f.exporter_id = a.code AND f.product BETWEEN %(first)s AND %(last)s AND f.obs_status <> 'q'
                AND f.dataset_id = ANY(%(datasets)s::varchar[]) AND f.year = ANY(%(years)s::smallint[])
            LIMIT 1
        ) found
    )
"""


class LoadedYear(NamedTuple):
    """A year of a dataset of single products that is in force, and the vintage it came with."""

    dataset: str
    year: int
    release: int
    known_from: dt.datetime
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFilter:
    """Which rows of the cube are asked for; what is left empty says nothing.

    exporters, importers: who sold, who bought, whoever reports it. reporters, partners: the two sides of a report, so
    that what nobody reported (basis reconciled) is left out. products: HS codes; with a `*` behind it all codes that
    begin so. level: 2, 4 or 6 digits; 0 for any.
    """

    exporters: Sequence[str] = ()
    importers: Sequence[str] = ()
    reporters: Sequence[str] = ()
    partners: Sequence[str] = ()
    products: Sequence[str] = ()
    level: int = 0
    basis: str = ""
    flow: str = ""
    frequency: str = ""
    classification: str = ""


def loaded_years(withheld: Iterable[str] = ()) -> list[LoadedYear]:
    """The years in force of every dataset of single products, by dataset and year; none of those withheld."""
    barred = set(withheld)
    with connection.cursor() as cursor:
        cursor.execute(_LOADED)
        rows = cursor.fetchall()
    return [LoadedYear(dataset, int(key), *rest) for dataset, key, *rest in rows if dataset not in barred]


def known_by(years: Iterable[LoadedYear], as_of: AsOf | None) -> list[LoadedYear]:
    """Those whose vintage was public at a moment. Of a cube only the newest vintage is kept."""
    return [year for year in years if as_of is None or year.known_from <= as_of.at]


def flow_datasets() -> list[str]:
    """The datasets of single products, whether anything of them is loaded or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM markets_dataset WHERE kind = 'flows' ORDER BY id")
        return [key for (key,) in cursor.fetchall()]


def flows(asked: FlowFilter, years: Sequence[LoadedYear], *, is_part: bool = False) -> QuerySet[TradeFlow]:
    """Rows that pass the filters, of these datasets and years, unordered; nothing in quarantine.

    is_part: the years are chosen among those in force, as for a moment (as_of): of no other may a row come.
    """
    rows = TradeFlow.objects.exclude(obs_status=ObsStatus.QUARANTINED.value)
    # The table is parted by both: what is not named is not even opened.
    rows = rows.filter(
        dataset_id__in=sorted({year.dataset for year in years}), year__in=sorted({year.year for year in years})
    )
    if is_part:
        # Two lists name all their pairs: a year that is known of one dataset may not be of another.
        rows = rows.filter(release_id__in=[year.release for year in years])
    named: dict[str, Any] = {
        "exporter_id__in": asked.exporters,
        "importer_id__in": asked.importers,
        "basis": asked.basis,
        "flow": asked.flow,
        "frequency": asked.frequency,
        "classification": asked.classification,
    }
    rows = rows.filter(**{name: value for name, value in named.items() if value})
    if asked.reporters or asked.partners:
        rows = rows.filter(_sides(asked.reporters, asked.partners))
    if asked.products:
        rows = rows.filter(_products(asked.products))
    if asked.level:
        rows = rows.annotate(digits=Length("product")).filter(digits=asked.level)
    return rows


def _sides(reporters: Sequence[str], partners: Sequence[str]) -> Q:
    """Reports of these about those: an exporter reports its sales, an importer its purchases."""
    by_exporter, by_importer = Q(basis=Basis.EXPORTER_REPORTED.value), Q(basis=Basis.IMPORTER_REPORTED.value)
    if reporters:
        by_exporter &= Q(exporter_id__in=reporters)
        by_importer &= Q(importer_id__in=reporters)
    if partners:
        by_exporter &= Q(importer_id__in=partners)
        by_importer &= Q(exporter_id__in=partners)
    return by_exporter | by_importer


def _products(codes: Sequence[str]) -> Q:
    """Exact codes in one list; a prefix as a range of codes, which an index answers in any collation."""
    exact = [code for code in codes if not code.endswith(ALL_BELOW)]
    wanted = Q(product__in=exact) if exact else Q()
    for prefix in (code.removesuffix(ALL_BELOW) for code in codes if code.endswith(ALL_BELOW)):
        wanted |= below(prefix)
    return wanted


def below(prefix: str) -> Q:
    """The code itself and all codes that begin with it."""
    return Q(product__gte=prefix, product__lte=prefix.ljust(LONGEST_CODE, "9"))


def states_product(code: str, years: Sequence[LoadedYear]) -> bool:
    """Whether any pair has a row of the code, or of one below it, in these datasets and years."""
    with connection.cursor() as cursor:
        asked: dict[str, Any] = {"first": code, "last": code.ljust(LONGEST_CODE, "9")}
        asked["datasets"] = sorted({year.dataset for year in years})
        asked["years"] = sorted({year.year for year in years})
        cursor.execute(_ANY_OF_PRODUCT, asked)
        return bool(cursor.fetchone()[0])


def counted_up_to(rows: QuerySet[Any, Any], most: int) -> int | None:
    """How many rows there are; None for more than `most`, beyond which nobody waits for the count."""
    number = rows.order_by()[: most + 1].count()
    return number if number <= most else None


# ---------------------------------------------------------------- what pages ask
class FlowRow(NamedTuple):
    """One row of the cube as a plain row."""

    dataset: str
    basis: str
    flow: str
    classification: str
    valuation: str
    exporter: str
    importer: str
    product: str
    period: str
    frequency: str
    value_usd: Decimal | None
    value: Decimal | None
    currency: str
    net_weight_kg: Decimal | None
    quantity: Decimal | None
    quantity_unit: str
    obs_status: str
    release: int


_STORED: Final = (
    "dataset_id basis flow classification valuation exporter_id importer_id product period frequency value_usd value"
    " currency_id net_weight_kg quantity quantity_unit obs_status release_id"
).split()


def flow_rows(asked: FlowFilter, years: Sequence[LoadedYear], *, is_part: bool = False) -> list[FlowRow]:
    """The rows that pass the filters, by period and product: of few markets and products, for all come at once.

    currency: empty where nothing is reported in another than US dollars. is_part: as with `flows`.
    """
    rows = flows(asked, years, is_part=is_part).order_by("period", "product", "dataset_id").values_list(*_STORED)
    return [FlowRow(*row)._replace(currency=row[12] or "") for row in rows]


class PartnerFlow(NamedTuple):
    """What one partner had of a product in a year: as stated at its code, else the sum of the longest codes below it.

    value_usd: of the rows that state one; None where none does, or where a row is stated in another currency alone.
    net_weight_kg: None where a row states none. weighed_usd, weighed_kg: of the rows that state both. flows: rows
    summed; unstated: how many of them have no dollars. Of one basis, flow, valuation and classification: never added to
    another.
    """

    basis: str
    flow: str
    valuation: str
    classification: str
    partner: str
    value_usd: Decimal | None
    net_weight_kg: Decimal | None
    weighed_usd: Decimal | None
    weighed_kg: Decimal | None
    flows: int
    unstated: int


_BY_PARTNER = """
    WITH stated AS (
        SELECT *, length(product) AS digits, {partner} AS partner,
               max(length(product)) OVER same AS longest, bool_or(product = %(first)s) OVER same AS has_itself
        FROM markets_tradeflow
        WHERE dataset_id = %(dataset)s AND year = %(year)s AND frequency = 'A' AND {side} = %(area)s
            AND product BETWEEN %(first)s AND %(last)s AND obs_status <> 'q'
        WINDOW same AS (PARTITION BY basis, flow, valuation, classification, {partner})
    )
    SELECT s.basis, s.flow, s.valuation, s.classification, s.partner,
           CASE WHEN NOT bool_or(s.value_usd IS NULL AND s.value IS NOT NULL) THEN sum(s.value_usd) END,
           CASE WHEN count(s.net_weight_kg) = count(*) THEN sum(s.net_weight_kg) END,
           sum(s.value_usd) FILTER (WHERE s.net_weight_kg IS NOT NULL),
           sum(s.net_weight_kg) FILTER (WHERE s.value_usd IS NOT NULL),
           count(*), count(*) FILTER (WHERE s.value_usd IS NULL)
    FROM stated s JOIN markets_area a ON a.code = s.partner
    WHERE s.digits = CASE WHEN s.has_itself THEN length(%(first)s) ELSE s.longest END AND NOT a.is_aggregate
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 6 DESC NULLS LAST, 5
"""


def suppliers(importer: str, product: str, year: int, dataset: str) -> list[PartnerFlow]:
    """Who sold a product (any level) to a market in a year, the largest first within each basis; no aggregates."""
    asked = {"area": importer, "first": product, "year": year, "dataset": dataset}
    return _by_partner("importer_id", "exporter_id", asked)


def customers(exporter: str, product: str, year: int, dataset: str) -> list[PartnerFlow]:
    """Who bought a product (any level) from a market in a year, the largest first within each basis."""
    asked = {"area": exporter, "first": product, "year": year, "dataset": dataset}
    return _by_partner("exporter_id", "importer_id", asked)


def _by_partner(side: str, partner: str, asked: Mapping[str, Any]) -> list[PartnerFlow]:
    with connection.cursor() as cursor:
        last = asked["first"].ljust(LONGEST_CODE, "9")
        cursor.execute(_BY_PARTNER.format(side=side, partner=partner), {**asked, "last": last})
        return [PartnerFlow(*row) for row in cursor.fetchall()]


class FlowSum(NamedTuple):
    """A sum made when its year was published. What is not named (exporter, importer, product) is summed over."""

    dataset: str
    year: int
    basis: str
    classification: str
    exporter: str
    importer: str
    product: str
    value_usd: Decimal
    net_weight_kg: Decimal | None
    weighed_usd: Decimal | None
    flows: int
    partners: int
    release: int


_SUMMED: Final = (
    "dataset_id year basis classification exporter_id importer_id product value_usd net_weight_kg weighed_usd flows"
    " partners release_id"
).split()


def market_imports(importer: str, dataset: str, level: int, years: Sequence[int] = ()) -> list[FlowSum]:
    """What a market buys of each product of one level, the newest year and the largest first."""
    rows = _sums(dataset, years).filter(importer_id=importer, exporter_id="").exclude(product="")
    return _read(rows.annotate(digits=Length("product")).filter(digits=level))


def market_exports(exporter: str, dataset: str, level: int, years: Sequence[int] = ()) -> list[FlowSum]:
    """What a market sells of each product of one level, the newest year and the largest first."""
    rows = _sums(dataset, years).filter(exporter_id=exporter, importer_id="").exclude(product="")
    return _read(rows.annotate(digits=Length("product")).filter(digits=level))


def pair(exporter: str, importer: str, dataset: str, years: Sequence[int] = ()) -> list[FlowSum]:
    """All products together that one market sold to another, the newest year first."""
    return _read(_sums(dataset, years).filter(exporter_id=exporter, importer_id=importer, product=""))


def world(product: str, dataset: str, years: Sequence[int] = ()) -> list[FlowSum]:
    """The trade of a product over all pairs, the newest year first."""
    return _read(_sums(dataset, years).filter(exporter_id="", importer_id="", product=product))


def world_exporters(product: str, dataset: str, year: int) -> list[FlowSum]:
    """Who sells a product to the world, the largest first within each basis."""
    return _read(_sums(dataset, [year]).filter(importer_id="", product=product).exclude(exporter_id=""))


def world_importers(product: str, dataset: str, year: int) -> list[FlowSum]:
    """Who buys a product from the world, the largest first within each basis."""
    return _read(_sums(dataset, [year]).filter(exporter_id="", product=product).exclude(importer_id=""))


def _sums(dataset: str, years: Sequence[int]) -> QuerySet[FlowTotal]:
    rows = FlowTotal.objects.filter(dataset_id=dataset)
    return rows.filter(year__in=years) if years else rows


def _read(rows: QuerySet[FlowTotal]) -> list[FlowSum]:
    order = ("-year", "basis", "classification", "-value_usd", "exporter_id", "importer_id", "product")
    return [FlowSum(*row) for row in rows.order_by(*order).values_list(*_SUMMED)]
