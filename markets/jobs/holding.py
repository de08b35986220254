"""Holding a job: the claim, the heartbeat that keeps the lease, the fence, and the answers kept for who comes after."""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.functions import Now

from markets.errors import JobStopped, JobTakenOver, RefreshRunning, SourceUnavailable, stored
from markets.jobs.answers import Answers, forget_answers
from markets.jobs.heartbeat import Heartbeat
from markets.jobs.lines import Line, write_line
from markets.jobs.room import room_for
from markets.jobs.sweeping import bury_lost
from markets.jobs.workers import this_process
from markets.models import Job

log = logging.getLogger(__name__)

# A silent source is asked again after so many seconds, twice as long each time, or as long as it asks itself.
PAUSE_FIRST_S = 60
PAUSE_LONGEST_S = 3600
# A database that was away is back in seconds, or nobody can take the job meanwhile anyway.
DATABASE_PAUSE_S = 5

CAME_THROUGH = (Job.State.DONE, Job.State.UNCHANGED, Job.State.HELD)

_CLAIM = """
    UPDATE markets_job
    SET state = 'running', attempts = attempts + 1, fence = fence + 1, worker = %(worker)s, progress_note = '',
        lease_until = clock_timestamp() + make_interval(secs => %(lease)s), heartbeat_at = clock_timestamp(),
        started_at = coalesce(started_at, clock_timestamp()),
        stop_wanted = CASE stop_wanted WHEN 'yield' THEN '' ELSE stop_wanted END
    WHERE id = %(job)s AND attempts < attempts_most AND (
        state = 'queued' AND run_after <= clock_timestamp() OR state = 'running' AND lease_until < clock_timestamp()
    )
    RETURNING fence
"""


class Held:
    """A job in the hands of this process, for as long as its lease runs.

    Sources keep their answers with it, the publish step asks it whether it still holds, and each of those is a step
    at which a person or a shutdown may stop it.
    """

    def __init__(self, job: Job, fence: int) -> None:
        self.job = job
        self.fence = fence
        self.answers = Answers(job, self.step)
        self._heart = Heartbeat(job.pk, fence)

    def step(self) -> None:
        """Between two pieces of work. Raises JobTakenOver when another holder has come, JobStopped when asked to."""
        now = Job.objects.filter(pk=self.job.pk).values_list("fence", "state", "stop_wanted").first()
        if now is None or now[:2] != (self.fence, Job.State.RUNNING):
            raise JobTakenOver(job=str(self.job.pk))
        if now[2]:
            raise JobStopped(job=str(self.job.pk), wish=now[2])

    def guard(self) -> None:
        """Hold on to the row until the transaction ends: nobody takes over what is about to be committed.

        Raises JobTakenOver. Must stand inside the transaction that publishes, as its last step.
        """
        mine = Job.objects.select_for_update().filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING)
        if not mine.exists():
            raise JobTakenOver(job=str(self.job.pk))

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Step n of m, and what is being done."""
        Job.objects.filter(pk=self.job.pk, fence=self.fence).update(
            progress_done=done, progress_total=total, progress_note=note[:200]
        )

    def say(self, line: Line, **context: Any) -> None:
        """Add a line to the job's log."""
        write_line(self.job, line, **context)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """The lease is moved on for as long as the block runs."""
        self._heart.start()
        try:
            yield
        finally:
            self._heart.stop()

    def end(self, state: Job.State, counts: Mapping[str, int], problems: list[dict[str, Any]]) -> None:
        """Close the job. Raises JobTakenOver when it is no longer ours to close."""
        with transaction.atomic():
            closed = Job.objects.filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING).update(
                state=state,
                counts=dict(counts),
                problems=problems,
                lease_until=None,
                finished_at=Now(),
                progress_note="",
                **({"progress_done": F("progress_total")} if state in CAME_THROUGH else {}),
            )
            if not closed:
                raise JobTakenOver(job=str(self.job.pk))
            self.say(Line.ENDED, state=state.value)
            forget_answers(self.job)
        self.job.refresh_from_db()

    def wait_again(self, line: Line, *, pause_s: float = 0, used_up: bool = True, **context: Any) -> None:
        """Give the job back to the queue, unless a person asked to cancel it meanwhile. used_up: the attempt counts."""
        with transaction.atomic():
            mine = Job.objects.filter(pk=self.job.pk, fence=self.fence, state=Job.State.RUNNING)
            wish = mine.select_for_update().values_list("stop_wanted", flat=True).first()
            if wish is None:
                log.warning("%s", JobTakenOver(job=str(self.job.pk)))
                return
            if wish == Job.Stop.CANCEL:
                self.end(Job.State.CANCELLED, self.job.counts, self.job.problems)
                return
            mine.update(
                state=Job.State.QUEUED,
                lease_until=None,
                worker="",
                stop_wanted="",
                woken_at=None,
                attempts=F("attempts") - (0 if used_up else 1),
                run_after=_in_seconds(pause_s),
            )
            self.say(line, **context)


def claim(job_id: uuid.UUID | str) -> Held | None:
    """The job in our hands, or None when there is nothing to do: it is held, ended, not yet due, or another job of
    its dataset runs.
    """
    values = {"job": job_id, "worker": this_process(), "lease": settings.JOB_LEASE_SECONDS}
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_CLAIM, values)
            claimed = cursor.fetchone()
    except IntegrityError:
        return None  # one job runs for a dataset at a time; the sweep wakes this one again
    if claimed is None:
        return None
    held = Held(Job.objects.get(pk=job_id), claimed[0])
    kept = held.answers.count()
    if held.job.attempts > 1 or kept:
        held.say(Line.RESUMED, kept=kept)
    else:
        held.say(Line.BEGUN)
    return held


@contextmanager
def held_to_the_end(held: Held) -> Iterator[Held]:
    """The block does the work and closes the job; what it raises decides what becomes of the job otherwise.

    Swallowed where a queue goes on with it: a wish to stop, another holder, a silent source or a database that was
    away and may be asked again later. All else is written to the row and raised on. Raises StorageFull.
    """
    try:
        with held.beating(), room_for(f"the work on {held.job.dataset_id or held.job.kind}"):
            yield held
    except JobTakenOver as taken:
        if not held.job.task:
            raise
        log.warning("%s", taken)
    except JobStopped as stop:
        _stopped(held, stop)
    except SourceUnavailable as silence:
        if not held.job.task or held.job.attempts >= held.job.attempts_most:
            _failed(held, silence)
            raise
        pause = pause_s(held.job.attempts - 1, silence.retry_after_s)
        held.wait_again(Line.SILENT, pause_s=pause, seconds=round(pause), error=stored(silence))
    except (OperationalError, InterfaceError) as fault:
        _broken_off(held, fault)
    except BaseException as failure:
        _failed(held, failure)
        raise


@contextmanager
def begun_here(
    kind: str,
    *,
    dataset: str,
    transport: str,
    parameters: Mapping[str, Any] | None = None,
    requested_by: Any = None,
    wait_s: float = 0,
) -> Iterator[Held]:
    """A job begun and held by this very process, such as a command in a terminal.

    wait_s: how long to wait for a job of the dataset that runs. Raises RefreshRunning when it still does.
    """
    job = Job.objects.create(
        kind=kind,
        dataset_id=dataset,
        transport=transport,
        parameters=dict(parameters or {}),
        requested_by=requested_by,
        attempts_most=1,
    )
    try:
        held = _claimed_within(job, wait_s)
    except BaseException:
        job.delete()  # nobody else would ever begin it
        raise
    if held is None:
        running = Job.objects.filter(kind=kind, dataset_id=dataset, state=Job.State.RUNNING).first()
        job.delete()
        since = {"since": f"{running.started_at:%Y-%m-%d %H:%M} UTC"} if running and running.started_at else {}
        raise RefreshRunning(dataset=dataset, **since)
    with held_to_the_end(held):
        yield held


def pause_s(silences: int, asked_s: float | None) -> float:
    """Seconds until the next attempt: twice as long each time, as long as the source asks, an hour at most."""
    return min(max(PAUSE_FIRST_S * 2**silences, asked_s or 0), PAUSE_LONGEST_S)


def _claimed_within(job: Job, wait_s: float) -> Held | None:
    until = time.monotonic() + wait_s
    while True:
        bury_lost(kind=job.kind, dataset_id=job.dataset_id)
        held = claim(job.pk)
        if held is not None or time.monotonic() >= until:
            return held
        time.sleep(0.5)


def _stopped(held: Held, stop: JobStopped) -> None:
    if held.job.task and stop.context["wish"] == Job.Stop.YIELD:
        held.wait_again(Line.YIELDED, used_up=False)
        return
    held.end(Job.State.CANCELLED, held.job.counts, held.job.problems)
    if not held.job.task:
        raise stop


def _broken_off(held: Held, fault: Exception) -> None:
    """The database went away, or kept us waiting too long: again in a while, unless that was the last attempt."""
    # What the database says of itself is for the log alone: anyone may read the lines of a job.
    log.warning("Job %s was broken off by the database: %s", held.job.pk, fault)
    # The connection may be the one that broke; what is written now needs a sound one.
    connection.close()
    if not held.job.task or held.job.attempts >= held.job.attempts_most:
        _failed(held, fault)
        raise fault
    try:
        held.wait_again(Line.BROKEN_OFF, pause_s=DATABASE_PAUSE_S, seconds=DATABASE_PAUSE_S)
    except (OperationalError, InterfaceError) as away:
        log.warning("Job %s waits until its lease has run out; the database is away: %s", held.job.pk, away)


def _failed(held: Held, failure: BaseException) -> None:
    """Close the job with what went wrong; where the database itself is away or full, its lease runs out instead."""
    try:
        held.end(Job.State.FAILED, held.job.counts, [*held.job.problems, stored(failure)])
    except (JobTakenOver, OperationalError, InterfaceError) as in_the_way:
        log.warning("Job %s could not be closed: %s", held.job.pk, in_the_way)


def _in_seconds(seconds: float) -> Any:
    return ExpressionWrapper(Now() + Value(dt.timedelta(seconds=seconds)), output_field=DateTimeField())
