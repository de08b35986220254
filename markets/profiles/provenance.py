"""Where the numbers come from: datasets with their freshness, and releases with what they changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from markets import queries
from markets.errors import NotFound, told_again
from markets.models import Dataset, Indicator, Job, Payload, Release, ReleaseSlice
from markets.profiles.figures import IndicatorRef, Provenance, indicator_ref, provenance
from markets.profiles.tables import Column, Table

RELEASES_SHOWN = 50
HOME_RELEASES = 5


class Freshness(StrEnum):
    """How fresh a dataset is. `bundled`: it has only what came with the product."""

    CURRENT = "current"
    LATE = "late"
    FAILING = "failing"
    BUNDLED = "bundled"
    NOT_LOADED = "not_loaded"


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset with its licence and freshness. since: when the present state began to count.

    is_refreshed: it is downloaded on a schedule, and does not only come with the product.
    """

    id: str
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
    last_error: str
    newest: Provenance | None
    is_refreshed: bool


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in a list: what it brought, in numbers of observations."""

    id: int
    provenance: Provenance
    state: str
    added: int
    revised: int
    withdrawn: int
    refined: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class DataPage:
    """All datasets, and the newest releases."""

    datasets: tuple[DatasetLine, ...]
    releases: tuple[ReleaseLine, ...]

    def table(self) -> Table:
        """One dataset a row."""
        columns = [
            Column("id", _("Code")),
            Column("name", _("Name")),
            Column("publisher", _("Publisher")),
            Column("licence", _("Licence")),
            Column("series", _("Series"), is_number=True),
            Column("freshness", _("Freshness")),
            Column("vintage", _("Vintage")),
            Column("url", _("Address")),
        ]
        rows = [
            (d.id, d.name, d.publisher, d.licence, d.series, d.freshness, d.newest.vintage if d.newest else "", d.url)
            for d in self.datasets
        ]
        return Table("datasets", _("Datasets"), columns, rows)


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """A dataset with its series and releases."""

    dataset: DatasetLine
    indicators: tuple[IndicatorRef, ...]
    releases: tuple[ReleaseLine, ...]
    unmapped: tuple[tuple[str, str, str, int], ...]

    def table(self) -> Table:
        """The series of the dataset, one a row."""
        columns = [
            Column("indicator", _("Code")),
            Column("name", _("Indicator")),
            Column("unit", _("Unit")),
            Column("definition", _("Definition")),
        ]
        rows = [(i.code, i.name, i.unit, i.definition) for i in self.indicators]
        return Table(f"dataset-{self.dataset.id}", self.dataset.name, columns, rows, (self.dataset.citation,))


@dataclass(frozen=True, slots=True)
class PayloadLine:
    """Raw bytes as delivered. is_open: the licence lets anyone download them here."""

    sha256: str
    content_type: str
    size_bytes: int
    is_open: bool


@dataclass(frozen=True, slots=True)
class SliceLine:
    """What a release changed in one series."""

    indicator: str
    name: str
    added: int
    revised: int
    withdrawn: int
    refined: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """The birth certificate of every figure of one vintage: request, payloads, licence, changes by series."""

    release: ReleaseLine
    request: str
    held_reasons: tuple[str, ...]
    slices: tuple[SliceLine, ...]
    payloads: tuple[PayloadLine, ...]

    def table(self) -> Table:
        """One series a row."""
        keys = ("added", "revised", "withdrawn", "refined", "unchanged")
        labels = (_("Added"), _("Revised"), _("Withdrawn"), _("Refined"), _("Unchanged"))
        numbers = [Column(key, label, is_number=True) for key, label in zip(keys, labels, strict=True)]
        columns = [Column("indicator", _("Code")), Column("name", _("Indicator")), *numbers]
        rows = [(s.indicator, s.name, s.added, s.revised, s.withdrawn, s.refined, s.unchanged) for s in self.slices]
        source = self.release.provenance
        return Table(f"release-{self.release.id}", source.vintage, columns, rows, (source.citation,))


def data_page() -> DataPage:
    """All datasets with their freshness, and the newest releases."""
    return DataPage(dataset_lines(queries.datasets()), newest_releases(RELEASES_SHOWN))


def dataset_lines(datasets: Iterable[Dataset]) -> tuple[DatasetLine, ...]:
    """These datasets with their freshness, in as many questions for many as for one."""
    newest, series = _newest_releases(), queries.series_counts()
    jobs, downloads = queries.last_jobs(), queries.last_downloads()
    return tuple(
        _dataset_line(d, _History(jobs.get(d.id), downloads.get(d.id), newest.get(d.id)), series.get(d.id, 0))
        for d in datasets
    )


def newest_releases(limit: int = HOME_RELEASES) -> tuple[ReleaseLine, ...]:
    """The newest published releases over all datasets."""
    return tuple(release_line(release) for release in queries.releases()[:limit])


def dataset_page(key: str) -> DatasetPage:
    """A dataset's page. Raises NotFound."""
    dataset = queries.datasets().filter(pk=key).first()
    if dataset is None:
        raise NotFound(kind=_("dataset"), key=key)
    releases = list(queries.releases(key, published_only=False)[:RELEASES_SHOWN])
    indicators = tuple(indicator_ref(i) for i in queries.indicators().filter(dataset=dataset))
    unmapped = dataset.unmapped_codes.order_by("scheme", "code")
    return DatasetPage(
        dataset=dataset_lines([dataset])[0],
        indicators=indicators,
        releases=tuple(release_line(release) for release in releases),
        unmapped=tuple((u.scheme, u.code, u.label, u.rows) for u in unmapped),
    )


def release_page(key: int) -> ReleasePage:
    """A release's page, held ones too, with the reason. Raises NotFound."""
    release = queries.releases(published_only=False).filter(pk=key).first()
    if release is None:
        raise NotFound(kind=_("release"), key=key)
    is_open = release.dataset.redistribution == Dataset.Redistribution.OPEN
    return ReleasePage(
        release=release_line(release),
        request=release.request,
        held_reasons=tuple(told_again(problem, _) for problem in release.problems),
        slices=_slice_lines(release),
        payloads=tuple(
            PayloadLine(p.sha256, p.content_type, p.size_bytes, is_open)
            for p in release.payloads.defer("compressed").order_by("sha256")
        ),
    )


def payload_body(release: int, sha256: str) -> Payload:
    """A raw payload that may be passed on. Raises NotFound, where the licence does not allow it too."""
    found = Payload.objects.filter(
        sha256=sha256, releases__pk=release, releases__dataset__redistribution=Dataset.Redistribution.OPEN
    ).first()
    if found is None:
        raise NotFound(kind=_("payload"), key=sha256)
    return found


def _slice_lines(release: Release) -> tuple[SliceLine, ...]:
    rows = ReleaseSlice.objects.filter(release=release).select_related("slice").order_by("slice__key")
    names = {i.code: i.name for i in Indicator.objects.filter(code__in=[row.slice.key for row in rows])}
    return tuple(
        SliceLine(
            row.slice.key,
            names.get(row.slice.key, row.slice.key),
            row.added,
            row.revised,
            row.withdrawn,
            row.refined,
            row.unchanged,
        )
        for row in rows
    )


def release_line(release: Release) -> ReleaseLine:
    """A release as it stands in a list."""
    return ReleaseLine(
        release.pk,
        provenance(release),
        release.state,
        release.added,
        release.revised,
        release.withdrawn,
        release.refined,
        release.unchanged,
    )


def _newest_releases() -> dict[str, Release]:
    newest = queries.releases().order_by("dataset_id", "-known_from", "-id").distinct("dataset_id")
    return {release.dataset_id: release for release in newest}


@dataclass(frozen=True, slots=True)
class _History:
    """The last download of a dataset, the last refresh that read it to the end, and its newest release."""

    job: Job | None
    download: Job | None
    newest: Release | None


def _dataset_line(dataset: Dataset, history: _History, series: int) -> DatasetLine:
    job, newest = history.job, history.newest
    freshness, since = _freshness(dataset, history)
    expected = None
    if dataset.refresh_every and job:
        expected = job.begun_at + dataset.refresh_every
    return DatasetLine(
        id=dataset.id,
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
        last_error=told_again(job.problems[-1], _) if job and job.problems else "",
        newest=provenance(newest) if newest else None,
        is_refreshed=dataset.refresh_every is not None,
    )


def _freshness(dataset: Dataset, history: _History) -> tuple[Freshness, dt.datetime | None]:
    if history.newest is None:
        return Freshness.NOT_LOADED, None
    if history.job and history.job.state in (Job.State.FAILED, Job.State.DEAD):
        return Freshness.FAILING, history.job.begun_at
    last = history.download
    if last is None:
        return Freshness.BUNDLED, history.newest.known_from
    # One missed turn is grace; two are late.
    if dataset.refresh_every and timezone.now() - last.begun_at > 2 * dataset.refresh_every:
        return Freshness.LATE, last.begun_at + dataset.refresh_every
    return Freshness.CURRENT, last.begun_at
