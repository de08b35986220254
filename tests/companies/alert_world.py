"""Rules, publications and alerts that wait for a letter, for the tests of alerts."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

from companies.alerts.facts import Facts, Side
from companies.models import Alert, AlertRule, User
from markets import sources
from markets.ingest import publish
from markets.models import Release
from markets.sources.base import ObservationRow
from tests.companies.office import PersonFactory
from tests.factories import GDP, delivery

CARD = sources.card("worldbank")
_EVENTS = itertools.count(1)


def rule(kind: str, person: User | None = None, **columns: Any) -> AlertRule:
    """A rule in force; about the GDP of Kazakhstan where nothing else is said."""
    about: dict[str, Any] = {"market_id": "KAZ"} if kind in AlertRule.OF_SERIES else {}
    if kind in (AlertRule.Kind.CROSSES, AlertRule.Kind.CHANGES):
        about["indicator_id"] = GDP
    numbers = {name: Decimal(columns.pop(name)) for name in ("threshold", "change_pct") if name in columns}
    made = AlertRule.objects.create(person=person or PersonFactory(), kind=kind, **about | columns | numbers)
    made.refresh_from_db()
    return made


def published(*rows: ObservationRow, **more: Any) -> Release:
    """A vintage of the World Bank that changes something."""
    release = publish(delivery(*rows, **more), CARD).release
    assert release is not None
    return release


def told(of: AlertRule) -> list[Facts]:
    """What a rule told, the oldest first."""
    return [
        Facts.unpacked(facts) for facts in Alert.objects.filter(rule=of).order_by("id").values_list("facts", flat=True)
    ]


def values(of: AlertRule) -> list[tuple[Decimal | None, Decimal | None]]:
    """Old and new value of each alert of a rule, the oldest first."""
    return [(each.old.value if each.old else None, each.new.value if each.new else None) for each in told(of)]


def rule_of(person: User, **columns: Any) -> AlertRule:
    """Tell this person of revisions of anything in Kazakhstan."""
    return rule(AlertRule.Kind.REVISED, person, **columns)


def alert_of(of: AlertRule, **columns: Any) -> Alert:
    """That GDP was stated as 262 before and is 288 now."""
    facts = Facts(
        old=Side(Decimal(261_999_000_000), "2023", "", 1),
        new=Side(Decimal(288_100_000_000), "2023", "", 2),
        change_pct=Decimal("9.96"),
        count=1,
    )
    filled = {
        "rule": of,
        "person": of.person,
        "organisation": of.organisation,
        "event": f"release:{next(_EVENTS)}",
        "facts": facts.packed(),
    }
    return Alert.objects.create(**filled | columns)
