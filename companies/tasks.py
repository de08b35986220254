"""Doors for the clock and the queue: a task takes an id and calls a use-case."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from celery import shared_task
from celery.utils.log import get_task_logger

from companies.accounts import answers, privacy
from companies.alerts import letters, looking
from companies.errors import MailAway
from companies.importing.doing import work
from companies.importing.doing.keeping import sweep_imports as let_go_of_imports
from companies.importing.doing.running import run_work
from companies.profiles.alert_letter import alert_letter
from companies.profiles.exports import make_export
from companies.records import bulk, exporting
from markets import jobs
from markets.errors import MarketsError

logger = get_task_logger(__name__)


@shared_task(name="companies.tasks.erase_people")
def erase_people() -> int:
    """Delete the accounts whose days of grace have passed, and sessions that ended."""
    erased = privacy.erase_due()
    privacy.forget_ended_sessions()
    return erased


@shared_task(name="companies.tasks.forget_answers")
def forget_answers() -> int:
    """Drop what programs were answered under an Idempotency-Key more than a day ago."""
    return answers.forget_answers()


@shared_task(name=exporting.TASK)
def run_export(job_id: str) -> None:
    """Make a file that was asked for, unless somebody does it already."""
    _carry_out(job_id, make_export)


@shared_task(name="companies.tasks.sweep_exports")
def sweep_exports() -> None:
    """Files whose time is over, or whose member is one no more, are gone; so are old choices of records."""
    exporting.sweep_exports()
    bulk.forget_selections()


@shared_task(name=work.TASK)
def run_import(job_id: str) -> None:
    """Do what an import asks for, unless somebody does it already, and wake a worker for what comes next."""
    _carry_out(job_id, _import)


@shared_task(name="companies.tasks.sweep_imports")
def sweep_imports() -> None:
    """Imports whose time is over let go of the file and its rows; that they were stays."""
    let_go_of_imports()


@shared_task(name="companies.tasks.look_for_alerts")
def look_for_alerts() -> int:
    """Tell people what their rules ask for; how many alerts that made. One kind of news never keeps back another."""
    told: list[int] = []

    def make(look: Callable[[], int]) -> None:
        told.append(look())

    with ExitStack() as looks:
        # Each is made whatever became of the others; a failure is raised when all were made, and left nothing behind.
        for look in (looking.look_at_sources, looking.look_at_approvals, looking.look_at_releases):
            looks.callback(make, look)
    return sum(told)


@shared_task(name="companies.tasks.send_alert_letters")
def send_alert_letters() -> int:
    """Send the letters with alerts that are due: how many were. What goes wrong with one stops no other."""
    sent = 0
    for person in letters.due_people():
        try:
            sent += letters.send_letter(person, alert_letter)
        except MailAway as away:
            logger.warning("Letters with alerts wait: %s", type(away.__cause__).__name__)
            break
        except Exception:
            logger.exception("The letter with alerts to person %s could not be made", person)
    return sent


def _import(held: jobs.Held) -> None:
    asked = run_work(held)
    if asked is not None:
        jobs.wake(asked)


def _carry_out(job_id: str, do: Callable[[jobs.Held], None]) -> None:
    """Do the work of a job, unless somebody does it already; what it raises stands in its row."""
    held = jobs.claim(job_id)
    if held is None:
        return
    try:
        with jobs.held_to_the_end(held):
            do(held)
    except MarketsError as failure:
        # Foreseen, and written to the job: no trace is needed.
        logger.error("Job %s failed: %s", job_id, failure)  # noqa: TRY400
