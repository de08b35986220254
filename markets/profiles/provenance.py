"""Where the numbers come from: releases with what they changed, and the bytes they were read from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import NotFound
from markets.ingest.cubes import REASONS, Reason
from markets.models import Dataset, Payload, Release, ReleaseSlice
from markets.models.provenance import READING
from markets.profiles.figures import Provenance, provenance
from markets.profiles.problems import reasons_told
from markets.profiles.slices import slice_refs
from markets.profiles.tables import Column, Table

RELEASES_SHOWN = 50
HOME_RELEASES = 5


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
class PayloadLine:
    """Raw bytes as delivered. is_open: the licence lets anyone download them here.

    is_kept: false for a file too large to be kept, of which only name, size and fingerprint stay.
    """

    sha256: str
    content_type: str
    size_bytes: int
    is_open: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class RejectedCount:
    """How many rows of the file were not published for one reason. first_line: of the file; 1 is the header."""

    reason: str
    words: str
    rows: int
    first_line: int


@dataclass(frozen=True, slots=True)
class SliceLine:
    """What a release changed in one series or slice. indicator: its code where the slice is one, else empty."""

    slice: str
    indicator: str
    name: str
    added: int
    revised: int
    withdrawn: int
    refined: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """The birth certificate of every figure of one vintage: request, payloads, licence, changes by series.

    held_reasons: why it was held back. decided_at, decision_note: when a person decided on that, and what they noted.
    job: the id of the job that made it, where it is known. rejected: rows that were not published, by reason; their
    text may be passed on where has_open_rows says so.
    """

    release: ReleaseLine
    request: str
    held_reasons: tuple[str, ...]
    decided_at: dt.datetime | None
    decision_note: str
    job: str
    slices: tuple[SliceLine, ...]
    payloads: tuple[PayloadLine, ...]
    rejected: tuple[RejectedCount, ...]
    has_open_rows: bool

    def table(self) -> Table:
        """One series a row."""
        keys = ("added", "revised", "withdrawn", "refined", "unchanged")
        labels = (_("Added"), _("Revised"), _("Withdrawn"), _("Refined"), _("Unchanged"))
        numbers = [Column(key, label, is_number=True) for key, label in zip(keys, labels, strict=True)]
        columns = [Column("slice", _("Code")), Column("name", _("Series")), *numbers]
        rows = [(s.slice, s.name, s.added, s.revised, s.withdrawn, s.refined, s.unchanged) for s in self.slices]
        source = self.release.provenance
        return Table(f"release-{self.release.id}", source.vintage, columns, rows, (source.citation,))


def newest_releases(limit: int = HOME_RELEASES) -> tuple[ReleaseLine, ...]:
    """The newest published releases over all datasets."""
    return tuple(release_line(release) for release in queries.releases()[:limit])


def release_page(key: int) -> ReleasePage:
    """A release's page, held ones too, with the reason. Raises NotFound."""
    release = queries.releases(published_only=False).filter(pk=key).first()
    if release is None:
        raise NotFound(kind=_("release"), key=key)
    return ReleasePage(
        release=release_line(release),
        request=release.request,
        held_reasons=reasons_told(release.problems),
        decided_at=release.decided_at,
        # Where nobody signed, the note is a word of ours.
        decision_note=_(release.decision_note) if release.decision_note else "",
        job=str(release.job_id or ""),
        slices=_slice_lines(release),
        payloads=payload_lines(release),
        rejected=tuple(
            RejectedCount(reason, _(REASONS[Reason(reason)]), rows, line)
            for reason, rows, line in queries.rejected_counts(key)
        ),
        has_open_rows=release.dataset.redistribution == Dataset.Redistribution.OPEN,
    )


def rejected_table(key: int) -> Table:
    """The rows of a release's file that were not published, as they stood there, each with its line and reason.

    Raises NotFound, where the licence does not allow to pass them on too.
    """
    release = queries.releases(published_only=False).filter(pk=key).first()
    if release is None or release.dataset.redistribution != Dataset.Redistribution.OPEN:
        raise NotFound(kind=_("release"), key=key)
    columns = [
        Column("file", _("File")),
        Column("line", _("Line"), is_number=True),
        Column("reason", _("Reason")),
        Column("text", _("Row")),
    ]
    source = release_line(release).provenance
    rows = queries.rejected_rows(key)
    return Table(f"release-{key}-rejected", source.vintage, columns, rows, (source.citation,))


def payload_lines(release: Release) -> tuple[PayloadLine, ...]:
    """The raw bytes a release was read from."""
    is_open = release.dataset.redistribution == Dataset.Redistribution.OPEN
    return tuple(
        PayloadLine(p.sha256, p.content_type, p.size_bytes, is_open, p.is_kept)
        for p in release.payloads.exclude(content_type=READING).defer("compressed").order_by("sha256")
    )


def payload_body(release: int, sha256: str) -> Payload:
    """A raw payload that may be passed on. Raises NotFound, also where it is not kept or its licence forbids."""
    found = Payload.objects.filter(
        sha256=sha256, is_kept=True, releases__pk=release, releases__dataset__redistribution=Dataset.Redistribution.OPEN
    ).first()
    if found is None:
        raise NotFound(kind=_("payload"), key=sha256)
    return found


def _slice_lines(release: Release) -> tuple[SliceLine, ...]:
    rows = ReleaseSlice.objects.filter(release=release).select_related("slice").order_by("slice__key")
    refs = slice_refs(row.slice.key for row in rows)
    return tuple(
        SliceLine(
            row.slice.key,
            refs[row.slice.key].indicator,
            refs[row.slice.key].name,
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
