"""One delivery becomes one published Release (and one held, for what did not pass), all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_noop

from markets.errors import DuplicateRow, IngestError, stored
from markets.ingest.gates import held_back
from markets.ingest.shelves import Shelf
from markets.ingest.stage import Staged, certainly_newer, stage
from markets.jobs import Held, room_for
from markets.models import Dataset, Job, Payload, Release, ReleaseSlice, Slice
from markets.models.provenance import payload_row
from markets.sources.base import Delivery, RawPayload, SliceDelivery, SourceCard, TradeTotalRow, Vintage
from markets.vocabulary import Transport

NEWER_IS_HELD = gettext_noop("A newer delivery of the same is held in its place.")

_COUNT = """
    SELECT slice,
           count(*) FILTER (WHERE verdict = 'added'), count(*) FILTER (WHERE verdict = 'revised'),
           count(*) FILTER (WHERE verdict = 'withdrawn'), count(*) FILTER (WHERE verdict = 'refined'),
           count(*) FILTER (WHERE verdict IN ('agreed', 'void', 'late'))
    FROM staged WHERE slice = ANY(%s) GROUP BY slice
"""
_CLOSE_OLD = """
    UPDATE {table} o SET known_to = %(known_from)s, superseded_by_id = %(release)s
    FROM staged s
    WHERE o.id = s.old_id AND s.slice = ANY(%(slices)s) AND s.verdict IN ('revised', 'withdrawn', 'refined')
"""
# A revised value that carries no letter of its own is marked `r`, and stays so marked when it is only refined.
# A figure that gets another letter keeps the longer of its two prints.
_ADD_NEW = """
    INSERT INTO {table}
        ({names_sql}, period, frequency, value, last_digit_exponent, obs_status, release_id, known_from)
    SELECT {values_sql}, period, frequency,
           CASE WHEN verdict = 'refined' AND exponent > old_exponent THEN old_value ELSE value END,
           CASE WHEN verdict = 'refined' THEN least(exponent, old_exponent) ELSE exponent END,
           CASE WHEN obs_status = '' AND value IS NOT NULL
                     AND (verdict = 'revised' OR verdict = 'refined' AND old_status = 'r') THEN 'r'
                ELSE obs_status END,
           %(release)s, %(known_from)s
    FROM staged d
    WHERE slice = ANY(%(slices)s) AND verdict IN ('added', 'revised', 'withdrawn', 'refined')
    ORDER BY slice, subject, period
"""
# The very same number, now known to more places (100 was not 99.6): no new row, but the next vintage is compared
# with what is known.
_SHARPEN = """
    UPDATE {table} o SET last_digit_exponent = s.exponent
    FROM staged s
    WHERE o.id = s.old_id AND s.slice = ANY(%(slices)s) AND s.verdict = 'agreed'
      AND s.value = s.old_value AND s.exponent < s.old_exponent
"""
_KEEP_HELD = """
    INSERT INTO markets_heldrow
        (release_id, slice, subject, period, frequency, value, last_digit_exponent, obs_status, old_value, verdict)
    SELECT %(release)s, slice, subject, period, frequency, value, exponent, obs_status, old_value, verdict
    FROM staged WHERE slice = ANY(%(slices)s)
    ORDER BY slice, subject, period
"""


@dataclass(frozen=True)
class SliceOutcome:
    """What a delivery did to one slice, in numbers of values."""

    key: str
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    refined: int = 0
    unchanged: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.added or self.revised or self.withdrawn or self.refined)


# What is counted of each slice, and of a release, a job and a rehearsal as a whole.
COUNTS: Final = ("added", "revised", "withdrawn", "refined", "unchanged")


def summed(outcomes: Iterable[SliceOutcome]) -> dict[str, int]:
    """The counts of several slices together, by name."""
    listed = list(outcomes)
    return {name: sum(getattr(outcome, name) for outcome in listed) for name in COUNTS}


@dataclass(frozen=True)
class PublishOutcome:
    """What became of one delivery. release None: nothing in it was new. held: slice -> why.

    What a person discarded before, and comes again just so, is neither published nor held.
    """

    release: Release | None
    slices: tuple[SliceOutcome, ...] = ()
    held_release: Release | None = None
    held: Mapping[str, IngestError] = field(default_factory=dict)
    unmapped_rows: int = 0


def publish(
    delivery: Delivery, card: SourceCard, held: Held | None = None, *, decided: Release | None = None
) -> PublishOutcome:
    """Publish a delivery in one transaction.

    Bundled vintages are known from the provider's own date, others from now on. held: the job that does it; nothing
    is published once another holds it (JobTakenOver). decided: the held release that this was, which a person looked at
    and lets pass the gates.
    Raises StorageFull, and IngestError when a bundled vintage has no date to be known by.
    """
    if not delivery.slices:
        return PublishOutcome(None)
    job = held.job if held else None
    with room_for(f"the figures of {card.id}"), transaction.atomic():
        dataset = Dataset.objects.get(pk=delivery.dataset)
        _lock_slices(dataset, delivery.slices)
        # After the lock: who waited for another publisher comes after it.
        now = database_clock()
        known_from = known_since(delivery.dataset, delivery.vintage, delivery.transport, now)
        # A download is the provider's present word whatever its date; a file may have lain in a drawer.
        released_on = delivery.vintage.released_on if delivery.transport is Transport.FILE else None
        reach = _reach(delivery) if delivery.transport is Transport.FILE and released_on is None else ""
        # What was held and waited for a person does not take the place of what was published meanwhile.
        heard_at = decided.known_from if decided else known_from
        staged = stage(dataset, delivery.slices, known_from=heard_at, now=now, released_on=released_on, reach=reach)
        back = _undecidable(card, staged) if decided else held_back(delivery.slices, card, staged)
        passed = [delivered.key for delivered in delivery.slices if delivered.key not in back]
        outcomes = _counted(passed)
        release = None
        if any(outcome.is_changed for outcome in outcomes):
            release = (
                _let_through(decided, known_from=known_from, now=now)
                if decided
                else _release(delivery, dataset, job, known_from=known_from, now=now, state=Release.State.PUBLISHED)
            )
            _write(staged, release, passed, outcomes)
        _run(staged.shelf, _SHARPEN, slices=passed)
        held_release = None
        if back and decided is None:
            held_release = _held_release(delivery, dataset, job, back, known_from=known_from, now=now)
            if held_release.state == Release.State.DISCARDED:
                held_release, back = None, {}  # a person has decided on the very same
        Slice.objects.filter(dataset=dataset, key__in=passed).update(checked_at=now)
        if held:
            held.guard()
    return PublishOutcome(release, tuple(outcomes), held_release, back, staged.unmapped_rows)


def keep_payloads(payloads: Iterable[RawPayload]) -> list[Payload]:
    """Store raw bytes, each content once. Raises StorageFull."""
    by_hash = {payload.sha256: payload for payload in payloads}
    # Always in the same order: two publishers may keep the same bytes.
    rows = (payload_row(by_hash[key].body, by_hash[key].content_type) for key in sorted(by_hash))
    with room_for("what was delivered"):
        Payload.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Payload.objects.filter(sha256__in=by_hash).defer("compressed"))


def _undecidable(card: SourceCard, staged: Staged) -> dict[str, IngestError]:
    """What not even a person can publish: a slice that says two things of one key."""
    return {key: DuplicateRow(dataset=f"{card.id}/{key}", key=conflict) for key, conflict in staged.conflicts.items()}


def _held_release(
    delivery: Delivery,
    dataset: Dataset,
    job: Job | None,
    held: Mapping[str, IngestError],
    *,
    known_from: dt.datetime,
    now: dt.datetime,
) -> Release:
    """The release that waits for a person; the one that waits already, or was discarded, when the same came before."""
    problems = [{"slice": key, **stored(why)} for key, why in held.items()]
    hashes = {payload.sha256 for payload in delivery.payloads}
    alike = Release.objects.filter(
        dataset=dataset, problems=problems, state__in=(Release.State.HELD, Release.State.DISCARDED)
    ).exclude(decision_note=NEWER_IS_HELD)  # on which nobody has decided
    for before in alike.prefetch_related(Prefetch("payloads", Payload.objects.defer("compressed"))):
        if {payload.sha256 for payload in before.payloads.all()} == hashes:
            return before
    release = _release(delivery, dataset, job, known_from=known_from, now=now, state=Release.State.HELD)
    release.problems = problems
    release.save(update_fields=("problems",))
    _note_slices(release, [SliceOutcome(key) for key in held])
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_HELD, {"release": release.pk, "slices": list(held)})
    _discard_older(release, set(held), now)
    return release


def _discard_older(release: Release, slices: set[str], now: dt.datetime) -> None:
    """Of several vintages that wait for a person, only the newest word on the same slices need be looked at."""
    waiting = Release.objects.filter(dataset=release.dataset, state=Release.State.HELD, pk__lt=release.pk)
    for older in waiting.prefetch_related("slices__slice"):
        if {noted.slice.key for noted in older.slices.all()} <= slices:
            older.state, older.decided_at, older.decision_note = Release.State.DISCARDED, now, NEWER_IS_HELD
            older.save(update_fields=("state", "decided_at", "decision_note"))


def _let_through(release: Release, *, known_from: dt.datetime, now: dt.datetime) -> Release:
    """A held release becomes a published one under its own number."""
    release.state, release.known_from, release.published_at = Release.State.PUBLISHED, known_from, now
    release.save(update_fields=("state", "known_from", "published_at"))
    release.slices.all().delete()
    return release


def _run(shelf: Shelf, statement: str, **values: Any) -> None:
    names = {"table": shelf.table, "names_sql": shelf.names_sql, "values_sql": shelf.values_sql}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**names), values)


def _write(staged: Staged, release: Release, passed: Sequence[str], outcomes: Sequence[SliceOutcome]) -> None:
    values = {"release": release.pk, "known_from": release.known_from, "slices": list(passed)}
    _run(staged.shelf, _CLOSE_OLD, **values)
    _run(staged.shelf, _ADD_NEW, dataset=release.dataset_id, **values)
    for name, number in summed(outcomes).items():
        setattr(release, name, number)
    release.save(update_fields=COUNTS)
    changed = [o for o in outcomes if o.is_changed]
    _note_slices(release, changed)
    moved = Slice.objects.filter(dataset=release.dataset, key__in=[o.key for o in changed]).exclude(_newer(release))
    moved.exclude(current__in=staged.further).update(current=release)


def _reach(delivery: Delivery) -> str:
    """The last year a delivery of trade totals tells of: an office's file has no date, and restates the year before."""
    told = (row.period[:4] for each in delivery.slices for row in each.rows if isinstance(row, TradeTotalRow))
    return max(told, default="")


def _newer(release: Release) -> Q:
    """Slices whose current vintage is newer: an older one that only fills a gap does not become the current one."""
    newer = Q(current__known_from__gt=release.known_from)
    if release.transport != Transport.FILE or release.released_on is None:
        return newer
    newer |= Q(current__released_on__gt=release.released_on)
    if edge := certainly_newer(release.released_on):
        bounded = Q(current__released_on=None, current__transport=Transport.BUNDLED)
        newer |= bounded & Q(current__known_from__gt=edge)
    return newer


def _note_slices(release: Release, outcomes: Sequence[SliceOutcome]) -> None:
    slices = {s.key: s for s in Slice.objects.filter(dataset=release.dataset, key__in=[o.key for o in outcomes])}
    ReleaseSlice.objects.bulk_create(
        ReleaseSlice(
            release=release,
            slice=slices[o.key],
            added=o.added,
            revised=o.revised,
            withdrawn=o.withdrawn,
            refined=o.refined,
            unchanged=o.unchanged,
        )
        for o in outcomes
    )


def _counted(passed: Sequence[str]) -> list[SliceOutcome]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, (list(passed),))
        counted = {row[0]: SliceOutcome(*row) for row in cursor.fetchall()}
    return [counted.get(key, SliceOutcome(key)) for key in passed]


def _lock_slices(dataset: Dataset, slices: Sequence[SliceDelivery]) -> None:
    """Two publishers of one slice wait for each other, always in the same order."""
    keys = sorted({delivered.key for delivered in slices})
    Slice.objects.bulk_create((Slice(dataset=dataset, key=key) for key in keys), ignore_conflicts=True)
    list(Slice.objects.filter(dataset=dataset, key__in=keys).order_by("key").select_for_update())


def _release(
    delivery: Delivery, dataset: Dataset, job: Job | None, *, known_from: dt.datetime, now: dt.datetime, state: str
) -> Release:
    vintage = delivery.vintage
    requests = [payload.request for payload in delivery.payloads]
    release = Release.objects.create(
        dataset=dataset,
        state=state,
        transport=delivery.transport.value,
        title=vintage.title,
        request="\n".join(requests),
        released_on=vintage.released_on,
        released_note=vintage.released_note,
        retrieved_at=max((payload.retrieved_at for payload in delivery.payloads), default=None),
        published_at=now if state == Release.State.PUBLISHED else None,
        known_from=known_from,
        licence=vintage.licence or dataset.licence,
        citation=vintage.citation or dataset.citation,
        job=job,
    )
    release.payloads.set(keep_payloads(delivery.payloads))
    return release


def known_since(dataset: str, vintage: Vintage, transport: Transport, now: dt.datetime) -> dt.datetime:
    """From when a vintage is known: a bundled one from the provider's own date, others from now on.

    Raises IngestError when a bundled vintage has no date.
    """
    if transport is not Transport.BUNDLED:
        return now
    day = vintage.released_on or vintage.known_by
    if day is None:
        raise IngestError(dataset=dataset, reason=f"the bundled vintage {vintage.title} has no date")
    # The latest day it can have been may lie ahead; that it is here says that it was before now.
    return min(dt.datetime.combine(day, dt.time.min, dt.UTC), now)


def database_clock() -> dt.datetime:
    """The database's own clock: workers' clocks may differ, the order of vintages may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
