"""What each table of the database holds, as a count and a hash that do not depend on where the rows lie.

Two databases with the same fingerprints hold the same rows: so a backup is proved by what it restores to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.db import connection, transaction

# A row is hashed as PostgreSQL writes it, so the way of writing is fixed.
_WRITING = (
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'iso_8601'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL statement_timeout = 0",
)
# The tables of the product; not those of PostgreSQL's extensions.
_TABLES = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname COLLATE "C"
"""
# The two halves of each row's 128 bits are summed: the order makes no difference, and a row twice counts twice.
_FINGERPRINT = """
    SELECT count(*), coalesce(sum(('x' || left(md5, 16))::bit(64)::bigint), 0)
                   , coalesce(sum(('x' || right(md5, 16))::bit(64)::bigint), 0)
    FROM (SELECT md5(t::text) FROM {table} t) AS hashed
"""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One table: its name, how many rows, and the hash of them all (48 hexadecimal digits; of no row: zeros)."""

    table: str
    rows: int
    hash: str

    def __str__(self) -> str:
        return f"{self.hash} {self.rows:>10} {self.table}"

    @classmethod
    def parse(cls, line: str) -> Self:
        """The fingerprint that a line tells. Raises ValueError for a line of another form."""
        digest, rows, table = line.split(maxsplit=2)
        return cls(table, int(rows), digest)


def fingerprints(snapshot: str = "") -> Iterator[Fingerprint]:
    """The fingerprint of every table by name, all as of one moment.

    snapshot: the name of a snapshot that another transaction holds open; empty: as of now. Must not run inside a
    transaction, since it chooses the isolation of its own. Raises DatabaseError for a snapshot that is gone.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        if snapshot:
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        for statement in _WRITING:
            cursor.execute(statement)
        cursor.execute(_TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(_FINGERPRINT.format(table=connection.ops.quote_name(table)))
            rows, first, second = cursor.fetchone()
            yield Fingerprint(table, rows, f"{_wrapped(first)}{_wrapped(second)}")


def differences(expected: Sequence[Fingerprint], found: Sequence[Fingerprint]) -> Mapping[str, str]:
    """For each table of either side, by name: empty where both hold the same rows, else what is different."""
    before, after = {each.table: each for each in expected}, {each.table: each for each in found}
    return {table: _difference(before.get(table), after.get(table)) for table in sorted({*before, *after})}


def _difference(expected: Fingerprint | None, found: Fingerprint | None) -> str:
    if found is None:
        return "missing"
    if expected is None:
        return "not expected"
    if expected.rows != found.rows:
        return f"{expected.rows} rows expected, {found.rows} found"
    return "" if expected == found else "other rows"


def _wrapped(total: int) -> str:
    """The sum without what overflows 96 bits, which the sums of 64 bits of all rows on earth do not."""
    return f"{int(total) % 2**96:024x}"
