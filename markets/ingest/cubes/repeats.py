"""The key of a year's flows: what is said twice is said once, what is said in two ways is refused."""

from __future__ import annotations

from typing import Final

from django.db import IntegrityError, connection, transaction

from markets.errors import DuplicateRow
from markets.sources.cubes import CubeYear

_KEY: Final = "exporter_id, product, importer_id, period, flow, basis, classification"
_SAID: Final = "value_usd, value, currency_id, net_weight_kg, quantity, quantity_unit, valuation, obs_status"
_UNIQUE: Final = "CREATE UNIQUE INDEX ON {flows} ({key}) INCLUDE (value_usd, net_weight_kg)"
_CONFLICTING: Final = """
    SELECT count(*) OVER (), {key} FROM (SELECT DISTINCT {key}, {said} FROM {flows}) told
    GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT 1
"""
_DROP_REPEATED: Final = """
    DELETE FROM {flows} WHERE ctid IN (
        SELECT ctid FROM (SELECT ctid, row_number() OVER (PARTITION BY {key}) AS nth FROM {flows}) numbered
        WHERE nth > 1
    )
"""


def without_repeats(year: CubeYear, flows: str) -> int:
    """Give the flows of a year their key, and say how many repetitions were dropped before.

    Raises DuplicateRow where a key has two values.
    """
    try:
        _give_key(flows)
    except IntegrityError:
        dropped = _dropped(year, flows)
        _give_key(flows)
        return dropped
    return 0


def _give_key(flows: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_UNIQUE.format(flows=flows, key=_KEY))


def _dropped(year: CubeYear, flows: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CONFLICTING.format(flows=flows, key=_KEY, said=_SAID))
        if found := cursor.fetchone():
            number, exporter, product, importer, period, *_rest = found
            more = f" (and {number - 1} more)" if number > 1 else ""
            key = f"{exporter} {product} {importer} {period}{more}"
            raise DuplicateRow(dataset=f"{year.dataset}/{year.key}", key=key)
        cursor.execute(_DROP_REPEATED.format(flows=flows, key=_KEY))
        return int(cursor.rowcount)
