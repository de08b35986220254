"""Doors for the clock: a task takes an id and calls a use-case."""

from __future__ import annotations

from celery import Task, shared_task
from celery.utils.log import get_task_logger

from markets import refresh as refreshing
from markets.errors import RefreshRunning, SourceUnavailable

logger = get_task_logger(__name__)


PAUSE_FIRST_S = 60
PAUSE_LONGEST_S = 3600


@shared_task(bind=True, name="markets.tasks.refresh_dataset", max_retries=5)
def refresh_dataset(self: Task, dataset: str) -> None:
    """Refresh one dataset by download, if its card says it is due; again later when the source is silent."""
    if dataset not in refreshing.due():
        return
    try:
        logger.info(refreshing.refresh(dataset).summary)
    except RefreshRunning as running:
        logger.info("%s", running)
    except SourceUnavailable as silence:
        raise self.retry(exc=silence, countdown=pause_s(self.request.retries, silence.retry_after_s)) from silence


def pause_s(retries: int, asked_s: float | None) -> float:
    """Seconds until the next attempt: twice as long each time, as long as the source asks, an hour at most."""
    return min(max(PAUSE_FIRST_S * 2**retries, asked_s or 0), PAUSE_LONGEST_S)
