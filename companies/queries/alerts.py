"""Alert rules and alerts of a person, and how many of the alerts wait to be read."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import QuerySet

from companies.access import Actor, hidden, one, seen
from companies.models import Alert, AlertRule, Change

# More unread ones than this are told as "99+".
MOST_COUNTED = 100
# What the sentence of a rule is made of.
_WORDS = ("market", "indicator", "currency", "base", "dataset", "organisation", "company")


def rules(
    actor: Actor, *, target: uuid.UUID | None = None, market: str = "", with_removed: bool = False
) -> QuerySet[AlertRule]:
    """The actor's rules, the newest first, those in force and those that are paused.

    target, market: only those of one. with_removed: also those that are gone.
    """
    rows = seen(actor, AlertRule).select_related(*_WORDS)
    if target is not None:
        rows = rows.filter(target=target)
    if market:
        rows = rows.filter(market=market)
    return rows if with_removed else rows.filter(removed_at=None)


def one_rule(actor: Actor, key: object) -> AlertRule:
    """A rule that is not removed. Raises SignInNeeded, HiddenObject."""
    rule = one(actor, AlertRule, key)
    if rule.removed_at is not None:
        raise hidden(AlertRule, key)
    return rule


def alerts(
    actor: Actor,
    *,
    unread: bool | None = None,
    rule: uuid.UUID | None = None,
    target: uuid.UUID | None = None,
    market: str = "",
    since: dt.datetime | None = None,
) -> QuerySet[Alert]:
    """The actor's alerts, the newest first; of rules that were removed too.

    unread: True for those not read, False for those read. since: made from then on.
    """
    rows = seen(actor, Alert).select_related("rule", *(f"rule__{name}" for name in _WORDS))
    if unread is not None:
        rows = rows.filter(read_at__isnull=unread)
    asked = {"rule": rule, "target": target, "rule__market": market, "fired_at__gte": since}
    return rows.filter(**{name: value for name, value in asked.items() if value})


def unread_count(actor: Actor) -> int:
    """How many alerts wait to be read, at most `MOST_COUNTED`; 0 for who is not signed in."""
    if actor.user is None:
        return 0
    return len(seen(actor, Alert).filter(read_at=None).order_by().values_list("pk", flat=True)[:MOST_COUNTED])


def edits_of_rules(keys: Collection[uuid.UUID], since: dt.datetime) -> list[Change]:
    """What was altered in the words of these rules from a moment on, the newest first."""
    if not keys:
        return []
    rows = Change.objects.filter(object_kind="alertrule", object_id__in=[str(key) for key in keys], action="edited")
    return list(rows.filter(at__gte=since).order_by("-id"))
