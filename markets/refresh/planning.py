"""What a refresh would ask for, and which datasets are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Max
from django.utils import timezone

from markets import sources
from markets.errors import IngestError, NotFound
from markets.models import Dataset, Indicator, Job, Slice
from markets.vocabulary import Transport

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
    slices = tuple(asked_slices(dataset, registered_slices(dataset), wanted))
    checked = Slice.objects.filter(dataset_id=dataset).aggregate(last=Max("checked_at"))["last"]
    if bundled:
        reason = "facts that come with the product"
        return PlannedRefresh(dataset, Transport.BUNDLED, slices, checked, is_due=True, reason=reason)
    if path:
        return PlannedRefresh(dataset, Transport.FILE, slices, checked, is_due=True, reason=f"files at {path}")
    if sources.downloadable(dataset) is None:
        has_files = sources.readable(dataset) or sources.cube_source(dataset)
        reason = "its files are handed in" if has_files else "it comes with the product only"
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


def registered_slices(dataset: str) -> list[str]:
    """The slices known beforehand: the indicators of a dataset of observations; others have none.

    Raises IngestError where the reference tables are not loaded.
    """
    if not Dataset.objects.filter(pk=dataset).exists():
        reason = "the reference tables are not loaded; run `manage.py load_facts` first"
        raise IngestError(dataset=dataset, reason=reason)
    return list(Indicator.objects.filter(dataset_id=dataset).order_by("sort", "code").values_list("code", flat=True))


def asked_slices(dataset: str, registered: Sequence[str], wanted: Sequence[str] | None) -> list[str]:
    """The wanted slices, each once. Raises NotFound."""
    if wanted is None:
        return list(registered)
    for key in wanted:
        if registered and key not in registered:
            raise NotFound(kind=f"series of {dataset}", key=key)
    return list(dict.fromkeys(wanted))
