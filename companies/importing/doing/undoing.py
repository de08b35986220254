"""Taking an import back: what nobody has changed since goes or gets its former entries; the rest stays and is told."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.changes import changed, fields_of
from companies.importing.doing.uploading import OF_THE_FILE
from companies.importing.doing.writing import closing, in_steps, in_turn
from companies.models import Change, ExportRecord, Import, ImportVerdict
from companies.records.bulk import DONE_AS, EDIT, Planned, former_of, removal_of, write_planned
from companies.records.checking import LONGEST_REASON
from companies.records.companies import archive_unused
from markets.jobs import Held
from markets.models import Job

UNDONE: Final = "undone"

_Outcome = ImportVerdict.Outcome


def undo_rows(held: Held, actor: Actor, imported: Import) -> None:
    """Take back what an import wrote and nobody has touched since, and close the job, all in one transaction.

    Raises JobTakenOver, JobStopped.
    """
    rows = _written_rows(imported)
    with in_turn(imported):
        counts = {"removed": 0, "put_back": 0}
        for chunk in in_steps(held, rows.values_list("pk", "outcome", "record", "version_after").iterator()):
            removed, put_back = _take_back(actor, imported, chunk)
            counts["removed"] += removed
            counts["put_back"] += put_back
        counts["kept"] = _written_rows(imported).count()
        registered = _put_away(actor, imported)
        counts["archived"] = len(imported.registered) - len(registered)
        with closing(held, imported) as locked:
            locked.registered = registered
            _close(actor, locked, counts)
            held.end(Job.State.DONE, {"revised": counts["removed"] + counts["put_back"]}, [])


def _written_rows(imported: Import) -> Any:
    """The verdicts of rows that became something that stands as the import's own, or was touched since."""
    return ImportVerdict.objects.filter(of=imported, version_after__isnull=False).order_by("record_id")


def _take_back(actor: Actor, imported: Import, chunk: Sequence[tuple[int, str, uuid.UUID, int]]) -> tuple[int, int]:
    """How many were removed, and how many got their former entries back; their verdicts speak of no record any more."""
    records = {
        record.pk: record
        for record in ExportRecord.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[row[2] for row in chunk], organisation_id=imported.organisation_id)
        .order_by("pk")
    }
    untouched = [row for row in chunk if _is_untouched(records.get(row[2]), row[3])]
    reason = _reason(imported)
    removed = [removal_of(actor, records[row[2]], reason) for row in untouched if row[1] == _Outcome.NEW]
    edited = [row for row in untouched if row[1] != _Outcome.NEW]
    put_back = _former(edited, records)
    write_planned(actor, [*removed, *put_back], UNDONE)
    ImportVerdict.objects.filter(pk__in=[row[0] for row in untouched]).update(version_after=None)
    return len(removed), len(put_back)


def _is_untouched(record: ExportRecord | None, version: int) -> bool:
    return record is not None and record.version == version and record.removed_at is None


def _former(
    edited: Sequence[tuple[int, str, uuid.UUID, int]], records: Mapping[uuid.UUID, ExportRecord]
) -> list[Planned]:
    """How each gets back what the import's own change took away."""
    made_by = {str(record): version for _key, _outcome, record, version in edited}
    changes = Change.objects.filter(
        object_kind="exportrecord", object_id__in=list(made_by), action=DONE_AS[EDIT], via=Change.Via.IMPORT
    )
    own = (change for change in changes if change.after.get("version") == made_by[change.object_id])
    return [former_of(records[uuid.UUID(change.object_id)], change) for change in own]


def _put_away(actor: Actor, imported: Import) -> dict[str, int]:
    """Archive the companies that the import registered and that nobody has used since; those that stay."""
    versions = {uuid.UUID(key): version for key, version in imported.registered.items()}
    gone = {str(company.pk) for company in archive_unused(actor, versions, _reason(imported))}
    return {key: version for key, version in imported.registered.items() if key not in gone}


def _reason(imported: Import) -> str:
    """Why records and companies go, as their tombstones tell it."""
    return (_("the import of %(file)s was undone") % {"file": imported.file_name})[:LONGEST_REASON]


def _close(actor: Actor, locked: Import, counts: Mapping[str, int]) -> None:
    locked.step = Import.Step.UNDONE
    locked.counts = {**locked.counts, **counts}
    locked.undone_by = actor.person
    locked.undone_at = locked.updated_at = Now()
    locked.version += 1
    locked.save()
    changed(actor, UNDONE, locked, after={**fields_of(locked, OF_THE_FILE), **counts})
