"""Files of long lists: asked for, kept for the member who asked, gone with the membership or after a week."""

from __future__ import annotations

import datetime as dt
import hashlib
from contextlib import suppress
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from companies.access import Action, Actor, one, require
from companies.changes import changed
from companies.errors import HiddenObject, TooManyOpen
from companies.models import ListExport, Membership
from companies.queries.records import RecordQuestion
from markets import jobs
from markets.errors import InvalidRequest
from markets.models import Job

KIND: Final = "export"
TASK: Final = "companies.tasks.run_export"
# Longer lists are made in the background.
MOST_AT_ONCE: Final = 5_000
MOST_OPEN: Final = 3
MOST_OPEN_OF_ORGANISATION: Final = 10
KEPT: Final = dt.timedelta(days=7)


def ask_export(actor: Actor, question: RecordQuestion, form: str) -> ListExport:
    """A file that will be made of all records that match then, for this member alone.

    Wake a worker for its job once the transaction is committed. Raises SignInNeeded, NoOrganisation, TooManyOpen.
    """
    organisation_id = require(actor, Action.READ)
    with transaction.atomic():
        # One after the other, so that nobody slips past the limits.
        members = Membership.objects.select_for_update().filter(organisation_id=organisation_id, ended_at__isnull=True)
        membership = next(each for each in members.order_by("pk") if each.user_id == actor.person.pk)
        open_ones = ListExport.objects.filter(organisation_id=organisation_id, job__state__in=Job.OPEN)
        for count, most in (
            (open_ones.filter(membership=membership).count(), MOST_OPEN),
            (open_ones.count(), MOST_OPEN_OF_ORGANISATION),
        ):
            if count >= most:
                raise TooManyOpen(count=count, kind=_("files"))
        export = ListExport(
            organisation_id=organisation_id,
            membership=membership,
            query=question.text(),
            language=get_language() or "en",
            form=form,
            expires_at=timezone.now() + KEPT,
        )
        export.job = jobs.ask(KIND, task=TASK, parameters={"export": str(export.pk)}, requested_by=actor.person)
        export.save(force_insert=True)
        changed(actor, "asked", export, after={"query": export.query, "form": form})
    return export


def export_of(job: Job) -> ListExport | None:
    """The file a job makes; None where it is not wanted any more: its membership has ended, or its time is over."""
    rows = ListExport.objects.defer("content").select_related("membership__user", "organisation")
    return rows.filter(in_force(), pk=job.parameters.get("export")).first()


def in_force() -> Q:
    """Files whose time is not over and whose membership has not ended."""
    return Q(membership__ended_at__isnull=True, expires_at__gt=Now())


def keep_export(held: jobs.Held, export: ListExport, content: bytes, count: int) -> None:
    """Keep the file and close its job, in one; nothing is kept where the membership ended meanwhile.

    Raises JobTakenOver.
    """
    with transaction.atomic():
        held.guard()
        # The member's row first: whoever ends a membership waits, or has ended it before.
        member = Membership.objects.select_for_update().get(pk=export.membership_id)
        if member.ended_at is not None:
            held.end(Job.State.CANCELLED, {}, [])
            return
        ListExport.objects.filter(pk=export.pk).update(
            content=content, sha256=hashlib.sha256(content).hexdigest(), count=count, ready_at=Now()
        )
        held.end(Job.State.DONE, {"added": count}, [])


def cancel_export(actor: Actor, key: object) -> None:
    """Stop making a file, or take away one that is ready. Raises SignInNeeded, HiddenObject."""
    with transaction.atomic():
        export = one(actor, ListExport, key)
        if not ListExport.objects.filter(in_force(), pk=export.pk).exists():
            raise HiddenObject(kind=_("file"), key=key)
        if export.job is not None and export.job.is_open:
            with suppress(InvalidRequest):  # it may end this very moment
                jobs.cancel(export.job)
        ListExport.objects.filter(pk=export.pk).update(content=None, sha256="", expires_at=Now())
        changed(actor, "cancelled", export)


def sweep_exports() -> int:
    """Files whose time is over or whose membership has ended are gone; how many they were."""
    gone = ListExport.objects.exclude(in_force()).select_related("job")
    for export in gone.filter(job__state__in=Job.OPEN, job__stop_wanted=""):
        if export.job is not None and export.job.is_open:
            jobs.cancel(export.job)
    count, _rows = gone.filter(Q(job=None) | ~Q(job__state__in=Job.OPEN)).delete()
    return count
