"""Background work in templates: states, what a job does, waits, durations and moments in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from babel import units
from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import wording
from markets.models import Job
from markets.profiles.datasets import CoverageLine
from markets.profiles.jobs import JobLine, JobRecord, JobRef

register = template.Library()

JOB_SIGNS: Final = {
    "queued": "…",
    "running": "▶",
    "done": "✓",
    "unchanged": "=",
    "held": "!",
    "failed": "✕",
    "dead": "✕",
    "cancelled": "■",
}
JOB_WORDS: Final = {
    "queued": _lazy("Waiting"),
    "running": _lazy("Running"),
    "done": _lazy("Done"),
    "unchanged": _lazy("Nothing new"),
    "held": _lazy("Held for review"),
    "failed": _lazy("Failed"),
    "dead": _lazy("Given up"),
    "cancelled": _lazy("Cancelled"),
}
OUTCOMES: Final = {
    "queued": _lazy("It waits for a worker."),
    "running": _lazy("A worker is at it."),
    "done": _lazy("It came through, and new figures are published."),
    "unchanged": _lazy("It came through: the source says what is in force already."),
    "held": _lazy("It came through, but figures look wrong: a person decides on them. What was in force stays."),
    "failed": _lazy("It failed. What was in force stays."),
    "dead": _lazy("It was given up after several attempts. What was in force stays."),
    "cancelled": _lazy("It was cancelled. What had been published by then stays."),
}
TRANSPORT_DOES: Final = {
    "http": _lazy("Download from the publisher"),
    "file": _lazy("Reading of files that were handed in"),
    "bundled": _lazy("Loading of what comes with the product"),
}
VERDICT_WORDS: Final = {
    "added": _lazy("New"),
    "revised": _lazy("Other value"),
    "withdrawn": _lazy("Gone"),
    "refined": _lazy("More digits or another letter"),
    "unchanged": _lazy("Changes nothing"),
}


@register.simple_tag
def job_states() -> list[tuple[str, str]]:
    """All states of a job with their words, in the order of its life."""
    return [(state, str(JOB_WORDS[state])) for state in Job.State.values]


@register.filter
def job_sign(state: str) -> str:
    """A sign that goes before the words, which say the same."""
    return JOB_SIGNS[state]


@register.filter
def job_words(state: str) -> str:
    """A job's state in a word or two."""
    return str(JOB_WORDS[state])


@register.filter
def outcome_words(state: str) -> str:
    """What a job's state means for the figures, in a sentence."""
    return str(OUTCOMES[state])


@register.filter
def outcome_told(job: JobRecord) -> str:
    """The same of one job; of figures that were held, whether a person has decided on all of them by now."""
    if job.state == Job.State.HELD and job.releases and all(made.state != "held" for made in job.releases):
        return _("It came through, but figures looked wrong. A person has decided on them since.")
    return outcome_words(job.state)


@register.filter
def transport_does(transport: str) -> str:
    """What a job of this kind does."""
    return str(TRANSPORT_DOES.get(transport, transport))


@register.filter
def verdict_words(verdict: str) -> str:
    """What a held row would do."""
    return str(VERDICT_WORDS[verdict])


@register.filter
def duration_words(seconds: int | None) -> str:
    """A number of seconds in its two largest units; nothing for none."""
    if seconds is None:
        return ""
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [(hours, "duration-hour"), (minutes, "duration-minute"), (rest, "duration-second")]
    stated = [part for part in parts if part[0]][:2] or parts[-1:]
    return " ".join(units.format_unit(number, unit, "short", locale=wording.locale()) for number, unit in stated)


@register.filter
def moment_words(at: dt.datetime | None) -> str:
    """A moment as day and time, with its zone; nothing for none."""
    return "" if at is None else wording.moment_words(at)


@register.filter
def progress_words(job: JobLine) -> str:
    """How far a job is: `step 3 of 66`; nothing before the number of steps is known."""
    if not job.progress.total:
        return ""
    # The step that is being done, not how many are behind it.
    step = min(job.progress.done + 1, job.progress.total)
    return _("step %(step)s of %(total)s") % {"step": step, "total": job.progress.total}


@register.filter
def spoken(job: JobLine) -> str:
    """A job in one sentence, for people who listen."""
    words = [str(JOB_WORDS[job.state]), progress_words(job) if job.state == Job.State.RUNNING else ""]
    told = ", ".join(filter(None, words))
    return told if job.is_open else f"{told}. {outcome_words(job.state)}"


@register.filter
def attempt_words(job: JobRef) -> str:
    """When a job was begun and what became of it."""
    return _("%(day)s: %(outcome)s") % {"day": wording.day_words(job.at), "outcome": str(JOB_WORDS[job.state])}


@register.filter
def signed_pct(change_pct: Decimal | None) -> str:
    """A change in per cent with its sign; a dash for none."""
    return wording.NO_VALUE if change_pct is None else f"{wording.difference(change_pct, 1)}%"


@register.filter
def span_words(coverage: CoverageLine) -> str:
    """The periods from and to; one alone where they are the same."""
    oldest, newest = wording.period_words(coverage.oldest), wording.period_words(coverage.newest)
    return oldest if oldest == newest else _("%(oldest)s to %(newest)s") % {"oldest": oldest, "newest": newest}
