"""Reads of imports: the list, the same file of another day, and how many rows are to become what."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count, QuerySet

from companies.access import Actor, working_on
from companies.models import Import, ImportVerdict


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


def _same_file(imported: Import) -> QuerySet[Import]:
    same = Import.objects.filter(organisation_id=imported.organisation_id, sha256=imported.sha256)
    return same.exclude(pk=imported.pk).select_related("created_by", "done_by", "undone_by").order_by("-done_at")
