"""Waking a worker for a job: the queue's message owns nothing, so it may be lost."""

from __future__ import annotations

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError as QueueAway

from markets.jobs.sweeping import not_woken
from markets.models import Job

log = logging.getLogger(__name__)


def wake_later(job: Job) -> None:
    """Wake a worker for a job as soon as what asked for it is committed. Never fails: a sweep does it otherwise."""
    transaction.on_commit(lambda: wake(job))


def wake(job: Job) -> None:
    """Send the message that wakes a worker. While the queue is away nothing is lost, and nobody waits."""
    if not job.task:
        return
    try:
        current_app.send_task(job.task, args=[str(job.pk)], retry=False)
    except (QueueAway, OSError) as away:
        log.warning("The queue is away; the job %s waits for the next sweep: %s", job.pk, away)
        not_woken(job)
