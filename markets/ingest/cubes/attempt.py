"""One attempt at publishing a year: the only one at it at a time, with tables of its own that go with it."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, connection, transaction

from markets.errors import RefreshRunning
from markets.jobs import Held

log = logging.getLogger(__name__)

# How long to wait for another attempt, such as one whose process is gone while the database still works for it.
LOCK_WAIT_S = 60
# Names in PostgreSQL have at most 63 characters.
_LONGEST_NAME = 28

# A whole year is sorted and indexed once; two such works at a time are the most a small machine sees.
_WORKING = (
    "SET statement_timeout = 0",
    "SET work_mem = '128MB'",
    "SET maintenance_work_mem = '256MB'",
    # Compiling what runs for a second takes as long.
    "SET jit = off",
    # A process that died stops the work the database does for it.
    "SET client_connection_check_interval = '5s'",
)
_LEFT_OVER = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relispartition AND relname ~ %s
"""


@dataclass(frozen=True)
class Attempt:
    """What this attempt's tables are called."""

    prefix: str

    def table(self, part: str) -> str:
        """The quoted name of one of its tables."""
        return connection.ops.quote_name(f"{self.prefix}_{part}")


def short_name(dataset: str) -> str:
    """The id of a dataset as it stands in names of tables: the same, or cut and told apart by its hash."""
    if len(dataset) <= _LONGEST_NAME:
        return dataset
    return f"{dataset[: _LONGEST_NAME - 9]}_{hashlib.sha256(dataset.encode()).hexdigest()[:8]}"


@contextmanager
def only_attempt(dataset: str, year: int, held: Held | None) -> Iterator[Attempt]:
    """Hold the year for this attempt; what a killed one left is dropped before, and what this one leaves afterwards.

    Raises RefreshRunning when another attempt at the same year does not end.
    """
    of_year = f"cube_{short_name(dataset)}_{year}"
    mark = f"{held.job.pk.hex[:8]}_{held.fence}" if held else f"{secrets.token_hex(4)}_0"
    with _locked(f"{dataset}/{year}", dataset, held), _working():
        _drop_left(of_year)
        try:
            yield Attempt(f"{of_year}_{mark}")
        finally:
            _drop_left(of_year, is_needed=False)


@contextmanager
def _locked(name: str, dataset: str, held: Held | None) -> Iterator[None]:
    until = time.monotonic() + LOCK_WAIT_S
    while not _ask("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name):
        if time.monotonic() >= until:
            raise RefreshRunning(dataset=dataset)
        if held:
            held.step()
        time.sleep(0.5)
    try:
        yield
    finally:
        _if_it_answers("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


@contextmanager
def _working() -> Iterator[None]:
    with connection.cursor() as cursor:
        for statement in _WORKING:
            cursor.execute(statement)
    try:
        yield
    finally:
        for statement in _WORKING:
            _if_it_answers(f"RESET {statement.split()[1]}")


def _ask(statement: str, *values: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return bool(cursor.fetchone()[0])


def _if_it_answers(statement: str, *values: str) -> None:
    """Tidying up: a connection that broke has forgotten it all by itself."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    except (DatabaseError, InterfaceError) as broken:
        log.warning("Not tidied up after a year of a cube, the database does not answer: %s", broken)


def _drop_left(of_year: str, *, is_needed: bool = True) -> None:
    """Drop the tables of attempts at this year; under its lock nobody works on any of them."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LEFT_OVER, (rf"^{re.escape(of_year)}_[0-9a-f]{{8}}_\d+_[a-z]+$",))
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(name)}")
    except (DatabaseError, InterfaceError) as broken:
        if is_needed:
            raise
        log.warning("The tables of an attempt were left for the next one to drop: %s", broken)
