"""Rules about figures of markets: what a release makes of them, and what the vintages of years would have made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby

from companies.alerts.facts import Facts, Firing, Revised, Side
from companies.alerts.in_force import Told, rules_in_force
from companies.alerts.judging import Step, Verdicts, judged
from companies.models import AlertRule
from markets import queries
from markets.models import Release
from markets.queries import vintages
from markets.queries.revisions import RevisionRow, is_same_figure
from markets.queries.series import Stated

Kind = AlertRule.Kind
OF_NEWEST = (Kind.CROSSES, Kind.CHANGES)


def event_of(release: int) -> str:
    """The key of a release's publication, as alerts keep it."""
    return f"release:{release}"


def told_of_release(release: Release) -> Iterator[Told]:
    """What rules about series tell of a published release. A series is read once, however many watch it.

    Only what is watched is read: of a refresh of everything the series that have rules, and revisions of the markets
    that have some. An old vintage that changes nothing in force tells nothing.
    """
    yield from _of_newest_values(release)
    yield from _of_revisions(release)


def would_tell(rule: AlertRule, since: dt.datetime) -> Iterator[Firing]:
    """What a rule about series would have told of the vintages since a moment, by when each was public."""
    if rule.kind != Kind.REVISED:
        for step in vintages.steps_of_series((str(rule.indicator_id), str(rule.market_id)), since):
            facts = judged(rule, step_of(step))
            if facts is not None:
                yield _firing(step.release_id, step.at, facts)
        return
    headline = _headline()
    rows = vintages.revisions_by_release(str(rule.market_id), rule.indicator_id or "", since)
    found = (
        (release, judged(rule, Step(revised=_in_order(revised, headline))))
        for release, revised in groupby(rows, key=lambda row: row.new_release)
    )
    told = [(release, facts) for release, facts in found if facts is not None]
    releases = queries.releases_by_id(release for release, _facts in told)
    yield from (_firing(release, releases[release].known_from, facts) for release, facts in told)


def step_of(step: vintages.Step) -> Step:
    """A step of a series as rules judge it."""
    before, after = step.before, step.after
    is_same = before is not None and after is not None and before.period == after.period
    return Step(
        old=_side(before),
        new=_side(after),
        is_same_figure=is_same and before is not None and after is not None and is_same_figure(before, after),
    )


def _of_newest_values(release: Release) -> Iterator[Told]:
    rules = rules_in_force(OF_NEWEST, _published(release))
    watched = {
        (str(indicator), str(area)) for indicator, area in rules.values_list("indicator_id", "market_id").distinct()
    }
    moved = {
        (step.indicator_id, step.area_id): Verdicts(step_of(step))
        for step in vintages.steps_of_release(release.pk, watched)
        if step.before is not None and step.after is not None and step.before.pk != step.after.pk
    }
    if not moved:
        return
    concerned = rules.filter(
        indicator_id__in={indicator for indicator, _area in moved}, market_id__in={area for _indicator, area in moved}
    )
    for rule in concerned.iterator():
        verdicts = moved.get((str(rule.indicator_id), str(rule.market_id)))
        facts = verdicts.of(rule) if verdicts else None
        if facts is not None:
            yield Told(rule, _firing(release.pk, _published(release), facts))


def _of_revisions(release: Release) -> Iterator[Told]:
    if not release.revised and not release.withdrawn:
        return
    rules = rules_in_force((Kind.REVISED,), _published(release))
    watched = {str(area) for area in rules.values_list("market_id", flat=True).distinct()}
    headline = _headline()
    for area, revised in groupby(vintages.revisions_by_market(release.pk, watched), key=lambda row: row.area_id):
        verdicts = Verdicts(Step(revised=_in_order(revised, headline)))
        for rule in rules.filter(market_id=area).iterator():
            facts = verdicts.of(rule)
            if facts is not None:
                yield Told(rule, _firing(release.pk, _published(release), facts))


def _in_order(rows: Iterable[RevisionRow], headline: frozenset[str]) -> list[Revised]:
    """Revised values as they are told: key figures first, then newer periods, then by indicator."""
    by_indicator = sorted(rows, key=lambda row: row.indicator_id)
    by_period = sorted(by_indicator, key=lambda row: row.period, reverse=True)
    return [_revised(row) for row in sorted(by_period, key=lambda row: row.indicator_id not in headline)]


def _revised(row: RevisionRow) -> Revised:
    old = Side(row.old_value, row.period, row.old_status or "", row.old_release)
    return Revised(row.indicator_id, old, Side(row.new_value, row.period, row.new_status, row.new_release))


def _headline() -> frozenset[str]:
    return frozenset(each.code for each in queries.reference().indicators if each.is_headline)


def _side(row: Stated | None) -> Side | None:
    return None if row is None else Side(row.value, row.period, row.obs_status, row.release_id)


def _published(release: Release) -> dt.datetime:
    return release.published_at or release.known_from


def _firing(release: int, at: dt.datetime, facts: Facts) -> Firing:
    return Firing(event_of(release), facts, at.isoformat(), release)
