"""The change log as it is read: of an organisation, and of one thing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from companies.access import Action, Actor, seen, working_on
from companies.models import Change, Company, ExportRecord

# What has a history of its own, for everyone who sees it.
Historied = Company | ExportRecord


@dataclass(frozen=True, slots=True)
class ChangeQuestion:
    """Which changes are asked for; what is empty asks for all. since: from this moment; until: before this one."""

    person: int | None = None
    kind: str = ""
    action: str = ""
    object_id: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


def changes(actor: Actor, question: ChangeQuestion) -> QuerySet[Change]:
    """The changes that match, of the organisation the actor works in, unordered.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    rows = working_on(actor, Change).select_related("actor", "api_key")
    asked = {
        "actor_id": question.person,
        "object_kind": question.kind,
        "action": question.action,
        "object_id": question.object_id,
        "at__gte": question.since,
        "at__lt": question.until,
    }
    return rows.filter(**{name: value for name, value in asked.items() if value})


def newest_changes(rows: QuerySet[Change], limit: int, before: int | None) -> list[Change]:
    """The newest of them, at most `limit`; before: the number of the last one shown already."""
    found = rows.filter(pk__lt=before) if before is not None else rows
    return list(found.order_by("-id")[:limit])


def changes_of(actor: Actor, thing: Historied) -> list[Change]:
    """What was done to a company or a record, newest first: for everyone who sees the thing itself."""
    rows = seen(actor, Change, Action.READ).filter(organisation_id=thing.organisation_id)
    of_thing = rows.filter(object_kind=thing._meta.model_name, object_id=str(thing.pk))  # noqa: SLF001 Django's name
    return list(of_thing.select_related("actor", "api_key").order_by("-id"))
