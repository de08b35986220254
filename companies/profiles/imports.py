"""Imports as their pages show them: the head that all of them share, and the list of all."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from companies.access import Action, Actor, require
from companies.importing.doing.work import Work
from companies.importing.reading.form import MOST_BYTES, MOST_ROWS
from companies.models import Import
from companies.profiles import import_words as words
from companies.profiles.people import PersonRef, person_ref
from companies.queries import imports as queries
from companies.queries.paging import page_number
from markets.models import Job
from markets.profiles.problems import reasons_told

# Which steps can be looked at while an import stands at one.
_VISITABLE: Final[Mapping[str, tuple[str, ...]]] = {
    Import.Step.UPLOADED: ("read",),
    Import.Step.READ: ("read", "map"),
    Import.Step.MAPPED: ("read", "map", "check"),
    Import.Step.CHECKED: ("read", "map", "check", "preview"),
    Import.Step.DONE: ("done",),
    Import.Step.UNDONE: ("done",),
    Import.Step.REFUSED: ("read",),
    Import.Step.DISCARDED: (),
}
_STANDS_AT: Final[Mapping[str, str]] = {
    Import.Step.UPLOADED: "read",
    Import.Step.READ: "read",
    Import.Step.MAPPED: "check",
    Import.Step.CHECKED: "check",
    Import.Step.DONE: "done",
    Import.Step.UNDONE: "done",
    Import.Step.REFUSED: "read",
    Import.Step.DISCARDED: "read",
}
_FAILED: Final = frozenset({Job.State.FAILED, Job.State.DEAD, Job.State.CANCELLED})
# The names that files may end in; what a file is, its bytes tell.
ENDINGS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
LINES: Final = 25
# A worker is there within seconds; who waits longer waits for the queue.
SLOW_AFTER: Final = dt.timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StepLink:
    """One step of the bar. page: the name of its address, empty where it cannot be looked at (yet, or any more)."""

    key: str
    label: str
    page: str
    is_current: bool
    is_behind: bool


@dataclass(frozen=True, slots=True)
class WorkLine:
    """The work under way or the last one, while it is not done. told: in a sentence. total 0: not known how much.

    reasons: why it failed, where that was foreseen. is_slow: it has waited so long that the queue may be away.
    """

    work: str
    told: str
    is_open: bool
    done: int
    total: int
    note: str
    is_slow: bool
    reasons: tuple[str, ...]

    @property
    def heard(self) -> str:
        """What a listener has been told when told this: nothing is said twice, and progress by quarters alone."""
        quarter = 4 * self.done // self.total if self.total else 0
        return f"{self.told}{quarter}"


@dataclass(frozen=True, slots=True)
class EarlierImport:
    """The same file, imported before: when and by whom; undone_at: when it was taken back, None where it was not."""

    id: uuid.UUID
    by: PersonRef
    at: dt.datetime
    undone_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ImportHead:
    """What every page of an import begins with. at: the step whose page this is. version: as forms send it.

    work: None where nothing is under way and nothing failed. earlier: of the same bytes, the import that stands, else
    the newest that was undone; None for none, and once this one is done.
    """

    id: uuid.UUID
    file_name: str
    size_bytes: int
    by: PersonRef
    at: str
    made_at: dt.datetime
    expires_at: dt.datetime
    step: str
    version: int
    steps: tuple[StepLink, ...]
    work: WorkLine | None
    earlier: EarlierImport | None

    @property
    def is_open(self) -> bool:
        """Whether it can still be gone on with."""
        return self.step in Import.OPEN

    @property
    def is_busy(self) -> bool:
        """Whether work is under way."""
        return self.work is not None and self.work.is_open

    @property
    def can_try_again(self) -> bool:
        """Whether work that did not come through can be asked for once more as it was."""
        return self.work is not None and not self.work.is_open and self.step != Import.Step.DISCARDED

    @property
    def can_discard(self) -> bool:
        """Whether it can be thrown away: what writes records is waited for."""
        is_writing = self.is_busy and self.work is not None and self.work.work in (Work.COMMIT, Work.UNDO)
        return self.step in (*Import.OPEN, Import.Step.REFUSED) and not is_writing


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list of all. at: the step to go on with. counts: rows by outcome, of the newest check.

    undo_until: None where it cannot be undone (any more). is_busy: work is under way.
    """

    id: uuid.UUID
    file_name: str
    size_bytes: int
    by: PersonRef
    made_at: dt.datetime
    step: str
    stands: str
    is_open: bool
    is_busy: bool
    counts: tuple[tuple[str, int], ...]
    done_by: PersonRef | None
    done_at: dt.datetime | None
    undone_by: PersonRef | None
    undone_at: dt.datetime | None
    undo_until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """A page of the organisation's imports, newest first. total: of all pages."""

    rows: tuple[ImportLine, ...]
    total: int
    number: int
    pages: int

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


@dataclass(frozen=True, slots=True)
class NewImportPage:
    """Where a file is handed in. most_bytes: of one file. rows: how many one may have. key: seals the form."""

    most_bytes: int
    most_rows: int
    key: str
    endings: tuple[str, ...] = ENDINGS


def imports_page(actor: Actor, page: str) -> ImportsPage:
    """The imports of the organisation the actor works in.

    Raises SignInNeeded, NoOrganisation, NotAllowed; InvalidValue for a page that is none.
    """
    rows = queries.imports(actor)
    total = rows.count()
    pages = max(-(-total // LINES), 1)
    number = min(page_number(page), pages)
    shown = rows[(number - 1) * LINES : number * LINES]
    return ImportsPage(tuple(_line(each) for each in shown), total, number, pages)


def new_import_page(actor: Actor, key: str) -> NewImportPage:
    """Where a file is handed in. Raises SignInNeeded, NoOrganisation, NotAllowed."""
    require(actor, Action.IMPORT)
    return NewImportPage(MOST_BYTES, MOST_ROWS, key)


def import_head(imported: Import, at: str) -> ImportHead:
    """The head of the page of a step: read, map, check, preview or done. The import is one that the reader sees."""
    return ImportHead(
        id=imported.pk,
        file_name=imported.file_name,
        size_bytes=imported.size_bytes,
        by=person_ref(imported.created_by),
        at=at,
        made_at=imported.created_at,
        expires_at=imported.expires_at,
        step=imported.step,
        version=imported.version,
        steps=_steps(imported, at),
        work=work_line(imported.job),
        earlier=_earlier(imported),
    )


def stands_at(imported: Import) -> str:
    """The step whose page an import is at: the one that is next to be decided on, or whose work is under way."""
    return "done" if _is_written(imported) else _STANDS_AT[imported.step]


def work_line(job: Job | None) -> WorkLine | None:
    """Work that is under way or failed; None for none and for what came through."""
    if job is None or not (job.is_open or job.state in _FAILED):
        return None
    waited = timezone.now() - job.created_at
    return WorkLine(
        work=job.parameters["work"],
        told=_told(job),
        is_open=job.is_open,
        done=job.progress_done,
        total=job.progress_total,
        note=job.progress_note,
        is_slow=job.state == Job.State.QUEUED and waited > SLOW_AFTER,
        reasons=() if job.is_open else reasons_told(job.problems),
    )


def _told(job: Job) -> str:
    work = job.parameters["work"]
    if not job.is_open:
        return str(words.FAILED[work])
    has_begun_before = job.attempts > (1 if job.state == Job.State.RUNNING else 0)
    if has_begun_before:
        return str(words.RESUMING[work])
    return str((words.WAITING if job.state == Job.State.QUEUED else words.RUNNING)[work])


def _is_written(imported: Import) -> bool:
    job = imported.job
    return job is not None and job.is_open and job.parameters["work"] in (Work.COMMIT, Work.UNDO)


def _steps(imported: Import, at: str) -> tuple[StepLink, ...]:
    visitable = ("done",) if _is_written(imported) else _VISITABLE[imported.step]
    names = list(words.STEPS)
    return tuple(
        StepLink(
            key=key,
            label=str(label),
            page=f"companies:import_{key}" if key in visitable else "",
            is_current=key == at,
            is_behind=names.index(key) < names.index(at),
        )
        for key, label in words.STEPS.items()
    )


def _line(imported: Import) -> ImportLine:
    return ImportLine(
        id=imported.pk,
        file_name=imported.file_name,
        size_bytes=imported.size_bytes,
        by=person_ref(imported.created_by),
        made_at=imported.created_at,
        step=imported.step,
        stands=str(words.STANDS[imported.step]),
        is_open=imported.step in Import.OPEN,
        is_busy=imported.job is not None and imported.job.is_open,
        counts=tuple(
            (str(label), imported.counts[outcome])
            for outcome, label in words.OUTCOMES.items()
            if imported.counts.get(outcome)
        ),
        done_by=person_ref(imported.done_by) if imported.done_by else None,
        done_at=imported.done_at,
        undone_by=person_ref(imported.undone_by) if imported.undone_by else None,
        undone_at=imported.undone_at,
        undo_until=_undo_until(imported),
    )


def _undo_until(imported: Import) -> dt.datetime | None:
    until = imported.undo_until if imported.step == Import.Step.DONE else None
    return until if until is not None and until > timezone.now() else None


def _earlier(imported: Import) -> EarlierImport | None:
    if imported.step not in (*Import.OPEN, Import.Step.REFUSED):
        return None
    found = queries.earlier(imported) or queries.undone_before(imported)
    if found is None or found.done_by is None or found.done_at is None:
        return None
    return EarlierImport(found.pk, person_ref(found.done_by), found.done_at, found.undone_at)
