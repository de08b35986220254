"""Alert rules as pages and programs see them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max

from companies.access import Actor, seen
from companies.models import Alert, AlertRule, TargetMarket
from companies.profiles.alert_words import sentence
from markets.profiles.observations import AreaKey, IndicatorKey


@dataclass(frozen=True, slots=True)
class Watched:
    """What a rule names by an id or code, with its name in the active language."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One alert rule. What its kind does not take is null, or empty for `direction`.

    sentence: the rule in words, in the active language. threshold: in the indicator's `unit`, or units of `currency`
    for one `base`; change_pct: per cent. direction: `up`, `down`, or empty for either way. target: the target market it
    hangs on. state: `in_force`, `paused` or `removed`. begins_at: what was published before counts for nothing.
    alerts: how many it has made; last_alert_at: when the newest was. version: goes up with every change.
    """

    id: uuid.UUID
    kind: str
    sentence: str
    target: uuid.UUID | None
    market: AreaKey | None
    indicator: IndicatorKey | None
    unit: str
    decimals: int
    currency: str | None
    base: str | None
    dataset: Watched | None
    organisation: Watched | None
    company: Watched | None
    direction: str
    threshold: Decimal | None
    change_pct: Decimal | None
    state: str
    begins_at: dt.datetime
    paused_at: dt.datetime | None
    removed_at: dt.datetime | None
    alerts: int
    last_alert_at: dt.datetime | None
    version: int
    created_at: dt.datetime
    updated_at: dt.datetime

    @property
    def is_paused(self) -> bool:
        """Whether it tells nothing for now."""
        return self.paused_at is not None


def rule_records(actor: Actor, rows: Iterable[AlertRule]) -> list[RuleRecord]:
    """The rules in their order; two questions more, however many they are.

    rows: of what the actor sees, as `queries.alerts.rules` reads them.
    """
    found = list(rows)
    told = _told(actor, found)
    targets = seen_targets(actor, (rule.target_id for rule in found))
    return [_record(rule, told.get(rule.pk, (0, None)), targets) for rule in found]


def seen_targets(actor: Actor, keys: Iterable[uuid.UUID | None]) -> frozenset[uuid.UUID]:
    """Of these target markets, those that are there for the actor."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return frozenset()
    rows = seen(actor, TargetMarket).filter(pk__in=wanted, removed_at=None)
    return frozenset(rows.values_list("pk", flat=True))


def area_key(rule: AlertRule) -> AreaKey | None:
    """The market a rule names."""
    area = rule.market
    return None if area is None else AreaKey(area.code, area.name, area.is_aggregate)


def indicator_key(rule: AlertRule) -> IndicatorKey | None:
    """The indicator a rule names."""
    return None if rule.indicator is None else IndicatorKey(rule.indicator.code, rule.indicator.name)


def _told(actor: Actor, found: Sequence[AlertRule]) -> Mapping[uuid.UUID, tuple[int, dt.datetime | None]]:
    if not found:
        return {}
    rows = seen(actor, Alert).filter(rule__in=[rule.pk for rule in found]).order_by()
    counted = rows.values_list("rule").annotate(Count("pk"), Max("fired_at"))
    return {rule: (number, newest) for rule, number, newest in counted}


def _record(rule: AlertRule, told: tuple[int, dt.datetime | None], targets: frozenset[uuid.UUID]) -> RuleRecord:
    return RuleRecord(
        id=rule.pk,
        kind=rule.kind,
        sentence=sentence(rule),
        target=rule.target_id if rule.target_id in targets else None,
        market=area_key(rule),
        indicator=indicator_key(rule),
        unit=rule.indicator.unit if rule.indicator else "",
        decimals=rule.indicator.decimals if rule.indicator else 0,
        currency=rule.currency_id,
        base=rule.base_id,
        dataset=Watched(rule.dataset.pk, rule.dataset.name) if rule.dataset else None,
        organisation=Watched(str(rule.organisation.pk), rule.organisation.name) if rule.organisation else None,
        company=Watched(str(rule.company.pk), rule.company.name) if rule.company else None,
        direction=rule.direction,
        threshold=rule.threshold,
        change_pct=rule.change_pct,
        state=_state(rule),
        begins_at=rule.begins_at,
        paused_at=rule.paused_at,
        removed_at=rule.removed_at,
        alerts=told[0],
        last_alert_at=told[1],
        version=rule.version,
        created_at=rule.created_at,
        updated_at=rule.updated_at,
    )


def _state(rule: AlertRule) -> str:
    if rule.removed_at is not None:
        return "removed"
    return "in_force" if rule.paused_at is None else "paused"
