"""The last two steps of an import as their pages show them: what would happen, and what has."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from companies.changes import plain
from companies.importing.checking.faults import DIFFERS
from companies.importing.doing.steps import writing_outcomes
from companies.importing.plan import Policy
from companies.models import Change, ExportRecord, Import, ImportVerdict
from companies.profiles.change_values import names_of
from companies.profiles.import_keeping import Keeping, keeping
from companies.profiles.imports import ImportHead, import_head
from companies.profiles.people import PersonRef, person_ref
from companies.queries import imports as queries
from companies.queries.records import RecordQuestion
from companies.records.fields import label
from markets.errors import told_again
from markets.queries import standing

Outcome = ImportVerdict.Outcome
# So many records are shown as examples, so many destinations and touched records are named.
EXAMPLES: Final = 5
DESTINATIONS: Final = 10
TOUCHED: Final = 50
_KIND: Final = "exportrecord"
# Rows of which no record comes, as pages call them.
_NOT_WRITTEN: Final = {
    "unchanged": Outcome.UNCHANGED,
    "duplicate": Outcome.DUPLICATE,
    "wrong": Outcome.ERROR,
    "left_out": Outcome.LEFT_OUT,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry of a record, before and after, in words; empty where nothing is said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Example:
    """A row that changes a record. number: of the row; name: of the record, with its company, market and time."""

    number: int
    record: uuid.UUID
    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class DestinationTotal:
    """What new rows state of one market. totals: by currency; None where no amount is stated."""

    name: str
    rows: int
    totals: tuple[tuple[str, Decimal | None], ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """What an import would do. is_ready: the newest check is of what was decided last.

    new to left_out: rows by what becomes of them. updates, conflicts: what the policy does to those rows.
    writes: how many rows would be written; blocked: wrong rows that keep all others from being imported.
    destinations: the first ones; more: how many markets there are beside. register: of so many companies the first
    names.
    moved: why what was asked for before was not done; empty where it was, or nothing was asked.
    needs_again: the same file was imported before and stands.
    """

    head: ImportHead
    is_ready: bool
    new: int
    update: int
    unchanged: int
    conflict: int
    duplicate: int
    left_out: int
    wrong: int
    policy: Policy
    writes: int
    sums: tuple[tuple[str, Decimal], ...]
    destinations: tuple[DestinationTotal, ...]
    more: int
    companies: int
    register: tuple[str, ...]
    examples: tuple[Example, ...]
    moved: str
    needs_again: bool

    @property
    def blocked(self) -> int:
        return self.wrong if self.policy.errors == "none" else 0

    @property
    def can_import(self) -> bool:
        return self.is_ready and not self.blocked and self.writes > 0 and not self.head.is_busy

    @property
    def unnamed(self) -> int:
        """How many companies would be registered beside those named."""
        return self.companies - len(self.register)


@dataclass(frozen=True, slots=True)
class Touched:
    """A record of an import that somebody changed or removed before the import was taken back."""

    id: uuid.UUID
    name: str
    is_removed: bool
    by: PersonRef
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class DonePage:
    """What an import did. is_done: it was written; False while it is being written, and where that failed.

    records: the query of the list that shows what it brought and still stands. counts: by what was done. undo_until:
    None where it can be undone no more. not_written: rows of which no record came. touched: after an undo, the first
    records that stay as somebody left them.
    """

    head: ImportHead
    is_done: bool
    is_undone: bool
    sha256: str
    by: PersonRef | None
    at: dt.datetime | None
    counts: dict[str, int]
    not_written: dict[str, int]
    records: str
    undo_until: dt.datetime | None
    undone_by: PersonRef | None
    undone_at: dt.datetime | None
    touched: tuple[Touched, ...]
    keeping: Keeping | None

    @property
    def more_touched(self) -> int:
        """How many stay beside those listed."""
        return max(self.counts["kept"] - len(self.touched), 0)


def preview_page(imported: Import) -> PreviewPage:
    """What the import would do, of one that is checked and that the reader sees."""
    counts = queries.outcome_counts(imported)
    policy = Policy.unpacked(imported.policy)
    destinations = _destinations(imported)
    found = imported.counts
    return PreviewPage(
        head=import_head(imported, "preview"),
        is_ready=imported.checked_version == imported.version,
        new=counts[Outcome.NEW],
        update=counts[Outcome.UPDATE],
        unchanged=counts[Outcome.UNCHANGED],
        conflict=counts[Outcome.CONFLICT],
        duplicate=counts[Outcome.DUPLICATE],
        left_out=counts[Outcome.LEFT_OUT],
        wrong=counts[Outcome.ERROR],
        policy=policy,
        writes=sum(counts[each] for each in writing_outcomes(policy)),
        sums=tuple((currency, Decimal(total)) for currency, total in found.get("sums", {}).items()),
        destinations=tuple(destinations[:DESTINATIONS]),
        more=max(len(destinations) - DESTINATIONS, 0),
        companies=found.get("companies", 0),
        register=tuple(found.get("register", ())),
        examples=tuple(_examples(imported, policy)),
        moved=_moved(imported),
        needs_again=queries.earlier(imported) is not None,
    )


def done_page(imported: Import) -> DonePage:
    """What the import did, of one that is written, is being written or was taken back, and that the reader sees."""
    is_done = imported.step in (Import.Step.DONE, Import.Step.UNDONE)
    is_undone = imported.step == Import.Step.UNDONE
    counts = dict.fromkeys(("entered", "edited", "registered", "removed", "put_back", "kept", "archived"), 0)
    can_undo = imported.step == Import.Step.DONE and not (imported.job is not None and imported.job.is_open)
    until = imported.undo_until if can_undo and imported.undo_until and imported.undo_until > timezone.now() else None
    return DonePage(
        head=import_head(imported, "done"),
        is_done=is_done,
        is_undone=is_undone,
        sha256=imported.sha256,
        by=person_ref(imported.done_by) if imported.done_by else None,
        at=imported.done_at,
        counts={name: imported.counts.get(name, 0) for name in counts} if is_done else counts,
        not_written={name: imported.counts.get(outcome, 0) if is_done else 0 for name, outcome in _NOT_WRITTEN.items()},
        records=_records_query(imported),
        undo_until=until,
        undone_by=person_ref(imported.undone_by) if imported.undone_by else None,
        undone_at=imported.undone_at,
        touched=tuple(_touched(imported)) if is_undone else (),
        keeping=keeping(imported) if is_done and not is_undone else None,
    )


def _destinations(imported: Import) -> list[DestinationTotal]:
    areas = standing.reference().areas
    by_code: dict[str, list[queries.Planned]] = {}
    for planned in queries.planned_by_destination(imported):
        by_code.setdefault(planned.destination, []).append(planned)
    found = [
        DestinationTotal(
            name=areas[code].name if code in areas else code,
            rows=sum(each.rows for each in of_code),
            totals=tuple((each.currency, each.total) for each in of_code),
        )
        for code, of_code in by_code.items()
    ]
    return sorted(found, key=lambda each: -each.rows)


def _examples(imported: Import, policy: Policy) -> Iterator[Example]:
    outcomes = [each for each in writing_outcomes(policy) if each != Outcome.NEW]
    rows = list(queries.changing(imported, outcomes)[:EXAMPLES])
    changes = [_as_change(row) for row in rows]
    names = names_of(changes)
    for row, change in zip(rows, changes, strict=True):
        yield Example(
            number=row.number,
            record=uuid.UUID(change.object_id),
            name=names.of_thing(_KIND, change.object_id),
            differences=tuple(
                Difference(
                    label(name),
                    names.words(_KIND, name, change.before.get(name)),
                    names.words(_KIND, name, change.after.get(name)),
                )
                for name in change.after
            ),
        )


def _as_change(row: ImportVerdict) -> Change:
    """The differences of a row as the change log would tell them, so that they are told the same before and after."""
    differs = {each["field"]: each["context"] for each in row.warnings if each["code"] == DIFFERS}
    return Change(
        object_kind=_KIND,
        object_id=str(row.record_id),
        before=plain({name: each["before"] for name, each in differs.items()}),
        after=plain({name: each["after"] for name, each in differs.items()}),
    )


def _moved(imported: Import) -> str:
    kept: dict[str, Any] = imported.refusal
    return told_again(kept, _) if kept.get("version") == imported.version else ""


def _records_query(imported: Import) -> str:
    """While the rows are kept, exactly what the import brought; later what bears the name of its file."""
    if queries.became(imported).exists():
        return RecordQuestion(imported=str(imported.pk)).text()
    return urlencode({"origin": ExportRecord.Origin.IMPORTED.value, "search": imported.file_name[:100]})


def _touched(imported: Import) -> Iterator[Touched]:
    there = queries.became(imported).select_related("edited_by", "removed_by")
    rows = list(there.order_by("-updated_at", "pk")[:TOUCHED])
    names = names_of([Change(object_kind=_KIND, object_id=str(row.pk)) for row in rows])
    for row in rows:
        by = row.removed_by or row.edited_by
        name = names.of_thing(_KIND, str(row.pk))
        yield Touched(row.pk, name, row.removed_at is not None, person_ref(by), row.updated_at)
