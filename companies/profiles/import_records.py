"""Imports and their rows as programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from companies.importing import refusals
from companies.importing.checking.faults import Fault, unpacked
from companies.importing.doing.mapping import profiles_of
from companies.importing.mapping.questions import questions
from companies.importing.plan import Mapping as Meaning
from companies.models import Import, ImportVerdict
from companies.profiles.import_map import question_told
from companies.profiles.imports import work_line
from companies.profiles.people import PersonRef, person_ref


@dataclass(frozen=True, slots=True)
class ImportWork:
    """Work under way, or that failed. kind: read, check, commit or undo. total 0: not known how much there is."""

    kind: str
    told: str
    is_open: bool
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class ImportQuestion:
    """What is to be answered before the rows are checked. column: from 0; None: it is about the file as a whole.

    options: the answers, where they can be chosen from.
    """

    kind: str
    field: str
    column: int | None
    told: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportFault:
    """What is wrong with an entry of a row. suggestions: what is probably meant; none is taken by itself."""

    field: str
    code: str
    said: str
    told: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportWording:
    """What cells say that are wrong in one way. count: of rows; rows: the first of them."""

    said: str
    count: int
    rows: tuple[int, ...]
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportGroup:
    """A kind of fault that many rows share. fault: as most of them have it. count: how many; rows: the first of them.

    wordings: how many different ones their cells have; alike: the first of these, where there are several.
    """

    fault: ImportFault
    count: int
    rows: tuple[int, ...]
    wordings: int
    alike: tuple[ImportWording, ...]


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import: a file on its way to export records, and everything decided of it so far.

    step: uploaded, read, mapped, checked, done, undone, refused or discarded. work: None where none is under way and
    none failed. refusal: why the file is not read; empty where it is. choices: how it is read, where somebody said so.
    headers, row_count: as read. mapping: what each column is. questions: open ones. counts: rows by outcome. groups:
    the faults that most rows share. is_checked: whether counts and groups are those of what is decided now.
    """

    id: uuid.UUID
    file_name: str
    size_bytes: int
    sha256: str
    step: str
    version: int
    created_by: PersonRef
    created_at: dt.datetime
    expires_at: dt.datetime
    work: ImportWork | None
    refusal: str
    choices: Mapping[str, Any]
    headers: tuple[str, ...]
    row_count: int
    mapping: Mapping[str, Any]
    fixes: Mapping[str, Any]
    policy: Mapping[str, Any]
    questions: tuple[ImportQuestion, ...]
    counts: Mapping[str, int]
    groups: tuple[ImportGroup, ...]
    is_checked: bool
    done_at: dt.datetime | None
    undo_until: dt.datetime | None
    undone_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row of a file and what becomes of it. record: the export record it is about, where there is one."""

    number: int
    outcome: str
    faults: tuple[ImportFault, ...]
    warnings: tuple[str, ...]
    record: uuid.UUID | None


def import_records(rows: Iterable[Import]) -> list[ImportRecord]:
    """The imports in their order. rows: with their people and jobs."""
    return [_record(row) for row in rows]


def imported_rows(rows: Iterable[ImportVerdict]) -> list[ImportedRow]:
    """The rows in their order."""
    return [
        ImportedRow(
            number=row.number,
            outcome=row.outcome,
            faults=tuple(_fault(each) for each in unpacked(row.faults)),
            warnings=tuple(each.sentence() for each in unpacked(row.warnings)),
            record=row.record_id,
        )
        for row in rows
    ]


def _record(row: Import) -> ImportRecord:
    return ImportRecord(
        id=row.pk,
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        step=row.step,
        version=row.version,
        created_by=person_ref(row.created_by),
        created_at=row.created_at,
        expires_at=row.expires_at,
        work=_work(row),
        refusal=refusals.told(row.refusal),
        choices=row.choices,
        headers=tuple(row.found.get("headers", ())),
        row_count=row.found.get("row_count", 0),
        mapping=row.mapping,
        fixes=row.fixes,
        policy=row.policy,
        questions=tuple(_questions(row)) if row.step == Import.Step.READ else (),
        counts=row.counts,
        groups=tuple(_groups(row.groups)),
        is_checked=row.checked_version == row.version,
        done_at=row.done_at,
        undo_until=row.undo_until,
        undone_at=row.undone_at,
    )


def _work(row: Import) -> ImportWork | None:
    line = work_line(row.job)
    return None if line is None else ImportWork(line.work, line.told, line.is_open, line.done, line.total)


def _questions(row: Import) -> Iterator[ImportQuestion]:
    for each in questions(Meaning.unpacked(row.mapping), profiles_of(row)):
        options = tuple(option.value for option in each.options)
        yield ImportQuestion(each.kind.value, each.field, each.column, question_told(each), options)


def _groups(kept: Sequence[Mapping[str, Any]]) -> Iterator[ImportGroup]:
    for fault, each in zip(unpacked(kept), kept, strict=True):
        alike = tuple(_wording(wording) for wording in each.get("alike", ()))
        yield ImportGroup(_fault(fault), each["count"], tuple(each["rows"]), each["wordings"], alike)


def _wording(kept: Mapping[str, Any]) -> ImportWording:
    fault = Fault.unpacked(kept)
    near = tuple(each.becomes for each in fault.near)
    return ImportWording(fault.said, kept["count"], tuple(kept["rows"]), near)


def _fault(fault: Fault) -> ImportFault:
    near = tuple(each.becomes for each in fault.near)
    return ImportFault(fault.field, fault.code, fault.said, fault.sentence(), near)
