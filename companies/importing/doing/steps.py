"""What people decide of an import as a whole: how it is read, that it is done, undone or given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from companies.access import Actor
from companies.changes import changed, fields_of
from companies.errors import AlreadyImported, ImportElsewhere, ImportRejected, InvalidField, NothingToImport, UndoOver
from companies.importing.doing.keeping import forget_contents
from companies.importing.doing.uploading import OF_THE_FILE
from companies.importing.doing.work import Work, ask_work, open_import
from companies.importing.plan import Fixes, Policy
from companies.importing.reading.form import Choices
from companies.models import Import, ImportVerdict
from companies.queries.imports import earlier, outcome_counts
from companies.records.checking import invalid, refuse
from markets import jobs, wording

UNDO_DAYS: Final = 30
_LONGEST_ENCODING: Final = 40

_Outcome = ImportVerdict.Outcome


def choose_reading(actor: Actor, key: object, version: int | None, choices: Choices) -> Import:
    """Read the file again, in this way; what was fixed in single cells goes where another sheet is read.

    Wake a worker for its job. Raises what `work.open_import` raises; FieldsRejected for a way there is none of.
    """
    refuse(_strange(choices))
    with transaction.atomic():
        imported = open_import(actor, key, version, *Import.OPEN, Import.Step.REFUSED)
        if imported.choices.get("sheet") != choices.sheet:
            imported.fixes = _by_value(Fixes.unpacked(imported.fixes)).packed()
        imported.choices = choices.packed()
        imported.step = Import.Step.UPLOADED
        imported.refusal = {}
        ask_work(actor, imported, Work.READ)
    return imported


def commit(actor: Actor, key: object, version: int | None, *, again: bool = False) -> Import:
    """Import what the newest check found. again: though this very file was imported before.

    Wake a worker for its job. Raises what `work.open_import` raises; ImportElsewhere while the rows are to be checked
    again; ImportRejected where rows are wrong and the policy takes none then; NothingToImport; AlreadyImported.
    """
    with transaction.atomic():
        imported = open_import(actor, key, version, Import.Step.CHECKED)
        if imported.checked_version != imported.version:
            raise ImportElsewhere(name=imported.file_name, step=_("to be checked again"))
        policy = Policy.unpacked(imported.policy)
        counts = outcome_counts(imported)
        if counts[_Outcome.ERROR] and policy.errors == "none":
            raise ImportRejected(count=counts[_Outcome.ERROR])
        if not sum(counts[outcome] for outcome in writing_outcomes(policy)):
            raise NothingToImport(name=imported.file_name)
        if not again and (before := earlier(imported)) is not None:
            raise _imported_before(before)
        # Nothing about the rows is decided anew: what was checked holds for the version that is imported.
        imported.checked_version = imported.version + 1
        imported.refusal = {}
        ask_work(actor, imported, Work.COMMIT)
    return imported


def writing_outcomes(policy: Policy) -> tuple[str, ...]:
    """The outcomes of rows that an import with this policy writes."""
    updates = (_Outcome.UPDATE,) if policy.updates == "update" else ()
    conflicts = (_Outcome.CONFLICT,) if policy.conflicts == "update" else ()
    return (_Outcome.NEW, *updates, *conflicts)


def undo(actor: Actor, key: object, version: int | None) -> Import:
    """Take back what an import brought, where nobody has changed it since. Wake a worker for its job.

    Raises what `work.open_import` raises, UndoOver.
    """
    with transaction.atomic():
        imported = open_import(actor, key, version, Import.Step.DONE)
        if imported.undo_until is None or imported.undo_until <= timezone.now():
            raise UndoOver(days=UNDO_DAYS)
        ask_work(actor, imported, Work.UNDO)
    return imported


def discard(actor: Actor, key: object, version: int | None) -> Import:
    """Give an import up before anything was imported; its bytes and rows go at once, its line in the list stays.

    Raises what `work.open_import` raises.
    """
    with transaction.atomic():
        imported = open_import(actor, key, version, *Import.OPEN, Import.Step.REFUSED)
        if imported.job is not None and imported.job.is_open:
            jobs.cancel(imported.job)
        imported.job = None
        imported.step = Import.Step.DISCARDED
        imported.version += 1
        imported.updated_at = Now()
        imported.save()
        imported.refresh_from_db()
        forget_contents(imported)
        changed(actor, "discarded", imported, before=fields_of(imported, OF_THE_FILE))
    return imported


def _strange(choices: Choices) -> Iterator[InvalidField]:
    """Choices that no reader could follow; that a file has no such sheet or encoding, its reader finds."""
    if choices.delimiter is not None and (len(choices.delimiter) != 1 or choices.delimiter in '"\r\n\0'):
        yield invalid("delimiter", _("one sign that parts the columns"))
    if choices.encoding is not None and len(choices.encoding) > _LONGEST_ENCODING:
        yield invalid("encoding", _("choose one of the list"))
    if choices.sheet is not None and choices.sheet < 0:
        yield invalid("sheet", _("sheets are counted from 0"))
    first, last = choices.header_first, choices.header_last
    if min(first or 0, last or 0) < 0:
        yield invalid("header_first", _("write the number of a row"))
    elif (last or 0) < (first or 0):
        yield invalid("header_last", _("it is not above the first one"))


def _by_value(fixes: Fixes) -> Fixes:
    return replace(fixes, cells={}, left_out=frozenset(), left_out_faults={})


def _imported_before(before: Import) -> AlreadyImported:
    by = before.done_by.shown_name if before.done_by is not None else ""
    on = wording.day_words(timezone.localtime(before.done_at).date()) if before.done_at else ""
    return AlreadyImported(on=on, by=by or _("somebody"), earlier=str(before.pk))
