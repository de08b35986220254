"""What the clock does for people's accounts."""

from __future__ import annotations

from celery import shared_task

from companies.accounts import privacy


@shared_task(name="companies.tasks.erase_people")
def erase_people() -> int:
    """Delete the accounts whose days of grace have passed, and sessions that ended."""
    erased = privacy.erase_due()
    privacy.forget_ended_sessions()
    return erased
