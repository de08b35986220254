"""Records that wait for a decision."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from companies.access import Action, Actor, working_on
from companies.models import ExportRecord, User
from companies.queries.records import RecordQuestion, narrowed

Place = tuple[dt.datetime, uuid.UUID]


def waiting(actor: Actor) -> QuerySet[ExportRecord]:
    """Every submitted record of the organisation the actor works in.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    rows = working_on(actor, ExportRecord, Action.REVIEW)
    return rows.filter(status=ExportRecord.Status.SUBMITTED, removed_at__isnull=True)


def waiting_that_match(actor: Actor, question: RecordQuestion, submitted_by: int | None) -> QuerySet[ExportRecord]:
    """Those that match, unordered."""
    rows = narrowed(waiting(actor), question, mine=actor.person)
    return rows.filter(submitted_by=submitted_by) if submitted_by is not None else rows


def oldest_first(rows: QuerySet[ExportRecord], limit: int, after: Place | None) -> list[ExportRecord]:
    """The ones that wait longest, at most `limit`; after: the place of the last one shown already."""
    if after is not None:
        rows = rows.filter(TupleGreaterThan(Tuple(F("submitted_at"), F("id")), after))
    related = rows.select_related("company", "destination", "category", "organisation")
    return list(related.order_by("submitted_at", "id")[:limit])


def submitters(actor: Actor) -> list[User]:
    """Whose records wait."""
    return list(User.objects.filter(pk__in=waiting(actor).values("submitted_by")).order_by("name", "pk"))


def used(actor: Actor) -> Mapping[str, Sequence[str]]:
    """The markets and categories of records that wait, by code."""
    rows = waiting(actor).order_by()
    return {
        "destination": sorted(rows.values_list("destination_id", flat=True).distinct()),
        "category": sorted(rows.exclude(category=None).values_list("category_id", flat=True).distinct()),
    }
