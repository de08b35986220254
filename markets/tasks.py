"""Doors for the clock: a task takes an id and calls a use-case."""

from __future__ import annotations

from celery import shared_task
from celery.utils.log import get_task_logger

from markets import refresh as refreshing
from markets.errors import RefreshRunning, SourceUnavailable

logger = get_task_logger(__name__)


@shared_task(
    name="markets.tasks.refresh_dataset",
    autoretry_for=(SourceUnavailable,),
    retry_backoff=60,
    retry_backoff_max=3600,
    max_retries=5,
)
def refresh_dataset(dataset: str) -> None:
    """Refresh one dataset by download, if its card says it is due."""
    if dataset not in refreshing.due():
        return
    try:
        logger.info(refreshing.refresh(dataset).summary)
    except RefreshRunning as running:
        logger.info("%s", running)
