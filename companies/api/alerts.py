"""`/alerts/`: what a person was told of, and what of it they have read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from companies.access import Action, require_own
from companies.alerts.rules import mark_all_read, mark_read
from companies.api.door import PersonDoor, PersonListView, PersonRecordView
from companies.api.targets import NO_ID, UUID_FORM
from companies.api.writing import Entry, writing
from companies.errors import FieldsRejected, InvalidField
from companies.models import Alert
from companies.profiles.alerts import AlertRecord, alert_records
from companies.queries.alerts import alerts
from companies.queries.settled import settled_until
from markets.door.address import list_parameters, record_parameters
from markets.door.parameters import MARKET_FORM, Parameter, choice, codes, moment, sort


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBody:
    """Which alerts are read: at most 200 by id, or all up to one and with it; where nothing is said, all of yours.

    up_to: the newest one that was shown, so that nothing which came meanwhile is taken for read.
    """

    alerts: tuple[uuid.UUID, ...] | None = None
    up_to: uuid.UUID | None = None


class _Alerts(PersonDoor):
    """What all addresses of alerts share."""

    model = Alert
    record: ClassVar[type] = AlertRecord

    def shown_rows(self) -> Any:
        """With what their records are made of."""
        return alerts(self.actor)

    def records(self, rows: Sequence[Any]) -> Sequence[AlertRecord]:
        """The same alerts as on the page and in letters."""
        return alert_records(self.actor, rows)


class AlertListView(_Alerts, PersonListView):
    """Alerts: what your rules told you, each with old and new value, source and vintage. Nobody else sees them.

    An alert never moves and never changes, but for `read_at`. To fetch what is new, ask again with `since` set to the
    last answer's `meta.complete_until`.
    """

    sorts: ClassVar = {"fired": ("fired_at", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        AlertRecord,
        choice("unread", "`1`: only what you have not read; `0`: only what you have.", ("1", "0")),
        codes("rule", "Only of these rules, by id.", NO_ID, UUID_FORM),
        codes("target", "Only of these target markets, by id.", NO_ID, UUID_FORM),
        codes("market", "Only of these markets.", "KAZ,UZB", MARKET_FORM),
        moment(
            "since", "Only from then on: a day (its start, UTC) or a moment, itself included.", "2025-06-30",
            from_start=True,
        ),
        sort("-fired"),
    )  # fmt: skip

    def rows(self) -> Any:
        """The alerts that match."""
        require_own(self.actor, Action.READ_TARGETS)
        asked, since = self.asked, self.asked["since"]
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = settled_until() if since else None
        wanted = {
            "rule_id__in": asked["rule"],
            "target_id__in": asked["target"],
            "rule__market_id__in": asked["market"],
            "fired_at__gte": since.at if since else None,
        }
        found = alerts(self.actor).filter(**{name: value for name, value in wanted.items() if value})
        return found if asked["unread"] is None else found.filter(read_at__isnull=asked["unread"] == "1")


class AlertView(_Alerts, PersonRecordView):
    """One alert: what happened, and why you were told."""

    parameters: ClassVar[Sequence[Parameter]] = record_parameters(AlertRecord)


class ReadView(_Alerts):
    """Reading an alert."""

    operation: ClassVar[str] = "alerts_mark_read"
    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK)
    def post(self, entry: Entry) -> Any:
        """Mark an alert as read; once more changes nothing."""
        alert = self.named(entry.key)
        mark_read(self.actor, [alert.pk])
        return alert


class ReadSeveralView(_Alerts):
    """Reading several alerts."""

    operation: ClassVar[str] = "alerts_mark_several_read"
    names_others: ClassVar[bool] = True
    http_method_names = ("post", "options")

    @writing(needs=Action.TRACK, body=ReadBody, status=204, example={"alerts": [NO_ID]})
    def post(self, entry: Entry) -> Any:
        """Mark several alerts as read: those that are named, or all."""
        named, newest = entry.values.get("alerts"), entry.values.get("up_to")
        if named is not None and newest is not None:
            fault = InvalidField(pointer="/up_to", field="up_to", expected=_("name single alerts or the newest one"))
            raise FieldsRejected(faults=(fault,), count=1)
        return mark_all_read(self.actor, up_to=newest) if named is None else mark_read(self.actor, named)
