"""The jobs of an import: one at a time, asked for in the transaction of the decision that needs it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Action, Actor, actor_of_person
from companies.errors import ImportAtWork, ImportElsewhere
from companies.models import Change, Import
from companies.records.versions import held as row_held
from markets import jobs
from markets.errors import InvalidRequest, JobStopped
from markets.models import Job

# Rows, verdicts and bytes are kept so long after the last decision.
KEPT: Final = dt.timedelta(days=30)
KIND: Final = "import"
TASK: Final = "companies.tasks.run_import"


class Work(StrEnum):
    """What a job does with an import."""

    READ = "read"
    CHECK = "check"
    COMMIT = "commit"
    UNDO = "undo"


# What may be cut off by a newer decision; what writes records is waited for.
_REPLACEABLE: Final = frozenset({Work.READ, Work.CHECK})


def open_import(actor: Actor, key: object, version: int | None, *steps: str) -> Import:
    """The import, locked, at one of these steps (at any open one where none is named) and not being written from.

    Must stand in a transaction. Raises what `versions.held` raises, ImportElsewhere, ImportAtWork.
    """
    imported = row_held(actor, Import, key, version, Action.IMPORT)
    if imported.step not in (steps or Import.OPEN):
        raise ImportElsewhere(name=imported.file_name, step=_(Import.Step(imported.step).label).lower())
    job = imported.job
    if job is not None and job.is_open and job.parameters["work"] not in _REPLACEABLE:
        raise ImportAtWork(name=imported.file_name)
    return imported


def ask_work(actor: Actor, imported: Import, work: Work) -> None:
    """Save the import one version on, with a job that does this to it; one that does something older is cancelled.

    The import is in the name of whoever decides now, by the way they came; what a job asks for goes on in the name of
    the decision before. Must stand in the transaction that holds the import; wake a worker for `imported.job` once
    that is committed.
    """
    if imported.job is not None and imported.job.is_open:
        with suppress(InvalidRequest):  # it may fail this very moment
            jobs.cancel(imported.job)
    if actor.via != Change.Via.IMPORT:
        imported.via, imported.api_key = actor.via, actor.api_key
    imported.expires_at = timezone.now() + KEPT
    imported.version += 1
    imported.updated_at = Now()
    imported.job = jobs.ask(
        KIND,
        task=TASK,
        parameters={"import": str(imported.pk), "work": work.value, "version": imported.version},
        requested_by=actor.person,
    )
    imported.save()
    imported.refresh_from_db()


def actor_of_work(held: jobs.Held, imported: Import) -> Actor | None:
    """Whoever asked for the job, with the role they hold now; None where they may import here no more."""
    person = held.job.requested_by
    if person is None or not person.is_active:
        return None
    actor = actor_of_person(person, wanted=imported.organisation_id, via=Change.Via.IMPORT, api_key=imported.api_key)
    may = imported.organisation_id in actor.roles and actor.may(Action.IMPORT, imported.organisation_id)
    return actor if may and _key_is_in_force(imported) else None


@contextmanager
def still_wanted(held: jobs.Held, imported: Import) -> Iterator[Import]:
    """A transaction over the end of a job: the import, locked, as the job left it; what it did is written with it.

    The job's row is held too, so that nobody takes over what is about to be committed.
    Raises JobTakenOver where another has come, JobStopped where a newer decision has asked for another job.
    """
    with transaction.atomic():
        locked = Import.objects.select_for_update(of=("self",)).get(pk=imported.pk)
        held.guard()
        if locked.job_id != held.job.pk:
            raise JobStopped(job=str(held.job.pk), wish=Job.Stop.CANCEL)
        yield locked


def _key_is_in_force(imported: Import) -> bool:
    key = imported.api_key
    return key is None or (key.revoked_at is None and (key.expires_at is None or key.expires_at > timezone.now()))
