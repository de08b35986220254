"""The rules that count for what became known at a moment, and what they tell of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Q, QuerySet

from companies.alerts.facts import Firing
from companies.models import AlertRule


class Told(NamedTuple):
    """That a rule came true."""

    rule: AlertRule
    firing: Firing


def rules_in_force(kinds: Iterable[str], at: dt.datetime) -> QuerySet[AlertRule]:
    """Rules of these kinds that began before the moment, neither paused nor removed, of people who are still there.

    One that hangs on a target market counts as long as that is tracked. Unordered.
    """
    is_tracked = Q(target=None) | Q(target__removed_at=None)
    rules = AlertRule.objects.filter(is_tracked, kind__in=list(kinds), paused_at=None, removed_at=None)
    return rules.filter(begins_at__lt=at, person__is_active=True).order_by()
