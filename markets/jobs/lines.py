"""The log of a job: each line a code of this list, told in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_noop

from markets.errors import told_again
from markets.models import Job, JobEvent


class Line(StrEnum):
    """What can happen to a job."""

    ASKED = "asked"
    JOINED = "joined"
    BEGUN = "begun"
    RESUMED = "resumed"
    PUBLISHED = "published"
    HELD = "held"
    YEAR_PUBLISHED = "year_published"
    YEAR_SAME = "year_same"
    YEAR_OLDER = "year_older"
    YEAR_HELD = "year_held"
    FAILED = "failed"
    SILENT = "silent"
    BROKEN_OFF = "broken_off"
    LOST = "lost"
    YIELDED = "yielded"
    GIVEN_UP = "given_up"
    CANCEL_ASKED = "cancel_asked"
    CANCELLED = "cancelled"
    RETRIED = "retried"
    ENDED = "ended"


SENTENCES: dict[Line, str] = {
    Line.ASKED: gettext_noop("Asked for; waits for a worker."),
    Line.JOINED: gettext_noop("Asked for again while it was open: one run serves both."),
    Line.BEGUN: gettext_noop("A worker has begun."),
    Line.RESUMED: gettext_noop("A worker goes on where the one before stopped; {kept} answers are kept."),
    Line.PUBLISHED: gettext_noop("Release {release} is published: {added} added, {revised} revised, {gone} withdrawn."),
    Line.HELD: gettext_noop("Release {release} is held for review."),
    Line.YEAR_PUBLISHED: gettext_noop(
        "{year} is published in release {release}: {read} rows read, {published} published, {rejected} rejected,"
        " {repeated} repeated."
    ),
    Line.YEAR_SAME: gettext_noop("{year}: this very file is in force already; nothing was written."),
    Line.YEAR_OLDER: gettext_noop("{year}: what is in force is newer than this file; nothing was written."),
    Line.YEAR_HELD: gettext_noop("{year} is not published; what was in force stays."),
    Line.FAILED: gettext_noop("{slice} could not be read."),
    Line.SILENT: gettext_noop("The source is silent; the next attempt is in {seconds} seconds."),
    Line.BROKEN_OFF: gettext_noop("The database was away; the next attempt is in {seconds} seconds."),
    Line.LOST: gettext_noop("The worker stopped without a word; the job waits for another one."),
    Line.YIELDED: gettext_noop("The worker shut down in good order; another one goes on."),
    Line.GIVEN_UP: gettext_noop("Given up after {attempts} attempts."),
    Line.CANCEL_ASKED: gettext_noop("A person asked to cancel."),
    Line.CANCELLED: gettext_noop("Cancelled. What was published stays."),
    Line.RETRIED: gettext_noop("A person asked to try again."),
    Line.ENDED: gettext_noop("Ended: {state}."),
}


def write_line(job: Job, line: Line, **context: Any) -> None:
    """Add a line to the job's log."""
    JobEvent.objects.create(job=job, attempt=job.attempts, code=line.value, context=context)


def log_lines(job: Job, translate: Callable[[str], str] = str) -> list[tuple[JobEvent, str]]:
    """Each line of the log with its sentence in the language of a translator, oldest first."""
    return [(event, _sentence(event, translate)) for event in job.events.all()]


def _sentence(event: JobEvent, translate: Callable[[str], str]) -> str:
    words = dict(event.context)
    if "state" in words:
        words["state"] = translate(str(Job.State(words["state"]).label))
    told = translate(SENTENCES[Line(event.code)]).format_map(words)
    error = event.context.get("error")
    return f"{told} {told_again(error, translate)}" if error else told
