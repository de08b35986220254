"""What later vintages changed: values revised or withdrawn, and what was read differently at two moments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Case, F, Func, Q, QuerySet, Value, When
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.sql.compiler import SQLCompiler

from markets.models import Observation, Release
from markets.queries.series import Stated, stated
from markets.vocabulary import AsOf, ObsStatus, PrintedNumber, RevisionKind

# The value that took the place of a replaced one: the row of the same key in the release that replaced it.
_NEW: Final = "superseded_by__observations"
# Two prints of one figure: see `PrintedNumber.agrees_with`.
_SAME_FIGURE: Final = """
    (({old} IS NULL AND {new} IS NULL) OR {old} = {new}
     OR ({old_exponent} <> {new_exponent}
         AND abs({old} - {new}) * 2 <= 10::numeric ^ greatest({old_exponent}, {new_exponent}))) IS TRUE
"""
# What was in force at the second moment and was not known at the first, beside what was in force then. A value that
# is taken back leaves a row without a value, so nothing that changed is without a row.
_CHANGED: Final = """
    SELECT b.id, b.indicator_id, b.area_id, b.period, b.frequency, a.value AS old_value, a.obs_status AS old_status,
           a.release_id AS old_release, b.value AS new_value, b.obs_status AS new_status, b.release_id AS new_release,
           r.published_at, CASE WHEN a.id IS NULL THEN 'added' WHEN {same_figure} THEN 'refined'
                WHEN b.value IS NULL THEN 'withdrawn' ELSE 'revised' END AS kind
    FROM markets_observation b
    JOIN markets_release r ON r.id = b.release_id
    LEFT JOIN markets_observation a ON a.indicator_id = b.indicator_id AND a.area_id = b.area_id
        AND a.period = b.period AND a.known_from <= %(start)s AND a.known_to > %(start)s
    WHERE b.known_from > %(start)s AND b.known_from <= %(end)s AND (b.known_to IS NULL OR b.known_to > %(end)s)
      AND (a.value IS NOT NULL OR b.value IS NOT NULL)
      AND b.obs_status <> %(quarantined)s AND a.obs_status IS DISTINCT FROM %(quarantined)s {scope}
""".replace(
    "{same_figure}",
    _SAME_FIGURE.format(
        old="a.value", new="b.value", old_exponent="a.last_digit_exponent", new_exponent="b.last_digit_exponent"
    ),
)
_SCOPE: Final[Mapping[str, str]] = {
    "indicators": "AND b.indicator_id = ANY(%(indicators)s)",
    "areas": "AND b.area_id = ANY(%(areas)s)",
    "dataset": "AND r.dataset_id = %(dataset)s",
    "withheld": "AND r.dataset_id <> ALL(%(withheld)s)",
}
# The order in which kinds are listed: what was read and is no more, before what is new.
KINDS: Final = (RevisionKind.REVISED, RevisionKind.WITHDRAWN, RevisionKind.ADDED)


@dataclass(frozen=True, slots=True)
class RevisionScope:
    """Whose values are asked for; what is empty asks for all. withheld: datasets left out."""

    indicators: Sequence[str] = ()
    areas: Sequence[str] = ()
    dataset: str = ""
    withheld: Sequence[str] = ()


class RevisionRow(NamedTuple):
    """A changed value as a plain row: old and new, each with the release that stated it. old_release None: none did.

    id: of the row that orders it last, among rows alike in all else. published_at: when we recorded the change.
    """

    id: int
    indicator_id: str
    area_id: str
    period: str
    frequency: str
    old_value: Decimal | None
    old_status: str | None
    old_release: int | None
    new_value: Decimal | None
    new_status: str
    new_release: int
    published_at: dt.datetime | None
    kind: str


class _SameFigure(Func):
    """Whether two values are one figure printed to different lengths: old, new, and their last digits' exponents."""

    output_field = BooleanField()

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:  # noqa: ARG002 Django's signature
        """Columns only, so nothing needs to be put in."""
        old, new, old_exponent, new_exponent = (compiler.compile(part)[0] for part in self.source_expressions)
        text = _SAME_FIGURE.format(old=old, new=new, old_exponent=old_exponent, new_exponent=new_exponent)
        return text, []


def revisions(scope: RevisionScope = RevisionScope(), *, as_of: AsOf | None = None) -> QuerySet[Any, Any]:
    """Values that a later vintage revised or withdrew, with what took their place under the names of `RevisionRow`.

    The same figure in other digits or under another letter is no revision. A value that the source states again
    after it had taken it back is one. as_of: only what was public by then.
    """
    key = {f"{_NEW}__{part}": F(part) for part in ("indicator", "area", "period")}
    narrowed: dict[str, Any] = {}
    if scope.indicators:
        narrowed["indicator__in"] = scope.indicators
    if scope.areas:
        narrowed["area__in"] = scope.areas
    if scope.dataset:
        narrowed["superseded_by__dataset"] = scope.dataset
    if as_of is not None:
        narrowed["superseded_by__known_from__lte"] = as_of.at
    # That only replaced rows join says itself to a reader; the planner would sort the whole table twice.
    replaced = Observation.objects.filter(superseded_by__isnull=False)
    rows: QuerySet[Any, Any] = replaced.filter(superseded_by__state=Release.State.PUBLISHED, **key, **narrowed)
    if scope.withheld:
        rows = rows.exclude(superseded_by__dataset__in=scope.withheld)
    rows = rows.annotate(
        old_value=F("value"),
        old_status=F("obs_status"),
        old_release=F("release_id"),
        new_value=F(f"{_NEW}__value"),
        new_status=F(f"{_NEW}__obs_status"),
        new_release=F("superseded_by_id"),
        published_at=F("superseded_by__published_at"),
        new_known_from=F("superseded_by__known_from"),
        is_same=_SameFigure(
            F("value"), F(f"{_NEW}__value"), F("last_digit_exponent"), F(f"{_NEW}__last_digit_exponent")
        ),
        kind=Case(
            When(**{f"{_NEW}__value__isnull": True}, then=Value(RevisionKind.WITHDRAWN.value)),
            default=Value(RevisionKind.REVISED.value),
        ),
    )
    quarantined = ObsStatus.QUARANTINED.value
    return rows.filter(is_same=False).exclude(old_status=quarantined).exclude(new_status=quarantined).order_by()


def revision_rows(rows: QuerySet[Any, Any]) -> list[RevisionRow]:
    """The rows of `revisions` as plain rows, in their order."""
    return [RevisionRow(*row) for row in rows.values_list(*RevisionRow._fields)]


class Place(NamedTuple):
    """Where a revision stands among all, the newest first."""

    published_at: dt.datetime
    release: int
    indicator: str
    area: str
    period: str


def newest_revisions(rows: QuerySet[Any, Any], limit: int, after: Place | None = None) -> list[RevisionRow]:
    """Rows of `revisions` by when we recorded them, the newest first; those of one release by indicator and area.

    after: the place of the row before the first one wanted.
    """
    if after is not None:
        key = Tuple(F("indicator_id"), F("area_id"), F("period"))
        recorded = Tuple(F("published_at"), F("new_release"))
        beside = Q(published_at=after.published_at, new_release=after.release) & Q(TupleGreaterThan(key, after[2:]))
        rows = rows.filter(Q(TupleLessThan(recorded, after[:2])) | beside)
    ordered = rows.order_by("-published_at", "-new_release", "indicator_id", "area_id", "period")
    return revision_rows(ordered[:limit])


def complete_until() -> dt.datetime | None:
    """The newest publication beside which no older one can still appear; None while there is none.

    A release is dated when it is written and seen when it is committed, so one that is being written may yet appear
    under an earlier moment than others that are seen. Whoever asks again from this moment on misses nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH horizon AS MATERIALIZED (
                SELECT least(clock_timestamp(), min(xact_start)) AS at FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'
            )
            SELECT max(published_at) FROM markets_release, horizon WHERE state = %s AND published_at < horizon.at
            """,
            [Release.State.PUBLISHED.value],
        )
        found: dt.datetime | None = cursor.fetchone()[0]
        return found


# ---------------------------------------------------------------- two moments
def difference_counts(scope: RevisionScope, start: AsOf, end: AsOf) -> list[tuple[str, str, int]]:
    """How many values of each indicator read differently at two moments: indicator, kind (`refined` too), number."""
    sql, given = _changed(scope, start, end)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT indicator_id, kind, count(*) FROM ({sql}) c GROUP BY indicator_id, kind", given)  # noqa: S608 our own text
        return [(code, kind, number) for code, kind, number in cursor.fetchall()]


def differences(
    scope: RevisionScope,
    start: AsOf,
    end: AsOf,
    *,
    limit: int,
    kind: str = "",
    after: tuple[str, str, str, str] | None = None,
) -> list[RevisionRow]:
    """Values that read differently at two moments, those revised first, then withdrawn, then added.

    after: kind, indicator, area and period of the row before the first one wanted.
    """
    sql, given = _changed(scope, start, end)
    given |= {"kinds": [kind] if kind else [known.value for known in KINDS], "limit": limit}
    beyond = ""
    if after is not None:
        beyond = (
            "AND (array_position(%(order)s, kind), indicator_id, area_id, period)"
            " > (array_position(%(order)s, %(after_kind)s), %(after_indicator)s, %(after_area)s, %(after_period)s)"
        )
        given |= dict(zip(("after_kind", "after_indicator", "after_area", "after_period"), after, strict=True))
    given["order"] = [known.value for known in KINDS]
    columns = ", ".join(RevisionRow._fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM ({sql}) c WHERE kind = ANY(%(kinds)s) {beyond}"  # noqa: S608 our own text
            " ORDER BY array_position(%(order)s, kind), indicator_id, area_id, period LIMIT %(limit)s",
            given,
        )
        return [RevisionRow(*row) for row in cursor.fetchall()]


def _changed(scope: RevisionScope, start: AsOf, end: AsOf) -> tuple[str, dict[str, Any]]:
    given: dict[str, Any] = {"start": start.at, "end": end.at, "quarantined": ObsStatus.QUARANTINED.value}
    asked: dict[str, Any] = {
        "indicators": list(scope.indicators),
        "areas": list(scope.areas),
        "dataset": scope.dataset,
        "withheld": list(scope.withheld),
    }
    given |= {name: value for name, value in asked.items() if value}
    return _CHANGED.replace("{scope}", " ".join(text for name, text in _SCOPE.items() if asked[name])), given


# ---------------------------------------------------------------- the value before
def replaced_values(rows: Iterable[Stated]) -> dict[int, Stated]:
    """For each observation that revised or withdrew another, the one it took the place of, by the newer one's id.

    Vintages between the two that said the same figure in other digits or under another letter are passed over.
    """
    newer = [row for row in rows if row.obs_status]
    if not newer:
        return {}
    older: dict[tuple[str, str, str], list[Stated]] = {}
    superseded = Observation.objects.filter(
        known_to__isnull=False,
        indicator_id__in={row.indicator_id for row in newer},
        area_id__in={row.area_id for row in newer},
        period__in={row.period for row in newer},
    )
    for row in stated(superseded.order_by("-known_from", "-id")):
        older.setdefault((row.indicator_id, row.area_id, row.period), []).append(row)
    found = {}
    for row in newer:
        vintages = older.get((row.indicator_id, row.area_id, row.period), ())
        before = (old for old in vintages if (old.known_from, old.pk) < (row.known_from, row.pk))
        other = next((old for old in before if not is_same_figure(old, row)), None)
        if other is not None:
            found[row.pk] = other
    return found


def is_same_figure(old: Stated, new: Stated) -> bool:
    """Whether the two differ at most in how many digits were printed."""
    if old.value is None or new.value is None:
        return old.value is new.value
    if old.last_digit_exponent is None or new.last_digit_exponent is None:
        return old.value == new.value
    printed = PrintedNumber(old.value, old.last_digit_exponent)
    return printed.agrees_with(PrintedNumber(new.value, new.last_digit_exponent))
