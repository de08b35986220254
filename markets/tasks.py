"""Doors for the clock and the queue: a task takes an id and calls a use-case. No message owns any work."""

from __future__ import annotations

from celery import shared_task
from celery.utils.log import get_task_logger

from markets import jobs
from markets import refresh as refreshing
from markets.errors import MarketsError
from markets.jobs import wake, wake_later

logger = get_task_logger(__name__)


@shared_task(name=refreshing.TASK)
def run_refresh(job_id: str) -> None:
    """Do a refresh that was requested, unless somebody does it already."""
    held = jobs.claim(job_id)
    if held is None:
        return
    try:
        with jobs.held_to_the_end(held):
            refreshing.run(held)
    except MarketsError as failure:
        # Foreseen, and written to the job: no trace is needed.
        logger.error("Job %s failed: %s", job_id, failure)  # noqa: TRY400
    if following := jobs.next_in_line(held.job):
        wake(following)


@shared_task(name="markets.tasks.refresh_dataset")
def refresh_dataset(dataset: str) -> None:
    """Ask for a refresh of one dataset by download, if its card says it is due."""
    if dataset in refreshing.due():
        wake_later(refreshing.request(dataset))


@shared_task(name="markets.tasks.sweep_jobs")
def sweep_jobs() -> None:
    """Hand out again what was lost, and wake workers for what waits."""
    for job in jobs.sweep():
        wake(job)
