"""Observations as records that stand alone: each carries its unit, its source and its vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import get_language

from markets import queries
from markets.models import Observation
from markets.profiles.figures import SourceRef
from markets.vocabulary import LANGUAGE_COLUMNS, ObsStatus

# Exactly as its publisher printed it: nothing converted, summed or estimated here.
AS_PUBLISHED: Final = "as_published"


@dataclass(frozen=True, slots=True)
class AreaKey:
    """Whose value it is. is_aggregate: a group such as the World, never to be summed with its members."""

    iso3: str
    name: str
    is_aggregate: bool


@dataclass(frozen=True, slots=True)
class IndicatorKey:
    """What was measured."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Vintage:
    """The release that stated the value. released_on null: `released_note` says what is known of the date.

    known_from: the moment it was public, with which `as_of` compares. transport: http, file or bundled.
    """

    release: int
    title: str
    transport: str
    released_on: dt.date | None
    released_note: str
    known_from: dt.datetime


@dataclass(frozen=True, slots=True)
class ObservationRecord:
    """One value of one indicator for one area and period, with its birth certificate.

    value: in `unit`, every digit the source printed; null is missing, never zero, and `status` says why.
    status: the letters of the glossary, empty for a plain reported value; obs_status_sdmx: the same in
    CL_OBS_STATUS. decimals: the digits to show. method: `as_published`, nothing was computed here.
    """

    market: AreaKey
    indicator: IndicatorKey
    period: str
    frequency: str
    value: Decimal | None
    unit: str
    decimals: int
    status: str
    obs_status_sdmx: str
    source: SourceRef
    vintage: Vintage
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None
    method: str


def columns() -> tuple[str, ...]:
    """What must be read of each observation: names in the active language, English behind it."""
    suffix = LANGUAGE_COLUMNS.get(get_language() or "en", "en")
    return (
        "indicator_id",
        "area_id",
        "period",
        "frequency",
        "value",
        "obs_status",
        "release_id",
        f"indicator__name_{suffix}",
        "indicator__name_en",
        "indicator__unit",
        "indicator__decimals",
        f"area__name_{suffix}",
        "area__name_en",
        "area__is_aggregate",
    )


def published(rows: QuerySet[Observation], withheld: Iterable[str]) -> QuerySet[Observation]:
    """The observations that may leave the house: none in quarantine, none of a dataset that may not be passed on."""
    kept = rows.exclude(obs_status=ObsStatus.QUARANTINED.value)
    barred = list(withheld)
    return kept.exclude(release__dataset_id__in=barred) if barred else kept


def observation_records(rows: Sequence[tuple[Any, ...]]) -> list[ObservationRecord]:
    """Rows of `columns()` as records, in their order; one more question, for all their releases."""
    of_release = certificates({row[6] for row in rows})
    statuses = {status.value: status.sdmx for status in ObsStatus}
    areas: dict[str, AreaKey] = {}
    indicators: dict[str, IndicatorKey] = {}
    records = []
    for code, area, period, frequency, value, status, release, name, name_en, unit, decimals, *area_names in rows:
        if area not in areas:
            areas[area] = AreaKey(area, area_names[0] or area_names[1], area_names[2])
        if code not in indicators:
            indicators[code] = IndicatorKey(code, name or name_en)
        source, vintage, retrieved_at, published_at = of_release[release]
        records.append(
            ObservationRecord(
                areas[area],
                indicators[code],
                period,
                frequency,
                value,
                unit,
                decimals,
                status,
                statuses[status],
                source,
                vintage,
                retrieved_at,
                published_at,
                AS_PUBLISHED,
            )
        )
    return records


Certificate = tuple[SourceRef, Vintage, dt.datetime | None, dt.datetime | None]


def certificates(releases: Iterable[int]) -> dict[int, Certificate]:
    """What the observations of each release have in common: source, vintage, when it was retrieved and published."""
    return {row.release: _certificate(row) for row in queries.release_certificates(releases)}


def _certificate(row: queries.ReleaseCertificate) -> Certificate:
    source = SourceRef(row.dataset, row.name, row.publisher, row.url, row.licence, row.licence_url, row.redistribution)
    vintage = Vintage(row.release, row.title, row.transport, row.released_on, row.released_note, row.known_from)
    return source, vintage, row.retrieved_at, row.published_at
