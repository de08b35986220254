"""The job queue: its application, and the timetable read from the source cards."""

import os
from datetime import timedelta
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# The task itself asks whether its dataset is due; asking often is what makes up for a refresh that failed.
ASK_AT_LEAST_EVERY = timedelta(hours=6)

app = Celery("sogdia")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


def timetable() -> dict[str, dict[str, Any]]:
    """One entry for each source card that says how often its dataset is refreshed, asked at least every six hours."""
    from markets import sources

    return {
        f"refresh {card.id}": {
            "task": "markets.tasks.refresh_dataset",
            "schedule": min(card.refresh_every, ASK_AT_LEAST_EVERY),
            "args": [card.id],
        }
        for card in sources.cards()
        if card.refresh_every is not None
    }


class CardScheduler(PersistentScheduler):
    """Beat with the timetable of the source cards; when each entry last ran survives a restart."""

    def setup_schedule(self) -> None:
        """Read the cards in the beat process alone: no other process needs the timetable."""
        self.app.conf.beat_schedule = timetable()
        super().setup_schedule()
