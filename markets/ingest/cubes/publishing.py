"""One year of a cube becomes one published Release: copied, checked, sorted, summed, and put in place at once."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import DataError, OperationalError, connection, transaction
from psycopg import errors as pg

from markets.errors import YearBusy
from markets.ingest.cubes import gates
from markets.ingest.cubes.attempt import Attempt, only_attempt
from markets.ingest.cubes.checks import Known, Reading, Reason, known_codes
from markets.ingest.cubes.kept import is_in_force, keep
from markets.ingest.cubes.plain import PlainReading
from markets.ingest.cubes.raw import Copied, RawTable, copied_raw
from markets.ingest.cubes.repeats import without_repeats
from markets.ingest.cubes.sums import METHOD, index_sums, summed_up
from markets.ingest.cubes.swap import FLOWS, SUMS, SWAP_WAIT_S, column_types, dataset_partition, finish, settle, swap
from markets.ingest.publish import database_clock, known_since
from markets.ingest.stage import remember_unmapped
from markets.jobs import Held, room_for
from markets.models import Dataset, FlowTotal, Release, ReleaseSlice, Slice
from markets.sources.base import SourceCard, UnmappedRow, version_of
from markets.sources.cubes import CubeYear
from markets.vocabulary import Transport

# So long a publication waits for readers of the year before it gives up for this time: longer than a file of all its
# flows may be read.
SWAP_PATIENCE_S: Final = 2400
# Codes that are not known are remembered one by one; a file of another kind has no end of them.
MOST_ODD_CODES: Final = 1000

_FILL = "CREATE TABLE {flows} AS SELECT {columns} FROM ({accepted}) t"
_REFUSE = """
    CREATE UNLOGGED TABLE {refused} AS
    SELECT t.line, {reason} AS reason, {odd} AS odd FROM ({rows}) t WHERE {reason} IS NOT NULL
"""
_KEEP_REFUSED = """
    INSERT INTO markets_rejectedrow (release_id, file, line, reason, text)
    SELECT %(release)s, %(file)s, r.line, d.reason, {text} FROM {refused} d JOIN {raw} r USING (line) ORDER BY r.line
"""
_COUNT_REFUSED = "SELECT reason, count(*), min(line) FROM {refused} GROUP BY 1 ORDER BY 2 DESC, 1"
_ODD = """
    SELECT reason, odd, count(*) FROM {refused} WHERE odd IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 2 LIMIT %s
"""
_KEYS = (
    "CREATE INDEX ON {flows} (importer_id, product, exporter_id, period, flow, basis, classification)"
    " INCLUDE (value_usd, net_weight_kg)"
)


@dataclass(frozen=True)
class CubeOutcome:
    """What became of one year, in rows of its text.

    Each row read was published, rejected for a reason, or the repetition of one that was. release None: nothing was
    written; the very same text is in force (is_same), or a newer vintage than this one (is_older).
    """

    release: Release | None
    rows_read: int = 0
    published: int = 0
    repeated: int = 0
    rejected: Mapping[Reason, int] = field(default_factory=dict)
    is_same: bool = False
    is_older: bool = False


@dataclass(frozen=True)
class _Made:
    """Finished tables beside those that are read, and what they hold."""

    flows: str
    sums: str
    refused: gates.Refused
    raw: RawTable
    published: int
    repeated: int
    value: Decimal


def publish_year(
    year: CubeYear, card: SourceCard, held: Held | None = None, copied: Copied | None = None
) -> CubeOutcome:
    """Publish a year of a cube in place of the one in force, all or nothing.

    held: the job that does it; nothing is published once another holds it (JobTakenOver), and a wish to stop is heard
    between two steps (JobStopped). copied: told how many bytes of the text are in the database.
    Raises SourceChanged for a text that is no table of the announced columns, DuplicateRow, ReleaseHeld with counts,
    YearBusy where readers do not go, RefreshRunning and StorageFull. In each case what was in force stays so.
    """
    transport = Transport(held.job.transport) if held else Transport.FILE
    dataset = Dataset.objects.get(pk=year.dataset)
    if passed := _passed_over(year, _current(dataset, year), transport):
        return passed
    with room_for(f"the trade of {year.key} of {card.id}"), only_attempt(dataset.pk, year.year, held) as attempt:
        # Who waited for another attempt comes after it.
        current = _current(dataset, year)
        if passed := _passed_over(year, current, transport):
            return passed
        gates.hold_back_revision(card, year, current)
        release = _next_release()
        made = _made(year, card, attempt, held, copied or _untold, release=release, current=current)
        _put_in_place(year, dataset, made, held, release=release, transport=transport)
    return CubeOutcome(
        Release.objects.get(pk=release), made.raw.rows, made.published, made.repeated, made.refused.by_reason
    )


def _untold(_done: int, _total: int) -> None:
    """Nobody watches."""


def _current(dataset: Dataset, year: CubeYear) -> Release | None:
    found = Slice.objects.filter(dataset=dataset, key=year.key).select_related("current").first()
    return found.current if found else None


def _passed_over(year: CubeYear, current: Release | None, transport: Transport) -> CubeOutcome | None:
    """The outcome where nothing need be done: the same text is in force, or a newer vintage. It is noted as looked at.

    The same text is published again where the way of summing has changed.
    """
    outcome = _needless(year, current, transport) if current else None
    if outcome:
        Slice.objects.filter(dataset=year.dataset, key=year.key).update(checked_at=database_clock())
    return outcome


def _needless(year: CubeYear, current: Release, transport: Transport) -> CubeOutcome | None:
    if is_in_force(year, current) and not _has_old_sums(year):
        return CubeOutcome(None, is_same=True)
    since = known_since(year.dataset, year.vintage, transport, database_clock())
    is_older = since < current.known_from if transport is Transport.BUNDLED else False
    if year.vintage.released_on and current.released_on:
        is_older = year.vintage.released_on < current.released_on
    ours, theirs = version_of(current.title), version_of(year.vintage.title)
    if ours and theirs:
        is_older = theirs < ours
    return CubeOutcome(None, is_older=True) if is_older else None


def _has_old_sums(year: CubeYear) -> bool:
    """Whether the sums in force were made another way than they are now."""
    made = FlowTotal.objects.filter(dataset=year.dataset, year=year.year).values_list("method", flat=True)[:1]
    return any(method != METHOD for method in made)


def _next_release() -> int:
    """The number the release will have: its rows carry it before it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('markets_release', 'id'))")
        return int(cursor.fetchone()[0])


# ---------------------------------------------------------------- beside what is read
def _made(
    year: CubeYear,
    card: SourceCard,
    attempt: Attempt,
    held: Held | None,
    copied: Copied,
    *,
    release: int,
    current: Release | None,
) -> _Made:
    def told(done: int, total: int) -> None:
        if held:
            held.step()
        copied(done, total)

    raw = copied_raw(year, attempt, told)
    flows, published, refused = _checked(year, raw, attempt, release)
    gates.hold_back_rows(card, year, refused, current, read=raw.rows, published=published)
    _step(held)
    repeated = without_repeats(year, flows)
    with connection.cursor() as cursor:
        cursor.execute(_KEYS.format(flows=flows))
    settle(flows)
    _step(held)
    sums, value = summed_up(
        attempt, flows, dataset=year.dataset, year=year.year, release=release, is_selection=card.is_selection
    )
    finish(SUMS, sums, year.dataset, year.year)
    index_sums(sums)
    settle(sums)
    gates.hold_back_content(card, year, flows, value, current)
    _step(held)
    return _Made(flows, sums, refused, raw, published - repeated, repeated, value)


def _step(held: Held | None) -> None:
    if held:
        held.step()


def _checked(year: CubeYear, raw: RawTable, attempt: Attempt, release: int) -> tuple[str, int, gates.Refused]:
    """The table of the flows that pass, without its keys; how many they are; and those that do not."""
    flows = attempt.table("flows")
    known = known_codes(year)
    each = Reading(year, raw, known, is_guarded=True)
    try:
        published = _filled_at_once(year, raw, known, attempt, release)
    except DataError:  # a number that cannot be read
        published = _filled(flows, each, release)
    refused = gates.Refused()
    if published < raw.rows:
        refused = _refused(year, each, attempt)
        if published + refused.rows < raw.rows:  # some were passed over for a blank too many
            published = _filled(flows, each, release)
    finish(FLOWS, flows, year.dataset, year.year)
    return flows, published, refused


def _filled_at_once(year: CubeYear, raw: RawTable, known: Known, attempt: Attempt, release: int) -> int:
    """The fastest way. Raises DataError where a number cannot be read."""
    flows = attempt.table("flows")
    if not PlainReading.fits(year, raw):
        return _filled(flows, Reading(year, raw, known, is_guarded=False), release)
    plain = PlainReading(year, raw, known, attempt)
    plain.look_up()
    return _filled(flows, plain, release)


def _filled(flows: str, reading: Reading, release: int) -> int:
    columns = reading.columns | {"release_id": "%(release)s"}
    typed = ", ".join(f"({columns[name]})::{form} AS {name}" for name, form in column_types(FLOWS).items())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {flows}")
        told = _FILL.format(flows=flows, columns=typed, accepted=reading.accepted_sql)
        cursor.execute(told, reading.values | {"release": release})
        return int(cursor.rowcount)


def _refused(year: CubeYear, reading: Reading, attempt: Attempt) -> gates.Refused:
    """The rows that are not published, each with its reason; codes that are not known are remembered."""
    refused = attempt.table("refused")
    told = _REFUSE.format(refused=refused, rows=reading.rows_sql, reason=reading.reason_sql, odd=reading.odd_sql)
    with connection.cursor() as cursor:
        cursor.execute(told, reading.values)
        cursor.execute(_COUNT_REFUSED.format(refused=refused))
        counted = [(Reason(reason), rows, line) for reason, rows, line in cursor.fetchall()]
        cursor.execute(_ODD.format(refused=refused), (MOST_ODD_CODES,))
        odd = {UnmappedRow(_scheme(reason, year), code, ""): rows for reason, code, rows in cursor.fetchall()}
    remember_unmapped(Dataset.objects.get(pk=year.dataset), odd, database_clock())
    return gates.Refused(refused, reading.text_sql, counted)


def _scheme(reason: str, year: CubeYear) -> str:
    return "area" if reason == Reason.UNKNOWN_AREA else year.classification or "product"


# ---------------------------------------------------------------- in its place
def _put_in_place(
    year: CubeYear, dataset: Dataset, made: _Made, held: Held | None, *, release: int, transport: Transport
) -> None:
    """Swap the year, again when readers stand in the way. Raises YearBusy when they do not go."""
    until = time.monotonic() + SWAP_PATIENCE_S
    while True:
        try:
            _make_place(dataset)
            return _published(year, dataset, made, held, release=release, transport=transport)
        except OperationalError as fault:
            is_in_the_way = isinstance(fault.__cause__, (pg.LockNotAvailable, pg.DeadlockDetected))
            if not is_in_the_way:
                raise
            if time.monotonic() >= until:
                raise YearBusy(dataset=f"{dataset.pk}/{year.key}") from fault
        _step(held)
        time.sleep(SWAP_WAIT_S)


def _make_place(dataset: Dataset) -> None:
    """The partitions of a dataset, if it has none: made by themselves, so that nothing else waits while they wait."""
    with transaction.atomic():
        _wait_briefly()
        dataset_partition(FLOWS, dataset.pk)
        dataset_partition(SUMS, dataset.pk)


def _wait_briefly() -> None:
    """Until the transaction ends, wait for a lock for a moment only."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{SWAP_WAIT_S}s'")


def _published(
    year: CubeYear, dataset: Dataset, made: _Made, held: Held | None, *, release: int, transport: Transport
) -> None:
    with transaction.atomic():
        now = database_clock()
        published = _release(year, dataset, held, release=release, transport=transport, now=now)
        _note(published, made, year, now)
        if made.refused.table:
            with connection.cursor() as cursor:
                cursor.execute(
                    _KEEP_REFUSED.format(text=made.refused.text_sql, refused=made.refused.table, raw=made.raw.table),
                    {"release": release, "file": year.name[:255]},
                )
        _wait_briefly()
        swap(FLOWS, dataset.pk, year.year, made.flows)
        swap(SUMS, dataset.pk, year.year, made.sums)
        if held:
            held.guard()


def _release(
    year: CubeYear, dataset: Dataset, held: Held | None, *, release: int, transport: Transport, now: dt.datetime
) -> Release:
    vintage = year.vintage
    published = Release.objects.create(
        pk=release,
        dataset=dataset,
        state=Release.State.PUBLISHED,
        transport=transport.value,
        title=vintage.title,
        request=year.name,
        released_on=vintage.released_on,
        released_note=vintage.released_note,
        retrieved_at=now,
        published_at=now,
        known_from=known_since(dataset.pk, vintage, transport, now),
        licence=vintage.licence or dataset.licence,
        citation=vintage.citation or dataset.citation,
        job=held.job if held else None,
    )
    keep(year, published, transport)
    return published


def _note(release: Release, made: _Made, year: CubeYear, now: dt.datetime) -> None:
    """What the release added, and that it is in force for its year."""
    release.added = made.published
    release.save(update_fields=("added",))
    of_year, _is_new = Slice.objects.get_or_create(dataset_id=release.dataset_id, key=year.key)
    of_year.current, of_year.checked_at = release, now
    of_year.save(update_fields=("current", "checked_at"))
    ReleaseSlice.objects.create(release=release, slice=of_year, added=made.published)
