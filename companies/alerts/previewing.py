"""What a rule would have told, had it been there before: by the very judgement by which it will tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from companies.access import Action, Actor, require_own
from companies.alerts import figures, rates, records, sources
from companies.alerts.facts import Firing
from companies.alerts.reading import checked
from companies.models import AlertRule
from markets.models import Dataset
from markets.queries import vintages

MONTHS: Final = 24


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would have told, the oldest first, and how much was looked at to say so.

    since: from when, which is later than what was asked for where nothing older is known; None where nothing is known
    at all, so that nobody can tell. vintages: how many releases, days with a rate, or approvals were judged; of a
    source None, as its downloads are looked at as a whole.
    """

    since: dt.datetime | None
    vintages: int | None
    firings: tuple[Firing, ...]

    @property
    def can_tell(self) -> bool:
        """Whether anything is known by which the rule could have come true."""
        return self.since is not None


def would_have_fired(actor: Actor, rule: AlertRule | Mapping[str, Any], months: int = MONTHS) -> Preview:
    """What a rule would have told in the last months. rule: one of the actor's, or the entries of one yet to be made.

    Figures: by the vintages, each known from the day it was public. Rates: day by day. Records: by the log, of those
    that are still there. Sources: by the downloads that are still known.
    Raises SignInNeeded, ScopeMissing; for entries as `alerts.reading.checked` does.
    """
    person = require_own(actor, Action.READ_TARGETS)
    wanted = rule if isinstance(rule, AlertRule) else AlertRule(person=person, **checked(actor, rule))
    now = timezone.now()
    since = _months_before(now, months)
    if wanted.kind in AlertRule.OF_SERIES:
        return _of_figures(wanted, since)
    if wanted.kind in AlertRule.OF_RATES:
        return _of_rate(wanted, since, now)
    if wanted.kind == AlertRule.Kind.RECORD_APPROVED:
        return _of_records(actor, wanted, since)
    return _of_source(wanted, since, now)


def _of_figures(rule: AlertRule, since: dt.datetime) -> Preview:
    area, indicator = str(rule.market_id), rule.indicator_id or ""
    count = vintages.vintage_count(area, indicator, since)
    return _preview(since, vintages.first_vintage(area, indicator), count, figures.would_tell(rule, since))


def _of_rate(rule: AlertRule, since: dt.datetime, now: dt.datetime) -> Preview:
    days = rates.days_of_rule(rule, since.date(), now.date())
    first = dt.datetime.combine(dt.date.fromisoformat(days[0].period), dt.time.min, dt.UTC) if days else None
    return _preview(since, first, len(days), rates.would_tell(rule, days))


def _of_records(actor: Actor, rule: AlertRule, since: dt.datetime) -> Preview:
    count = records.approval_count(actor, rule, since)
    return _preview(since, records.log_begins(actor, rule), count, records.would_tell(actor, rule, since))


def _of_source(rule: AlertRule, since: dt.datetime, now: dt.datetime) -> Preview:
    dataset = Dataset.objects.get(pk=rule.dataset_id)
    return _preview(since, sources.known_since(dataset), None, sources.would_tell(dataset, since, now))


def _preview(
    since: dt.datetime, known_since: dt.datetime | None, count: int | None, firings: Iterable[Firing]
) -> Preview:
    if known_since is None:
        return Preview(None, 0, ())
    return Preview(max(since, known_since), count, tuple(firings))


def _months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day of an earlier month, or its 28th where the month may be shorter."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, 28))
