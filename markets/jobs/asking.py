"""Asking for work, cancelling it and trying again: what people and the clock do to a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from markets.errors import InvalidRequest
from markets.jobs.answers import forget_answers
from markets.jobs.lines import Line, write_line
from markets.models import Job


def ask(
    kind: str,
    *,
    task: str,
    dataset: str | None = None,
    transport: str = "",
    parameters: Mapping[str, Any] | None = None,
    requested_by: Any = None,
    idempotency_key: str | None = None,
) -> Job:
    """The job that will do this: a new one, or the open one that does the same already.

    Must stand in the transaction of the request; wake a worker when that is committed. The same idempotency key
    leads to the same job, for as long as it is open where that was asked for under another key first.
    """
    with transaction.atomic():
        # Two requests at one moment must see each other.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), hashtext(%s))", (kind, dataset or ""))
        if idempotency_key and (known := Job.objects.filter(idempotency_key=idempotency_key).first()):
            return known
        asked = {"kind": kind, "dataset_id": dataset, "transport": transport, "parameters": dict(parameters or {})}
        joined = Job.objects.filter(**asked, task=task, state__in=Job.OPEN, stop_wanted="").first()
        if joined is not None:
            if idempotency_key:
                Job.objects.filter(pk=joined.pk, idempotency_key=None).update(idempotency_key=idempotency_key)
            write_line(joined, Line.JOINED)
            return joined
        job = Job.objects.create(**asked, task=task, requested_by=requested_by, idempotency_key=idempotency_key)
        write_line(job, Line.ASKED)
        job.refresh_from_db()
        return job


def cancel(job: Job) -> Job:
    """Cancel an open job: at once while it waits, at its next step while it runs. Raises InvalidRequest."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if not locked.is_open:
            raise InvalidRequest(reason="the job has ended already")
        if locked.state == Job.State.QUEUED:
            Job.objects.filter(pk=job.pk).update(state=Job.State.CANCELLED, finished_at=Now(), fence=F("fence") + 1)
            forget_answers(locked)
            write_line(locked, Line.CANCELLED)
        else:
            Job.objects.filter(pk=job.pk).update(stop_wanted=Job.Stop.CANCEL)
            write_line(locked, Line.CANCEL_ASKED)
    job.refresh_from_db()
    return job


def retry(job: Job) -> Job:
    """Let a job that failed, was given up or was cancelled wait for a worker again. Raises InvalidRequest."""
    with transaction.atomic():
        locked = Job.objects.select_for_update().get(pk=job.pk)
        if locked.state not in (Job.State.FAILED, Job.State.DEAD, Job.State.CANCELLED) or not locked.task:
            raise InvalidRequest(reason="only a job that failed, was given up or was cancelled can be tried again")
        Job.objects.filter(pk=job.pk).update(
            state=Job.State.QUEUED,
            attempts=0,
            stop_wanted="",
            problems=[],
            run_after=Now(),
            woken_at=None,
            started_at=None,
            finished_at=None,
        )
        locked.attempts = 0
        write_line(locked, Line.RETRIED)
    job.refresh_from_db()
    return job
