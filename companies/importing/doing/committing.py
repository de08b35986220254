"""Importing what was checked: companies, new records and changed ones in one transaction, or nothing at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from companies.access import Actor
from companies.changes import changed, fields_of
from companies.errors import FieldsRejected, ImportOutdated
from companies.importing.checking.cells import decided
from companies.importing.checking.firms import same_name
from companies.importing.checking.keys import COLUMNS, Key, bare_key, key_of, says_of
from companies.importing.doing.steps import UNDO_DAYS, writing_outcomes
from companies.importing.doing.uploading import OF_THE_FILE
from companies.importing.doing.work import Work, ask_work
from companies.importing.doing.writing import closing, in_steps, in_turn, keep_results
from companies.importing.plan import REGISTER, Policy
from companies.models import Company, CompanyName, ExportRecord, Import, ImportVerdict, Organisation
from companies.records.bulk import DONE_AS, EDIT, edit_of, write_planned
from companies.records.checking import known
from companies.records.companies import register_named
from companies.records.entering import enter_records
from markets.errors import stored
from markets.jobs import Held
from markets.models import Job

_Outcome = ImportVerdict.Outcome
# Verdicts that rest on a record as it was seen.
_MET: Final = (_Outcome.UPDATE, _Outcome.UNCHANGED, _Outcome.CONFLICT)
# Of those, the ones that always name it.
_ONE_MET: Final = (_Outcome.UPDATE, _Outcome.UNCHANGED)
_LONGEST_REFERENCE: Final = 200


@dataclass(slots=True)
class Written:
    """What an import wrote. registered: companies with their versions."""

    entered: int = 0
    edited: int = 0
    registered: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """By what was done."""
        return {"entered": self.entered, "edited": self.edited, "registered": len(self.registered)}


def commit_rows(held: Held, actor: Actor, imported: Import) -> None:
    """Write what the newest check found, and close the job, all in one transaction.

    Where anything that was seen then is no longer so, nothing is written and the rows are checked again.
    Raises JobTakenOver, JobStopped.
    """
    with in_turn(imported):
        try:
            with transaction.atomic():
                _refuse_outdated(held, imported)
                written = _write(held, actor, imported)
        except ImportOutdated as outdated:
            _check_again(held, actor, imported, outdated)
            return
        with closing(held, imported) as locked:
            _close(actor, locked, written)
            held.end(Job.State.DONE, {"added": written.entered, "revised": written.edited}, [])


def _close(actor: Actor, locked: Import, written: Written) -> None:
    locked.step = Import.Step.DONE
    locked.counts = {**locked.counts, **written.counts}
    locked.registered = written.registered
    locked.done_by = actor.person
    locked.done_at = locked.updated_at = Now()
    locked.undo_until = locked.expires_at = timezone.now() + dt.timedelta(days=UNDO_DAYS)
    locked.version += 1
    locked.save()
    changed(actor, "imported", locked, after=fields_of(locked, OF_THE_FILE) | written.counts)


def _check_again(held: Held, actor: Actor, imported: Import, outdated: ImportOutdated) -> None:
    with closing(held, imported) as locked:
        held.end(Job.State.UNCHANGED, {}, [stored(outdated)])
        locked.job = Job.objects.get(pk=held.job.pk)
        locked.refusal = stored(outdated) | {"version": locked.version + 1}
        locked.step = Import.Step.MAPPED
        ask_work(actor, locked, Work.CHECK)


def _refuse_outdated(held: Held, imported: Import) -> None:
    """Hold the records that rows are about until the transaction ends.

    Raises ImportOutdated where one has changed or is gone, or where something was decided after this was asked for.
    """
    if not imported.checked_version == imported.version == held.job.parameters["version"]:
        raise ImportOutdated(name=imported.file_name, count=0)
    met = ImportVerdict.objects.filter(of=imported, outcome__in=_MET, record__isnull=False)
    about = ExportRecord.objects.filter(pk__in=met.values("record"), organisation_id=imported.organisation_id)
    # What only points at them, such as the verdicts of another import, does not wait.
    list(about.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
    moved = met.exclude(record__version=F("record_version"), record__removed_at__isnull=True).count()
    moved += ImportVerdict.objects.filter(of=imported, outcome__in=_ONE_MET, record__isnull=True).count()
    moved += _named_by_now(imported)
    if moved:
        raise ImportOutdated(name=imported.file_name, count=moved)


def _named_by_now(imported: Import) -> int:
    """How many of the companies to be registered somebody has registered since."""
    folded = [same_name(entry).removeprefix(REGISTER) for entry in _to_register(imported)]
    called = set(CompanyName.objects.filter(folded__in=folded).order_by().values_list("company", flat=True))
    mine = Company.objects.filter(organisation_id=imported.organisation_id, archived_at=None)
    return mine.filter(pk__in=called).count()


def _to_register(imported: Import) -> list[str]:
    """The companies that rows to be written name as new ones: `+NAME`, each name once as it is written first."""
    rows = _to_write(imported).filter(entry__company__startswith=REGISTER).order_by("number")
    named: dict[str, str] = {}
    for entry in rows.values_list("entry__company", flat=True):
        named.setdefault(same_name(entry), entry)
    return list(named.values())


def _to_write(imported: Import) -> Any:
    outcomes = writing_outcomes(Policy.unpacked(imported.policy))
    is_of_one = Q(outcome=_Outcome.NEW) | Q(record__isnull=False)
    return ImportVerdict.objects.filter(is_of_one, of=imported, outcome__in=outcomes)


def _write(held: Held, actor: Actor, imported: Import) -> Written:
    """Raises ImportOutdated where what was right when it was checked is refused by now."""
    written = Written()
    companies = _register(actor, imported, written)
    rows = _to_write(imported).order_by("number").values_list("pk", "number", "outcome", "entry", "record")
    new = rows.filter(outcome=_Outcome.NEW)
    standing = _standing_keys(imported)
    try:
        for chunk in in_steps(held, new.iterator(chunk_size=2000)):
            written.entered += _enter(actor, imported, companies, standing, chunk)
        for chunk in in_steps(held, rows.exclude(outcome=_Outcome.NEW).iterator(chunk_size=2000)):
            written.edited += _edit(actor, imported, chunk)
    except FieldsRejected as refused:
        raise ImportOutdated(name=imported.file_name, count=refused.context["count"]) from refused
    return written


def _register(actor: Actor, imported: Import, written: Written) -> Mapping[str, str]:
    """The ids of the companies that are new, by what `same_name` makes of their entries."""
    entries = _to_register(imported)
    home = Organisation.objects.values_list("home_id", flat=True).get(pk=imported.organisation_id)
    made = register_named(actor, [entry.removeprefix(REGISTER) for entry in entries], home)
    written.registered = {str(company.pk): company.version for company in made}
    return {same_name(entry): str(company.pk) for entry, company in zip(entries, made, strict=True)}


def _standing_keys(imported: Import) -> frozenset[Key]:
    """The keys of the organisation's records but for those that rows of the file were found to be about."""
    verdicts = ImportVerdict.objects.filter(of=imported)
    companies = verdicts.filter(outcome=_Outcome.NEW).order_by().values_list("entry__company", flat=True).distinct()
    known_ones = set(verdicts.filter(record__isnull=False).values_list("record", flat=True))
    records = ExportRecord.objects.filter(
        organisation_id=imported.organisation_id,
        removed_at__isnull=True,
        company_id__in=[each for each in companies if not each.startswith(REGISTER)],
    ).values_list("pk", *COLUMNS)
    others = (tuple(says) for key, *says in records if key not in known_ones)
    return frozenset(each for says in others for each in (bare_key(says), key_of(says)))


def _enter(
    actor: Actor, imported: Import, companies: Mapping[str, str], standing: frozenset[Key], chunk: Sequence[Any]
) -> int:
    entries = [_with_company(entry, companies) for _key, _number, _outcome, entry, _record in chunk]
    references = [_reference(imported, number) for _key, number, *_rest in chunk]
    made = enter_records(actor, entries, origin=ExportRecord.Origin.IMPORTED, references=references)
    taken = sum(key_of(says_of(vars(record))) in standing for record in made)
    if taken:
        raise ImportOutdated(name=imported.file_name, count=taken)
    keep_results([(row[0], record.pk, record.version) for row, record in zip(chunk, made, strict=True)])
    return len(made)


def _with_company(entry: Mapping[str, Any], companies: Mapping[str, str]) -> dict[str, Any]:
    company = entry["company"]
    known_as = companies[same_name(company)] if company.startswith(REGISTER) else company
    return decided(entry) | {"company": known_as}


def _reference(imported: Import, number: int) -> str:
    """`FILE · row N`, the name cut where both would be too long."""
    row = f" · row {number}"
    return imported.file_name[: _LONGEST_REFERENCE - len(row)] + row


def _edit(actor: Actor, imported: Import, chunk: Sequence[Any]) -> int:
    """Change the records that rows are about; a row that changes nothing is counted as none."""
    records = ExportRecord.objects.in_bulk([record for *_rest, record in chunk])
    there_are = known(actor, imported.organisation_id, [{"company": each.company_id} for each in records.values()])
    # A record stays with its company, archived or not.
    there_are = replace(there_are, companies=dict.fromkeys(there_are.companies, False))
    planned = {
        key: edit_of(records[record], decided(entry), there_are) for key, _number, _outcome, entry, record in chunk
    }
    wrong = Counter(bool(row.why) for row in planned.values())[True]
    if wrong:
        raise ImportOutdated(name=imported.file_name, count=wrong)
    changing = {key: row for key, row in planned.items() if row.columns}
    write_planned(actor, list(changing.values()), DONE_AS[EDIT])
    keep_results([(key, row.record.pk, row.record.version + 1) for key, row in changing.items()])
    return len(changing)
