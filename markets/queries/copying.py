"""Rows of any number as CSV, straight from the database: no row becomes an object here, and memory stays flat."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet

from markets.errors import FilesBusy

# How many of these one database gives out at the same time, and for how long one of them may last at most: each holds
# a connection of the web process for as long as its reader takes.
MOST_AT_ONCE: Final = 3
MOST_SECONDS: Final = 1800
# The first half of the name of an advisory lock; the second is the number of the place.
_PLACES: Final = 0x50_67_44
_CHUNK_BYTES: Final = 64 * 1024


def copied_csv(rows: QuerySet[Any, Any], header: Sequence[str]) -> Generator[bytes, None, None]:
    """A header line and the rows of a query of plain values, in pieces of some 64 KiB.

    A missing value is an empty cell. The rows are those of one moment. Raises FilesBusy, with the first piece, when as
    many are given out already as may be; TimeoutError, between two pieces, when its reader takes longer than may be.
    """
    named = (",".join(header) + "\n").encode()
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # no row can match, and nobody need be asked
        yield named
        return
    with transaction.atomic(), connection.cursor() as cursor:
        _take_a_place(cursor)
        cursor.execute(f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'")
        end = time.monotonic() + MOST_SECONDS
        with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)", parameters) as copy:
            held = [named]
            size = 0
            for line in copy:
                held.append(bytes(line))
                size += len(line)
                if size >= _CHUNK_BYTES:
                    yield b"".join(held)
                    # The clock of the database does not end a statement that waits for its reader.
                    if time.monotonic() > end:
                        raise TimeoutError(f"a file was read for longer than {MOST_SECONDS} seconds")
                    held.clear()
                    size = 0
    # With the rows the transaction is over: nobody waits for who reads the last piece.
    yield b"".join(held)


class Begun(Iterator[bytes]):
    """Pieces of a file of which the first is read at once: what fails there is told before anything is answered.

    Whoever stops reading closes it, which gives the connection and the place back.
    """

    def __init__(self, pieces: Generator[bytes, None, None]) -> None:
        self._pieces = pieces
        self._first: bytes | None = next(pieces, None)

    def __next__(self) -> bytes:
        """The next piece."""
        if self._first is None:
            return next(self._pieces)
        first, self._first = self._first, None
        return first

    def close(self) -> None:
        """Read no further."""
        self._first = None
        self._pieces.close()


def _take_a_place(cursor: Any) -> None:
    """Hold one of the places until the transaction ends. Raises FilesBusy."""
    for place in range(MOST_AT_ONCE):
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [_PLACES, place])
        if cursor.fetchone()[0]:
            return
    raise FilesBusy(most=MOST_AT_ONCE)
