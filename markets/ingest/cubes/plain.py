"""A year of the plainest form, as BACI's: exporter, importer, product and numbers, all else the same for every row.

Each different code is looked at once instead of each row's, which is several times as fast. What a row says must stand
there without a blank too many; rows that this passes over are looked at again one by one.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from markets.ingest.cubes.attempt import Attempt
from markets.ingest.cubes.checks import IMPOSSIBLE, PRODUCT_FORM, SORTED, Known, Reading
from markets.ingest.cubes.raw import RawTable
from markets.sources.cubes import CubeYear

_TAKEN: Final = {"year", "exporter", "importer", "product", "value_usd", "net_weight_kg", "quantity"}
_DIFFERENT: Final = """
    CREATE UNLOGGED TABLE {codes} AS SELECT r.{exporter}, r.{importer}, r.{product} FROM {raw} r
    GROUP BY GROUPING SETS ((r.{exporter}), (r.{importer}), (r.{product}))
"""
_AREAS: Final = """
    CREATE UNLOGGED TABLE {areas} AS SELECT d.code, a.area::varchar(3) AS area
    FROM (SELECT {exporter} AS code FROM {codes} UNION SELECT {importer} FROM {codes}) d
    JOIN unnest(%(theirs)s::text[], %(ours)s::text[]) AS a (code, area) ON a.code = btrim(d.code)
"""
_PRODUCTS: Final = """
    CREATE UNLOGGED TABLE {products} AS SELECT d.code, d.product::varchar(6) AS product
    FROM (SELECT r.{product} AS code, {product_sql} AS product FROM {codes} r WHERE r.{product} IS NOT NULL) d
    LEFT JOIN markets_product k ON k.classification = %(classification)s AND k.code = d.product
    WHERE d.product ~ '{form}' AND (k.code IS NOT NULL OR %(classification)s <> ALL(%(revisions)s))
"""
_ACCEPTED: Final = """
    SELECT * FROM (
        SELECT a.area AS exporter, b.area AS importer, p.product AS product, {numbers} FROM {raw} r
        JOIN {areas} a ON a.code = r.{exporter} JOIN {areas} b ON b.code = r.{importer}
        JOIN {products} p ON p.code = r.{product}
        {year} OFFSET 0
    ) t
    WHERE exporter <> importer {possible} {sorted}
"""


class PlainReading(Reading):
    """How a plain year is read; its rows as they are accepted only, and no reason for the others."""

    def __init__(self, year: CubeYear, raw: RawTable, known: Known, attempt: Attempt) -> None:
        super().__init__(year, raw, known, is_guarded=False)
        self._tables = {name: attempt.table(name) for name in ("codes", "areas", "products")}
        self._named = {name: raw.columns[name] for name in ("exporter", "importer", "product")}
        self.values["classification"] = year.classification

    @staticmethod
    def fits(year: CubeYear, raw: RawTable) -> bool:
        """Whether a year is as plain as this."""
        return set(raw.columns) <= _TAKEN and year.basis is not None and 0 < len(year.classification) <= 8

    def look_up(self) -> None:
        """Look up each different code of the text."""
        named = self._tables | self._named
        with connection.cursor() as cursor:
            cursor.execute(_DIFFERENT.format(raw=self.raw.table, **named))
            cursor.execute(_AREAS.format(**named), self.values)
            cursor.execute(_PRODUCTS.format(form=PRODUCT_FORM, product_sql=self.product_sql, **named), self.values)
            cursor.execute(f"ANALYZE {self._tables['areas']}, {self._tables['products']}")

    @property
    def columns(self) -> dict[str, str]:
        """Nearly all of them are the same for each row."""
        told = {name: f"t.{name}" for name in self.stated}
        is_missing = "t.value_usd IS NULL" if "value_usd" in self.stated else "true"
        return {
            "dataset_id": "%(dataset)s",
            "year": "%(year)s",
            "period": self.period_sql,
            "frequency": self.frequency_sql,
            "exporter_id": "t.exporter",
            "importer_id": "t.importer",
            "basis": self.basis_sql("true"),
            "flow": self.flow_sql,
            "classification": self.classification_sql,
            "product": "t.product",
            **{name: told.get(name, "NULL") for name in ("value_usd", "value", "net_weight_kg", "quantity")},
            "currency_id": "NULL",
            "quantity_unit": "''",
            "valuation": self.valuation_sql,
            "obs_status": f"CASE WHEN {is_missing} THEN 'x' ELSE '' END",
        }

    @property
    def accepted_sql(self) -> str:
        """The rows that are published, sorted as they will lie."""
        year = self.raw.columns.get("year")
        possible = [f"AND coalesce({name} >= 0 AND {name} < {IMPOSSIBLE}, true)" for name in self.stated]
        return _ACCEPTED.format(
            raw=self.raw.table,
            numbers=", ".join(f"{self.number_sql(name)} AS {name}" for name in self.stated) or "NULL",
            year=f"WHERE r.{year} = '{self.year.year}'" if year else "",
            possible=" ".join(possible),
            sorted=SORTED,
            **self._tables,
            **self._named,
        )
