"""What an alert rule would have told, had it been there before, as programs see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from companies.access import Actor
from companies.alerts.previewing import would_have_fired
from companies.models import AlertRule
from companies.profiles.alerts import AlertRecord, RevisedFigure, ToldRecord, ToldValue, firing_records

MOST_TOLD: Final = 200


@dataclass(frozen=True, slots=True)
class WouldTell:
    """What the rule would have told, once: as an alert tells it. at: when it became known."""

    at: dt.datetime
    headline: str
    old: ToldValue | None
    new: ToldValue | None
    change_pct: Decimal | None
    revised: tuple[RevisedFigure, ...]
    count: int
    record: ToldRecord | None
    since: str
    state: str
    release: int | None

    @property
    def moved(self) -> str:
        """How the revised figure moved, in words; empty of what is no revision: its headline says it."""
        return self.revised[0].moved if self.revised else ""


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule would have told in the last months, by the very judgement by which it tells.

    since: from when anything is known of it; null: nothing is, so that nobody can tell. vintages: how many releases,
    days with a rate, or approvals were looked at; null for a source, whose downloads are looked at as a whole. count:
    how often it would have told; firings: the newest 200 of them, the oldest first.
    """

    since: dt.datetime | None
    vintages: int | None
    count: int
    firings: tuple[WouldTell, ...]


def rule_preview(actor: Actor, rule: AlertRule, months: int) -> RulePreview:
    """What a rule of the actor's would have told in so many months. Raises SignInNeeded, ScopeMissing."""
    found = would_have_fired(actor, rule, months)
    told = firing_records(actor, rule, found.firings[-MOST_TOLD:])
    return RulePreview(found.since, found.vintages, len(found.firings), tuple(_would_tell(each) for each in told))


def _would_tell(alert: AlertRecord) -> WouldTell:
    """An alert that nobody was told has neither id nor reader."""
    return WouldTell(
        at=alert.fired_at,
        headline=alert.headline,
        old=alert.old,
        new=alert.new,
        change_pct=alert.change_pct,
        revised=alert.revised,
        count=alert.count,
        record=alert.record,
        since=alert.since,
        state=alert.state,
        release=alert.release,
    )
