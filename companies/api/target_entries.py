"""`/target-markets/{id}/entries/`: notes and evidence beside a target market."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework.request import Request

from companies.access import Action, require_target
from companies.api.door import PersonDoor, PersonListView
from companies.api.targets import standing
from companies.api.writing import Entry, writing
from companies.models import TargetEntry, TargetMarket
from companies.profiles.targets import EntryRecord, entry_records
from companies.queries.targets import entries
from companies.targets.entries import add_entry, one_entry, remove_entry
from markets.door.address import list_parameters
from markets.door.parameters import Parameter, codes, sort


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryBody:
    """A note, or evidence. Nothing of it is altered later: a wrong one is removed.

    kind: `note` (where nothing is said) needs text; `visit` text and its day (`on`); `document` text or a link (`url`);
    `record` the id of an export record; `number` an indicator and a period of this market, which keeps the value in
    force now with its vintage, or the number of a value (`observation`) in any vintage.
    """

    kind: str | None = None
    on: str | None = None
    text: str | None = None
    url: str | None = None
    record: uuid.UUID | None = None
    indicator: str | None = None
    period: str | None = None
    observation: int | None = None


class _Entries(PersonDoor):
    """What the addresses of notes and evidence share."""

    model = TargetEntry
    thing = TargetMarket
    record: ClassVar[type] = EntryRecord

    def named(self, key: object) -> TargetMarket:
        """The target market of the address; what was removed is not there."""
        return standing(super().named(key))

    def permit(self, action: Action, thing: Any) -> None:  # noqa: ARG002 what is asked is to change the target
        """Whoever may change the target market."""
        require_target(self.actor, thing)

    def beside(self) -> Any:
        """What stands beside the target market of the address."""
        return entries(self.actor, self.named(self.kwargs["id"]))

    def shown_rows(self) -> Any:
        """The same."""
        return self.beside()

    def records(self, rows: Sequence[Any]) -> Sequence[EntryRecord]:
        """The same notes and evidence as on the page."""
        return entry_records(self.actor, rows)


class EntryListView(_Entries, PersonListView):
    """Entries: notes, visits, documents, export records and numbers beside a target market."""

    http_method_names = ("get", "head", "options", "post")
    sorts: ClassVar = {"written": ("written_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        EntryRecord,
        codes("kind", "Only of these kinds.", "visit,document", "|".join(TargetEntry.Kind.values)),
        sort("written"),
    )

    def get(self, request: Request, **codes_: Any) -> Any:  # noqa: ARG002 the address is read where it is needed
        """One page of what stands beside the target market of the address."""
        return super().get(request)

    def rows(self) -> Any:
        """The entries that match."""
        kinds = self.asked["kind"]
        return self.beside().filter(kind__in=kinds) if kinds else self.beside()

    @writing(needs=Action.TRACK, body=EntryBody, status=201, example={"kind": "visit", "on": "2026-02-11", "text": "…"})
    def post(self, entry: Entry) -> Any:
        """Note something, or add evidence."""
        return add_entry(self.actor, entry.key, entry.values)


class EntryView(_Entries):
    """One note or piece of evidence."""

    http_method_names = ("delete", "options")

    @writing(needs=Action.TRACK, status=204)
    def delete(self, entry: Entry) -> Any:
        """Remove a note or piece of evidence."""
        return remove_entry(self.actor, one_entry(self.actor, self.kwargs["entry"], of_target=entry.key).pk)
