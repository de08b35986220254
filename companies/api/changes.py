"""`/changes/`: the organisation's change log, for those who keep watch with a program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from companies.api.door import PersonListView
from companies.models import Change
from companies.profiles.changes import ChangeRecord, change_records
from companies.queries.changes import ChangeQuestion, changes
from markets.door.address import list_parameters
from markets.door.parameters import Parameter, code, moment, number, sort
from markets.vocabulary import AsOf


class ChangeListView(PersonListView):
    """Changes: every write to the organisation's companies, records and accounts, with what was before and after.

    A change never moves and never goes. With `sort=at` new ones come at the end: go on from the last `page.next`.
    """

    model = Change
    record = ChangeRecord
    sorts: ClassVar = {"at": ("id",)}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ChangeRecord,
        number("person", "Only by the person with this number, as in `person.number`; 0: by anybody.", 0, 2**31 - 1, 0),
        code("object_kind", "Only of things of this kind.", "exportrecord", "[a-z]{1,40}"),
        code("object_id", "Only of the thing with this id.", "00000000-0000-4000-8000-000000000000", "[0-9a-f-]{1,40}"),
        code("action", "Only writes of this kind.", "edited", "[a-z_]{1,40}"),
        moment("since", "Only from then on: a day (its start, UTC) or a moment.", "2025-06-30", from_start=True),
        moment("until", "Only before then: a day (its start, UTC) or a moment.", "2025-07-31", from_start=True),
        sort("at"),
    )

    def rows(self) -> Any:
        """The changes that match."""
        asked = self.asked
        question = ChangeQuestion(
            person=asked["person"] or None,
            kind=asked["object_kind"] or "",
            action=asked["action"] or "",
            object_id=asked["object_id"] or "",
            since=_at(asked["since"]),
            until=_at(asked["until"]),
        )
        return changes(self.actor, question)

    def records(self, rows: Sequence[Any]) -> list[ChangeRecord]:
        """The same changes as on the page."""
        return change_records(self.actor, rows)


def _at(given: AsOf | None) -> Any:
    return given.at if given else None
