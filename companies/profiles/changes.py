"""The change log as people and programs read it: who, what, before and after, when, by which way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from companies.access import Action, Actor
from companies.models import Change
from companies.profiles.change_values import Names, names_of
from companies.profiles.change_words import ACTIONS, FIELDS, KINDS, WAYS, told
from companies.profiles.people import PersonRef, person_ref
from companies.queries.changes import Historied, changes_of

# What whoever may not read contacts is not shown in a history either.
_KEPT_BACK: Final = frozenset({"registration_number", "contacts"})


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field. before, after: as kept, exact; None where there was nothing. *_words: as people read them.

    is_kept_back: the reader may not see contacts and registration numbers; then nothing but the field's name stands.
    """

    field: str
    label: str
    before: Any
    after: Any
    before_words: str
    after_words: str
    is_kept_back: bool


@dataclass(frozen=True, slots=True)
class ChangeRecord:
    """One write. id goes up with time; `at` is the database's moment (UTC). person None: the product itself.

    action, object_kind, via: words of programs; *_words: the same for people. object_name: what the thing is called
    now; empty where it has no name. api_key: the name of the key that was used. hash: of the row, chained to the
    organisation's row before it.
    """

    id: int
    at: dt.datetime
    person: PersonRef | None
    action: str
    action_words: str
    object_kind: str
    object_kind_words: str
    object_id: str
    object_name: str
    fields: tuple[FieldChange, ...]
    via: str
    via_words: str
    api_key: str
    request_id: str
    hash: str

    @property
    def shown(self) -> tuple[FieldChange, ...]:
        """The fields there is something to say of: not those a new thing was made without."""
        return tuple(each for each in self.fields if each.before_words or each.after_words or each.is_kept_back)


def change_records(actor: Actor, rows: Sequence[Change]) -> list[ChangeRecord]:
    """The changes in their order, in as many queries for fifty as for one.

    rows: as `companies.queries.changes` reads them, with actor and api_key.
    """
    names = names_of(rows)
    return [_record(actor, row, names) for row in rows]


def change_timeline(actor: Actor, thing: Historied) -> list[ChangeRecord]:
    """The latest history of a company or a record, newest first; empty for whoever does not see the thing."""
    return change_records(actor, changes_of(actor, thing))


def _record(actor: Actor, row: Change, names: Names) -> ChangeRecord:
    reads_all = row.organisation_id is None or actor.may(Action.READ_CONTACTS, row.organisation_id)
    return ChangeRecord(
        id=row.pk,
        at=row.at,
        person=person_ref(row.actor) if row.actor else None,
        action=row.action,
        action_words=told(ACTIONS, row.action),
        object_kind=row.object_kind,
        object_kind_words=told(KINDS, row.object_kind),
        object_id=row.object_id,
        object_name=names.of_thing(row.object_kind, row.object_id),
        fields=tuple(
            _field(row, name, names, is_kept_back=name in _KEPT_BACK and not reads_all)
            for name in sorted(row.before.keys() | row.after.keys())
        ),
        via=row.via,
        via_words=told(WAYS, row.via),
        api_key=row.api_key.name if row.api_key else "",
        request_id=row.request_id,
        hash=row.hash,
    )


def _field(row: Change, name: str, names: Names, *, is_kept_back: bool) -> FieldChange:
    before, after = (None, None) if is_kept_back else (row.before.get(name), row.after.get(name))
    return FieldChange(
        field=name,
        label=told(FIELDS, name),
        before=before,
        after=after,
        before_words=names.words(row.object_kind, name, before),
        after_words=names.words(row.object_kind, name, after),
        is_kept_back=is_kept_back,
    )
