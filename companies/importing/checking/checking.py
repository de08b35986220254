"""The check of an import: what becomes of every row, what is wrong with it, and how many there are of each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models.functions import Now

from companies.access import Actor
from companies.importing.checking.against import NEW, Claim, Met, against
from companies.importing.checking.faults import DIFFERS, Fault
from companies.importing.checking.groups import grouped, has_one_of
from companies.importing.checking.keys import PLACES
from companies.importing.checking.rows import ReadRow, Rows
from companies.importing.checking.twins import Twins, twins
from companies.importing.doing.work import still_wanted
from companies.importing.plan import REGISTER, Fixes
from companies.importing.plan import Mapping as Meaning
from companies.models import Import, ImportRow, ImportVerdict
from markets.jobs import Held
from markets.models import Job

# After so many rows the job tells how far it is, and stops where it is not wanted any more.
STEP: Final = 1000
# Of the companies that would be registered so many are named.
MOST_NAMED: Final = 50
_COLUMNS: Final = ("of_id", "number", "outcome", "entry", "faults", "warnings", "record_id", "record_version")

Outcome = ImportVerdict.Outcome


@dataclass(slots=True)
class Verdict:
    """What becomes of one row."""

    row: ReadRow
    outcome: str
    met: Met = NEW
    notes: tuple[Fault, ...] = ()

    @property
    def warnings(self) -> list[Fault]:
        """Of its cells, and of the record or row it meets."""
        return [*self.row.warnings, *self.notes, *self.met.notes]

    def columns(self, imported: Import) -> tuple[Any, ...]:
        """As the table keeps it."""
        entry = {**self.row.entry, **self.met.beside}
        texts = (entry, [each.packed() for each in self.row.faults], [each.packed() for each in self.warnings])
        kept = (json.dumps(each, ensure_ascii=False) for each in texts)
        return (imported.pk, self.row.number, self.outcome, *kept, self.met.record, self.met.version)


def check(held: Held, actor: Actor, imported: Import) -> None:
    """Look at every row anew, keep what was found in place of what was there, and close the job.

    counts of the import: `rows`, one for each outcome, `groups` (how many kinds of faults there are), `warnings` by
    code, `sums` of what would be new by currency (as text), `companies` that would be registered and `register`, the
    first names of them. groups: the faults that most rows share (`groups.Group`), in the active language.
    Raises JobTakenOver, JobStopped.
    """
    verdicts = list(_judged(held, actor, imported))
    groups, group_count = grouped((each.row.number, fault) for each in verdicts for fault in each.row.faults)
    counts = _counts(verdicts) | {"groups": group_count}
    held.step()
    with still_wanted(held, imported) as locked:
        _keep(locked, verdicts)
        locked.counts = counts
        locked.groups = [group.packed() for group in groups]
        locked.checked_version = locked.version
        locked.step = Import.Step.CHECKED
        locked.updated_at = Now()
        locked.save(update_fields=["counts", "groups", "checked_version", "step", "updated_at"])
        held.end(Job.State.DONE, {"rows": len(verdicts), "errors": counts[Outcome.ERROR]}, [])


def _judged(held: Held, actor: Actor, imported: Import) -> Iterator[Verdict]:
    meaning, fixes = Meaning.unpacked(imported.mapping), Fixes.unpacked(imported.fixes)
    reader = Rows(actor, imported.organisation_id, meaning, fixes, imported.found)
    rows = [reader.read(number, cells) for number, cells in _watched(held, imported)]
    found = twins(((row.number, row.key, row.says) for row in rows if row.key is not None), keep=fixes.keep_twins)
    for row in rows:
        if row.number in found.faults:
            row.faults.append(found.faults[row.number])
        if has_one_of(row.faults, fixes.left_out_faults):
            row.is_left_out, row.key, row.entry, row.faults = True, None, {}, []
    met = against(actor, imported.organisation_id, list(_claims(rows, found)))
    return (_verdict(row, found, met) for row in rows)


def _watched(held: Held, imported: Import) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows of the file; now and then the job tells how far it is."""
    rows = ImportRow.objects.filter(of=imported).order_by("number").values_list("number", "cells")
    total = imported.found.get("row_count", 0)
    for at, row in enumerate(rows.iterator(chunk_size=STEP)):
        if at % STEP == 0:
            held.step()
            held.progress(at, total)
        yield row


def _claims(rows: Iterable[ReadRow], found: Twins) -> Iterator[Claim]:
    """The rows that may become records."""
    for row in rows:
        if row.key is not None and row.says is not None and not row.faults and row.number not in found.copies:
            yield Claim(row.number, row.key, row.says, frozenset(row.entry), found.sharing[row.key])


def _verdict(row: ReadRow, found: Twins, met: Mapping[int, Met]) -> Verdict:
    if row.is_left_out:
        return Verdict(row, Outcome.LEFT_OUT)
    if row.number in found.copies:
        same = Fault("", "same_row", context={"row": found.copies[row.number]})
        return Verdict(row, Outcome.DUPLICATE, notes=(same,))
    if row.faults:
        row.entry = {}
        return Verdict(row, Outcome.ERROR)
    return Verdict(row, met[row.number].outcome, met[row.number])


def _counts(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    outcomes = Counter(each.outcome for each in verdicts)
    warnings = Counter(
        code
        for each in verdicts
        if each.outcome != Outcome.LEFT_OUT
        for code in {fault.code for fault in each.warnings} - {DIFFERS, "same_row"}
    )
    new = [each.row for each in verdicts if each.outcome == Outcome.NEW]
    names = dict.fromkeys(row.entry["company"].removeprefix(REGISTER) for row in new if _is_to_register(row))
    return {
        "rows": len(verdicts),
        **{outcome: outcomes[outcome] for outcome in Outcome.values},
        "warnings": dict(warnings.most_common()),
        "sums": {currency: format(total, "f") for currency, total in sorted(_sums(new).items())},
        "companies": len({row.says[PLACES["company"]] for row in new if row.says and _is_to_register(row)}),
        "register": list(names)[:MOST_NAMED],
    }


def _sums(rows: Iterable[ReadRow]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.says is not None and row.says[PLACES["value"]] is not None:
            sums[row.says[PLACES["currency"]]] += row.says[PLACES["value"]]
    return sums


def _is_to_register(row: ReadRow) -> bool:
    return row.entry["company"].startswith(REGISTER)


def _keep(imported: Import, verdicts: Iterable[Verdict]) -> None:
    """In place of the verdicts before. COPY: thousands of rows take a moment instead of seconds."""
    ImportVerdict.objects.filter(of=imported).delete()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY companies_importverdict ({', '.join(_COLUMNS)}) FROM STDIN") as rows_in,
    ):
        for verdict in verdicts:
            rows_in.write_row(verdict.columns(imported))
