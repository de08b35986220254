"""Remarks beside records, as they are read."""

from __future__ import annotations

from typing import Final

from django.db.models import QuerySet

from companies.access import Actor, seen
from companies.models import ExportRecord, RecordComment

# A page tells so many remarks beside one record; the API has all of them.
MOST_TOLD: Final = 100


def newest_comments(actor: Actor, record: ExportRecord) -> list[RecordComment]:
    """The latest remarks beside a record, in the order they were written."""
    rows = comments(actor).filter(record=record).order_by("-at", "-id")[:MOST_TOLD]
    return list(rows)[::-1]


def comments(actor: Actor) -> QuerySet[RecordComment]:
    """The remarks that exist for the actor, with their authors, unordered."""
    return RecordComment.objects.filter(record__in=seen(actor, ExportRecord)).select_related("author")
