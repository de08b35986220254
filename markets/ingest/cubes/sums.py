"""The sums of a year: by exporter and product, importer and product, pair, and product, for codes of two, four and six
digits apart.

Each is summed from the longest codes that the dataset states, shorter codes by cutting those: what it states of shorter
codes itself is not looked at. Re-exports are a part of exports and are not added to them; aggregates are left out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from markets.ingest.cubes.attempt import Attempt
from markets.models import Area

# Raised whenever the summing changes, so that sums of the old way can be told and made anew.
METHOD: Final = 1

# What is summed apart: whose word it is and in which codes. is_of_one: a pair states a product once.
_KINDS = """
    SELECT basis, classification, max(length(product)), min(flow) = max(flow)
    FROM {flows} WHERE {is_summed} GROUP BY basis, classification ORDER BY basis, classification
"""
_IS_SUMMED = """
    frequency = 'A' AND flow IN ('X', 'M') AND value_usd IS NOT NULL
    AND exporter_id <> ALL(%(aggregates)s) AND importer_id <> ALL(%(aggregates)s)
"""
_MEASURES = """
    sum(value_usd) AS value_usd, sum(net_weight_kg) AS net_weight_kg, sum({weighed}) AS weighed_usd, {flows} AS flows
"""
_OF_ROWS = _MEASURES.format(weighed="CASE WHEN net_weight_kg IS NOT NULL THEN value_usd END", flows="count(*)")
_OF_SUMS = _MEASURES.format(weighed="weighed_usd", flows="sum(flows)")
_ADD = """
    INSERT INTO {sums} (dataset_id, year, basis, classification, exporter_id, importer_id, product,
        value_usd, net_weight_kg, weighed_usd, flows, partners, release_id, method)
    SELECT %(dataset)s, %(year)s, %(basis)s, %(classification)s, {exporter}, {importer}, {product},
        {measures}, {partners}, %(release)s, %(method)s
    FROM {source} GROUP BY {by}
"""
_CUT = """
    CREATE UNLOGGED TABLE {cells} AS
    SELECT exporter_id, importer_id, left(product, {level}) AS product, {measures} FROM {source} GROUP BY 1, 2, 3
"""
_WHOLE = "SELECT coalesce(sum(value_usd), 0) FROM {sums} WHERE exporter_id <> '' AND importer_id <> ''"
# Products alone: of the sums by exporter, whose number is told as that of the partners.
_ADD_PRODUCTS = _ADD.format(
    sums="{sums}",
    exporter="''",
    importer="''",
    product="product",
    measures=_OF_SUMS,
    partners="count(*)",
    source="{sums} WHERE basis = %(basis)s AND classification = %(classification)s AND importer_id = ''"
    " AND exporter_id <> ''",
    by="product",
)


class _Kind(NamedTuple):
    basis: str
    classification: str
    longest: int
    is_of_one: bool


def summed_up(
    attempt: Attempt, flows: str, *, dataset: str, year: int, release: int, is_selection: bool = False
) -> tuple[str, Decimal]:
    """The table of the sums of a year of flows, without its keys, and the value of all that was summed.

    is_selection: nothing is summed, since sums over chosen products or areas would be taken for those of all.
    """
    sums = attempt.table("sums")
    values: dict[str, Any] = {
        "dataset": dataset,
        "year": year,
        "release": release,
        "method": METHOD,
        "aggregates": _aggregates(),
    }
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {sums} (LIKE markets_flowtotal INCLUDING DEFAULTS)")
        if is_selection:
            return sums, Decimal(0)
        cursor.execute(_KINDS.format(flows=flows, is_summed=_IS_SUMMED), values)
        kinds = [_Kind(*row) for row in cursor.fetchall()]
    for kind in kinds:
        _sum_kind(attempt, flows, sums, kind, values | {"basis": kind.basis, "classification": kind.classification})
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE.format(sums=sums))
        return sums, cursor.fetchone()[0]


def index_sums(sums: str) -> None:
    """The keys of the sums: from either side, and from the product."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE UNIQUE INDEX ON {sums} (exporter_id, importer_id, product, basis, classification)")
        cursor.execute(f"CREATE INDEX ON {sums} (product, importer_id, exporter_id)")
        cursor.execute(f"ANALYZE {sums}")


def _sum_kind(attempt: Attempt, flows: str, sums: str, kind: _Kind, values: dict[str, Any]) -> None:
    """All sums of one basis and classification: of the rows as they are, then of ever shorter codes."""
    is_kind = f"{_IS_SUMMED} AND basis = %(basis)s AND classification = %(classification)s"
    is_kind += f" AND length(product) = {kind.longest}"
    source, measures = f"{flows} WHERE {is_kind}", _OF_ROWS
    for level in range(kind.longest, 0, -2):
        is_cell = level < kind.longest or kind.is_of_one
        if level < kind.longest:
            cells = attempt.table(f"cells{'abc'[level // 2 - 1]}")
            with connection.cursor() as cursor:
                cursor.execute(f"DROP TABLE IF EXISTS {cells}")
                cursor.execute(_CUT.format(cells=cells, level=level, measures=measures, source=source), values)
            source, measures = cells, _OF_SUMS
        for side, other in (("exporter_id", "importer_id"), ("importer_id", "exporter_id")):
            partners = "count(*)" if is_cell else f"count(DISTINCT {other})"
            _add(sums, source, measures, partners, values, **{side.removesuffix("_id"): side, "product": "product"})
    _add(sums, source, measures, "0", values, exporter="exporter_id", importer="importer_id")
    with connection.cursor() as cursor:
        cursor.execute(_ADD_PRODUCTS.format(sums=sums), values)


def _add(sums: str, source: str, measures: str, partners: str, values: dict[str, Any], **by: str) -> None:
    named = {name: by.get(name, "''") for name in ("exporter", "importer", "product")}
    keys = ", ".join(by.values())
    with connection.cursor() as cursor:
        cursor.execute(
            _ADD.format(sums=sums, source=source, measures=measures, partners=partners, by=keys, **named), values
        )


def _aggregates() -> list[str]:
    return [code for code in Area.objects.filter(is_aggregate=True).values_list("code", flat=True) if len(code) <= 3]
