"""Datasets and how they stand: freshness, last success and attempt, coverage, and what waits for a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from markets import queries, sources
from markets.errors import NotFound
from markets.models import Dataset, Job, Release, Slice
from markets.profiles.figures import IndicatorRef, Provenance, indicator_ref, provenance
from markets.profiles.jobs import JobRef, job_ref
from markets.profiles.problems import problem_told, slice_of
from markets.profiles.provenance import RELEASES_SHOWN, ReleaseLine, newest_releases, release_line
from markets.profiles.slices import SliceRef, slice_refs
from markets.profiles.tables import Column, Table
from markets.queries import DatasetJobs
from markets.vocabulary import FactKind, Transport


class Freshness(StrEnum):
    """How fresh a dataset is. `bundled`: it has only what came with the product. `from_files`: somebody handed in files
    of a source that is not downloaded; whether the publisher has newer ones, nobody has looked.
    """

    CURRENT = "current"
    LATE = "late"
    FAILING = "failing"
    BUNDLED = "bundled"
    FROM_FILES = "from_files"
    NOT_LOADED = "not_loaded"


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """What is in force: markets with figures of their own, partners and currencies, and the periods from and to."""

    markets: int
    partners: int
    currencies: int
    oldest: str
    newest: str


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset with its licence, freshness and coverage. since: when the present state began to count.

    series: how many series or slices it has. values: how many values are in force. held: releases that wait for a
    decision. last_success_at: when its source was last read to the end, by download or from files.
    is_refreshed: it is downloaded on a schedule, and does not only come with the product. can_download, reads_files:
    how staff may refresh it.
    """

    id: str
    kind: str
    name: str
    publisher: str
    url: str
    licence: str
    licence_url: str
    redistribution: str
    citation: str
    cadence: str
    series: int
    freshness: str
    since: dt.datetime | None
    next_expected_at: dt.datetime | None
    last_success_at: dt.datetime | None
    last_attempt_at: dt.datetime | None
    last_attempt: JobRef | None
    open_job: JobRef | None
    last_error: str
    coverage: CoverageLine | None
    values: int
    held: int
    newest: Provenance | None
    is_refreshed: bool
    can_download: bool
    reads_files: bool


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A release that waits for a decision: since when, and why."""

    release: ReleaseLine
    since: dt.datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataPage:
    """All datasets, what waits for a decision, and the newest releases."""

    datasets: tuple[DatasetLine, ...]
    held: tuple[HeldLine, ...]
    releases: tuple[ReleaseLine, ...]

    def table(self) -> Table:
        """One dataset a row."""
        columns = [
            Column("id", _("Code")),
            Column("name", _("Name")),
            Column("publisher", _("Publisher")),
            Column("licence", _("Licence")),
            Column("series", _("Series"), is_number=True),
            Column("values", _("Values in force"), is_number=True),
            Column("oldest", _("First period")),
            Column("newest", _("Latest period")),
            Column("freshness", _("Freshness")),
            Column("last_success_at", _("Last read in full")),
            Column("last_attempt_at", _("Last attempt")),
            Column("next_expected_at", _("Next expected")),
            Column("held", _("Held releases"), is_number=True),
            Column("vintage", _("Vintage")),
            Column("url", _("Address")),
        ]
        rows = [
            (
                d.id,
                d.name,
                d.publisher,
                d.licence,
                d.series,
                d.values,
                d.coverage.oldest if d.coverage else "",
                d.coverage.newest if d.coverage else "",
                d.freshness,
                *(at.isoformat() if at else None for at in (d.last_success_at, d.last_attempt_at, d.next_expected_at)),
                d.held,
                d.newest.vintage if d.newest else "",
                d.url,
            )
            for d in self.datasets
        ]
        return Table("datasets", _("Datasets"), columns, rows)


@dataclass(frozen=True, slots=True)
class SliceState:
    """A slice as it stands: the release that changed it last, and when its source was last read in full."""

    slice: SliceRef
    release: int | None
    vintage: str
    checked_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """A dataset with its series or slices, its releases, and what of it waits for a decision."""

    dataset: DatasetLine
    indicators: tuple[IndicatorRef, ...]
    slices: tuple[SliceState, ...]
    held: tuple[HeldLine, ...]
    releases: tuple[ReleaseLine, ...]
    unmapped: tuple[tuple[str, str, str, int], ...]

    def table(self) -> Table:
        """The series of the dataset, one a row; its slices where it has no series."""
        name, sources_said = f"dataset-{self.dataset.id}", (self.dataset.citation,)
        if self.slices:
            columns = [
                Column("slice", _("Code")),
                Column("name", _("Part")),
                Column("vintage", _("Vintage")),
                Column("checked_at", _("Last read in full")),
            ]
            states = [
                (s.slice.key, s.slice.name, s.vintage, s.checked_at.isoformat() if s.checked_at else None)
                for s in self.slices
            ]
            return Table(name, self.dataset.name, columns, states, sources_said)
        columns = [
            Column("indicator", _("Code")),
            Column("name", _("Indicator")),
            Column("unit", _("Unit")),
            Column("definition", _("Definition")),
        ]
        rows = [(i.code, i.name, i.unit, i.definition) for i in self.indicators]
        return Table(name, self.dataset.name, columns, rows, sources_said)


def data_page() -> DataPage:
    """All datasets with their freshness, what waits for a decision, and the newest releases."""
    held = queries.held_releases()
    waiting = sorted((release for its in held.values() for release in its), key=lambda release: release.known_from)
    return DataPage(
        datasets=_lines(queries.datasets(), {key: len(its) for key, its in held.items()}),
        held=_held_lines(waiting, slice_refs(slice_of(problem) for release in waiting for problem in release.problems)),
        releases=newest_releases(RELEASES_SHOWN),
    )


def dataset_lines(datasets: Iterable[Dataset]) -> tuple[DatasetLine, ...]:
    """These datasets with their freshness, in as many questions for many as for one."""
    return _lines(datasets, {key: len(its) for key, its in queries.held_releases().items()})


def dataset_page(key: str) -> DatasetPage:
    """A dataset's page. Raises NotFound."""
    dataset = queries.datasets().filter(pk=key).first()
    if dataset is None:
        raise NotFound(kind=_("dataset"), key=key)
    held = queries.held_releases().get(key, [])
    releases = queries.releases(key, published_only=False)[:RELEASES_SHOWN]
    unmapped = dataset.unmapped_codes.order_by("scheme", "code")
    has_series = dataset.kind == FactKind.OBSERVATIONS
    indicators = queries.indicators().filter(dataset=dataset) if has_series else ()
    kept = [] if has_series else list(queries.slices(key))
    problems = [problem for release in held for problem in release.problems]
    refs = slice_refs([*(each.key for each in kept), *map(slice_of, problems)])
    return DatasetPage(
        dataset=_lines([dataset], {key: len(held)})[0],
        indicators=tuple(indicator_ref(i) for i in indicators),
        slices=tuple(_slice_state(each, refs[each.key]) for each in kept),
        held=_held_lines(held, refs),
        releases=tuple(release_line(release) for release in releases),
        unmapped=tuple((u.scheme, u.code, u.label, u.rows) for u in unmapped),
    )


def _held_lines(releases: Sequence[Release], refs: Mapping[str, SliceRef]) -> tuple[HeldLine, ...]:
    return tuple(
        HeldLine(release_line(r), r.known_from, tuple(problem_told(problem, refs) for problem in r.problems))
        for r in releases
    )


def _slice_state(kept: Slice, ref: SliceRef) -> SliceState:
    current = kept.current
    return SliceState(ref, current.pk if current else None, current.title if current else "", kept.checked_at)


def _lines(datasets: Iterable[Dataset], held: dict[str, int]) -> tuple[DatasetLine, ...]:
    newest, series = queries.newest_by_dataset(), queries.series_counts()
    jobs, coverages = queries.dataset_jobs(), queries.dataset_coverages()
    return tuple(
        _line(
            dataset,
            _Standing(jobs.get(dataset.id, DatasetJobs()), newest.get(dataset.id), coverages.get(dataset.id)),
            series=series.get(dataset.id, 0),
            held=held.get(dataset.id, 0),
        )
        for dataset in datasets
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a dataset beside its own row."""

    jobs: DatasetJobs
    newest: Release | None
    coverage: queries.DatasetCoverage | None


def _line(dataset: Dataset, standing: _Standing, *, series: int, held: int) -> DatasetLine:
    jobs, covered = standing.jobs, standing.coverage
    freshness, since = _freshness(dataset, standing)
    expected = None
    if dataset.refresh_every and jobs.download:
        expected = jobs.download.begun_at + dataset.refresh_every
    problems = jobs.download.problems if jobs.download else ()
    return DatasetLine(
        id=dataset.id,
        kind=dataset.kind,
        name=dataset.name,
        publisher=dataset.publisher,
        url=dataset.url,
        licence=dataset.licence,
        licence_url=dataset.licence_url,
        redistribution=dataset.redistribution,
        citation=dataset.citation,
        cadence=dataset.cadence,
        series=series,
        freshness=freshness.value,
        since=since,
        next_expected_at=expected,
        last_success_at=(jobs.success.finished_at or jobs.success.begun_at) if jobs.success else None,
        last_attempt_at=jobs.attempt.begun_at if jobs.attempt else None,
        last_attempt=job_ref(jobs.attempt) if jobs.attempt else None,
        open_job=job_ref(jobs.open) if jobs.open else None,
        last_error=problem_told(problems[-1], {}) if problems else "",
        coverage=CoverageLine(*covered[1:]) if covered else None,
        values=covered.values if covered else 0,
        held=held,
        newest=provenance(standing.newest) if standing.newest else None,
        is_refreshed=dataset.refresh_every is not None,
        can_download=sources.downloadable(dataset.id) is not None,
        reads_files=sources.readable(dataset.id) is not None,
    )


def _freshness(dataset: Dataset, standing: _Standing) -> tuple[Freshness, dt.datetime | None]:
    jobs, newest = standing.jobs, standing.newest
    if newest is None:
        return Freshness.NOT_LOADED, None
    if jobs.download and jobs.download.state in (Job.State.FAILED, Job.State.DEAD):
        return Freshness.FAILING, jobs.failing_since or jobs.download.begun_at
    last = jobs.success
    if last is None:
        return Freshness.BUNDLED, newest.known_from
    if dataset.refresh_every is None and last.transport == Transport.FILE:
        return Freshness.FROM_FILES, last.begun_at
    # One missed turn is grace; two are late.
    if dataset.refresh_every and timezone.now() - last.begun_at > 2 * dataset.refresh_every:
        return Freshness.LATE, last.begun_at + dataset.refresh_every
    return Freshness.CURRENT, last.begun_at
