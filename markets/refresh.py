"""Refreshing a dataset: what is stale, what to fetch, and what became of it.

A use-case never enqueues: `due()` says which datasets want a refresh, the door (task, command) runs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import Max
from django.utils import timezone

from markets import sources
from markets.errors import IngestError, NotFound, SourceRefused, stored
from markets.ingest import PublishOutcome, keep_payloads, publish
from markets.jobs import claimed
from markets.models import Dataset, Indicator, Job, Release, Slice
from markets.sources import bundled
from markets.sources.base import Delivery, SliceProblem
from markets.vocabulary import Transport

Progress = Callable[[int, int, str], None]
Step = TypeVar("Step")

# The clock strikes every so many days sharp, while a job starts a little after its stroke: a refresh that is due
# within the hour is due.
CLOCK_GRACE = dt.timedelta(hours=1)


@dataclass(frozen=True)
class PlannedRefresh:
    """What a refresh of one dataset would ask for, and why."""

    dataset: str
    transport: Transport
    slices: tuple[str, ...]
    last_checked_at: dt.datetime | None
    is_due: bool
    reason: str


@dataclass
class RefreshOutcome:
    """What a refresh did, summed over its deliveries."""

    dataset: str
    releases: list[Release] = field(default_factory=list)
    held: dict[str, IngestError] = field(default_factory=dict)
    problems: list[SliceProblem] = field(default_factory=list)
    slices_read: int = 0
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    refined: int = 0
    unchanged: int = 0
    unmapped_rows: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing was held and nothing failed."""
        return not self.held and not self.problems

    @property
    def summary(self) -> str:
        """One line for a terminal or a log."""
        told = (
            f"{self.dataset}: {self.slices_read} series read, {self.added} added, {self.revised} revised,"
            f" {self.withdrawn} withdrawn, {self.refined} refined, {self.unchanged} unchanged,"
            f" {len(self.releases)} published, {len(self.held)} held, {len(self.problems)} failed"
        )
        return told + (f", {self.unmapped_rows} rows with unknown codes" if self.unmapped_rows else "")


def refresh(
    dataset: str,
    *,
    bundled: bool = False,
    path: Path | None = None,
    wanted: Sequence[str] | None = None,
    requested_by: Any = None,
    progress: Progress | None = None,
) -> RefreshOutcome:
    """Refresh one dataset, from its bundled facts, from payload files, or by download.

    wanted: slices to ask for; all registered ones when not given.
    Raises NotFound, RefreshRunning, SourceUnavailable, SourceRefused, NoPayload, FactsInvalid, and IngestError where
    the reference tables are not loaded. What fails in one slice is in the outcome.
    """
    card = sources.card(dataset)
    transport = Transport.BUNDLED if bundled else Transport.FILE if path else Transport.HTTP
    registered = _registered(dataset)
    asked = _asked(dataset, registered, wanted)
    passed_over = set(registered).difference(asked)
    deliveries = _deliveries(dataset, transport, path, asked, progress)
    outcome = RefreshOutcome(dataset)
    with claimed(dataset, transport, requested_by) as job:
        for delivery in deliveries:
            heard = _without(delivery, passed_over)
            _add_up(outcome, heard, publish(heard, card, job))
        _report(job, outcome)
    return outcome


def plan(
    datasets: Iterable[str] = (),
    *,
    bundled: bool = False,
    path: Path | None = None,
    wanted: Sequence[str] | None = None,
) -> list[PlannedRefresh]:
    """What `refresh` would ask for each dataset, without asking.

    When none is named: all, for the facts that come with the product, and otherwise all that can be downloaded.
    """
    chosen = list(dict.fromkeys(datasets)) or [
        card.id for card in sources.cards() if bundled or sources.downloadable(card.id)
    ]
    return [_planned(dataset, wanted, bundled=bundled, path=path) for dataset in chosen]


def due() -> list[str]:
    """Datasets whose card asks for a refresh by now."""
    return [planned.dataset for planned in plan() if planned.is_due]


def _planned(dataset: str, wanted: Sequence[str] | None, *, bundled: bool, path: Path | None) -> PlannedRefresh:
    card = sources.card(dataset)
    slices = tuple(_asked(dataset, _registered(dataset), wanted))
    checked = Slice.objects.filter(dataset_id=dataset).aggregate(last=Max("checked_at"))["last"]
    if bundled:
        reason = "facts that come with the product"
        return PlannedRefresh(dataset, Transport.BUNDLED, slices, checked, is_due=True, reason=reason)
    if path:
        return PlannedRefresh(dataset, Transport.FILE, slices, checked, is_due=True, reason=f"files at {path}")
    if sources.downloadable(dataset) is None:
        reason = "it comes with the product only"
        return PlannedRefresh(dataset, Transport.BUNDLED, slices, checked, is_due=False, reason=reason)
    downloaded = Job.objects.filter(
        dataset_id=dataset,
        transport=Transport.HTTP,
        state__in=(Job.State.DONE, Job.State.UNCHANGED, Job.State.HELD),
    ).aggregate(last=Max("started_at"))["last"]
    if card.refresh_every is None:
        return PlannedRefresh(dataset, Transport.HTTP, slices, downloaded, is_due=False, reason="no schedule")
    if downloaded is None:
        return PlannedRefresh(dataset, Transport.HTTP, slices, None, is_due=True, reason="never downloaded")
    is_due = timezone.now() - downloaded >= card.refresh_every - CLOCK_GRACE
    reason = f"every {card.refresh_every.days} days, last {downloaded:%Y-%m-%d}"
    return PlannedRefresh(dataset, Transport.HTTP, slices, downloaded, is_due, reason)


def _registered(dataset: str) -> list[str]:
    if not Dataset.objects.filter(pk=dataset).exists():
        reason = "the reference tables are not loaded; run `manage.py load_facts` first"
        raise IngestError(dataset=dataset, reason=reason)
    return list(Indicator.objects.filter(dataset_id=dataset).order_by("sort", "code").values_list("code", flat=True))


def _asked(dataset: str, registered: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The wanted slices, each once. Raises NotFound."""
    if wanted is None:
        return list(registered)
    for key in wanted:
        if key not in registered:
            raise NotFound(kind=f"series of {dataset}", key=key)
    return list(dict.fromkeys(wanted))


def _deliveries(
    dataset: str,
    transport: Transport,
    path: Path | None,
    asked: Sequence[str],
    progress: Progress | None,
) -> Iterator[Delivery]:
    if transport is Transport.BUNDLED:
        return _each_bundled(dataset, progress)
    source = sources.downloadable(dataset)
    if source is None:
        raise SourceRefused(source=dataset, reason="it comes with the product only and has no download")
    if path is not None:
        return source.read(path, asked, lambda files: _announced(files, progress, lambda file: file.name))
    return source.download(_announced(asked, progress, str))


def _each_bundled(dataset: str, progress: Progress | None) -> Iterator[Delivery]:
    """The bundled deliveries one by one. They are counted beforehand only for somebody who watches."""
    deliveries = bundled.deliveries(dataset)
    if progress is None:
        yield from deliveries
    else:
        yield from _announced(list(deliveries), progress, lambda delivery: delivery.vintage.title)


def _announced(steps: Sequence[Step], progress: Progress | None, name: Callable[[Step], str]) -> Iterator[Step]:
    """The steps one by one, each told by its name before it is taken."""
    tell = progress or (lambda _done, _total, _name: None)
    for done, step in enumerate(steps):
        tell(done, len(steps), name(step))
        yield step
    tell(len(steps), len(steps), "")


def _without(delivery: Delivery, passed_over: Container[str]) -> Delivery:
    """The delivery without the series that were not asked for this time."""
    return replace(
        delivery,
        slices=[each for each in delivery.slices if each.key not in passed_over],
        problems=[problem for problem in delivery.problems if problem.key not in passed_over],
    )


def _add_up(outcome: RefreshOutcome, delivery: Delivery, published: PublishOutcome) -> None:
    outcome.problems += delivery.problems
    outcome.slices_read += len(delivery.slices)
    outcome.held |= published.held
    outcome.unmapped_rows += published.unmapped_rows
    if published.release:
        outcome.releases.append(published.release)
    for done in published.slices:
        outcome.added += done.added
        outcome.revised += done.revised
        outcome.withdrawn += done.withdrawn
        outcome.refined += done.refined
        outcome.unchanged += done.unchanged


def _report(job: Job, outcome: RefreshOutcome) -> None:
    job.counts = {
        "added": outcome.added,
        "revised": outcome.revised,
        "withdrawn": outcome.withdrawn,
        "refined": outcome.refined,
        "unchanged": outcome.unchanged,
        "unmapped_rows": outcome.unmapped_rows,
    }
    job.problems = [
        {
            "slice": problem.key,
            **stored(problem.error),
            # What came instead of figures, under its hash among the payloads.
            "payloads": sorted(payload.sha256 for payload in keep_payloads(problem.payloads)),
        }
        for problem in outcome.problems
    ]
    job.problems += [{"slice": key, **stored(why)} for key, why in outcome.held.items()]
    if outcome.held:
        job.state = Job.State.HELD
    elif outcome.problems and not outcome.slices_read:
        job.state = Job.State.FAILED
    elif not outcome.releases:
        job.state = Job.State.UNCHANGED
