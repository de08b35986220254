"""The rows of a held release: as delivered, beside what was in force then and what is in force now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from markets.models import Release
from markets.vocabulary import FactKind

# How much a value differs, as a share of the larger of the two: a drop to a tenth weighs as much as a rise to ten
# times. What is withdrawn is gone as a whole; what is new differs from nothing. Among values that moved alike, as all
# do under a wrong unit, the largest come first: a total before a partner of a few dollars.
_ROWS = """
    WITH kept AS (
        SELECT id, slice, subject, period, value, obs_status, old_value, verdict,
               count(*) OVER (PARTITION BY slice, subject, period) > 1 AS is_doubled,
               CASE WHEN old_value IS NULL THEN 0 WHEN value IS NULL THEN 1
                    ELSE coalesce(abs(value - old_value) / nullif(greatest(abs(value), abs(old_value)), 0), 0)
               END AS moved,
               coalesce(abs(value - old_value), 0) AS difference
        FROM markets_heldrow WHERE release_id = %(release)s
    )
    SELECT slice, subject, period, value, obs_status, old_value, verdict, is_doubled
    FROM kept
    WHERE (%(slice)s = '' OR slice = %(slice)s) AND (%(verdicts)s::text[] IS NULL OR verdict = ANY(%(verdicts)s))
    ORDER BY is_doubled DESC, round(moved, 3) DESC, difference DESC, id
    LIMIT %(limit)s OFFSET %(offset)s
"""
_COUNTS = "SELECT slice, verdict, count(*) FROM markets_heldrow WHERE release_id = %s GROUP BY 1, 2 ORDER BY 1, 2"
_NOW: Final[Mapping[FactKind, str]] = {
    FactKind.OBSERVATIONS: """
        SELECT k.slice, k.subject, k.period, o.value
        FROM unnest(%(slices)s::text[], %(subjects)s::text[], %(periods)s::text[]) AS k (slice, subject, period)
        JOIN markets_observation o ON o.indicator_id = k.slice AND o.area_id = k.subject AND o.period = k.period
        WHERE o.known_to IS NULL
    """,
    FactKind.TRADE_TOTALS: """
        SELECT k.slice, k.subject, k.period, o.value
        FROM unnest(%(slices)s::text[], %(subjects)s::text[], %(periods)s::text[]) AS k (slice, subject, period)
        JOIN markets_tradetotal o ON o.reporter_id = split_part(k.slice, '/', 1)
            AND o.flow = split_part(k.slice, '/', 2) AND o.currency_id = split_part(k.slice, '/', 3)
            AND o.valuation = split_part(k.slice, '/', 4) AND o.partner_id = k.subject AND o.period = k.period
        WHERE o.known_to IS NULL AND o.dataset_id = %(dataset)s
    """,
    FactKind.EXCHANGE_RATES: """
        SELECT k.slice, k.subject, k.period, o.value
        FROM unnest(%(slices)s::text[], %(subjects)s::text[], %(periods)s::text[]) AS k (slice, subject, period)
        JOIN markets_exchangerate o ON o.currency_id = split_part(k.slice, '/', 1)
            AND o.base_id = split_part(k.slice, '/', 2) AND o.kind = split_part(k.slice, '/', 3)
            AND o.period = k.period
        WHERE o.known_to IS NULL AND o.dataset_id = %(dataset)s
    """,
}


class KeptRow(NamedTuple):
    """A row as it was kept. old_value: in force when it came. is_doubled: the delivery says two things of this key."""

    slice: str
    subject: str
    period: str
    value: Decimal | None
    obs_status: str
    old_value: Decimal | None
    verdict: str
    is_doubled: bool


def held_rows(
    release: int,
    *,
    slice_key: str = "",
    verdicts: Sequence[str] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[KeptRow]:
    """Rows of a held release: what it says twice first, then the biggest changes."""
    asked: dict[str, Any] = {
        "release": release,
        "slice": slice_key,
        "verdicts": list(verdicts) if verdicts is not None else None,
        "limit": limit,
        "offset": offset,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, asked)
        return [KeptRow(*row) for row in cursor.fetchall()]


def held_counts(release: int) -> list[tuple[str, str, int]]:
    """How many rows each slice of a held release has of each verdict: (slice, verdict, rows)."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, (release,))
        return cursor.fetchall()


def values_now(release: Release, rows: Sequence[KeptRow]) -> Mapping[tuple[str, str, str], Decimal | None]:
    """What is in force now for these rows, by slice, subject and period; without those that nothing is in force of."""
    asked: dict[str, Any] = {
        "dataset": release.dataset_id,
        "slices": [row.slice for row in rows],
        "subjects": [row.subject for row in rows],
        "periods": [row.period for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOW[FactKind(release.dataset.kind)], asked)
        return {(key, subject, period): value for key, subject, period, value in cursor.fetchall()}
