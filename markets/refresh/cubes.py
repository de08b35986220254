"""Refreshing product-level trade: a year after the other, each published or held by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from django.db.models import Sum

from markets import sources
from markets.errors import IngestError, ReleaseHeld, SourceChanged, SourceRefused, stored
from markets.ingest.cubes import CubeOutcome, publish_year
from markets.jobs import Held, Line
from markets.models import Job, Release
from markets.refresh.outcome import CubeRefreshOutcome
from markets.refresh.synthetic import permitted
from markets.sources.base import SliceProblem
from markets.sources.bundled_flows import years_of_flows
from markets.sources.cubes import CubeYear
from markets.vocabulary import Transport

# Progress is written so often at most.
TOLD_EVERY_S: Final = 1.0

Progress = Callable[[int, int, str], None]


def delivered_years(
    dataset: str, transport: Transport, path: Path | None, wanted: Sequence[str] | None = None
) -> Iterator[CubeYear]:
    """The years of a dataset, oldest first: those that come with the product, or those of a file or folder.

    wanted: their keys; all when not given.
    Raises SourceRefused where there is no way to them, and what its source raises.
    """
    if transport is Transport.BUNDLED:
        return _wanted(years_of_flows(dataset), wanted)
    source = sources.cube_source(dataset)
    if source is None or path is None:
        by_hand = f"it has no download; hand in its files by `manage.py refresh {dataset} --from FILE`"
        raise SourceRefused(source=dataset, reason=by_hand if source else "it comes with the product only")
    return _wanted(permitted(source.years(path)), wanted)


def _wanted(years: Iterable[CubeYear], wanted: Sequence[str] | None) -> Iterator[CubeYear]:
    return (year for year in years if wanted is None or year.key in wanted)


def publish_years(held: Held, years: Iterable[CubeYear], tell: Progress) -> CubeRefreshOutcome:
    """Publish the years as they come and close the job with what became of them.

    A year that is held or cannot be read keeps no other from being published. Raises JobTakenOver, JobStopped,
    StorageFull, and what the source raises for the delivery as a whole.
    """
    outcome = CubeRefreshOutcome(str(held.job.dataset_id))
    for year in years:
        try:
            published = publish_year(year, sources.card(year.dataset), held, _told(year, tell))
        except ReleaseHeld as why:
            outcome.held[year.key] = why
            outcome.slices_read += 1
            held.say(Line.YEAR_HELD, year=year.key, error=stored(why))
        except (IngestError, SourceChanged) as why:
            outcome.problems.append(SliceProblem(year.key, why))
            held.say(Line.FAILED, slice=year.key, error=stored(why))
        else:
            outcome.add_year(year, published)
            _say(held, year, published)
        held.step()
    _report(held, outcome)
    return outcome


def _told(year: CubeYear, tell: Progress) -> Callable[[int, int], None]:
    """Bytes of the year's text, told now and then and at its end."""
    last = 0.0

    def copied(done: int, total: int) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= TOLD_EVERY_S:
            last = time.monotonic()
            tell(min(done, total), total, f"{year.key}: {year.name}")

    return copied


def _say(held: Held, year: CubeYear, published: CubeOutcome) -> None:
    if published.release:
        held.say(
            Line.YEAR_PUBLISHED,
            release=published.release.pk,
            year=year.key,
            read=published.rows_read,
            published=published.published,
            rejected=sum(published.rejected.values()),
            repeated=published.repeated,
        )
    else:
        held.say(Line.YEAR_OLDER if published.is_older else Line.YEAR_SAME, year=year.key)


def _report(held: Held, outcome: CubeRefreshOutcome) -> None:
    """Close the job with what it did, in this attempt and in those before."""
    problems = [{"slice": problem.key, **stored(problem.error)} for problem in outcome.problems]
    problems += [{"slice": key, **stored(why)} for key, why in outcome.held.items()]
    published = Release.objects.filter(job=held.job, state=Release.State.PUBLISHED)
    rows = published.aggregate(rows=Sum("added", default=0))["rows"]
    counts = {
        "added": rows,
        "rows_read": outcome.rows_read,
        "rejected": sum(outcome.rejected.values()),
        "repeated": outcome.repeated,
        "unmapped_rows": outcome.unmapped_rows,
    }
    if outcome.held:
        state = Job.State.HELD
    elif outcome.problems and not outcome.slices_read:
        state = Job.State.FAILED
    else:
        state = Job.State.DONE if published.exists() else Job.State.UNCHANGED
    held.end(state, counts, problems)
