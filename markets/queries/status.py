"""How each dataset stands: the jobs that tried to refresh it, what waits for a decision, and what is in force of it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from markets.models import Job, Release

# download: the newest one that was begun, whatever became of it. success: the newest refresh that read the provider
# to the end, by download or from files. attempt: the newest of either kind. What is loaded from the product itself
# says nothing of the source, and a file kept aside that could not be read does not either.
_ROLES = """
    SELECT d.id,
           (SELECT j.id FROM markets_job j WHERE j.dataset_id = d.id AND j.transport = 'http'
                AND j.started_at IS NOT NULL ORDER BY j.started_at DESC LIMIT 1),
           (SELECT j.id FROM markets_job j WHERE j.dataset_id = d.id AND j.transport IN ('http', 'file')
                AND j.state IN ('done', 'unchanged', 'held') ORDER BY j.started_at DESC LIMIT 1),
           (SELECT j.id FROM markets_job j WHERE j.dataset_id = d.id AND j.transport IN ('http', 'file')
                AND j.started_at IS NOT NULL ORDER BY j.started_at DESC LIMIT 1),
           (SELECT j.id FROM markets_job j WHERE j.dataset_id = d.id AND j.state IN ('queued', 'running')
                ORDER BY j.state DESC, j.created_at LIMIT 1),
           (SELECT min(j.started_at) FROM markets_job j WHERE j.dataset_id = d.id AND j.transport = 'http'
                AND j.state IN ('failed', 'dead') AND j.started_at > coalesce(
                    (SELECT max(g.started_at) FROM markets_job g WHERE g.dataset_id = d.id AND g.transport = 'http'
                        AND g.state IN ('done', 'unchanged', 'held')), '-infinity'))
    FROM markets_dataset d
"""
_RELEASE_STATE = "SELECT max(id), max(decided_at) FROM markets_release"
# Counted by series and area first: so the index is read in its own order, and areas are told apart among thousands
# of rows and not among all of them.
_COVERAGES = """
    SELECT i.dataset_id, sum(o.number), count(DISTINCT o.area_id) FILTER (WHERE NOT a.is_aggregate), 0, 0,
           min(o.oldest), max(o.newest)
    FROM (SELECT indicator_id, area_id, count(*) AS number, min(period) AS oldest, max(period) AS newest
          FROM markets_observation WHERE known_to IS NULL AND value IS NOT NULL GROUP BY 1, 2) o
    JOIN markets_indicator i ON i.code = o.indicator_id JOIN markets_area a ON a.code = o.area_id
    GROUP BY i.dataset_id
    UNION ALL
    SELECT t.dataset_id, count(*), count(DISTINCT t.reporter_id),
           count(DISTINCT t.partner_id) FILTER (WHERE NOT a.is_aggregate), 0, min(t.period), max(t.period)
    FROM markets_tradetotal t JOIN markets_area a ON a.code = t.partner_id
    WHERE t.known_to IS NULL AND t.value IS NOT NULL GROUP BY t.dataset_id
    UNION ALL
    SELECT dataset_id, count(*), 0, 0, count(DISTINCT currency_id), min(period), max(period)
    FROM markets_exchangerate WHERE known_to IS NULL AND value IS NOT NULL GROUP BY dataset_id
"""
# Of trade of single products nothing is counted row by row: the releases in force say how many rows each year has, and
# the areas are found by leaping from one to the next along the key.
_FLOW_COVERAGES = """
    SELECT d.id, y.rows, {exporters}, {importers}, 0, y.oldest, y.newest
    FROM markets_dataset d
    JOIN (SELECT s.dataset_id, sum(r.added) AS rows, min(s.key) AS oldest, max(s.key) AS newest
          FROM markets_slice s JOIN markets_release r ON r.id = s.current_id GROUP BY s.dataset_id) y
        ON y.dataset_id = d.id
    WHERE d.kind = 'flows'
"""
_AREAS_OF = """
    (WITH RECURSIVE leap (area) AS (
        (SELECT {side} FROM markets_tradeflow WHERE dataset_id = d.id ORDER BY {side} LIMIT 1)
        UNION ALL
        SELECT (SELECT f.{side} FROM markets_tradeflow f WHERE f.dataset_id = d.id AND f.{side} > leap.area
                ORDER BY f.{side} LIMIT 1)
        FROM leap WHERE leap.area IS NOT NULL
    ) SELECT count(*) FROM leap JOIN markets_area a ON a.code = leap.area WHERE NOT a.is_aggregate)
"""


class DatasetJobs(NamedTuple):
    """The jobs that say how a dataset stands. failing_since: the first failed download after the last good one."""

    download: Job | None = None
    success: Job | None = None
    attempt: Job | None = None
    open: Job | None = None
    failing_since: dt.datetime | None = None


class DatasetCoverage(NamedTuple):
    """What is in force of a dataset. markets: with figures of their own; partners, currencies: told beside them."""

    values: int
    markets: int
    partners: int
    currencies: int
    oldest: str
    newest: str


def dataset_jobs() -> Mapping[str, DatasetJobs]:
    """The jobs of each dataset that say how it stands, in two questions for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(_ROLES)
        rows = cursor.fetchall()
    jobs = Job.objects.in_bulk({key for _dataset, *keys, _since in rows for key in keys if key})
    return {
        dataset: DatasetJobs(
            download=jobs.get(download),
            success=jobs.get(success),
            attempt=jobs.get(attempt),
            open=jobs.get(is_open),
            failing_since=since,
        )
        for dataset, download, success, attempt, is_open, since in rows
    }


def held_releases() -> Mapping[str, list[Release]]:
    """Releases that wait for a decision, by dataset, the one that waits longest first."""
    found: dict[str, list[Release]] = defaultdict(list)
    for release in Release.objects.filter(state=Release.State.HELD).select_related("dataset").order_by("known_from"):
        found[release.dataset_id].append(release)
    return found


def dataset_coverages() -> Mapping[str, DatasetCoverage]:
    """What is in force of each dataset that has a value.

    Counting some hundred thousand rows takes too long for a page, so the numbers are kept under the state of the
    releases they were counted from: only a publication changes them.
    """
    if not settings.PAGE_CACHE_SECONDS:
        return _counted.__wrapped__(())
    with connection.cursor() as cursor:
        cursor.execute(_RELEASE_STATE)
        return _counted(tuple(cursor.fetchone()))


@lru_cache(maxsize=2)
def _counted(_state: tuple[object, ...]) -> Mapping[str, DatasetCoverage]:
    with connection.cursor() as cursor:
        cursor.execute(_COVERAGES)
        counted = cursor.fetchall()
        sides = {f"{side}s": _AREAS_OF.format(side=f"{side}_id") for side in ("exporter", "importer")}
        cursor.execute(_FLOW_COVERAGES.format(**sides))
        counted += cursor.fetchall()
        return {dataset: DatasetCoverage(int(values), *rest) for dataset, values, *rest in counted}
