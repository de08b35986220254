"""A job of an import, from its claim to its end: who asked for it may still do so, or nothing is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from django.utils import translation

from companies.access import Actor
from companies.importing.checking.checking import check
from companies.importing.doing.committing import commit_rows
from companies.importing.doing.staging import stage_file
from companies.importing.doing.undoing import undo_rows
from companies.importing.doing.work import Work, actor_of_work
from companies.models import Import
from markets.jobs import Held
from markets.models import Job

_WORKS: Final[Mapping[Work, Callable[[Held, Actor, Import], None]]] = {
    Work.READ: stage_file,
    Work.CHECK: check,
    Work.COMMIT: commit_rows,
    Work.UNDO: undo_rows,
}


def run_work(held: Held) -> Job | None:
    """Do what a job asks for, and close it; the job that this asked for in turn, whose worker is to be woken.

    Who was removed, or whose key was revoked, since they asked gets nothing: the job is cancelled.
    Raises JobTakenOver, JobStopped.
    """
    imported = Import.objects.select_related("api_key").filter(pk=held.job.parameters["import"]).first()
    actor = actor_of_work(held, imported) if imported is not None else None
    if imported is None or actor is None:
        held.end(Job.State.CANCELLED, {}, [])
        return None
    with translation.override(imported.language):
        _WORKS[Work(held.job.parameters["work"])](held, actor, imported)
    next_one = Job.objects.filter(pk__in=Import.objects.filter(pk=imported.pk).values("job")).first()
    return next_one if next_one is not None and next_one.pk != held.job.pk and next_one.is_open else None
