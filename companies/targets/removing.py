"""Taking a target market off every list, and bringing it back: its person's own act, and never a machine's."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from companies.access import Actor
from companies.alerts.rules import end_rules_of, hold_rules_of, rule_for_target
from companies.changes import fields_of
from companies.models import AlertRule, TargetMarket
from companies.records.reading import Reading
from companies.targets.fields import LONGEST_REASON, REMEMBERED, label
from companies.targets.holding import held_target, written
from companies.targets.tracking import make_room


def remove_target(actor: Actor, key: object, version: int | None, reason: str = "") -> TargetMarket:
    """It leaves every list, and its alert rules end; the tombstone keeps its notes and history.

    Raises what `holding.held_target` raises, and FieldsRejected for an endless reason.
    """
    reading = Reading()
    told = reading.line(reason, "/reason", label("reason"), LONGEST_REASON)
    reading.finish()
    with transaction.atomic():
        target = held_target(actor, key, version)
        before = fields_of(target, REMEMBERED)
        target.removed_at, target.removed_reason = Now(), told
        hold_rules_of(target)
        written(actor, "removed", target, before)
        end_rules_of(actor, target)
        return target


def restore_target(actor: Actor, key: object, version: int | None) -> TargetMarket:
    """A removed one stands where it stood, with its notes; other alert rules that ended with it stay ended.

    The actor's rule for any revision of the market begins anew, where it ended with it.
    Raises what `holding.held_target` raises, AlreadyTracked where the same was tracked anew meanwhile, and TooMany.
    """
    with transaction.atomic():
        target = held_target(actor, key, version, is_removed=True)
        make_room(target)
        before = fields_of(target, REMEMBERED)
        had_rule = _ended_with(actor, target)
        target.removed_at, target.removed_reason = None, ""
        written(actor, "restored", target, before)
        if had_rule:
            rule_for_target(actor, target)
        return target


def _ended_with(actor: Actor, target: TargetMarket) -> bool:
    """Whether the actor's rule for any revision ended with the target market: what ended before was their own wish."""
    rules = AlertRule.objects.filter(target=target, person=actor.person, removed_at__gte=target.removed_at)
    return rules.filter(kind=AlertRule.Kind.REVISED, indicator=None).exists()
