"""The change log of an organisation, as a page and as a file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from companies.access import Actor, organisations
from companies.profiles.change_words import ACTIONS, KINDS, told
from companies.profiles.changes import ChangeRecord, change_records
from companies.profiles.people import PersonRef, person_ref
from companies.queries.changes import ChangeQuestion, changes, newest_changes, people_of_log, words_of_log
from markets.profiles.tables import Cell, Column, Table

SHOWN: Final = 50
# A file holds so many changes; the next one begins where it ends.
MOST_IN_FILE: Final = 10_000


@dataclass(frozen=True, slots=True)
class ChangeChoices:
    """What the log can be narrowed to: people, kinds of things and actions that stand in it, by word and by name."""

    people: tuple[PersonRef, ...]
    kinds: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ChangeLogPage:
    """Changes that match, the newest first. before: the number of the last one, by which older ones are asked for; None
    when there are none. zone: where the reader's clock stands; empty where nobody said, then moments are UTC alone.
    """

    organisation_name: str
    question: ChangeQuestion
    choices: ChangeChoices
    records: tuple[ChangeRecord, ...]
    is_first: bool
    before: int | None
    zone: str

    def table(self) -> Table:
        """One field of one change a row; a change of no field is a row too."""
        labels = {
            "id": _("Number"),
            "at": _("Moment (UTC)"),
            "person_number": _("Number of the person"),
            "person": _("Person"),
            "action": _("Action"),
            "object_kind": _("Kind"),
            "object_id": _("Id"),
            "object_name": _("Name"),
            "field": _("Field"),
            "before": _("Before"),
            "after": _("After"),
            "via": _("By way of"),
            "api_key": _("API key"),
            "request_id": _("Request"),
            "hash": _("Hash"),
        }
        notes = [_("Entries are never altered: each hash is made of its row and the hash before it.")]
        if self.before is not None:
            notes.append(_("There are older ones: ask with before=%(before)s.") % {"before": self.before})
        return Table(
            name="changes",
            title=_("Change log of %(name)s") % {"name": self.organisation_name},
            columns=[Column(key, label, is_number=key in ("id", "person_number")) for key, label in labels.items()],
            rows=[row for record in self.records for row in _rows(record)],
            notes=notes,
        )


def change_log(
    actor: Actor, question: ChangeQuestion, *, before: int | None = None, limit: int = SHOWN
) -> ChangeLogPage:
    """The newest changes that match, of the organisation the actor works in.

    Raises SignInNeeded, NoOrganisation, NotAllowed.
    """
    found = newest_changes(changes(actor, question), limit + 1, before)
    organisation = organisations(actor).select_related("home").get(pk=actor.organisation_id)
    home = organisation.home.timezone if organisation.home else ""
    return ChangeLogPage(
        organisation_name=organisation.name,
        question=question,
        choices=ChangeChoices(
            people=tuple(person_ref(each) for each in people_of_log(actor)),
            kinds=tuple((word, told(KINDS, word)) for word in words_of_log(actor, "object_kind")),
            actions=tuple((word, told(ACTIONS, word)) for word in words_of_log(actor, "action")),
        ),
        records=tuple(change_records(actor, found[:limit])),
        is_first=before is None,
        before=found[limit - 1].pk if len(found) > limit else None,
        zone=actor.person.time_zone or home,
    )


def _rows(record: ChangeRecord) -> Iterator[list[Cell]]:
    moment = record.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    person = (record.person.number, record.person.name) if record.person else (None, "")
    first = [record.id, moment, *person, record.action, record.object_kind, record.object_id, record.object_name]
    last = [record.via, record.api_key, record.request_id, record.hash]
    for field in record.fields:
        yield [*first, field.field, _cell(field.before), _cell(field.after), *last]
    if not record.fields:
        yield [*first, "", None, None, *last]


def _cell(value: Any) -> Cell:
    """A kept value as it is: text and whole numbers as they are, all else as JSON."""
    if value is None or (isinstance(value, str | int) and not isinstance(value, bool)):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
