"""Changing many records at once: exactly those that were chosen, in the versions that were seen, all in one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from companies.access import Action, Actor, hidden, one, require, working_on, working_where
from companies.changes import change_row, changed, fields_of, remember
from companies.errors import SelectionChanged, TooMany
from companies.models import Change, ExportRecord, Selection
from companies.queries.records import RecordQuestion, matching
from companies.records.checking import Known, checked, invalid, known, refuse, values_with, why_it_goes
from companies.records.entering import NOT_DECIDED
from companies.records.fields import REMEMBERED, STATED

MOST_SELECTED: Final = 5_000
KEPT_FOR: Final = dt.timedelta(days=30)
# What can be set in many records at once.
FIELDS: Final = (
    "destination", "category", "hs_code", "hs_revision", "corridor", "incoterm", "settlement_currency",
    "customs_office", "note",
)  # fmt: skip
EDIT: Final = "edit"
SUBMIT: Final = "submit"
REMOVE: Final = "remove"
DONE_AS: Final[Mapping[str, str]] = {EDIT: "edited", SUBMIT: "submitted", REMOVE: "removed"}
# Beyond so many different values one statement sets them all.
_MOST_STATEMENTS: Final = 20
_OPEN: Final = (ExportRecord.Status.DRAFT, ExportRecord.Status.SUBMITTED, ExportRecord.Status.RETURNED)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with every chosen record. values: for an edit, by field; an empty text clears it.

    reason: for a removal.
    """

    action: str
    values: Mapping[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What would become of one record. columns: what is set; why: what stands against it, in words; empty: nothing."""

    record: ExportRecord
    columns: Mapping[str, Any]
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What would become of a selection: every record of it that is still there, in the order chosen.

    moved: how many were changed or removed since they were chosen. joined: how many match by now and were not chosen.
    """

    selection: Selection
    rows: tuple[Planned, ...]
    moved: int
    joined: int

    @property
    def changing(self) -> list[Planned]:
        """Those that will be changed."""
        return [row for row in self.rows if row.columns and not row.why]

    @property
    def refused(self) -> list[Planned]:
        """Those that cannot be, with the reasons."""
        return [row for row in self.rows if row.why]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done. was_done: it had been done before, and nothing was done again."""

    count: int
    refused: int
    joined: int
    was_done: bool = False


def select_records(actor: Actor, question: RecordQuestion, keys: Sequence[uuid.UUID] | None = None) -> Selection:
    """Freeze a choice: all that match now, or those with these ids, each with its version.

    Raises SignInNeeded, NoOrganisation, NotAllowed; HiddenObject for an id that is not there; TooMany; FieldsRejected
    where nothing is chosen.
    """
    organisation_id = require(actor, Action.WRITE)
    if keys is None:
        rows = matching(actor, question)
    else:
        rows = working_on(actor, ExportRecord).filter(pk__in=keys, removed_at__isnull=True)
    versions = {str(key): version for key, version in rows.values_list("pk", "version")[: MOST_SELECTED + 1]}
    if keys is not None and (missing := {str(key) for key in keys} - versions.keys()):
        raise hidden(ExportRecord, min(missing))
    if len(versions) > MOST_SELECTED:
        raise TooMany(count=rows.count(), kind=_("records"), most=MOST_SELECTED)
    if not versions:
        refuse([invalid("record", _("tick at least one record"))])
    query = "" if keys is not None else question.text() or f"sort={question.sort}"
    with transaction.atomic():
        selection = Selection.objects.create(
            organisation_id=organisation_id, owner=actor.person, query=query, versions=versions, count=len(versions)
        )
        changed(actor, "selected", selection, after={"count": selection.count, "query": query})
    return selection


def chosen_again(actor: Actor, key: object) -> Selection:
    """The same records as they stand now, those that are gone left out. Raises as `select_records` does."""
    selection = one(actor, Selection, key)
    actor = working_where(actor, selection)
    keys = [uuid.UUID(key) for key in selection.versions]
    there = working_on(actor, ExportRecord).filter(pk__in=keys, removed_at__isnull=True)
    again = select_records(actor, RecordQuestion(), list(there.values_list("pk", flat=True)))
    Selection.objects.filter(pk=again.pk).update(query=selection.query)
    return again


def plan(actor: Actor, key: object, wish: Wish) -> Plan:
    """What would become of the chosen records. Nothing is written.

    Raises SignInNeeded, HiddenObject, NotAllowed; FieldsRejected for a wish that says nothing.
    """
    selection = one(actor, Selection, key)
    require(actor, Action.WRITE, selection.organisation_id)
    _refuse_empty(wish)
    records = _chosen(selection, ExportRecord.objects.all())
    return _plan(actor, selection, records, wish)


def apply(actor: Actor, key: object, wish: Wish) -> Outcome:
    """Do it with exactly the chosen records, once.

    Those that cannot be changed stay as they are and are counted. Raises as `plan` does; SelectionChanged where any of
    the chosen ones has another version than when it was chosen: then nothing was changed.
    """
    selection = one(actor, Selection, key)
    require(actor, Action.WRITE, selection.organisation_id)
    _refuse_empty(wish)
    with transaction.atomic():
        selection = Selection.objects.select_for_update().get(pk=selection.pk)
        if selection.used_at is not None:
            return Outcome(0, 0, 0, was_done=True)
        # In one order, so that two bulk edits never wait for each other in a circle.
        records = _chosen(selection, ExportRecord.objects.select_for_update(of=("self",)))
        planned = _plan(actor, selection, records, wish)
        if planned.moved:
            raise SelectionChanged(changed=planned.moved, count=selection.count)
        changing = planned.changing
        write_planned(actor, changing, DONE_AS[wish.action])
        Selection.objects.filter(pk=selection.pk).update(used_at=Now())
    return Outcome(len(changing), len(planned.refused), planned.joined)


def undo(actor: Actor, key: object) -> Outcome:
    """Take back what was done with a selection, in every record that nobody has changed since.

    What was stated comes back; what had been approved or submitted stays a draft, for somebody else to decide on.
    refused: how many were changed since and stay. Raises SignInNeeded, HiddenObject, NotAllowed.
    """
    selection = one(actor, Selection, key)
    require(actor, Action.WRITE, selection.organisation_id)
    with transaction.atomic():
        selection = Selection.objects.select_for_update().get(pk=selection.pk)
        if selection.used_at is None:
            return Outcome(0, 0, 0, was_done=True)
        done = changes_of(selection)
        rows = ExportRecord.objects.select_for_update(of=("self",)).filter(
            pk__in=done, organisation_id=selection.organisation_id
        )
        records = {str(row.pk): row for row in rows.order_by("pk")}
        backs = [
            former_of(record, change)
            for name, change in done.items()
            if (record := records.get(name)) and record.version == selection.versions[name] + 1
        ]
        write_planned(actor, backs, "undone")
    return Outcome(len(backs), len(done) - len(backs), 0)


def forget_selections() -> int:
    """Drop choices that are older than a month, and with them the way to take back what was done: how many."""
    return Selection.objects.filter(created_at__lte=Now() - KEPT_FOR).delete()[0]


def changes_of(selection: Selection) -> dict[str, Change]:
    """What was done with the records of a used selection, by their ids: each one's change to its next version."""
    rows = Change.objects.filter(
        organisation_id=selection.organisation_id,
        actor_id=selection.owner_id,
        object_kind="exportrecord",
        object_id__in=list(selection.versions),
        action__in=DONE_AS.values(),
        at__gte=selection.created_at,
    )
    return {row.object_id: row for row in rows if row.after.get("version") == selection.versions[row.object_id] + 1}


def edit_of(record: ExportRecord, values: Mapping[str, Any], there_are: Known) -> Planned:
    """What becomes of a record with these entries; those not named stay. Approved or submitted, it is a draft again."""
    columns, faults = checked(values_with(record, values), there_are)
    differing = {name: value for name, value in columns.items() if getattr(record, name) != value}
    if not faults and differing and record.status in (ExportRecord.Status.APPROVED, ExportRecord.Status.SUBMITTED):
        differing |= NOT_DECIDED
    return Planned(record, differing, tuple(fault.message(_) for fault in faults))


def removal_of(actor: Actor, record: ExportRecord, reason: str) -> Planned:
    """How a record leaves every list; an approved one stays, and why is said."""
    if record.status not in _OPEN:
        return Planned(record, {}, (_("it is approved; reopen it first"),))
    return Planned(record, {"removed_at": Now(), "removed_by_id": actor.person.pk, "removed_reason": reason})


def former_of(record: ExportRecord, change: Change) -> Planned:
    """How a record gets back what a change took away: what was stated, the draft, the place in the list."""
    back: dict[str, Any] = {}
    for name, was in change.before.items():
        if name in STATED:
            field = record._meta.get_field(name)  # noqa: SLF001 Django's documented name
            back[field.attname] = field.to_python(was) if was is not None else None  # type: ignore[union-attr]
    if change.action == DONE_AS[SUBMIT]:
        back |= NOT_DECIDED
    if change.action == DONE_AS[REMOVE]:
        back |= {"removed_at": None, "removed_by_id": None, "removed_reason": ""}
    return Planned(record, back)


def write_planned(actor: Actor, planned: Sequence[Planned], action: str) -> None:
    """Set the columns of all of them, in one statement for those that are set alike, and remember every one.

    Must stand in a transaction that holds the records as they were planned.
    """
    remembered = (*REMEMBERED, "removed_reason")
    before = [fields_of(row.record, remembered) for row in planned]
    alike: dict[tuple[tuple[str, str], ...], list[Planned]] = defaultdict(list)
    for row in planned:
        alike[tuple((name, repr(value)) for name, value in sorted(row.columns.items()))].append(row)
    edited = {} if action == DONE_AS[SUBMIT] else {"edited_by_id": actor.person.pk}
    for rows in [] if len(alike) > _MOST_STATEMENTS else alike.values():
        ExportRecord.objects.filter(pk__in=[row.record.pk for row in rows]).update(
            **rows[0].columns, **edited, version=F("version") + 1, updated_at=Now()
        )
    if len(alike) > _MOST_STATEMENTS:
        _set_apart(planned, edited)
    after = _as_written(row.record.pk for row in planned)
    remember(
        [
            change_row(actor, action, row.record, before=was, after=fields_of(after[row.record.pk], remembered))
            for row, was in zip(planned, before, strict=True)
        ]
    )


def _refuse_empty(wish: Wish) -> None:
    """Raises FieldsRejected where it is not said what to do."""
    if wish.action not in DONE_AS:
        refuse([invalid("action", _("choose what to do"))])
    if wish.action == EDIT and not wish.values:
        refuse([invalid("field", _("tick at least one entry to change"))])
    if wish.action == EDIT and (unknown := wish.values.keys() - set(FIELDS)):
        refuse([invalid(name, _("this cannot be set in many records at once")) for name in sorted(unknown)])
    if wish.action == REMOVE:
        why_it_goes(wish.reason)


def _chosen(selection: Selection, rows: Any) -> list[ExportRecord]:
    """The chosen records that still are there, each as it stands now."""
    found = rows.filter(
        pk__in=list(selection.versions), organisation_id=selection.organisation_id, removed_at__isnull=True
    )
    by_key = {str(row.pk): row for row in found.select_related("company").order_by("pk")}
    return [by_key[key] for key in selection.versions if key in by_key]


def _plan(actor: Actor, selection: Selection, records: Sequence[ExportRecord], wish: Wish) -> Plan:
    still = sum(selection.versions[str(record.pk)] == record.version for record in records)
    there_are = known(actor, selection.organisation_id, [{"company": record.company_id} for record in records])
    # A record stays with its company, archived or not.
    there_are = replace(there_are, companies=dict.fromkeys(there_are.companies, False))
    return Plan(
        selection=selection,
        rows=tuple(_planned(actor, record, wish, there_are) for record in records),
        moved=len(selection.versions) - still,
        joined=_joined(actor, selection),
    )


def _joined(actor: Actor, selection: Selection) -> int:
    """How many match the list by now that were not chosen; none where single records were ticked."""
    if not selection.query:
        return 0
    where = working_where(actor, selection)
    rows = matching(where, RecordQuestion.of_text(selection.query)).values_list("pk", flat=True)
    return sum(str(key) not in selection.versions for key in rows)


def _planned(actor: Actor, record: ExportRecord, wish: Wish, there_are: Known) -> Planned:
    if wish.action == SUBMIT:
        return _submitted(actor, record)
    if wish.action == REMOVE:
        return removal_of(actor, record, why_it_goes(wish.reason))
    return edit_of(record, wish.values, there_are)


def _submitted(actor: Actor, record: ExportRecord) -> Planned:
    if record.status not in (ExportRecord.Status.DRAFT, ExportRecord.Status.RETURNED):
        return Planned(record, {}, (_("it is no draft"),))
    status = {"status": ExportRecord.Status.SUBMITTED, "submitted_by_id": actor.person.pk, "submitted_at": Now()}
    return Planned(record, status | {"decided_by_id": None, "decided_at": None, "decision_note": ""})


def _set_apart(planned: Sequence[Planned], edited: Mapping[str, Any]) -> None:
    """Set plain values that differ from record to record, in one statement."""
    by_name = {
        name: field
        for field in ExportRecord._meta.concrete_fields  # noqa: SLF001 Django's documented name
        for name in (field.name, field.attname)
    }
    columns = [{by_name[name]: value for name, value in {**edited, **row.columns}.items()} for row in planned]
    fields = list(dict.fromkeys(field for of_row in columns for field in of_row))
    values = [[row.record.pk for row in planned]] + [
        [
            field.get_db_prep_save(of_row.get(field, getattr(row.record, field.attname)), connection)
            for row, of_row in zip(planned, columns, strict=True)
        ]
        for field in fields
    ]
    quoted = [connection.ops.quote_name(field.column or "") for field in fields]
    types = ["uuid", *(field.db_type(connection) for field in fields)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE companies_exportrecord r SET {', '.join(f'{name} = v.{name}' for name in quoted)}, "  # noqa: S608 names of our own columns
            f"version = r.version + 1, updated_at = statement_timestamp() "
            f"FROM unnest({', '.join(f'%s::{each}[]' for each in types)}) AS v (id, {', '.join(quoted)}) "
            f"WHERE r.id = v.id",
            values,
        )


def _as_written(keys: Iterable[uuid.UUID]) -> dict[uuid.UUID, ExportRecord]:
    return ExportRecord.objects.in_bulk(list(keys))
