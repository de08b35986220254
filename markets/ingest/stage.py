"""The staging table of one transaction: rows as delivered, beside what is in force for the same key."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from markets.ingest.shelves import Shelf, shelf_of
from markets.models import Dataset, UnmappedCode
from markets.sources.base import FactRow, SliceDelivery, UnmappedRow
from markets.vocabulary import FactKind

# A revision smaller than this share of the value is arithmetic noise of the provider's own conversion.
NOISE_SHARE = Decimal("1e-9")

# An extract that only says "at latest June 2025" is taken to be of the one and a half years before. A file as old as
# that may be the newer one and is published; that a good file be passed over would be worse.
BOUND_REACH = dt.timedelta(days=548)

_CREATE = """
    DROP TABLE IF EXISTS delivered, staged;
    CREATE TEMPORARY TABLE delivered (
        slice text NOT NULL, subject text NOT NULL, period text NOT NULL, frequency text NOT NULL,
        value numeric, exponent smallint, obs_status text NOT NULL
    ) ON COMMIT DROP
"""
_DROP_REPEATED = """
    DELETE FROM delivered WHERE ctid IN (
        SELECT ctid FROM (
            SELECT ctid, row_number() OVER (PARTITION BY slice, subject, period, value, obs_status) AS nth
            FROM delivered
        ) numbered WHERE nth > 1
    )
"""
_CONFLICTING = """
    SELECT slice, min(ltrim(subject || ' ' || period)), count(*) FROM (
        SELECT slice, subject, period FROM delivered GROUP BY slice, subject, period HAVING count(*) > 1
    ) doubled GROUP BY slice
"""
# What a complete delivery no longer names is withdrawn, in so many words: of all periods, or of those it speaks of.
_ADD_MISSING = """
    INSERT INTO delivered
    SELECT {slice_sql}, {subject_sql}, o.period, o.frequency, NULL, NULL, 'x'
    FROM {table} o
    JOIN unnest(%(slices)s::text[], %(periods)s::text[]) AS covered (slice, period)
      ON {slice_sql} = covered.slice AND (covered.period IS NULL OR covered.period = o.period)
    WHERE o.known_to IS NULL AND o.value IS NOT NULL AND {scope_sql}
      AND NOT EXISTS (SELECT 1 FROM delivered d WHERE {match_sql} AND o.period = d.period)
"""
# A table that autovacuum saw empty (before the first load is committed, after much was undone) is taken for one
# row, and joined row by row with all that was delivered: minutes instead of a second.
_IS_TAKEN_FOR_EMPTY = "SELECT reltuples <= 0 FROM pg_class WHERE oid = %s::regclass"
# `void`: a period that was never known and is still not known needs no row.
# A file without a date is older than one that tells of a later year.
_REACHING_FURTHER = """
    SELECT DISTINCT o.release_id FROM {table} o JOIN markets_release r ON r.id = o.release_id
    WHERE {scope_sql} AND {slice_sql} = ANY(%(named)s) AND left(o.period, 4) > %(reach)s
      AND r.transport = 'file' AND r.released_on IS NULL
"""
# `late`: an older vintage arrives after a newer one; what is in force stays. A file's age is the provider's own date;
# what is in force may have but the latest day it can be of, and is newer than a file only where that is beyond doubt.
# `agreed`: the same figure, perhaps printed shorter. `refined`: the same figure printed longer, or with another letter;
# `r` is our own letter and no contradiction.
_COMPARE = """
    CREATE TEMPORARY TABLE staged ON COMMIT DROP AS
    SELECT d.*, o.id AS old_id, o.value AS old_value, o.last_digit_exponent AS old_exponent,
           o.obs_status AS old_status, CASE
        WHEN o.id IS NULL THEN CASE WHEN d.value IS NULL AND d.obs_status = 'x' THEN 'void' ELSE 'added' END
        WHEN o.known_from > %(known_from)s OR r.released_on > %(released_on)s::date
             OR (r.released_on IS NULL AND r.transport = 'bundled' AND o.known_from > %(certainly_newer)s)
             OR o.release_id = ANY(%(further)s) THEN 'late'
        WHEN d.value IS NULL AND o.value IS NULL THEN
            CASE WHEN d.obs_status = o.obs_status THEN 'agreed' ELSE 'revised' END
        WHEN d.value IS NULL THEN 'withdrawn'
        WHEN o.value IS NULL THEN 'revised'
        WHEN d.value = o.value OR abs(d.value - o.value) <= %(noise)s * abs(o.value)
             OR (d.exponent <> o.last_digit_exponent
                 AND abs(d.value - o.value) * 2 <= 10::numeric ^ greatest(d.exponent, o.last_digit_exponent))
            THEN CASE WHEN d.exponent < o.last_digit_exponent AND d.value <> o.value
                        OR d.obs_status <> CASE o.obs_status WHEN 'r' THEN '' ELSE o.obs_status END
                      THEN 'refined' ELSE 'agreed' END
        ELSE 'revised' END AS verdict
    FROM delivered d LEFT JOIN {table} o ON o.known_to IS NULL AND {match_sql} AND o.period = d.period
    LEFT JOIN markets_release r ON r.id = o.release_id
"""


@dataclass(frozen=True)
class Staged:
    """What staging found.

    shelf: where its rows stand. conflicts: slices with two values for one key, and which. rows, stated: how many rows
    of each slice have known codes, and how many of them a value. unmapped_rows: how many rows have unknown codes.
    further: releases that tell of later years than this delivery, where years are all that tells their age.
    """

    shelf: Shelf
    conflicts: Mapping[str, str]
    rows: Mapping[str, int]
    stated: Mapping[str, int]
    unmapped_rows: int
    further: Sequence[int] = ()


def stage(
    dataset: Dataset,
    slices: Sequence[SliceDelivery],
    *,
    known_from: dt.datetime,
    now: dt.datetime,
    released_on: dt.date | None = None,
    reach: str = "",
) -> Staged:
    """Fill the staging table and give each row its verdict. Must run inside a transaction.

    released_on: the provider's own date, where a value in force of a newer date must stay.
    reach: the last year it tells of, where that alone says how old it is.
    """
    shelf = shelf_of(FactKind(dataset.kind))
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
        unmapped, rows, stated = _copied(cursor, shelf, slices)
        cursor.execute("ANALYZE delivered")
        cursor.execute(_IS_TAKEN_FOR_EMPTY, (shelf.table,))
        if cursor.fetchone()[0]:
            cursor.execute(f"ANALYZE {shelf.table}")
        cursor.execute(_DROP_REPEATED)
        cursor.execute(_CONFLICTING)
        conflicts = {
            key: f"{first} (and {count - 1} more)" if count > 1 else first for key, first, count in cursor.fetchall()
        }
        covered = [
            (s.key, period) for s in slices if s.rows for period in ((None,) if s.covers_all else s.covers_periods)
        ]
        compared: dict[str, Any] = {
            "dataset": dataset.pk,
            "slices": [key for key, _period in covered],
            "periods": [period for _key, period in covered],
            "known_from": known_from,
            "released_on": released_on,
            "certainly_newer": certainly_newer(released_on),
            "noise": NOISE_SHARE,
            "named": [each.key for each in slices],
            "reach": reach,
            "further": [],
        }
        if reach:
            cursor.execute(_on(shelf, _REACHING_FURTHER), compared)
            compared["further"] = [release for (release,) in cursor.fetchall()]
        cursor.execute(_on(shelf, _ADD_MISSING), compared)
        cursor.execute(_on(shelf, _COMPARE), compared)
        cursor.execute("ANALYZE staged")
    remember_unmapped(dataset, unmapped, now)
    return Staged(shelf, conflicts, rows, stated, sum(unmapped.values()), compared["further"])


def _on(shelf: Shelf, statement: str) -> str:
    return statement.format(
        table=shelf.table,
        slice_sql=shelf.slice_sql,
        subject_sql=shelf.subject_sql,
        match_sql=shelf.match_sql,
        scope_sql=shelf.scope_sql,
    )


def certainly_newer(released_on: dt.date | None) -> dt.datetime | None:
    """A bundled vintage known by later than this is newer than a file of that date; None: nothing can be said."""
    if released_on is None or released_on > dt.date.max - BOUND_REACH:
        return None
    return dt.datetime.combine(released_on, dt.time.min, dt.UTC) + BOUND_REACH


def _copied(
    cursor: Any, shelf: Shelf, slices: Sequence[SliceDelivery]
) -> tuple[Counter[UnmappedRow], Counter[str], Counter[str]]:
    """Copy the rows with known codes; the others by code, and for each slice how many rows and values were copied."""
    unknown = shelf.codes(slices)
    unmapped: Counter[UnmappedRow] = Counter()
    rows: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    with cursor.copy("COPY delivered FROM STDIN") as copy:
        for delivered in slices:
            unmapped.update(delivered.unmapped)
            for row in delivered.rows:
                if missing := unknown(row):
                    unmapped[missing] += 1
                else:
                    copy.write_row(_columns(row))
                    rows[delivered.key] += 1
                    stated[delivered.key] += row.value is not None
    return unmapped, rows, stated


def _columns(row: FactRow) -> tuple[Any, ...]:
    return (
        row.slice_key,
        row.subject,
        row.period,
        row.frequency.value,
        row.value,
        row.last_digit_exponent,
        row.obs_status.value,
    )


def remember_unmapped(dataset: Dataset, unmapped: Mapping[UnmappedRow, int], now: dt.datetime) -> None:
    """Keep each unknown code once, however many labels the provider gives it."""
    kept: dict[tuple[str, str], UnmappedCode] = {}
    for row, rows in unmapped.items():
        scheme, code = row.scheme[:40], _storable(row.code)[:80]
        seen = kept.setdefault(
            (scheme, code), UnmappedCode(dataset=dataset, scheme=scheme, code=code, rows=0, last_seen_at=now)
        )
        seen.rows += rows
        seen.label = seen.label or _storable(row.label)[:200]
    # Always in the same order: two publishers of one dataset may meet here.
    UnmappedCode.objects.bulk_create(
        [kept[key] for key in sorted(kept)],
        update_conflicts=True,
        unique_fields=("dataset", "scheme", "code"),
        update_fields=("label", "rows", "last_seen_at"),
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps every character but NUL."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
