"""Rules and publications for the tests of alerts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from companies.alerts.facts import Facts
from companies.models import Alert, AlertRule, User
from markets import sources
from markets.ingest import publish
from markets.models import Release
from markets.sources.base import ObservationRow
from tests.companies.office import PersonFactory
from tests.factories import GDP, delivery

CARD = sources.card("worldbank")


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
