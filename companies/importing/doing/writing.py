"""What writing from an import and taking it back share: one at a time, by somebody who still may, told by row."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeVar

from django.db import connection, transaction

from companies.importing.doing.turns import RECORDS, take_turn
from companies.importing.doing.work import actor_of_work, still_wanted
from companies.models import ApiKey, Import, Membership
from markets.errors import JobStopped
from markets.jobs import Held
from markets.models import Job

# Rows that are written between two looks at whether the job is still wanted.
STEP: Final = 2000

_Row = TypeVar("_Row")

_RESULTS: Final = """
    UPDATE companies_importverdict v SET record_id = r.record, version_after = r.version
      FROM unnest(%s::bigint[], %s::uuid[], %s::int[]) AS r (verdict, record, version)
     WHERE v.id = r.verdict
"""


@contextmanager
def in_turn(imported: Import) -> Iterator[None]:
    """A transaction in which no other import of the organisation writes records: what came before is seen whole."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Whoever is before us may have many rows; nothing is locked while we wait.
            cursor.execute("SET LOCAL lock_timeout = '10min'")
            take_turn(RECORDS, imported.organisation_id)
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
        yield


@contextmanager
def closing(held: Held, imported: Import) -> Iterator[Import]:
    """The end of such a transaction: the import, locked, whose job this still is and whose asker still may.

    Raises JobTakenOver, JobStopped; then nothing of what was written stays.
    """
    with still_wanted(held, imported) as locked:
        person = held.job.requested_by
        # Whoever ends the membership or revokes the key waits, or has done it before.
        list(Membership.objects.select_for_update().filter(organisation_id=locked.organisation_id, user=person))
        if locked.api_key_id is not None:
            locked.api_key = ApiKey.objects.select_for_update().get(pk=locked.api_key_id)
        if actor_of_work(held, locked) is None:
            raise JobStopped(job=str(held.job.pk), wish=Job.Stop.CANCEL)
        yield locked


def keep_results(results: Sequence[tuple[int, uuid.UUID, int]]) -> None:
    """Note with verdicts (by id) which record each row became, in which version."""
    verdicts, records, versions = zip(*results, strict=True) if results else ((), (), ())
    with connection.cursor() as cursor:
        cursor.execute(_RESULTS, (list(verdicts), list(records), list(versions)))


def in_steps(held: Held, rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """The rows, so many at a time; before each of them the job may be stopped. Raises JobTakenOver, JobStopped."""
    waiting: list[_Row] = []
    for row in rows:
        waiting.append(row)
        if len(waiting) == STEP:
            held.step()
            yield waiting
            waiting = []
    if waiting:
        held.step()
        yield waiting
