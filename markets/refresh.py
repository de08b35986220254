"""Refreshing a dataset: what is stale, what to fetch, and what became of it.

A use-case never enqueues: `due()` says which datasets want a refresh, the door (task, command) runs them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Max
from django.utils import timezone

from markets import sources
from markets.errors import IngestError, NotFound, SourceRefused
from markets.ingest import PublishOutcome, publish
from markets.jobs import claimed
from markets.models import Indicator, Job, Release, Slice
from markets.sources import bundled
from markets.sources.base import Delivery, SliceProblem
from markets.vocabulary import Transport

Progress = Callable[[int, int, str], None]


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
    skipped_vintages: int = 0

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
    Raises NotFound, RefreshRunning, SourceUnavailable, SourceRefused. What fails in one slice is in the outcome.
    """
    card = sources.card(dataset)
    transport = Transport.BUNDLED if bundled else Transport.FILE if path else Transport.HTTP
    asked = _known_slices(dataset, wanted)
    deliveries = _deliveries(dataset, transport, path, asked, progress)
    outcome = RefreshOutcome(dataset)
    with claimed(dataset, transport, requested_by) as job:
        for delivery in deliveries:
            if transport is Transport.BUNDLED and _already_delivered(delivery):
                outcome.skipped_vintages += 1
                continue
            _add_up(outcome, delivery, publish(delivery, card, job))
        _report(job, outcome)
    return outcome


def plan(
    datasets: Iterable[str] = (), *, path: Path | None = None, wanted: Sequence[str] | None = None
) -> list[PlannedRefresh]:
    """What `refresh` would ask for each dataset, without asking. All downloadable ones when none is named."""
    chosen = list(datasets) or [card.id for card in sources.cards() if sources.downloadable(card.id)]
    return [_planned(dataset, path, wanted) for dataset in chosen]


def due() -> list[str]:
    """Datasets whose card asks for a refresh by now."""
    return [planned.dataset for planned in plan() if planned.is_due]


def _planned(dataset: str, path: Path | None, wanted: Sequence[str] | None) -> PlannedRefresh:
    card = sources.card(dataset)
    slices = tuple(_known_slices(dataset, wanted))
    checked = Slice.objects.filter(dataset_id=dataset).aggregate(last=Max("checked_at"))["last"]
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
    is_due = timezone.now() - downloaded >= card.refresh_every
    reason = f"every {card.refresh_every.days} days, last {downloaded:%Y-%m-%d}"
    return PlannedRefresh(dataset, Transport.HTTP, slices, downloaded, is_due, reason)


def _known_slices(dataset: str, wanted: Sequence[str] | None) -> list[str]:
    registered = list(
        Indicator.objects.filter(dataset_id=dataset).order_by("sort", "code").values_list("code", flat=True)
    )
    if wanted is None:
        return registered
    for key in wanted:
        if key not in registered:
            raise NotFound(kind=f"series of {dataset}", key=key)
    return list(wanted)


def _deliveries(
    dataset: str,
    transport: Transport,
    path: Path | None,
    asked: Sequence[str],
    progress: Progress | None,
) -> Iterator[Delivery]:
    if transport is Transport.BUNDLED:
        return bundled.deliveries(dataset)
    source = sources.downloadable(dataset)
    if source is None:
        raise SourceRefused(source=dataset, reason="it comes with the product only and has no download")
    if path is not None:
        return source.read(path, asked)
    return source.download(asked if progress is None else _announced(asked, progress))


def _announced(asked: Sequence[str], progress: Progress) -> Iterator[str]:
    for done, key in enumerate(asked):
        progress(done, len(asked), key)
        yield key


def _already_delivered(delivery: Delivery) -> bool:
    """Whether a bundled vintage with the same content was published before."""
    hashes = [payload.sha256 for payload in delivery.payloads]
    return Release.objects.filter(
        dataset_id=delivery.dataset, transport=Transport.BUNDLED, payloads__sha256__in=hashes
    ).exists()


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
    job.problems = [{"slice": p.key, "code": p.error.code, "message": str(p.error)} for p in outcome.problems]
    job.problems += [{"slice": key, "code": why.code, "message": str(why)} for key, why in outcome.held.items()]
    if outcome.held:
        job.state = Job.State.HELD
    elif outcome.problems and not outcome.slices_read:
        job.state = Job.State.FAILED
    elif not outcome.releases:
        job.state = Job.State.UNCHANGED
