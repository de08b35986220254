"""Reads of imports: the list, the same file of another day, and how many rows are to become what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection
from django.db.models import Count, QuerySet

from companies.access import Actor, working_on
from companies.models import ExportRecord, Import, ImportVerdict


def imports(actor: Actor) -> QuerySet[Import]:
    """The imports of the organisation the actor works in, newest first, each with its people and its job.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    return working_on(actor, Import).select_related("created_by", "done_by", "undone_by", "job")


def earlier(imported: Import) -> Import | None:
    """The import that brought the very same file into this organisation and stands; None where there is none.

    One that was undone brought nothing that stands: see `undone_before`.
    """
    return _same_file(imported).filter(step=Import.Step.DONE).first()


def undone_before(imported: Import) -> Import | None:
    """The newest import of the very same file that was undone; None where there is none."""
    return _same_file(imported).filter(step=Import.Step.UNDONE).first()


def outcome_counts(imported: Import) -> Mapping[str, int]:
    """How many rows have each outcome, by the newest check; those of no row are 0."""
    counted = ImportVerdict.objects.filter(of=imported).values_list("outcome").annotate(count=Count("pk")).order_by()
    return dict.fromkeys(ImportVerdict.Outcome.values, 0) | dict(counted)


@dataclass(frozen=True, slots=True)
class Planned:
    """What new rows state of one destination in one currency. total None: none of them states an amount."""

    destination: str
    currency: str
    rows: int
    total: Decimal | None


_PLANNED: Final = """
    SELECT entry ->> 'destination', coalesce(entry ->> 'currency', ''), count(*),
           sum((entry ->> 'value')::numeric * coalesce(nullif(entry ->> 'multiplier', '')::numeric, 1))
           FILTER (WHERE entry ->> 'value' ~ '^[0-9]+([.][0-9]+)?$')
      FROM companies_importverdict
     WHERE of_id = %s AND outcome = 'new'
     GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""


def planned_by_destination(imported: Import) -> list[Planned]:
    """What the rows that would be new state, by destination and currency, the most rows first."""
    with connection.cursor() as cursor:
        cursor.execute(_PLANNED, (imported.pk,))
        return [Planned(*row) for row in cursor.fetchall()]


def became(imported: Import) -> QuerySet[ExportRecord]:
    """The records that the import wrote and that were not taken back, for as long as its rows are kept."""
    verdicts = ImportVerdict.objects.filter(of=imported, version_after__isnull=False)
    return ExportRecord.objects.filter(pk__in=verdicts.values("record"), organisation_id=imported.organisation_id)


def changing(imported: Import, outcomes: Iterable[str]) -> QuerySet[ImportVerdict]:
    """The rows that change a record, of these outcomes, in the order of the file."""
    rows = ImportVerdict.objects.filter(of=imported, outcome__in=list(outcomes), record__isnull=False)
    return rows.order_by("number")


def _same_file(imported: Import) -> QuerySet[Import]:
    same = Import.objects.filter(organisation_id=imported.organisation_id, sha256=imported.sha256)
    return same.exclude(pk=imported.pk).select_related("created_by", "done_by", "undone_by").order_by("-done_at")
