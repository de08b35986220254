"""One product from one market to another: what each dataset states of it, by whose word, year by year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from markets import queries, sources
from markets.analytics.unit_values import unit_value
from markets.errors import InvalidValue, NotFound
from markets.profiles.catalogue import CLASSIFICATION
from markets.profiles.figure_table import vintages_in_order
from markets.profiles.figures import Provenance, provenance
from markets.profiles.flows import LoadedDataset, loaded_datasets
from markets.profiles.markets import MarketRef, market, market_ref
from markets.profiles.observations import AS_PUBLISHED
from markets.profiles.tables import Cell, Column, Table
from markets.queries.flows import (
    ALL_BELOW,
    FlowFilter,
    FlowRow,
    flow_datasets,
    flow_rows,
    known_by,
    loaded_years,
    states_product,
)
from markets.vocabulary import AsOf, Basis, HSCode, ObsStatus

# Added up here from the longest codes below, which do not overlap.
SUM_OF_CODES: Final = "sum_of_codes"
_BASES: Final = (Basis.EXPORTER_REPORTED, Basis.IMPORTER_REPORTED, Basis.RECONCILED)


@dataclass(frozen=True, slots=True)
class FlowProduct:
    """The product asked for. name empty: HS 2022 has no such code, an earlier revision may."""

    code: str
    dotted: str
    level: int
    name: str


@dataclass(frozen=True, slots=True)
class FlowPoint:
    """One period of a series.

    value_usd: null where none is stated, then `value` and `currency` hold what is, or `obs_status` says why there is
    nothing; of several codes null, too, where one is stated in another currency alone. net_weight_kg: null where one of
    the codes states none. usd_per_kg: null where the rule of `unit_value` is not met. method `as_published`: stated at
    this code. `sum_of_codes`: the sum of `codes` longer codes, of which `unstated` have no value and are not in it.
    release: the vintage, told among `sources` of the page.
    """

    period: str
    frequency: str
    value_usd: Decimal | None
    value: Decimal | None
    currency: str
    net_weight_kg: Decimal | None
    usd_per_kg: Decimal | None
    quantity: Decimal | None
    quantity_unit: str
    obs_status: str
    method: str
    codes: int
    unstated: int
    release: int


@dataclass(frozen=True, slots=True)
class FlowSeries:
    """What one dataset states by one word: never one series with another. points: the newest period first.

    reporter: code of who reported it; empty where nobody did (basis reconciled). product: the code it is about; a
    longer one than was asked for where the dataset holds chosen products only, which make no total of a shorter code.
    level: digits of the codes it is stated in. valuation: CIF or FOB; empty where the publisher does not say.
    """

    dataset: str
    basis: str
    reporter: str
    flow: str
    classification: str
    product: str
    level: int
    valuation: str
    points: tuple[FlowPoint, ...]


@dataclass(frozen=True, slots=True)
class FlowPage:
    """A product from an exporter to an importer. absent: the bases of which no row is loaded.

    loaded: datasets and years that are loaded of any trade of single products; withheld: datasets left out because
    their licence does not let them be passed on to everyone.
    """

    exporter: MarketRef
    importer: MarketRef
    product: FlowProduct
    classification: str
    as_of: dt.datetime | None
    series: tuple[FlowSeries, ...]
    absent: tuple[str, ...]
    loaded: tuple[LoadedDataset, ...]
    withheld: tuple[str, ...]
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """One period of one series a row."""
        vintages = {source.release: source for source in self.sources}
        rows: list[tuple[Cell, ...]] = [
            (
                self.exporter.iso3,
                self.importer.iso3,
                *(series.dataset, series.basis, series.reporter, series.flow),
                *(series.classification, series.product, series.level, series.valuation),
                *(point.period, point.value_usd, point.value, point.currency, point.net_weight_kg, point.usd_per_kg),
                *(point.quantity, point.quantity_unit, point.obs_status),
                *(point.method, point.codes, point.unstated),
                *(vintages[point.release].source.publisher, vintages[point.release].vintage),
                vintages[point.release].source.licence,
            )
            for series in self.series
            for point in series.points
        ]
        words = {"exporter": self.exporter.name, "importer": self.importer.name, "product": self.product.code}
        return Table(
            name=f"flow-{self.exporter.iso3}-{self.importer.iso3}-{self.product.code}".lower(),
            title=_("HS %(product)s from %(exporter)s to %(importer)s") % words,
            columns=_columns(),
            rows=rows,
            sources=tuple(source.citation for source in self.sources),
            notes=(
                _("Series of two datasets, bases, revisions or valuations are never added or joined."),
                _("An empty value is missing, not zero."),
            ),
        )


def _columns() -> list[Column]:
    return [
        Column("exporter", pgettext("side of a trade", "Exporter")),
        Column("importer", pgettext("side of a trade", "Importer")),
        Column("dataset", _("Dataset")),
        Column("basis", _("Basis")),
        Column("reporter", _("Reporter")),
        Column("flow", _("Flow")),
        Column("classification", _("Classification")),
        Column("product", _("HS code")),
        Column("level", _("Digits"), is_number=True),
        Column("valuation", _("Valuation")),
        Column("period", _("Period")),
        Column("value_usd", _("Value, US dollars"), is_number=True),
        Column("value", _("Value as reported"), is_number=True),
        Column("currency", _("Currency")),
        Column("net_weight_kg", _("Net weight, kg"), is_number=True),
        Column("usd_per_kg", _("US dollars per kilogram"), is_number=True),
        Column("quantity", _("Quantity"), is_number=True),
        Column("quantity_unit", _("Unit of the quantity")),
        Column("obs_status", _("Status")),
        Column("method", _("Method")),
        Column("codes", _("Codes added up"), is_number=True),
        Column("unstated", _("Codes without a value"), is_number=True),
        Column("source", _("Source")),
        Column("vintage", _("Vintage")),
        Column("licence", _("Licence")),
    ]


def flow_page(exporter: str, importer: str, code: str, as_of: AsOf | None = None) -> FlowPage:
    """The trade of a product between two markets, now or as known at a moment.

    Raises NotFound for what is no market, for one market with itself, and for a code that no revision loaded here has.
    """
    seller, buyer = market(exporter), market(importer)
    if seller.code == buyer.code:
        raise NotFound(kind=_("partner"), key=importer)
    digits = _digits(code)
    withheld = queries.withheld_datasets()
    in_force = loaded_years(withheld)
    years = known_by(in_force, as_of)
    asked = FlowFilter(exporters=[seller.code], importers=[buyer.code], products=[digits.digits + ALL_BELOW])
    rows = flow_rows(asked, years, is_part=as_of is not None)
    named = queries.products(CLASSIFICATION).filter(code=digits.digits).first()
    if named is None and not rows and not states_product(digits.digits, in_force):
        raise NotFound(kind=_("HS product"), key=code)
    series = _series(digits.digits, rows)
    stated = {each.basis for each in series}
    releases = queries.releases_by_id({point.release for each in series for point in each.points})
    return FlowPage(
        exporter=market_ref(seller),
        importer=market_ref(buyer),
        product=FlowProduct(digits.digits, digits.dotted, digits.level, named.name if named else ""),
        classification=CLASSIFICATION,
        as_of=as_of.at if as_of else None,
        series=series,
        absent=tuple(basis.value for basis in _BASES if basis.value not in stated),
        loaded=tuple(loaded_datasets(years)),
        withheld=tuple(key for key in withheld if key in set(flow_datasets())),
        sources=vintages_in_order([provenance(release) for release in releases.values()]),
    )


def _digits(code: str) -> HSCode:
    try:
        return HSCode.parse(code)
    except InvalidValue as wrong:
        raise NotFound(kind=_("HS product"), key=code) from wrong


class _Key(NamedTuple):
    """What tells two series apart."""

    basis: str
    dataset: str
    flow: str
    classification: str
    product: str
    level: int
    valuation: str


def _series(code: str, rows: Iterable[FlowRow]) -> tuple[FlowSeries, ...]:
    """Rows of one dataset, word, revision and valuation, stated at the code itself or in the longest codes below it."""
    chosen = {card.id for card in sources.cards() if card.is_selection}
    periods: dict[tuple[str, ...], list[FlowRow]] = {}
    for row in rows:
        place = (row.basis, row.dataset, row.flow, row.classification, row.valuation, row.period)
        periods.setdefault(place, []).append(row)
    held: dict[_Key, list[tuple[FlowRow, ...]]] = {}
    for found in periods.values():
        for used in _used(code, found, is_selection=found[0].dataset in chosen):
            row = used[0]
            product = code if len(used) > 1 or row.dataset not in chosen else row.product
            level = len(row.product)
            key = _Key(row.basis, row.dataset, row.flow, row.classification, product, level, row.valuation)
            held.setdefault(key, []).append(used)
    order = {basis.value: place for place, basis in enumerate(_BASES)}
    return tuple(
        FlowSeries(
            dataset=key.dataset,
            basis=key.basis,
            reporter=_reporter(held[key][0][0]),
            flow=key.flow,
            classification=key.classification,
            product=key.product,
            level=key.level,
            valuation=key.valuation,
            points=tuple(
                sorted((_point(key.product, used) for used in held[key]), key=attrgetter("period"), reverse=True)
            ),
        )
        for key in sorted(held, key=lambda key: (order[key.basis], *key[1:]))
    )


def _used(code: str, rows: Sequence[FlowRow], *, is_selection: bool) -> list[tuple[FlowRow, ...]]:
    """What makes the points of one period: the row of the code itself, else the sum of the longest codes below it.

    Chosen codes make no sum: each of them is a point of its own.
    """
    itself = [row for row in rows if row.product == code]
    if itself:
        return [tuple(itself)]
    longest = max(len(row.product) for row in rows)
    below = [row for row in rows if len(row.product) == longest]
    return [(row,) for row in below] if is_selection else [tuple(below)]


def _reporter(row: FlowRow) -> str:
    return {Basis.EXPORTER_REPORTED: row.exporter, Basis.IMPORTER_REPORTED: row.importer}.get(Basis(row.basis), "")


def _point(code: str, rows: Sequence[FlowRow]) -> FlowPoint:
    first = rows[0]
    is_stated_so = first.product == code
    units = {row.quantity_unit for row in rows}
    valued = [row for row in rows if row.value_usd is not None or row.value is not None]
    currencies = {row.currency for row in valued}
    is_in_dollars = all(row.value_usd is not None for row in valued)
    is_in_one = len(currencies) == 1 and all(row.value is not None for row in valued)
    letters = {row.obs_status for row in (valued or rows) if row.obs_status}
    weighed = [row for row in rows if row.value_usd is not None and row.net_weight_kg is not None]
    value_usd = _sum(row.value_usd for row in valued) if is_in_dollars else None
    is_estimated = ObsStatus.ESTIMATED.value in letters
    return FlowPoint(
        period=first.period,
        frequency=first.frequency,
        value_usd=value_usd,
        # What is reported in several currencies has no sum.
        value=_sum(row.value for row in valued) if is_in_one else None,
        currency=next(iter(currencies)) if is_in_one else "",
        # The weight of some codes is not that of all.
        net_weight_kg=_sum(row.net_weight_kg for row in rows) if _all_have_weight(rows) else None,
        usd_per_kg=None
        if is_estimated
        else unit_value(value_usd, _sum(row.value_usd for row in weighed), _sum(row.net_weight_kg for row in weighed)),
        quantity=_sum(row.quantity for row in rows) if len(units) == 1 and _all_have_quantity(rows) else None,
        quantity_unit=first.quantity_unit if len(units) == 1 and _all_have_quantity(rows) else "",
        obs_status=ObsStatus.ESTIMATED.value if is_estimated else min(letters, default=""),
        method=AS_PUBLISHED if is_stated_so else SUM_OF_CODES,
        codes=0 if is_stated_so else len(rows),
        unstated=0 if is_stated_so else len(rows) - len(valued),
        release=first.release,
    )


def _all_have_quantity(rows: Sequence[FlowRow]) -> bool:
    return all(row.quantity is not None for row in rows)


def _all_have_weight(rows: Sequence[FlowRow]) -> bool:
    return all(row.net_weight_kg is not None for row in rows)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of those that are stated; None, not zero, where none is."""
    stated = [value for value in values if value is not None]
    return sum(stated, Decimal(0)) if stated else None
