"""Running a refresh: here and now, or by a worker that holds its job; begun again, it goes on where it was cut off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from django.conf import settings
from django.db import OperationalError
from django.db.models import Count, Sum
from psycopg import errors as pg

from markets import jobs, sources
from markets.errors import InvalidRequest, SourceRefused, stored
from markets.ingest import PublishOutcome, keep_payloads, publish
from markets.jobs import Held, Line
from markets.models import Job, Payload, Release
from markets.queries.rates import newest_days
from markets.refresh.cubes import delivered_years, publish_years
from markets.refresh.outcome import RefreshOutcome
from markets.refresh.planning import asked_slices, registered_slices
from markets.sources import bundled
from markets.sources.base import Delivery, RawPayload, SliceProblem, Source, SourceCard, Vintage
from markets.sources.bundled_rates import deliveries_of_rates
from markets.sources.files import payload_files, payloads_of
from markets.sources.http import Downloadable
from markets.vocabulary import FactKind, Transport

REFRESH: Final = "refresh"
TASK: Final = "markets.tasks.run_refresh"
# Two publishers that wait for each other: one of them is begun again.
PUBLISH_ATTEMPTS: Final = 3

Progress = Callable[[int, int, str], None]
Step = TypeVar("Step")
Upload = tuple[str, str, bytes]


def refresh(
    dataset: str,
    *,
    bundled: bool = False,
    path: Path | None = None,
    wanted: Sequence[str] | None = None,
    requested_by: Any = None,
    progress: Progress | None = None,
    wait_s: float = 0,
) -> RefreshOutcome:
    """Refresh one dataset in this process, from its bundled facts, from payload files, or by download.

    wanted: slices to ask for; all registered ones when not given. wait_s: how long to wait for another refresh of it.
    Raises NotFound, RefreshRunning, SourceUnavailable, SourceRefused, NoPayload, FactsInvalid, and IngestError where
    the reference tables are not loaded. What fails in one slice is in the outcome.
    """
    card = sources.card(dataset)
    transport = Transport.BUNDLED if bundled else Transport.FILE if path else Transport.HTTP
    registered = registered_slices(dataset)
    asked = asked_slices(dataset, registered, wanted)
    parameters = {"wanted": list(wanted) if wanted is not None else None}
    unreadable: list[SliceProblem] = []
    is_cube = card.kind is FactKind.FLOWS
    years = delivered_years(dataset, transport, path, wanted) if is_cube else iter(())
    files = payload_files(dataset, path, _readable(dataset).endings) if path and not is_cube else []
    if transport is Transport.HTTP:
        _downloadable(dataset)
    with jobs.begun_here(
        REFRESH,
        dataset=dataset,
        transport=transport.value,
        parameters=parameters,
        requested_by=requested_by,
        wait_s=wait_s,
    ) as held:
        tell = _told(held, progress)
        if is_cube:
            return publish_years(held, years, tell)
        if transport is Transport.BUNDLED:
            deliveries = _bundled(dataset, tell, is_watched=progress is not None)
        elif path:
            folder = path if path.is_dir() else path.parent
            announced = _announced(files, tell, lambda file: file.name)
            deliveries = _read(dataset, payloads_of(dataset, folder, announced, unreadable), asked, unreadable)
        else:
            deliveries = _download(dataset, asked, held, tell)
        return _published(held, card, deliveries, passed_over=set(registered).difference(asked))


def request(
    dataset: str,
    *,
    uploads: Iterable[Upload] = (),
    wanted: Sequence[str] | None = None,
    requested_by: Any = None,
    idempotency_key: str | None = None,
) -> Job:
    """The job that will refresh a dataset by download, or from uploaded files (name, content type, bytes).

    Wake a worker once the transaction is committed. Raises NotFound, SourceRefused, InvalidRequest, IngestError.
    """
    asked_slices(dataset, registered_slices(dataset), wanted)
    files = list(uploads)
    if files:
        _readable(dataset)
        payloads = [RawPayload(name, body, kind, dt.datetime.now(dt.UTC)) for name, kind, body in files]
        if any(not payload.body for payload in payloads):
            raise InvalidRequest(reason="a file is empty")
        keep_payloads(payloads)
        parameters: dict[str, Any] = {
            "wanted": wanted,
            "files": [
                {"name": p.request, "sha256": p.sha256, "received_at": p.retrieved_at.isoformat()} for p in payloads
            ],
        }
        transport = Transport.FILE
    else:
        _downloadable(dataset)
        parameters, transport = {"wanted": wanted}, Transport.HTTP
    return jobs.ask(
        REFRESH,
        task=TASK,
        dataset=dataset,
        transport=transport.value,
        parameters=parameters,
        requested_by=requested_by,
        idempotency_key=idempotency_key,
    )


def run(held: Held) -> None:
    """Do the work of a refresh that was requested. Raises what `refresh` raises."""
    held.step()  # a person may have asked to cancel before anything was begun
    job = held.job
    dataset = str(job.dataset_id)
    registered = registered_slices(dataset)
    asked = asked_slices(dataset, registered, job.parameters.get("wanted"))
    tell = _told(held, None)
    if job.transport == Transport.FILE:
        files = job.parameters["files"]
        uploaded = (_uploaded(file) for file in _announced(files, tell, lambda file: str(file["name"])))
        deliveries = _read(dataset, uploaded, asked, [])
    else:
        deliveries = _download(dataset, asked, held, tell)
    _published(held, sources.card(dataset), deliveries, passed_over=set(registered).difference(asked))


# ---------------------------------------------------------------- what is delivered
def _readable(dataset: str) -> Source:
    source = sources.readable(dataset)
    if source is None and sources.cube_source(dataset):
        reason = f"its files are too large to be sent; read them by `manage.py refresh {dataset} --from FILE`"
        raise SourceRefused(source=dataset, reason=reason)
    if source is None:
        raise SourceRefused(source=dataset, reason="no form of file is known for it")
    return source


def _downloadable(dataset: str) -> Downloadable:
    source = sources.downloadable(dataset)
    if source is None:
        by_hand = "it has no download; hand in its files"
        bundled_only = "it comes with the product only and has no download"
        raise SourceRefused(source=dataset, reason=by_hand if sources.readable(dataset) else bundled_only)
    return source


def _download(dataset: str, asked: Sequence[str], held: Held, tell: Progress) -> Iterator[Delivery]:
    source = _downloadable(dataset)
    address = settings.SOURCE_URLS.get(dataset, source.client.base_url)
    client = replace(source.client, base_url=address, memory=held.answers)
    yield from source.download(_announced(asked or _known_days(source.card), tell, str), client)


def _known_days(card: SourceCard) -> list[str]:
    """For exchange rates, the newest day that is known: the source asks for those since. Nothing for other facts."""
    if card.kind is not FactKind.EXCHANGE_RATES:
        return []
    newest = newest_days().get(card.id)
    return [newest.isoformat()] if newest else []


def _read(
    dataset: str, payloads: Iterable[RawPayload], asked: Sequence[str], unreadable: list[SliceProblem]
) -> Iterator[Delivery]:
    yield from _readable(dataset).read(payloads, asked)
    if unreadable:
        yield Delivery(dataset, Transport.FILE, Vintage(title=dataset), (), (), tuple(unreadable))


def _bundled(dataset: str, tell: Progress, *, is_watched: bool) -> Iterator[Delivery]:
    """The bundled deliveries one by one. They are counted beforehand only for somebody who watches."""
    is_of_rates = sources.card(dataset).kind is FactKind.EXCHANGE_RATES
    deliveries = deliveries_of_rates(dataset) if is_of_rates else bundled.deliveries(dataset)
    if is_watched:
        yield from _announced(list(deliveries), tell, lambda delivery: delivery.vintage.title)
    else:
        yield from deliveries


def _uploaded(file: Mapping[str, str]) -> RawPayload:
    kept = Payload.objects.get(pk=file["sha256"])
    return RawPayload(file["name"], kept.body, kept.content_type, dt.datetime.fromisoformat(file["received_at"]))


def _told(held: Held, progress: Progress | None) -> Progress:
    """Progress written to the job, and told to whoever watches."""

    def tell(done: int, total: int, name: str) -> None:
        held.progress(done, total, name)
        if progress is not None:
            progress(done, total, name)

    return tell


def _announced(steps: Sequence[Step], tell: Progress, name: Callable[[Step], str]) -> Iterator[Step]:
    """The steps one by one, each told by its name before it is taken."""
    for done, step in enumerate(steps):
        tell(done, len(steps), name(step))
        yield step
    tell(len(steps), len(steps), "")


# ---------------------------------------------------------------- what becomes of it
def _published(
    held: Held, card: SourceCard, deliveries: Iterable[Delivery], *, passed_over: Container[str]
) -> RefreshOutcome:
    outcome = RefreshOutcome(card.id)
    for delivery in deliveries:
        heard = _without(delivery, passed_over)
        published = _publish(heard, card, held)
        outcome.add(heard, published)
        if published.release:
            release = published.release
            held.say(
                Line.PUBLISHED,
                release=release.pk,
                added=release.added,
                revised=release.revised,
                gone=release.withdrawn,
            )
        if published.held_release:
            held.say(Line.HELD, release=published.held_release.pk)
        held.step()
    _report(held, outcome)
    return outcome


def _publish(delivery: Delivery, card: SourceCard, held: Held) -> PublishOutcome:
    """Publish, again when another publisher stood in the way. Raises what `publish` raises."""
    for attempt in range(1, PUBLISH_ATTEMPTS + 1):
        try:
            return publish(delivery, card, held)
        except OperationalError as fault:
            passing = isinstance(fault.__cause__, (pg.DeadlockDetected, pg.SerializationFailure))
            if not passing or attempt == PUBLISH_ATTEMPTS:
                raise
    raise AssertionError  # the last attempt returns or raises


def _without(delivery: Delivery, passed_over: Container[str]) -> Delivery:
    """The delivery without the series that were not asked for this time."""
    return replace(
        delivery,
        slices=[each for each in delivery.slices if each.key not in passed_over],
        problems=[problem for problem in delivery.problems if problem.key not in passed_over],
    )


def _report(held: Held, outcome: RefreshOutcome) -> None:
    """Close the job with what it did, in this attempt and in those before."""
    problems = [
        {
            "slice": problem.key,
            **stored(problem.error),
            # What came instead of figures, under its hash among the payloads.
            "payloads": sorted(payload.sha256 for payload in keep_payloads(problem.payloads)),
        }
        for problem in outcome.problems
    ]
    problems += [{"slice": key, **stored(why)} for key, why in outcome.held.items()]
    published = Release.objects.filter(job=held.job, state=Release.State.PUBLISHED)
    done = published.aggregate(
        releases=Count("pk"), **{name: Sum(name, default=0) for name in ("added", "revised", "withdrawn", "refined")}
    )
    releases = done.pop("releases")
    # An earlier attempt may have published what cannot be read any more.
    unchanged = max(outcome.values - sum(done.values()), 0)
    counts = done | {"unchanged": unchanged, "unmapped_rows": outcome.unmapped_rows}
    if outcome.held:
        state = Job.State.HELD
    elif outcome.problems and not outcome.slices_read:
        state = Job.State.FAILED
    else:
        state = Job.State.DONE if releases else Job.State.UNCHANGED
    held.end(state, counts, problems)
