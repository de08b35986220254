"""The tables of a year: made beside what is read, and put in its place at once."""

from __future__ import annotations

from typing import Final

from django.db import connection

from markets.ingest.cubes.attempt import short_name

FLOWS: Final = "markets_tradeflow"
SUMS: Final = "markets_flowtotal"
# Who reads a year holds its swap back, and who waits behind the swap is held back by it: so it waits for a moment only,
# and comes again.
SWAP_WAIT_S: Final = 3

_PARTITION_OF = """
    SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = %s::regclass AND pg_get_expr(c.relpartbound, c.oid) = %s
"""
_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod), attnotnull FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_CHECKS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'
    ORDER BY conname
"""


def column_types(parent: str) -> dict[str, str]:
    """The columns of a table with their types, in its order."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (parent,))
        return {name: form for name, form, _is_needed in cursor.fetchall()}


def finish(parent: str, table: str, dataset: str, year: int) -> None:
    """Give a filled table all the rules of the one it will be a part of, and that it is of this dataset and year.

    They are checked in one pass, which costs less than to check each row as it is written.
    """
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, (parent,))
        rules = [f"ALTER {name} SET NOT NULL" for name, _form, is_needed in cursor.fetchall() if is_needed]
        cursor.execute(_CHECKS, (parent,))
        rules += [f"ADD CONSTRAINT {name} {rule}" for name, rule in cursor.fetchall()]
        rules.append("ADD CONSTRAINT of_this_leaf CHECK (dataset_id = %s AND year = %s)")
        cursor.execute(f"ALTER TABLE {table} {', '.join(rules)}", (dataset, year))


def dataset_partition(parent: str, dataset: str) -> str:
    """The quoted name of a dataset's partition of a table, which is made where there is none yet."""
    name = connection.ops.quote_name(f"{parent}_{short_name(dataset)}")
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF {parent} FOR VALUES IN (%s) PARTITION BY LIST (year)",
            (dataset,),
        )
    return name


def year_leaf(partition: str, year: int) -> str | None:
    """The quoted name of the table that holds a year in a dataset's partition; None where none does."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITION_OF, (partition, f"FOR VALUES IN ('{year}')"))
        found = cursor.fetchone()
    return connection.ops.quote_name(found[0]) if found else None


def swap(parent: str, dataset: str, year: int, table: str) -> None:
    """Put a finished table in the place of a year. Must stand inside the transaction that publishes.

    That its rows are of this dataset and year is a rule of the table, so the database need not look at each row again.
    """
    partition = dataset_partition(parent, dataset)
    leaf = connection.ops.quote_name(f"{parent}_{short_name(dataset)}_{year}")
    with connection.cursor() as cursor:
        if old := year_leaf(partition, year):
            cursor.execute(f"ALTER TABLE {partition} DETACH PARTITION {old}")
            cursor.execute(f"DROP TABLE {old}")
        cursor.execute(f"ALTER TABLE {table} RENAME TO {leaf}")
        cursor.execute(f"ALTER TABLE {partition} ATTACH PARTITION {leaf} FOR VALUES IN ({int(year)})")
