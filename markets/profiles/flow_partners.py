"""Who sells a product to a market, or buys it from one, in a year: shares within one basis and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import groupby
from typing import Final

from django.utils.translation import gettext as _

from markets import queries, sources
from markets.analytics.concentration import hhi
from markets.analytics.unit_values import unit_value
from markets.errors import NotComparable
from markets.profiles.observations import AreaKey
from markets.queries.flows import PartnerFlow, customers, suppliers

_ROOM: Final = 50
_LAST_DIGIT: Final = Decimal("0.000000001")
_Partners = Callable[[str, str, int, str], list[PartnerFlow]]


@dataclass(frozen=True, slots=True)
class FlowPartner:
    """One partner. share: of the dollars of all partners stated, 0 to 1; null where shares cannot be told.

    value_usd: null where it is not stated in dollars. net_weight_kg: null where a code below states none. usd_per_kg:
    null where the rule of `unit_value` is not met.
    """

    partner: AreaKey
    value_usd: Decimal | None
    share: Decimal | None
    net_weight_kg: Decimal | None
    usd_per_kg: Decimal | None


@dataclass(frozen=True, slots=True)
class FlowPartners:
    """The partners by one word: of one dataset, year, basis, flow, valuation and classification, the largest first.

    total_usd: null where the value of any row is not stated in dollars, or where the dataset holds chosen products or
    areas only: then there are no shares and no concentration (Herfindahl-Hirschman index, 0 to 1) either.
    """

    dataset: str
    year: int
    basis: str
    flow: str
    valuation: str
    classification: str
    total_usd: Decimal | None
    concentration: Decimal | None
    partners: tuple[FlowPartner, ...]


def flow_suppliers(importer: str, product: str, year: int, dataset: str) -> tuple[FlowPartners, ...]:
    """Who sold a product to a market, once for each word that is loaded; nothing of a dataset that is withheld."""
    return _by_word(suppliers, importer, product, year, dataset)


def flow_customers(exporter: str, product: str, year: int, dataset: str) -> tuple[FlowPartners, ...]:
    """Who bought a product from a market, once for each word that is loaded; nothing of a dataset that is withheld."""
    return _by_word(customers, exporter, product, year, dataset)


def shares(rows: Sequence[PartnerFlow]) -> list[Decimal]:
    """The share of each row in the dollars of all of them, 0 to 1; none where nothing above zero is stated.

    Raises NotComparable for rows of two bases, flows, valuations or classifications, and for one without dollars.
    """
    if len({row[:4] for row in rows}) > 1:
        raise NotComparable(reason=_("they are of more than one basis, flow, valuation or classification"))
    values = [row.value_usd for row in rows if row.value_usd is not None and not row.unstated]
    if len(values) < len(rows):
        raise NotComparable(reason=_("not all of them are stated in US dollars"))
    with localcontext(prec=_ROOM):
        total = sum(values, Decimal(0))
        return [(value / total).quantize(_LAST_DIGIT) for value in values] if total else []


def _by_word(partners: _Partners, area: str, product: str, year: int, dataset: str) -> tuple[FlowPartners, ...]:
    if dataset in queries.withheld_datasets():
        return ()
    is_selection = dataset in {card.id for card in sources.cards() if card.is_selection}
    areas = queries.reference().areas
    found = partners(area, product, year, dataset)
    made = []
    for (basis, flow, valuation, classification), group in groupby(found, key=lambda row: row[:4]):
        rows = list(group)
        parts = [] if is_selection or any(row.unstated for row in rows) else shares(rows)
        told: list[Decimal | None] = [*parts] or [None for _row in rows]
        made.append(
            FlowPartners(
                dataset=dataset,
                year=year,
                basis=basis,
                flow=flow,
                valuation=valuation,
                classification=classification,
                total_usd=sum((row.value_usd or Decimal(0) for row in rows), Decimal(0)) if parts else None,
                concentration=hhi([part for part in parts if part]) if parts else None,
                partners=tuple(
                    FlowPartner(
                        AreaKey(row.partner, areas[row.partner].name, is_aggregate=False),
                        row.value_usd,
                        share,
                        row.net_weight_kg,
                        unit_value(row.value_usd, row.weighed_usd, row.weighed_kg),
                    )
                    for row, share in zip(rows, told, strict=True)
                ),
            )
        )
    return tuple(made)
