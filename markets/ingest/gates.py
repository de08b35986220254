"""What holds a slice back for a person to look at: the impossible, the incomplete, values moved too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from markets.errors import (
    DuplicateRow,
    HeldAggregates,
    HeldEmpty,
    HeldImpossible,
    HeldIncomplete,
    HeldLeap,
    HeldMoved,
    HeldShrunk,
    HeldTotalMoved,
    HeldTruncated,
    HeldUnknown,
    IngestError,
)
from markets.ingest.shelves import WORLD
from markets.ingest.stage import Staged
from markets.sources.base import SliceDelivery, SourceCard

# Below this many values a share says nothing, and each value is looked at by itself.
FEWEST_TO_JUDGE = 10
# A single value that grew or shrank by more than this factor is another unit, or a slip of the point.
LEAP_FACTOR = 10
# A value has moved far when it changed by more than this share of itself or of the slice's typical size:
# rates that cross zero have no meaningful change in per cent.
FAR_SHARE = 0.5
# Partners may exceed the stated total by so much: rounding, and shares of the unspecified.
EXCESS_SHARE = Decimal("0.01")

_WEIGH = """
    WITH typical AS (
        SELECT slice, percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(old_value)) AS size
        FROM staged WHERE old_value IS NOT NULL GROUP BY slice
    )
    SELECT s.slice,
           count(*) FILTER (WHERE s.old_value IS NOT NULL AND s.verdict <> 'late') AS stated_before,
           count(*) FILTER (WHERE s.verdict = 'withdrawn') AS withdrawn,
           count(*) FILTER (WHERE s.verdict = 'revised' AND s.value IS NOT NULL AND s.old_value IS NOT NULL
               AND abs(s.value - s.old_value) > %(far)s * greatest(abs(s.old_value), t.size::numeric)) AS moved,
           count(*) FILTER (WHERE s.verdict IN ('agreed', 'late')) > 0
               AND count(*) FILTER (WHERE s.verdict NOT IN ('agreed', 'late', 'void')) = 0 AS is_settled,
           min(s.named || ': ' || trim_scale(s.old_value) || ' -> ' || trim_scale(s.value))
               FILTER (WHERE s.verdict = 'revised' AND s.value * s.old_value > 0
                   AND (abs(s.value) > %(leap)s * abs(s.old_value) OR abs(s.old_value) > %(leap)s * abs(s.value)))
               AS leapt,
           min(s.named || ': ' || trim_scale(s.value)) FILTER (WHERE s.value < 0) AS negative
    FROM (SELECT *, ltrim(subject || ' ' || period) AS named FROM staged) s LEFT JOIN typical t USING (slice)
    GROUP BY s.slice
"""
_TOTALS_MOVED = """
    SELECT DISTINCT ON (slice) slice, abs(value - old_value) / old_value,
           period || ': ' || trim_scale(old_value) || ' -> ' || trim_scale(value)
    FROM staged
    WHERE subject = %(world)s AND verdict = 'revised' AND old_value > 0
      AND abs(value - old_value) > %(most)s * old_value
    ORDER BY slice, abs(value - old_value) / old_value DESC
"""
_EXCEEDED = """
    SELECT DISTINCT ON (slice) slice, period || ': ' || trim_scale(members) || ' > ' || trim_scale(total)
    FROM (
        SELECT slice, period, sum(value) FILTER (WHERE subject <> %(world)s) AS members,
               max(value) FILTER (WHERE subject = %(world)s) AS total
        FROM staged GROUP BY slice, period
    ) summed
    WHERE members > total * (1 + %(excess)s)
    ORDER BY slice, members - total DESC
"""


@dataclass(frozen=True)
class Weight:
    """How a slice's new vintage compares with what is in force, in numbers of values.

    is_settled: all of it stands already or is older than what does, so that nobody need decide on it.
    leapt, negative: the name and value of one that moved by more than ten times, of one below zero; "" for none.
    """

    stated_before: int
    withdrawn: int
    moved: int
    is_settled: bool
    leapt: str
    negative: str


def held_back(slices: Sequence[SliceDelivery], card: SourceCard, staged: Staged) -> dict[str, IngestError]:
    """Slices that must not be published, each with the reason: DuplicateRow, or one of ReleaseHeld."""
    weights = _weights()
    unsigned = staged.shelf.unsigned([delivered.key for delivered in slices])
    totals = _totals(card) if staged.shelf.has_total else {}
    held: dict[str, IngestError] = {}
    for delivered in slices:
        key, name = delivered.key, f"{card.id}/{delivered.key}"
        found: IngestError | None
        if key in staged.conflicts:
            found = DuplicateRow(dataset=name, key=staged.conflicts[key])
        elif not staged.rows.get(key):
            found = HeldUnknown(dataset=name)
        elif weights[key].is_settled:
            found = None  # such as the same again, after a person published it
        elif key in unsigned and weights[key].negative:
            found = HeldImpossible(dataset=name, figure=weights[key].negative)
        else:
            found = (
                _incomplete(name, delivered, card)
                or _moved(name, delivered, weights[key], card, is_empty=not staged.stated[key])
                or totals.get(key)
            )
        if found:
            held[key] = found
    return held


def _incomplete(name: str, delivered: SliceDelivery, card: SourceCard) -> IngestError | None:
    """Cut off where the provider cuts, or without what each whole vintage must name."""
    rows = len(delivered.rows) + len(delivered.unmapped)
    if rows in card.row_caps:
        return HeldTruncated(dataset=name, rows=rows)
    named = {(row.subject, row.period) for row in delivered.rows}
    if delivered.covers_all:
        subjects = {subject for subject, _period in named}
        missing = [subject for subject in card.required if subject not in subjects]
    else:
        missing = [f"{s} {p}" for p in delivered.covers_periods for s in card.required if (s, p) not in named]
    return HeldIncomplete(dataset=name, missing=", ".join(missing)) if missing else None


def _moved(
    name: str, delivered: SliceDelivery, weight: Weight, card: SourceCard, *, is_empty: bool
) -> IngestError | None:
    # A country without a value, delivered alone, takes nothing away.
    if is_empty and (delivered.covers_all or weight.stated_before):
        return HeldEmpty(dataset=name)
    if weight.stated_before < FEWEST_TO_JUDGE:
        return HeldLeap(dataset=name, figure=weight.leapt) if weight.leapt else None
    before = weight.stated_before
    gone, moved = weight.withdrawn / before, weight.moved / before
    if gone > card.drop_tolerance_share:
        most = f"{card.drop_tolerance_share:.0%}"
        return HeldShrunk(dataset=name, gone=weight.withdrawn, before=before, share=f"{gone:.0%}", most=most)
    if moved > card.move_tolerance_share:
        most = f"{card.move_tolerance_share:.0%}"
        return HeldMoved(dataset=name, moved=weight.moved, before=before, share=f"{moved:.0%}", most=most)
    return None


def _weights() -> dict[str, Weight]:
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, {"far": FAR_SHARE, "leap": LEAP_FACTOR})
        return {
            key: Weight(before, gone, moved, is_settled, leapt or "", negative or "")
            for key, before, gone, moved, is_settled, leapt, negative in cursor.fetchall()
        }


def _totals(card: SourceCard) -> dict[str, IngestError]:
    """Slices whose total moved too far, or is exceeded by its members."""
    most = Decimal(str(card.total_tolerance_share))
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS_MOVED, {"world": WORLD, "most": most})
        found: dict[str, IngestError] = {
            key: HeldTotalMoved(dataset=f"{card.id}/{key}", share=f"{share:.0%}", most=f"{most:.0%}", figure=figure)
            for key, share, figure in cursor.fetchall()
        }
        cursor.execute(_EXCEEDED, {"world": WORLD, "excess": EXCESS_SHARE})
        found |= {key: HeldAggregates(dataset=f"{card.id}/{key}", figure=figure) for key, figure in cursor.fetchall()}
    return found
