"""Rules about late sources: told once for each lateness, which ends when the source is read to the end again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db.models import Max

from companies.alerts.facts import Facts, Firing
from companies.alerts.in_force import Told, rules_in_force
from companies.models import Alert, AlertRule
from markets.models import Dataset, Job
from markets.profiles.datasets import DatasetLine, Freshness, dataset_lines
from markets.vocabulary import Transport

_GOOD: Final = (Job.State.DONE, Job.State.UNCHANGED, Job.State.HELD)
_BAD: Final = (Job.State.FAILED, Job.State.DEAD)


def told_of_sources(now: dt.datetime) -> Iterator[Told]:
    """What rules tell of the sources that are late or fail this moment, and did not when the rule began."""
    rules = rules_in_force((AlertRule.Kind.SOURCE_LATE,), now)
    watched = Dataset.objects.filter(pk__in=rules.values("dataset_id"))
    if not watched:
        return
    every = {dataset.pk: dataset.refresh_every or dt.timedelta() for dataset in watched}
    for line in dataset_lines(watched):
        if line.since is None or line.freshness not in (Freshness.LATE, Freshness.FAILING):
            continue
        # A source is late one turn after the moment from which it counts as late.
        noticed = line.since + every[line.id] if line.freshness == Freshness.LATE else line.since
        concerned = rules.filter(dataset_id=line.id, begins_at__lt=noticed)
        known = _told_already(concerned, line)
        firing = _firing(line.id, line.since, line.freshness)
        yield from (Told(rule, firing) for rule in concerned.iterator() if rule.pk not in known)


def would_tell(dataset: Dataset, since: dt.datetime, now: dt.datetime) -> list[Firing]:
    """When the source was late or failed since a moment, as far as its downloads are still known."""
    downloads = _downloads(dataset)
    found = (*_failures(dataset, downloads), *_gaps(dataset, downloads, now))
    by_event: dict[str, Firing] = {}
    for firing in sorted(found, key=lambda firing: firing.at):
        by_event.setdefault(firing.event, firing)
    return [firing for firing in by_event.values() if firing.at >= since.isoformat()]


def known_since(dataset: Dataset) -> dt.datetime | None:
    """From when the downloads of a source are known; None where it was never downloaded."""
    downloads = _downloads(dataset)
    return downloads[0].begun_at if downloads else None


def _told_already(rules: Iterable[AlertRule], line: DatasetLine) -> set[object]:
    """Rules that told of this lateness before: since the source was last read to the end."""
    alerts = Alert.objects.filter(rule__in=rules, event__startswith=f"late:{line.id}:")
    last = alerts.order_by().values("rule_id").annotate(last=Max("fired_at"))
    read_at = line.last_success_at
    return {row["rule_id"] for row in last if read_at is None or row["last"] > read_at}


def _downloads(dataset: Dataset) -> list[Job]:
    begun = Job.objects.filter(dataset=dataset, transport=Transport.HTTP.value, started_at__isnull=False)
    return list(begun.filter(state__in=(*_GOOD, *_BAD)).order_by("started_at"))


def _failures(dataset: Dataset, downloads: Sequence[Job]) -> Iterator[Firing]:
    """The first failed download after each good one."""
    was_good = True
    for job in downloads:
        is_good = job.state in _GOOD
        if was_good and not is_good:
            yield _firing(dataset.pk, job.begun_at, Freshness.FAILING)
        was_good = is_good


def _gaps(dataset: Dataset, downloads: Sequence[Job], now: dt.datetime) -> Iterator[Firing]:
    """Where two turns went by without any download."""
    every = dataset.refresh_every
    if every is None or not downloads:
        return
    ends = (*(job.begun_at for job in downloads[1:]), now)
    for before, after in zip(downloads, ends, strict=False):
        if before.state in _GOOD and after - before.begun_at > 2 * every:
            yield _firing(dataset.pk, before.begun_at + every, Freshness.LATE)


def _firing(dataset: str, since: dt.datetime, state: str) -> Firing:
    day = since.astimezone(dt.UTC).date().isoformat()
    return Firing(f"late:{dataset}:{day}", Facts(since=since.isoformat(), state=state), since.isoformat())
