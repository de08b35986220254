"""Rules about exchange rates: judged when a release of rates is published, by the newest rate before and after.

A rate is the published one of the pair, else its inverse, else a cross of one day and one bank, as the page of exchange
rates shows it. Rates of two kinds (a reference rate, a country's own official rate) are never compared.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from django.db.models import F

from companies.alerts.facts import Facts, Firing, Side
from companies.alerts.figures import event_of
from companies.alerts.in_force import Told, rules_in_force
from companies.alerts.judging import Step, judged
from companies.models import Alert, AlertRule
from markets.models import Release
from markets.profiles.rates import DAYS_BACK, Rate, Sources, newest_rates, rates_by_day
from markets.vocabulary import AsOf, FactKind

Kind = AlertRule.Kind
Pair = tuple[str, str]
_JUST_BEFORE: Final = dt.timedelta(microseconds=1)


def told_of_release(release: Release) -> Iterator[Told]:
    """What rules about rates tell of a published release of rates; of other releases nothing.

    crosses: of the newest rate before the release. changes: of the rate the rule told last, else of the day it began.
    """
    published = release.published_at
    if published is None or release.dataset.kind != FactKind.EXCHANGE_RATES:
        return
    rules = list(rules_in_force(AlertRule.OF_RATES, published))
    moved = _moved({_pair(rule) for rule in rules}, published)
    concerned = [rule for rule in rules if _pair(rule) in moved]
    bases = _bases([rule for rule in concerned if rule.kind == Kind.RATE_CHANGES], moved, AsOf(published))
    for rule in concerned:
        before, after = moved[_pair(rule)]
        old = bases.get(rule) if rule.kind == Kind.RATE_CHANGES else _side(before)
        facts = judged(rule, Step(old=old, new=_side(after)))
        if facts is not None:
            yield Told(rule, Firing(event_of(release.pk), facts, published.isoformat(), release.pk))


def would_tell(rule: AlertRule, days: Iterable[Rate]) -> Iterator[Firing]:
    """What a rule about a rate would have told of these days, the oldest first: a bank publishes one rate a day."""
    old: Side | None = None
    for rate in days:
        new = _side(rate)
        facts: Facts | None = judged(rule, Step(old=old, new=new))
        if facts is not None:
            day = dt.datetime.combine(dt.date.fromisoformat(rate.period), dt.time.min, dt.UTC)
            yield Firing(event_of(new.release or 0), facts, day.isoformat(), new.release)
        if old is None or facts is not None or rule.kind == Kind.RATE_CROSSES:
            old = new


def days_of_rule(rule: AlertRule, since: dt.date, until: dt.date) -> list[Rate]:
    """The rates of the days between the two that a rule is about, all of the kind of the newest one."""
    newest = newest_rates([_pair(rule)])[0].rate
    return rates_by_day(*_pair(rule), since, until, kind=newest.kind) if newest else []


def _moved(pairs: set[Pair], published: dt.datetime) -> dict[Pair, tuple[Rate, Rate]]:
    """The newest rates before and after a moment, where they are two of one kind, the later one not of an older day."""
    if not pairs:
        return {}
    asked, sources = sorted(pairs), Sources()
    before = newest_rates(asked, AsOf(published - _JUST_BEFORE), sources)
    after = newest_rates(asked, AsOf(published), sources)
    found = {}
    for pair, old, new in zip(asked, before, after, strict=True):
        if old.rate is None or new.rate is None or old.rate.kind != new.rate.kind:
            continue
        if (old.rate.period, old.rate.value) != (new.rate.period, new.rate.value):
            found[pair] = old.rate, new.rate
    return found


def _bases(
    rules: list[AlertRule], moved: Mapping[Pair, tuple[Rate, Rate]], as_of: AsOf
) -> dict[AlertRule, Side | None]:
    """From which rate each rule counts its change: the one it told last since it began, else that of its first day."""
    since_begun = Alert.objects.filter(rule__in=rules, fired_at__gt=F("rule__begins_at"))
    last = since_begun.order_by("rule_id", "-id").distinct("rule_id").values_list("rule_id", "facts")
    told = {rule: Facts.unpacked(facts).new for rule, facts in last}
    untold = [rule for rule in rules if rule.pk not in told]
    days = {pair: _days(pair, untold, moved[pair][1], as_of) for pair in {_pair(rule) for rule in untold}}
    return {rule: told[rule.pk] if rule.pk in told else _on(days[_pair(rule)], rule.begins_at) for rule in rules}


def _days(pair: Pair, rules: list[AlertRule], newest: Rate, as_of: AsOf) -> list[Rate]:
    """The rates of the days on which rules of a pair began, and of all others since, as they are known."""
    first = min(rule.begins_at for rule in rules if _pair(rule) == pair).date() - dt.timedelta(days=DAYS_BACK)
    last = dt.date.fromisoformat(newest.period)
    return rates_by_day(*pair, min(first, last), last, kind=newest.kind, as_of=as_of)


def _on(days: list[Rate], moment: dt.datetime) -> Side | None:
    """The last rate on or before a day; None where none is known."""
    place = bisect_right([rate.period for rate in days], moment.date().isoformat())
    return _side(days[place - 1]) if place else None


def _pair(rule: AlertRule) -> Pair:
    return str(rule.currency_id), str(rule.base_id)


def _side(rate: Rate) -> Side:
    """A rate as an alert keeps it. release: the newest of those it rests on."""
    status = rate.legs[0].obs_status if len(rate.legs) == 1 else ""
    return Side(rate.value, rate.period, status, max(source.release for source in rate.sources))
