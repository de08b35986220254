"""Claiming background work: one run a dataset at a time, and a row that says what became of it.

The claim is a PostgreSQL advisory lock of this connection, so a process that dies lets go of it at once,
together with the `Job` row that people read. A row left `running` without its lock is marked `lost`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from markets.errors import RefreshRunning, stored
from markets.models import Job
from markets.vocabulary import Transport

REFRESH = "refresh"


@contextmanager
def claimed(dataset: str, transport: Transport, requested_by: Any = None) -> Iterator[Job]:
    """The job of refreshing one dataset, held until the block ends.

    The block sets `counts`, `problems` and, unless it is plainly done, `state`. Raises RefreshRunning when
    another process holds the dataset; marks the job failed and raises on when the block fails.
    """
    if not _lock(dataset):
        running = Job.objects.filter(kind=REFRESH, dataset_id=dataset, state=Job.State.RUNNING).first()
        since = {"since": f"{running.started_at:%Y-%m-%d %H:%M} UTC"} if running else {}
        raise RefreshRunning(dataset=dataset, **since)
    try:
        _bury_lost(dataset)
        job = Job.objects.create(kind=REFRESH, dataset_id=dataset, transport=transport.value, requested_by=requested_by)
        try:
            yield job
        except BaseException as failure:
            job.state = Job.State.FAILED
            job.problems = [*job.problems, stored(failure)]
            raise
        else:
            if job.state == Job.State.RUNNING:
                job.state = Job.State.DONE
        finally:
            job.finished_at = timezone.now()
            job.save(update_fields=("state", "problems", "counts", "finished_at"))
    finally:
        _unlock(dataset)


def _bury_lost(dataset: str) -> None:
    """We hold the lock, so whoever left a running row behind is no more."""
    Job.objects.filter(kind=REFRESH, dataset_id=dataset, state=Job.State.RUNNING).update(
        state=Job.State.LOST, finished_at=timezone.now()
    )


def _lock(dataset: str) -> bool:
    return bool(_asked("SELECT pg_try_advisory_lock(hashtext(%s), hashtext(%s))", dataset))


def _unlock(dataset: str) -> None:
    _asked("SELECT pg_advisory_unlock(hashtext(%s), hashtext(%s))", dataset)


def _asked(sql: str, dataset: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, (REFRESH, dataset))
        return cursor.fetchone()[0]
