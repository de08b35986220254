"""What an alert rule would have told, had it been there before, as programs see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from companies.access import Actor
from companies.models import AlertRule
from companies.profiles.alert_pages import rule_preview
from companies.profiles.alerts import AlertRecord, RevisedFigure, ToldRecord, ToldValue


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


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule would have told in the last months, by the very judgement by which it tells.

    sentence: the rule in words. since: from when it was looked; null where nothing is known by which it could have come
    true, so that nobody can tell. vintages: how many releases, days with a rate, or approvals were judged; null for a
    source, whose downloads are looked at as a whole. count: how often it would have told; firings: the newest of them,
    at most 50, the newest first.
    """

    sentence: str
    since: dt.datetime | None
    vintages: int | None
    count: int
    firings: tuple[WouldTell, ...]


def preview_for_programs(actor: Actor, rule: AlertRule, months: int) -> RulePreview:
    """The same as on the page of a rule of the actor's. Raises SignInNeeded, ScopeMissing."""
    found = rule_preview(actor, rule, months)
    firings = tuple(_would_tell(each) for each in found.firings)
    return RulePreview(found.sentence, found.since, found.vintages, found.count, firings)


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
