"""Background work as people and programs see it: what it does, how far it is, what became of it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from markets import jobs, queries
from markets.errors import InvalidValue, NotFound, is_foreseen
from markets.models import Job, Payload
from markets.profiles.problems import problem_told, slice_of
from markets.profiles.slices import SliceRef, slice_refs
from markets.profiles.tables import Column, Table

JOBS_SHOWN = 50
# A worker is there within seconds; who waits longer waits for the queue, not for a turn.
SLOW_AFTER_S = 60


@dataclass(frozen=True, slots=True)
class JobRef:
    """A job in a few words. at: when it was begun, or asked for. problems: how many it met."""

    id: str
    state: str
    transport: str
    at: dt.datetime
    problems: int


@dataclass(frozen=True, slots=True)
class JobProgress:
    """Step `done` of `total`, and what is being done; total 0: not known yet."""

    done: int
    total: int
    note: str


@dataclass(frozen=True, slots=True)
class JobCounts:
    """What a job did, in numbers of values; unmapped_rows: rows under codes that are not known here.

    Of product-level trade: rows_read, of which so many were added, rejected, or repeated another; else 0.
    """

    added: int
    revised: int
    withdrawn: int
    refined: int
    unchanged: int
    unmapped_rows: int
    rows_read: int
    rejected: int
    repeated: int


@dataclass(frozen=True, slots=True)
class JobPayload:
    """Kept bytes that a job speaks of. name: of the file that was handed in, where it was one."""

    sha256: str
    content_type: str
    size_bytes: int
    name: str


@dataclass(frozen=True, slots=True)
class JobProblem:
    """What failed, or why a release is held: of which slice (empty: of the whole), told in the reader's language."""

    slice: str
    name: str
    code: str
    detail: str
    payloads: tuple[JobPayload, ...]


@dataclass(frozen=True, slots=True)
class JobRelease:
    """A release that a job published or held."""

    id: int
    vintage: str
    state: str


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job in a list.

    is_cancelling: it was asked to stop and will at its next step. run_after: it does not begin before.
    waited_s: how long it has waited for a worker by now. waits_for: the id of the job of the same dataset that runs
    before it, or empty. is_slow: it waits for no other job, and longer than a queue at work would let it.
    duration_s: from its first begin to its end, or until now; null before it begins.
    """

    id: str
    kind: str
    dataset: str
    dataset_name: str
    transport: str
    state: str
    is_open: bool
    is_cancelling: bool
    attempts: int
    attempts_most: int
    progress: JobProgress
    counts: JobCounts | None
    problem_count: int
    created_at: dt.datetime
    run_after: dt.datetime
    started_at: dt.datetime | None
    finished_at: dt.datetime | None
    waited_s: int
    waits_for: str
    is_slow: bool
    duration_s: int | None


@dataclass(frozen=True, slots=True)
class JobRecord(JobLine):
    """One job with what it met and what it made."""

    problems: tuple[JobProblem, ...]
    releases: tuple[JobRelease, ...]


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a job's log, in the reader's language."""

    at: dt.datetime
    attempt: int
    text: str


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job's page. files: what was handed in. asked_by, worker: for staff alone, empty for others."""

    job: JobRecord
    lines: tuple[LogLine, ...]
    files: tuple[JobPayload, ...]
    asked_by: str
    worker: str
    can_retry: bool


@dataclass(frozen=True, slots=True)
class JobList:
    """Jobs that wait or run, and those that ended. before: the place after which the older ones stand; empty: none.

    is_queue_slow: something waits longer than a queue at work would let it.
    """

    open: tuple[JobLine, ...]
    ended: tuple[JobLine, ...]
    datasets: tuple[tuple[str, str], ...]
    dataset: str
    state: str
    is_first: bool
    before: str

    @property
    def is_queue_slow(self) -> bool:
        return any(line.is_slow for line in self.open)

    def table(self) -> Table:
        """One job a row, those of this page."""
        columns = [
            Column("id", _("Job")),
            Column("dataset", _("Dataset")),
            Column("transport", _("How")),
            Column("state", _("State")),
            Column("created_at", _("Asked for")),
            Column("started_at", _("Begun")),
            Column("finished_at", _("Ended")),
            Column("problems", _("Problems"), is_number=True),
        ]
        rows = [
            (
                line.id,
                line.dataset,
                line.transport,
                line.state,
                *(at.isoformat() if at else None for at in (line.created_at, line.started_at, line.finished_at)),
                line.problem_count,
            )
            for line in (*self.open, *self.ended)
        ]
        return Table("jobs", _("Background work"), columns, rows)


def job_list(dataset: str = "", state: str = "", before: str = "") -> JobList:
    """Jobs that match: those that wait first, then those that run, then those that ended. Raises InvalidValue."""
    names = dict(queries.datasets().values_list("id", "name"))
    if dataset and dataset not in names:
        raise InvalidValue(parameter="dataset", value=dataset, expected=_("it is no dataset of ours"))
    if state and state not in Job.State.values:
        raise InvalidValue(parameter="state", value=state, expected=_("it is no state of a job"))
    place = _place(before) if before else None
    busy = queries.datasets_at_work()
    waiting = [] if place else queries.open_jobs(dataset, state)
    ended = queries.ended_jobs(dataset, state, JOBS_SHOWN, place)
    shown = ended[:JOBS_SHOWN]
    more = f"{shown[-1].created_at.isoformat()}~{shown[-1].pk}" if len(ended) > JOBS_SHOWN else ""
    return JobList(
        open=tuple(JobLine(**_line(job, busy)) for job in waiting),
        ended=tuple(JobLine(**_line(job, busy)) for job in shown),
        datasets=tuple(names.items()),
        dataset=dataset,
        state=state,
        is_first=place is None,
        before=more,
    )


def job_record(key: uuid.UUID) -> JobRecord:
    """One job, for a page and for the API. Raises NotFound."""
    return _record(_found(key), is_staff=False)


def job_page(key: uuid.UUID, *, is_staff: bool = False) -> JobPage:
    """A job's page; only staff reads who asked for it, which worker holds it, and faults nobody foresaw.

    Raises NotFound.
    """
    job = _found(key)
    asked_by = str(job.requested_by) if job.requested_by else ""
    return JobPage(
        job=_record(job, is_staff=is_staff),
        lines=tuple(LogLine(event.at, event.attempt, text) for event, text in jobs.log_lines(job, _)),
        files=_handed_in(job),
        asked_by=asked_by if is_staff else "",
        worker=job.worker if is_staff and job.state == Job.State.RUNNING else "",
        can_retry=bool(job.task) and job.state in (Job.State.FAILED, Job.State.DEAD, Job.State.CANCELLED),
    )


def job_ref(job: Job) -> JobRef:
    """A job in a few words."""
    return JobRef(str(job.pk), job.state, job.transport, job.begun_at, len(job.problems))


def job_payload(key: uuid.UUID, sha256: str) -> Payload:
    """The bytes that a job was given in place of figures, or that were handed in with it. Raises NotFound."""
    job = _found(key)
    if sha256 not in {*_hashes(job.problems), *(file["sha256"] for file in job.parameters.get("files") or ())}:
        raise NotFound(kind=_("payload"), key=sha256)
    found = Payload.objects.filter(pk=sha256).first()
    if found is None:
        raise NotFound(kind=_("payload"), key=sha256)
    return found


def _found(key: uuid.UUID) -> Job:
    job = queries.job(key)
    if job is None:
        raise NotFound(kind=_("job"), key=key)
    return job


def _record(job: Job, *, is_staff: bool) -> JobRecord:
    names = slice_refs(slice_of(problem) for problem in job.problems)
    kept = queries.payloads(_hashes(job.problems))
    return JobRecord(
        **_line(job, queries.datasets_at_work() if job.state == Job.State.QUEUED else {}),
        problems=tuple(_problem(problem, names, kept, is_staff=is_staff) for problem in job.problems),
        releases=tuple(JobRelease(r.pk, r.title, r.state) for r in queries.releases_of_job(job.pk)),
    )


def _line(job: Job, busy: Mapping[str, uuid.UUID]) -> dict[str, Any]:
    """The members of a JobLine."""
    now = timezone.now()
    is_waiting = job.state == Job.State.QUEUED
    waited = max(int((now - job.run_after).total_seconds()), 0) if is_waiting else 0
    ahead = str(busy.get(str(job.dataset_id), "")) if is_waiting else ""
    began = job.started_at
    return {
        "id": str(job.pk),
        "kind": job.kind,
        "dataset": str(job.dataset_id),
        "dataset_name": job.dataset.name if job.dataset else "",
        "transport": job.transport,
        "state": job.state,
        "is_open": job.is_open,
        "is_cancelling": job.is_open and job.stop_wanted == Job.Stop.CANCEL,
        "attempts": job.attempts,
        "attempts_most": job.attempts_most,
        "progress": JobProgress(job.progress_done, job.progress_total, job.progress_note),
        "counts": JobCounts(**{name: job.counts.get(name, 0) for name in JobCounts.__slots__}) if job.counts else None,
        "problem_count": len(job.problems),
        "created_at": job.created_at,
        "run_after": job.run_after,
        "started_at": began,
        "finished_at": job.finished_at,
        "waited_s": waited,
        "waits_for": ahead,
        "is_slow": waited > SLOW_AFTER_S and not ahead,
        "duration_s": max(int(((job.finished_at or now) - began).total_seconds()), 0) if began else None,
    }


def _problem(
    problem: Mapping[str, Any], names: Mapping[str, SliceRef], kept: Mapping[str, Payload], *, is_staff: bool
) -> JobProblem:
    key = slice_of(problem)
    return JobProblem(
        slice=key,
        name=names[key].name if key in names else key,
        code=str(problem.get("code", "")) if is_foreseen(problem) or is_staff else "error",
        detail=problem_told(problem, names, is_staff=is_staff),
        payloads=tuple(_payload(kept[sha256]) for sha256 in problem.get("payloads") or () if sha256 in kept),
    )


def _payload(kept: Payload, name: str = "") -> JobPayload:
    return JobPayload(kept.sha256, kept.content_type, kept.size_bytes, name)


def _handed_in(job: Job) -> tuple[JobPayload, ...]:
    files = job.parameters.get("files") or ()
    kept = queries.payloads(file["sha256"] for file in files) if files else {}
    return tuple(_payload(kept[file["sha256"]], file["name"]) for file in files if file["sha256"] in kept)


def _hashes(problems: Sequence[Mapping[str, Any]]) -> set[str]:
    return {sha256 for problem in problems for sha256 in problem.get("payloads") or ()}


def _place(text: str) -> tuple[dt.datetime, uuid.UUID]:
    """The place of the last job of the page before. Raises InvalidValue."""
    at, _sign, key = text.replace(" ", "+").partition("~")
    try:
        return dt.datetime.fromisoformat(at).astimezone(dt.UTC), uuid.UUID(key)
    except (ValueError, OverflowError) as unknown:
        expected = _("follow the link at the end of the list")
        raise InvalidValue(parameter="before", value=text, expected=expected) from unknown
