"""The job queue: its application, the timetable read from the source cards, and a worker's coming and going."""

import inspect
import logging
import os
from datetime import timedelta
from typing import Any

from celery import Celery, Task, bootsteps
from celery.beat import PersistentScheduler
from kombu.exceptions import OperationalError as QueueAway

from config.logs import logged_as
from config.watch import watch_of

log = logging.getLogger(__name__)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# The task itself asks whether its dataset is due; asking often is what makes up for a refresh that failed.
ASK_AT_LEAST_EVERY = timedelta(hours=6)


class LoggedTask(Task):
    """A task whose log lines carry its own id and, where it takes a `job_id`, that of its job."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it. The signature says which of the words of the message is the job's id."""
        ids = {"task_id": str(self.request.id)} if self.request.id else {}
        job_id = inspect.signature(self.run).bind_partial(*args, **kwargs).arguments.get("job_id")
        with logged_as(**ids, **({"job_id": str(job_id)} if job_id is not None else {})):
            return super().__call__(*args, **kwargs)


app = Celery("sogdia", task_cls=LoggedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SWEEP = "markets.tasks.sweep_jobs"
ERASE = "companies.tasks.erase_people"
FORGET = "companies.tasks.forget_answers"
SWEEP_EXPORTS = "companies.tasks.sweep_exports"
SWEEP_IMPORTS = "companies.tasks.sweep_imports"
LOOK_FOR_ALERTS = "companies.tasks.look_for_alerts"
SEND_LETTERS = "companies.tasks.send_alert_letters"


class ComingAndGoing(bootsteps.StartStopStep):
    """A worker that starts sweeps at once; one that shuts down lets go of its jobs, so that another goes on."""

    requires = ("celery.worker.components:Pool",)

    def start(self, worker: Any) -> None:
        """What a former worker lost need not wait for the clock. While the queue is away, the clock does it."""
        try:
            worker.app.send_task(SWEEP, retry=False)
        except (QueueAway, OSError) as away:
            log.warning("The queue is away; lost jobs wait for the next sweep: %s", away)
        self.watch = watch_of(worker.app)
        self.watch.start()

    def stop(self, worker: Any) -> None:  # noqa: ARG002 Celery's signature
        """Its children are asked to stop at their next step, and then waited for."""
        from django.db import connection

        from markets import jobs

        self.watch.stop()
        jobs.let_go_of_children()
        connection.close()


app.steps["worker"].add(ComingAndGoing)


def timetable() -> dict[str, dict[str, Any]]:
    """The sweep, what is deleted by the clock, and each source card that says how often its dataset is refreshed.

    The latter are asked at least every six hours.
    """
    from django.conf import settings

    from markets import sources

    sweep = {"task": SWEEP, "schedule": timedelta(seconds=settings.JOB_SWEEP_SECONDS)}
    erase = {"task": ERASE, "schedule": timedelta(hours=6)}
    forget = {"task": FORGET, "schedule": timedelta(hours=1)}
    exports = {"task": SWEEP_EXPORTS, "schedule": timedelta(hours=1)}
    imports = {"task": SWEEP_IMPORTS, "schedule": timedelta(hours=1)}
    alerts = {"task": LOOK_FOR_ALERTS, "schedule": timedelta(seconds=settings.ALERT_LOOK_SECONDS)}
    send_letters = {"task": SEND_LETTERS, "schedule": timedelta(seconds=settings.ALERT_LETTER_SECONDS)}
    ours = {
        "sweep jobs": sweep,
        "delete accounts": erase,
        "forget answers": forget,
        "sweep files of lists": exports,
        "sweep imports": imports,
        "look for alerts": alerts,
        "send letters": send_letters,
    }
    return ours | {
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
