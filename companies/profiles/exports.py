"""Files of lists: made from the very table the page shows, and listed for the member who asked for them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.translation import gettext as _

from companies.access import Actor, actor_of_person, one, working_on
from companies.errors import HiddenObject
from companies.models import Change, ListExport
from companies.profiles.record_list import ListedRecord, listed, table_of
from companies.queries.records import RecordQuestion, matching
from companies.records.exporting import export_of, in_force, keep_export
from markets import downloads
from markets.errors import JobStopped
from markets.jobs import Held
from markets.models import Job

# After so many rows the job asks whether it is still wanted.
STEP: Final = 1000


@dataclass(frozen=True, slots=True)
class ExportLine:
    """A file as its member sees it. state: of its job. done, total: how many rows so far, of how many; 0: not known."""

    id: uuid.UUID
    form: str
    state: str
    is_open: bool
    is_ready: bool
    done: int
    total: int
    count: int | None
    query: str
    created_at: dt.datetime
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ExportsPage:
    """The files a member asked for, newest first."""

    exports: tuple[ExportLine, ...]

    @property
    def is_any_open(self) -> bool:
        """Whether one is still being made."""
        return any(export.is_open for export in self.exports)


def exports_page(actor: Actor) -> ExportsPage:
    """The actor's own files, of the organisation they work in. Raises SignInNeeded, NoOrganisation."""
    rows = working_on(actor, ListExport).filter(in_force()).defer("content").select_related("job")
    return ExportsPage(tuple(_line(export) for export in rows.order_by("-created_at", "id")))


def export_file(actor: Actor, key: object) -> tuple[bytes, downloads.Form, str]:
    """Bytes, form and name of a file that is ready. Raises SignInNeeded, HiddenObject."""
    export = one(actor, ListExport, key)
    if export.content is None or not ListExport.objects.filter(in_force(), pk=export.pk).exists():
        raise HiddenObject(kind=_("file"), key=key)
    name = f"sogdia-records-{export.created_at:%Y-%m-%d}.{export.form}"
    return bytes(export.content), downloads.Form(export.form), name


def make_export(held: Held) -> None:
    """Make the file of a job, and close it. A member who is one no more gets nothing.

    Raises JobTakenOver, JobStopped; UnknownParameter, InvalidValue where the list names what is no longer there.
    """
    export = export_of(held.job)
    if export is None:
        held.end(Job.State.CANCELLED, {}, [])
        return
    actor = actor_of_person(export.membership.user, wanted=export.organisation_id, via=Change.Via.JOB)
    with translation.override(export.language):
        question = RecordQuestion.of_text(export.query)
        rows = matching(actor, question)
        total = rows.count()
        read = list(_watched(held, listed(rows, question.columns), total))
        content = downloads.file_of(table_of(question, read), downloads.Form(export.form))
    held.step()
    keep_export(held, export, content, len(read))


def _watched(held: Held, rows: Iterator[ListedRecord], total: int) -> Iterator[ListedRecord]:
    """The rows; now and then the job tells how far it is, and stops where it is not wanted any more."""
    for number, row in enumerate(rows):
        if number % STEP == 0:
            held.step()
            held.progress(number, total)
            if export_of(held.job) is None:
                raise JobStopped(job=str(held.job.pk), wish=Job.Stop.CANCEL)
        yield row


def _line(export: ListExport) -> ExportLine:
    job = export.job
    return ExportLine(
        id=export.pk,
        form=export.form,
        state=job.state if job else Job.State.DONE,
        is_open=job is not None and job.is_open,
        is_ready=export.ready_at is not None and bool(export.sha256),
        done=job.progress_done if job else 0,
        total=job.progress_total if job else 0,
        count=export.count,
        query=export.query,
        created_at=export.created_at,
        expires_at=export.expires_at,
    )
