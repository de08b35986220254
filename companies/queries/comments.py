"""Remarks beside records, as they are read."""

from __future__ import annotations

from django.db.models import QuerySet

from companies.access import Actor, seen
from companies.models import ExportRecord, RecordComment


def comments(actor: Actor) -> QuerySet[RecordComment]:
    """The remarks that exist for the actor, with their authors, unordered."""
    return RecordComment.objects.filter(record__in=seen(actor, ExportRecord)).select_related("author")
