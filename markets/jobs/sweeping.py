"""The sweep: what no worker holds any more waits again, what failed too often is given up, who waits is woken."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from markets.errors import JobGivenUp, stored
from markets.jobs.answers import forget_answers
from markets.jobs.lines import Line, write_line
from markets.jobs.workers import as_parent, is_gone
from markets.models import Job

# Who was woken and still waits is woken again after so many seconds: the message may have been lost with the queue.
WAKE_AGAIN_S = 45

_TO_WAKE = """
    UPDATE markets_job SET woken_at = clock_timestamp()
    WHERE id IN (
        SELECT id FROM markets_job
        WHERE state = 'queued' AND task <> '' AND run_after <= clock_timestamp()
          AND (woken_at IS NULL OR woken_at < clock_timestamp() - make_interval(secs => %s))
        ORDER BY run_after FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""
_NEXT_IN_LINE = """
    UPDATE markets_job SET woken_at = clock_timestamp()
    WHERE id = (
        SELECT id FROM markets_job
        WHERE state = 'queued' AND task <> '' AND run_after <= clock_timestamp() AND kind = %s AND dataset_id = %s
        ORDER BY run_after, created_at FOR UPDATE SKIP LOCKED LIMIT 1
    )
    RETURNING id
"""


def sweep() -> list[Job]:
    """Put right what was lost, and return the jobs whose worker is to be woken."""
    bury_lost()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TO_WAKE, (WAKE_AGAIN_S,))
        woken = [key for (key,) in cursor.fetchall()]
    return list(Job.objects.filter(pk__in=woken).order_by("run_after"))


def next_in_line(ended: Job) -> Job | None:
    """The job whose worker is to be woken because another one of its kind and dataset ran no more; None: none waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_NEXT_IN_LINE, (ended.kind, ended.dataset_id))
        found = cursor.fetchone()
    return Job.objects.get(pk=found[0]) if found else None


def not_woken(job: Job) -> None:
    """The message did not get through: the next sweep tries again."""
    Job.objects.filter(pk=job.pk).update(woken_at=None)


def bury_lost(**which: Any) -> None:
    """Of these running jobs, those whose lease has run out or whose process is dead are running no more."""
    running = Job.objects.filter(state=Job.State.RUNNING, **which)
    with transaction.atomic():
        # Django's Now is the moment of the statement, by the database's clock.
        for job in running.annotate(is_over=Q(lease_until__lt=Now())).select_for_update(skip_locked=True):
            if job.is_over or is_gone(job.worker):
                _lost(job)


def let_go_of_children() -> int:
    """Ask the jobs of this process's children to stop at their next step, and say how many there are."""
    mine = Job.objects.filter(worker__startswith=as_parent(), state=Job.State.RUNNING, stop_wanted="")
    return mine.update(stop_wanted=Job.Stop.YIELD)


def _lost(job: Job) -> None:
    """A job whose lease has run out: nobody holds it, and whoever did can write nothing more."""
    if job.stop_wanted == Job.Stop.CANCEL:
        _closed(job, Job.State.CANCELLED)
        write_line(job, Line.CANCELLED)
    elif job.attempts < job.attempts_most and job.task:
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.QUEUED, fence=F("fence") + 1, lease_until=None, worker="", woken_at=None, run_after=Now()
        )
        write_line(job, Line.LOST)
    else:
        given_up = JobGivenUp(attempts=job.attempts)
        _closed(job, Job.State.DEAD, [*job.problems, stored(given_up)])
        write_line(job, Line.GIVEN_UP, attempts=job.attempts)


def _closed(job: Job, state: Job.State, problems: list[dict[str, object]] | None = None) -> None:
    Job.objects.filter(pk=job.pk).update(
        state=state,
        fence=F("fence") + 1,
        lease_until=None,
        finished_at=Now(),
        problems=job.problems if problems is None else problems,
    )
    forget_answers(job)
