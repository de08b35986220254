"""A row that is about to be written: found for the actor, locked, and still as the writer has read it."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from companies.access import Action, Actor, one, require
from companies.errors import HiddenObject, VersionConflict, VersionMissing
from companies.models import Change, Company, ExportRecord

Row = TypeVar("Row", Company, ExportRecord)


def held(actor: Actor, model: type[Row], key: object, version: int | None, action: Action = Action.WRITE) -> Row:
    """The row, locked until the transaction ends.

    version: the one the writer has read. Raises SignInNeeded, HiddenObject, NotAllowed, ScopeMissing; VersionMissing
    where none is named, VersionConflict where the row has moved on.
    """
    row = one(actor, model, key)
    require(actor, action, row.organisation_id)
    if version is None:
        raise VersionMissing
    kind = str(model._meta.verbose_name)  # noqa: SLF001 Django's documented name
    locked = model._default_manager.select_for_update().filter(pk=row.pk).first()  # noqa: SLF001 Django's documented name
    if locked is None or is_removed(locked):
        raise HiddenObject(kind=kind, key=key)
    if locked.version != version:
        raise VersionConflict(kind=kind, author=last_author(locked))
    return locked


def is_removed(row: Company | ExportRecord) -> bool:
    """Whether only its tombstone is left."""
    removed_at: dt.datetime | None = getattr(row, "removed_at", None)
    return removed_at is not None


def last_author(row: Company | ExportRecord) -> str:
    """The name of whoever changed it last; empty where nobody is known."""
    of_row = Change.objects.filter(object_kind=row._meta.model_name, object_id=str(row.pk))  # noqa: SLF001 Django's documented name
    newest = of_row.exclude(action="commented").select_related("actor").order_by("-id").first()
    return newest.actor.shown_name if newest and newest.actor else ""
