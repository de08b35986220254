"""Datasets, releases and the jobs that made them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db import connection
from django.db.models import Count, Min, QuerySet

from markets.models import Dataset, RejectedRow, Release, Slice

_DATA_STATE = """
    SELECT (SELECT max(id) FROM markets_release), (SELECT max(decided_at) FROM markets_release),
           (SELECT max(id) FROM markets_demandprofile), (SELECT max(id) FROM markets_jobevent),
           (SELECT max(finished_at) FROM markets_job), (SELECT max(loaded_at) FROM markets_loadedfacts)
"""

_SERIES_COUNTS = """
    SELECT d.id, CASE WHEN d.kind = 'observations'
        THEN (SELECT count(*) FROM markets_indicator i WHERE i.dataset_id = d.id)
        ELSE (SELECT count(*) FROM markets_slice s WHERE s.dataset_id = d.id) END
    FROM markets_dataset d
"""


def releases_by_id(ids: Iterable[int]) -> Mapping[int, Release]:
    """Releases with their dataset, by id."""
    return Release.objects.select_related("dataset").in_bulk(set(ids))


class ReleaseCertificate(NamedTuple):
    """What the observations of one release have in common, as a plain row.

    licence_url: of the words the dataset stands under now; empty for a vintage that came on others.
    """

    release: int
    title: str
    transport: str
    released_on: dt.date | None
    released_note: str
    known_from: dt.datetime
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    licence: str
    dataset: str
    name: str
    publisher: str
    url: str
    licence_url: str
    redistribution: str


def release_certificates(ids: Iterable[int]) -> list[ReleaseCertificate]:
    """The certificates of these releases. Plain SQL: asked with every page of observations, it must cost nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT r.id, r.title, r.transport, r.released_on, r.released_note, r.known_from, r.retrieved_at,
                   r.published_at, r.licence, d.id, d.name, d.publisher, d.url,
                   CASE WHEN d.licence = r.licence THEN d.licence_url ELSE '' END, d.redistribution
            FROM markets_release r JOIN markets_dataset d ON d.id = r.dataset_id WHERE r.id = ANY(%s)
            """,
            [list(ids)],
        )
        return [ReleaseCertificate(*row) for row in cursor.fetchall()]


def withheld_datasets() -> list[str]:
    """Datasets whose licence does not let their figures be passed on to everyone. Plain SQL, as above."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM markets_dataset WHERE redistribution <> %s ORDER BY id", ["open"])
        return [key for (key,) in cursor.fetchall()]


def datasets() -> QuerySet[Dataset]:
    """All datasets by id."""
    return Dataset.objects.order_by("id")


def series_counts() -> dict[str, int]:
    """How many indicators each dataset has; how many slices, where its figures belong to no indicator."""
    with connection.cursor() as cursor:
        cursor.execute(_SERIES_COUNTS)
        return dict(cursor.fetchall())


def newest_by_dataset() -> dict[str, Release]:
    """The newest published release of each dataset."""
    newest = releases().order_by("dataset_id", "-known_from", "-id").distinct("dataset_id")
    return {release.dataset_id: release for release in newest}


def releases(dataset: str = "", *, published_only: bool = True) -> QuerySet[Release]:
    """Vintages, newest first."""
    rows = Release.objects.select_related("dataset").order_by("-known_from", "-id")
    if dataset:
        rows = rows.filter(dataset_id=dataset)
    return rows.filter(state=Release.State.PUBLISHED) if published_only else rows


def slices(dataset: str) -> QuerySet[Slice]:
    """The slices of a dataset by key, each with the vintage that changed it last."""
    return Slice.objects.filter(dataset_id=dataset).select_related("current").order_by("key")


def slices_of_release(release: int) -> QuerySet[Slice]:
    """The slices a release speaks of."""
    return Slice.objects.filter(releases__release_id=release).order_by("key")


def rejected_counts(release: int) -> list[tuple[str, int, int]]:
    """Why rows of a release's file were not published: reason, how many, and the first one's line; most first."""
    of_reason = RejectedRow.objects.filter(release=release).order_by().values("reason")
    counted = of_reason.annotate(rows=Count("pk"), first=Min("line")).order_by("-rows", "reason")
    return list(counted.values_list("reason", "rows", "first"))


def rejected_rows(release: int) -> list[tuple[str, int, str, str]]:
    """The rows of a release's file that were not published: file, line, reason and text, by line."""
    rows = RejectedRow.objects.filter(release=release).order_by("file", "line")
    return list(rows.values_list("file", "line", "reason", "text"))


def data_state() -> tuple[object, ...]:
    """What differs whenever anything a page shows has changed: release, decision, profile, job, reference facts."""
    with connection.cursor() as cursor:
        cursor.execute(_DATA_STATE)
        return tuple(cursor.fetchone())
