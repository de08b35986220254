"""Rules about approved records: told to those who may read them at that moment, but not to who approved them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.db.models import QuerySet

from companies.access import ALLOWED, Action, Actor, seen
from companies.alerts.facts import Facts, Firing
from companies.alerts.in_force import Told, rules_in_force
from companies.models import AlertRule, Change, ExportRecord, Membership
from companies.queries.records import members_of

_APPROVED: Final = {"object_kind": "exportrecord", "action": "approved"}


def told_of_approvals(since: dt.datetime, until: dt.datetime) -> Iterator[Told]:
    """What rules tell of the records approved from the one moment until before the other."""
    rules = rules_in_force((AlertRule.Kind.RECORD_APPROVED,), until)
    for organisation_id in rules.values_list("organisation_id", flat=True).distinct():
        approvals = _approvals(organisation_id, since, until)
        if approvals:
            yield from _told(rules.filter(organisation_id=organisation_id), approvals)


def would_tell(actor: Actor, rule: AlertRule, since: dt.datetime) -> Iterator[Firing]:
    """What a rule would have told its person of the log since a moment, of records that are still there."""
    approvals = list(_log(actor, rule).filter(at__gte=since, **_APPROVED).exclude(actor=actor.person).order_by("id"))
    records, places = _records(approvals), _places([rule])
    for approval in approvals:
        record = records.get(approval.object_id)
        if record is not None and _is_meant(rule, record, places):
            yield _firing(approval, record)


def approval_count(actor: Actor, rule: AlertRule, since: dt.datetime) -> int:
    """How many approvals of others stand in the log of the rule's organisation since a moment."""
    return _log(actor, rule).filter(at__gte=since, **_APPROVED).exclude(actor=actor.person).count()


def log_begins(actor: Actor, rule: AlertRule) -> dt.datetime | None:
    """Since when the log of the rule's organisation is kept; None where the actor may not read it, or it is empty."""
    return _log(actor, rule).order_by("id").values_list("at", flat=True).first()


def _log(actor: Actor, rule: AlertRule) -> QuerySet[Change]:
    return seen(actor, Change, Action.READ).filter(organisation=rule.organisation_id)


def _approvals(organisation_id: uuid.UUID, since: dt.datetime, until: dt.datetime) -> list[Change]:
    """Read from the newest row back: within an organisation rows are numbered in the order in which they are seen."""
    log = Change.objects.filter(organisation_id=organisation_id)
    last_before = log.filter(at__lt=since).order_by("-id").values_list("id", flat=True).first() or 0
    return list(log.filter(id__gt=last_before, at__gte=since, at__lt=until, **_APPROVED).order_by("id"))


def _told(rules: QuerySet[AlertRule], approvals: list[Change]) -> Iterator[Told]:
    records = _records(approvals)
    wanted = list(rules)
    places = _places(wanted)
    readers = _readers(approvals[0].organisation_id)
    for approval in approvals:
        record = records.get(approval.object_id)
        if record is None:
            continue
        for rule in wanted:
            is_others = rule.person_id != approval.actor_id and rule.person_id in readers
            if is_others and rule.begins_at < approval.at and _is_meant(rule, record, places):
                yield Told(rule, _firing(approval, record))


def _readers(organisation_id: uuid.UUID | None) -> frozenset[int]:
    """The people who may read the organisation's records this moment."""
    members = Membership.objects.filter(organisation=organisation_id, ended_at=None)
    return frozenset(user for user, role in members.values_list("user_id", "role") if Action.READ in ALLOWED[role])


def _records(approvals: Iterable[Change]) -> Mapping[str, ExportRecord]:
    """Those records that are still there, by id."""
    rows = ExportRecord.objects.filter(pk__in={approval.object_id for approval in approvals}, removed_at=None)
    return {str(record.pk): record for record in rows}


def _places(rules: Iterable[AlertRule]) -> Mapping[str, frozenset[str]]:
    """The destinations that rules mean by a market: itself, and of a group its present members."""
    markets = {rule.market_id for rule in rules if rule.market_id is not None}
    return {market: members_of(market) | {market} for market in markets}


def _is_meant(rule: AlertRule, record: ExportRecord, places: Mapping[str, frozenset[str]]) -> bool:
    if rule.company_id is not None and rule.company_id != record.company_id:
        return False
    return rule.market_id is None or record.destination_id in places[rule.market_id]


def _firing(approval: Change, record: ExportRecord) -> Firing:
    facts = Facts(record=str(record.pk), company=str(record.company_id))
    return Firing(f"change:{approval.pk}", facts, approval.at.isoformat())
