"""Jobs as they are listed and looked at. Only those that concern a dataset: the others are nobody else's affair."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan

from markets.models import Job, Payload, Release

Place = tuple[dt.datetime, uuid.UUID]


def jobs(dataset: str = "", state: str = "") -> QuerySet[Job]:
    """Jobs of datasets that match."""
    rows = Job.objects.filter(dataset__isnull=False).select_related("dataset")
    if dataset:
        rows = rows.filter(dataset_id=dataset)
    return rows.filter(state=state) if state else rows


def open_jobs(dataset: str = "", state: str = "") -> list[Job]:
    """Jobs that wait or run, those that wait first, the oldest of each before the others."""
    return list(jobs(dataset, state).filter(state__in=Job.OPEN).order_by("state", "created_at", "id"))


def ended_jobs(dataset: str, state: str, limit: int, before: Place | None) -> list[Job]:
    """Jobs that ended, newest first, at most `limit` and one; before: the place of the last one shown already."""
    rows = jobs(dataset, state).exclude(state__in=Job.OPEN).order_by("-created_at", "-id")
    if before is not None:
        rows = rows.filter(TupleLessThan(Tuple(F("created_at"), F("id")), before))
    return list(rows[: limit + 1])


def job(key: uuid.UUID) -> Job | None:
    """One job of a dataset, with who asked for it."""
    return jobs().select_related("requested_by").filter(pk=key).first()


def datasets_at_work() -> Mapping[str, uuid.UUID]:
    """Datasets of which a refresh runs now: another of the same waits for it."""
    return dict(jobs(state=Job.State.RUNNING).values_list("dataset_id", "pk"))


def releases_of_job(key: uuid.UUID) -> list[Release]:
    """What a job published or held, in its order."""
    return list(Release.objects.filter(job_id=key).order_by("id"))


def payloads(hashes: Iterable[str]) -> Mapping[str, Payload]:
    """Kept bytes by their hash, without the bytes."""
    return Payload.objects.defer("compressed").in_bulk(set(hashes))
