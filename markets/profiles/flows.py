"""Trade of single products as records that stand alone, and as the lines of a file of any size."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, CharField, Expression, F, QuerySet, Value, When
from django.db.models.functions import Concat, Length
from django.utils.translation import gettext as _

from markets import queries
from markets.models import Area, TradeFlow
from markets.profiles.figures import SourceRef
from markets.profiles.observations import AS_PUBLISHED, AreaKey, Vintage, certificates
from markets.queries.flows import LoadedYear
from markets.vocabulary import Basis, ObsStatus


@dataclass(frozen=True, slots=True)
class FlowRecord:
    """Trade of one product between two areas in one period, as one dataset states it.

    exporter, importer: who sold and who bought. basis: whose word it is; shares and sums stay within one. reporter,
    partner: the same two by who reported it, null where nobody did (basis reconciled). flow: as the reporter states it.
    product: code of `classification`; level: its digits. Codes of different levels overlap and are never summed.
    value_usd: whole US dollars; null where none is stated, then `value` and `currency` hold what is, or `status` says
    why there is nothing. valuation: CIF or FOB; empty where the publisher does not say. quantity: in `quantity_unit`.
    status, obs_status_sdmx and method: as with observations.
    """

    exporter: AreaKey
    importer: AreaKey
    basis: str
    reporter: AreaKey | None
    partner: AreaKey | None
    flow: str
    classification: str
    product: str
    level: int
    period: str
    frequency: str
    value_usd: Decimal | None
    value: Decimal | None
    currency: str
    net_weight_kg: Decimal | None
    quantity: Decimal | None
    quantity_unit: str
    valuation: str
    status: str
    obs_status_sdmx: str
    source: SourceRef
    vintage: Vintage
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    method: str


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """What is loaded of a dataset of single products: nothing is known here of any other year."""

    dataset: str
    years: tuple[int, ...]


# What must be read of each row, in this order.
FLOW_COLUMNS: Final = tuple(
    (
        "exporter_id importer_id basis flow classification product period frequency value_usd value currency_id"
        " net_weight_kg quantity quantity_unit valuation obs_status release_id dataset_id"
    ).split()
)
# The figures of a record, and the words without which they would be taken for others.
FIGURES: Final = frozenset({"value_usd", "value", "net_weight_kg", "quantity"})
NAMED_WITH_FIGURES: Final = ("basis", "classification", "product")


def flow_records(rows: Sequence[tuple[Any, ...]]) -> list[FlowRecord]:
    """Rows of `FLOW_COLUMNS` as records, in their order; one more question, for all their releases."""
    known = certificates({row[16] for row in rows})
    statuses = {status.value: status.sdmx for status in ObsStatus}
    areas = _AreaKeys()
    records = []
    for row in rows:
        exporter, importer, basis = areas[row[0]], areas[row[1]], row[2]
        reporter, partner = _sides(basis, exporter, importer)
        source, vintage, retrieved_at, published_at = known[row[16]]
        records.append(
            FlowRecord(
                exporter,
                importer,
                basis,
                reporter,
                partner,
                row[3],
                row[4],
                row[5],
                len(row[5]),
                row[6],
                row[7],
                row[8],
                row[9],
                row[10] or "",
                row[11],
                row[12],
                row[13],
                row[14],
                row[15],
                statuses[row[15]],
                source,
                vintage,
                retrieved_at,
                published_at,
                AS_PUBLISHED,
            )
        )
    return records


def _sides(basis: str, exporter: AreaKey, importer: AreaKey) -> tuple[AreaKey | None, AreaKey | None]:
    if basis == Basis.EXPORTER_REPORTED:
        return exporter, importer
    if basis == Basis.IMPORTER_REPORTED:
        return importer, exporter
    return None, None


class _AreaKeys(dict[str, AreaKey]):
    """Areas by code, each made once."""

    def __init__(self) -> None:
        super().__init__()
        self._areas = queries.reference().areas

    def __missing__(self, code: str) -> AreaKey:
        area = self._areas[code]
        key = self[code] = AreaKey(code, area.name, area.is_aggregate)
        return key


def loaded_datasets(years: Iterable[LoadedYear]) -> list[LoadedDataset]:
    """The years by dataset."""
    found: dict[str, list[int]] = {}
    for year in years:
        found.setdefault(year.dataset, []).append(year.year)
    return [LoadedDataset(dataset, tuple(sorted(held))) for dataset, held in found.items()]


# ---------------------------------------------------------------- as lines of a file
def _side(of_exporter: str, of_importer: str) -> Case:
    return Case(
        When(basis=Basis.EXPORTER_REPORTED.value, then=F(of_exporter)),
        When(basis=Basis.IMPORTER_REPORTED.value, then=F(of_importer)),
        default=Value(""),
        output_field=CharField(),
    )


def _is_group(field: str) -> Case:
    """As in the records: no join, which would take the rows out of the order of their index."""
    groups = Area.objects.filter(is_aggregate=True).values("code")
    return Case(When(**{f"{field}__in": groups}, then=Value("true")), default=Value("false"), output_field=CharField())


def _harmless(field: str) -> Case:
    """A text that a spreadsheet might run has a quotation mark before it, as in every file of ours."""
    starts = [When(**{f"{field}__startswith": sign}, then=Concat(Value("'"), F(field))) for sign in "=+-@"]
    return Case(*starts, default=F(field), output_field=CharField())


# A column of the file: its key, and what is read for it.
CSV_COLUMNS: Final[Sequence[tuple[str, str | Expression]]] = (
    ("dataset", "dataset_id"),
    ("exporter", "exporter_id"),
    ("importer", "importer_id"),
    ("exporter_is_aggregate", _is_group("exporter_id")),
    ("importer_is_aggregate", _is_group("importer_id")),
    ("basis", "basis"),
    ("reporter", _side("exporter_id", "importer_id")),
    ("partner", _side("importer_id", "exporter_id")),
    ("flow", "flow"),
    ("classification", "classification"),
    ("product", "product"),
    ("level", Length("product")),
    ("period", "period"),
    ("frequency", "frequency"),
    ("value_usd", "value_usd"),
    ("value", "value"),
    ("currency", "currency_id"),
    ("net_weight_kg", "net_weight_kg"),
    ("quantity", "quantity"),
    ("quantity_unit", _harmless("quantity_unit")),
    ("valuation", "valuation"),
    ("obs_status", "obs_status"),
    ("release", "release_id"),
)


def csv_rows(rows: QuerySet[TradeFlow]) -> QuerySet[Any, Any]:
    """The rows as they stand in a file: the same rows, with the columns of `CSV_COLUMNS`."""
    made = {f"csv_{key}": read for key, read in CSV_COLUMNS if not isinstance(read, str)}
    names = [read if isinstance(read, str) else f"csv_{key}" for key, read in CSV_COLUMNS]
    return rows.annotate(**made).values_list(*names)


def csv_remarks(years: Iterable[LoadedYear]) -> list[str]:
    """What is said below the rows: the vintages they may come from, and how to read them."""
    releases = queries.releases_by_id({year.release for year in years})
    sources = [_("Source: %(source)s") % {"source": release.citation} for _key, release in sorted(releases.items())]
    notes = (
        _("Shares and sums stay within one basis, one classification and one level; codes of two levels overlap."),
        _("A group of markets holds what a source states for the group itself; it is never added to its members."),
        _("An empty value is missing, not zero."),
    )
    return [*dict.fromkeys(sources), *(_("Note: %(note)s") % {"note": note} for note in notes)]
