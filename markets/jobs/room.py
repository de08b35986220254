"""Room in the database: a full disk is told as such, whoever meets it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError
from psycopg.errors import DiskFull

from markets.errors import StorageFull


@contextmanager
def room_for(what: str) -> Iterator[None]:
    """Where the block's writes find no room, raises StorageFull. Stands around the transaction, not inside it."""
    try:
        yield
    except OperationalError as fault:
        if isinstance(fault.__cause__, DiskFull):
            raise StorageFull(what=what) from fault
        raise
