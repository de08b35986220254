"""`/export-records/`: what companies sold where, entered, edited, decided on and followed by programs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.request import Request

from companies.access import Action, hidden
from companies.api.door import PersonDoor, PersonListView, PersonRecordView
from companies.api.writing import Entry, writing
from companies.models import ExportRecord, RecordComment
from companies.profiles.comments import CommentRecord, comment_records
from companies.profiles.records import RecordEntry, record_entries
from companies.queries.comments import comments
from companies.queries.records import SORTS, RecordQuestion, matching
from companies.queries.settled import settled_until
from companies.records import deciding, entering
from markets.door.address import list_parameters, record_parameters
from markets.door.parameters import (
    LANG,
    MARKET_FORM,
    PERIOD_FORM,
    SLUG_FORM,
    Parameter,
    choice,
    code,
    codes,
    moment,
    sort,
    text,
)
from markets.errors import InvalidValue

UUID_FORM = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_EXAMPLE = {
    "company": "00000000-0000-4000-8000-000000000000",
    "destination": "KAZ",
    "category": "appliances",
    "hs_code": "8418",
    "hs_revision": "HS2022",
    "period": "2025-01/2025-04",
    "value": "20.7",
    "multiplier": 1_000_000,
    "currency": "CNY",
    "stated_growth_pct": "69",
}
_WORDS = ("sort", "limit", "cursor", "count", "fields", "lang")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordBody:
    """What is stated of a company's exports.

    company: the id of one of the organisation's companies. destination: code of a market, or of a group where the
    source names no single one. category, hs_code: at least one of them; a code needs its hs_revision. period: `2025`,
    `2025-04`, `2025-01/2025-04` (January to April) or `2025-04-17`. value: the figure as printed, times `multiplier`,
    in `currency`; null with `value_note` where the source gives none. stated_growth_pct: per cent, as the source says.
    """

    company: uuid.UUID
    destination: str
    period: str
    category: str | None = None
    hs_code: str | None = None
    hs_revision: str | None = None
    value: str | Decimal | None = None
    multiplier: int | None = None
    currency: str | None = None
    value_note: str | None = None
    quantity: str | Decimal | None = None
    quantity_unit: str | None = None
    net_weight_kg: str | Decimal | None = None
    incoterm: str | None = None
    settlement_currency: str | None = None
    corridor: str | None = None
    customs_office: str | None = None
    document_reference: str | None = None
    stated_growth_pct: str | Decimal | None = None
    growth_base: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionBody:
    """What a reviewer says with an approval, where there is something to say."""

    decision_note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnBody:
    """What is to be put right."""

    decision_note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentBody:
    """A remark."""

    text: str


def _standing(record: ExportRecord) -> ExportRecord:
    if record.removed_at is not None:
        raise hidden(ExportRecord, record.pk)
    return record


class _Records(PersonDoor):
    """What all addresses of records share."""

    model = ExportRecord

    def named(self, key: object) -> ExportRecord:
        """The record of the address; what was removed is not there."""
        return _standing(super().named(key))

    def records(self, rows: Sequence[Any]) -> list[RecordEntry]:
        """The same records as on the pages."""
        return record_entries(self.actor, rows)


class RecordListView(_Records, PersonListView):
    """Export records: what the organisation's companies sold, where, when and for how much, and who says so.

    To keep a copy in step, ask again with `updated_since` set to the last answer's `meta.complete_until`: what was
    changed is told as it stands now, and what was removed as a tombstone with `removed_at`.
    """

    http_method_names = ("get", "head", "options", "post")
    record = RecordEntry
    sorts: ClassVar = {word: SORTS[word] for word in ("updated", "period", "created")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        RecordEntry,
        codes("company", "Only of these companies, by id.", "00000000-0000-4000-8000-000000000000", UUID_FORM),
        codes("destination", "Only to these markets or groups of markets.", "KAZ,UZB", MARKET_FORM),
        choice("members", "`1`: to the present members of the groups in `destination` too.", ("1", "0")),
        codes("category", "Only of these categories.", "appliances", SLUG_FORM),
        code("hs", "Only HS codes that begin so.", "8418", r"\d{2}(\d{2}){0,4}"),
        code("period_from", "Only what lies in this period or later.", "2024", PERIOD_FORM),
        code("period_to", "Only what lies in this period or earlier.", "2025-04", PERIOD_FORM),
        codes("currency", "Only in these currencies.", "CNY", "[A-Z]{3}"),
        codes("status", "Only in these states.", "draft,submitted", "|".join(ExportRecord.Status.values)),
        codes("origin", "Only what came so.", "api", "|".join(ExportRecord.Origin.values)),
        codes("corridor", "Only by these ways of transport.", "rail", "|".join(ExportRecord.Corridor.values)),
        choice("mine", "`1`: only what you entered or edited last.", ("1", "0")),
        text("search", "Words in a company's names or in references, in any script.", "refrigerator"),
        moment(
            "updated_since",
            "Only what was changed or removed since then: a day (its start, UTC) or a moment, itself included.",
            "2025-06-30",
            from_start=True,
        ),
        sort("updated", "period", "created"),
    )

    def rows(self) -> Any:
        """The records that match; those that were removed too, for readers that follow changes."""
        follows = self.asked["updated_since"] is not None
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = settled_until() if follows else None
        return matching(self.actor, self._question(), with_removed=follows)

    def _question(self) -> RecordQuestion:
        """The question as the page reads it."""
        given = QueryDict(mutable=True)
        given.update({name: str(words) for name, words in self.request.GET.items() if name not in _WORDS})
        return RecordQuestion.of(given)

    @writing(
        needs=Action.WRITE, body=RecordBody, takes_many=True, status=201, address="api:export_record", example=_EXAMPLE
    )
    def post(self, entry: Entry) -> Any:
        """Enter a record, or a list of up to 1000: all of them or none, with every fault of all told at once.

        They are drafts until they are submitted and approved.
        """
        origin, reference = ExportRecord.Origin.API, _reference(self)
        if entry.many is not None:
            return entering.enter_records(self.actor, entry.many, origin=origin, origin_reference=reference)
        return entering.enter_record(self.actor, entry.values, origin=origin, origin_reference=reference)


def _reference(view: PersonDoor) -> str:
    """By which key a record came; a person who uses the API stands as its author already."""
    key = view.actor.api_key
    return key.prefix if key else ""


class RecordView(_Records, PersonRecordView):
    """One export record. What was removed is told as a tombstone only in the list, with `updated_since`."""

    http_method_names = ("get", "head", "options", "patch", "delete")
    record = RecordEntry
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(RecordEntry)

    @writing(
        needs=Action.WRITE, body=RecordBody, is_partial=True, names_version=True, example={"note": "from the press"}
    )
    def patch(self, entry: Entry) -> Any:
        """Change the fields that are sent; an approved or submitted record becomes a draft again."""
        return entering.edit_record(self.actor, entry.key, entry.version, entry.values)

    @writing(
        needs=Action.WRITE,
        names_version=True,
        status=204,
        parameters=(text("reason", "Why it goes; required.", "entered twice", 500), LANG),
    )
    def delete(self, entry: Entry) -> Any:
        """Remove a record: it leaves every list, its tombstone and its history stay."""
        reason = self.asked["reason"]
        if reason is None:
            raise InvalidValue(parameter="reason", value='""', expected=_("say why the record goes"))
        return entering.remove_record(self.actor, entry.key, entry.version, reason)


class SubmitView(_Records):
    """Submitting a record."""

    http_method_names = ("post", "options")
    record = RecordEntry

    @writing(needs=Action.WRITE, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Submit a draft, for somebody else to decide on."""
        return deciding.submit(self.actor, entry.key, entry.version)


class ApproveView(_Records):
    """Approving a record."""

    http_method_names = ("post", "options")
    record = RecordEntry

    @writing(needs=Action.REVIEW, body=DecisionBody, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Approve a submitted record that somebody else entered, edited and submitted."""
        note = entry.values.get("decision_note") or ""
        return deciding.approve(self.actor, entry.key, entry.version, note)


class SendBackView(_Records):
    """Sending a record back."""

    http_method_names = ("post", "options")
    record = RecordEntry

    @writing(needs=Action.REVIEW, body=ReturnBody, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Send a submitted record back, and say what is to be put right."""
        note = entry.values.get("decision_note") or ""
        return deciding.send_back(self.actor, entry.key, entry.version, note)


class ReopenView(_Records):
    """Reopening a record."""

    http_method_names = ("post", "options")
    record = RecordEntry

    @writing(needs=Action.WRITE, names_version=True)
    def post(self, entry: Entry) -> Any:
        """Take a submitted or approved record back to a draft."""
        return deciding.reopen(self.actor, entry.key, entry.version)


class CommentListView(PersonListView):
    """Comments: what colleagues remark beside a record, in the order they wrote it."""

    http_method_names = ("get", "head", "options", "post")
    model = RecordComment
    thing = ExportRecord
    record = CommentRecord
    sorts: ClassVar = {"at": ("at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(CommentRecord, sort("at"))

    def get(self, request: Request, **codes: Any) -> Any:
        """One page of the remarks beside the record of the address."""
        self.beside = self.named(codes["id"])
        return super().get(request)

    def named(self, key: object) -> ExportRecord:
        """The record of the address; what was removed is not there."""
        return _standing(super().named(key))

    def rows(self) -> Any:
        """The remarks beside it."""
        return self.shown_rows().filter(record=self.beside)

    def shown_rows(self) -> Any:
        """With their authors."""
        return comments(self.actor)

    def records(self, rows: Sequence[Any]) -> list[CommentRecord]:
        """The remarks."""
        return comment_records(rows)

    @writing(needs=Action.WRITE, body=CommentBody, status=201, example={"text": "Which month is meant?"})
    def post(self, entry: Entry) -> Any:
        """Remark something beside a record."""
        return deciding.comment(self.actor, entry.key, entry.values.get("text") or "")
