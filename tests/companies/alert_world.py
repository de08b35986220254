"""Alerts as they wait for a letter, for the tests of letters."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from companies.alerts.facts import Facts, Side
from companies.models import Alert, AlertRule, User

_EVENTS = itertools.count(1)


def rule_of(person: User, **columns: Any) -> AlertRule:
    """Tell this person of revisions of anything in Kazakhstan."""
    return AlertRule.objects.create(**{"person": person, "kind": AlertRule.Kind.REVISED, "market_id": "KAZ", **columns})


def alert_of(rule: AlertRule, **columns: Any) -> Alert:
    """That GDP was stated as 262 before and is 288 now."""
    facts = Facts(
        old=Side(Decimal(261_999_000_000), "2023", "", 1),
        new=Side(Decimal(288_100_000_000), "2023", "", 2),
        change_pct=Decimal("9.96"),
        count=1,
    )
    filled = {
        "rule": rule,
        "person": rule.person,
        "organisation": rule.organisation,
        "event": f"release:{next(_EVENTS)}",
        "facts": facts.packed(),
    }
    return Alert.objects.create(**filled | columns)
