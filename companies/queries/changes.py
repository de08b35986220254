"""The change log as it is read: of an organisation, and of one thing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db import connection, models
from django.db.models import QuerySet

from companies.access import Action, Actor, require, seen, working_on
from companies.models import Change, Company, ExportRecord, User

# A page tells so many changes of one thing; the change log has all of them.
MOST_TOLD: Final = 100
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


def newest_change(actor: Actor) -> int:
    """The number of the newest change where the actor works, which moves on with every write there; 0 before the first.

    It tells nothing of what was changed, so whoever may read there may ask. Raises SignInNeeded, NoOrganisation.
    """
    rows = Change.objects.filter(organisation_id=require(actor, Action.READ)).order_by("-id")
    return rows.values_list("pk", flat=True).first() or 0


def newest_changes(rows: QuerySet[Change], limit: int, before: int | None) -> list[Change]:
    """The newest of them, at most `limit`; before: the number of the last one shown already."""
    found = rows.filter(pk__lt=before) if before is not None else rows
    return list(found.order_by("-id")[:limit])


def changes_of(actor: Actor, thing: Historied) -> list[Change]:
    """What was done to a company or a record lately, newest first: for everyone who sees the thing itself."""
    rows = seen(actor, Change, Action.READ).filter(organisation_id=thing.organisation_id)
    of_thing = rows.filter(object_kind=thing._meta.model_name, object_id=str(thing.pk))  # noqa: SLF001 Django's name
    return list(of_thing.select_related("actor", "api_key").order_by("-id")[:MOST_TOLD])


def last_author(thing: models.Model) -> str:
    """Who changed a thing last, as colleagues see them; a comment changes nothing. Empty where nobody is known."""
    rows = Change.objects.filter(object_kind=thing._meta.model_name, object_id=str(thing.pk))  # noqa: SLF001 Django's name
    last = rows.exclude(action="commented").select_related("actor").order_by("-id").first()
    return last.actor.shown_name if last and last.actor else ""


def people_of_log(actor: Actor) -> list[User]:
    """Who stands in the log of the organisation the actor works in. Raises as `changes` does."""
    return list(User.objects.filter(pk__in=working_on(actor, Change).values("actor")).order_by("name", "pk"))


def words_of_log(actor: Actor, column: str) -> list[str]:
    """The words that stand in a column of that log. Raises as `changes` does."""
    return sorted(working_on(actor, Change).order_by().values_list(column, flat=True).distinct())


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row of the log that is not as it was written, or that does not follow the one written before it."""

    id: int
    organisation: str
    is_altered: bool


_CHAIN = """
    WITH chained AS (
        SELECT c.id, c.organisation_id, c.hash <> companies_change_hash(c) AS is_altered,
               c.previous_hash <> coalesce(lag(c.hash) OVER of_organisation, '') AS is_apart
          FROM companies_change AS c
        WINDOW of_organisation AS (PARTITION BY c.organisation_id ORDER BY c.id))
    SELECT id, organisation_id, is_altered FROM chained WHERE is_altered OR is_apart ORDER BY id LIMIT 1
"""


def first_broken_row() -> tuple[int, BrokenRow | None]:
    """How many rows all logs have, and the first that breaks its organisation's chain of hashes; None: all hold.

    Rows missing at the very end of a chain leave no trace in it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN)
        row = cursor.fetchone()
    return Change.objects.count(), BrokenRow(row[0], str(row[1] or ""), row[2]) if row else None
