"""What holds a slice back for a person to look at: the impossible, emptiness, disappearance, values moved too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from markets.errors import DuplicateRow, IngestError, ReleaseHeld
from markets.ingest.signs import is_never_negative
from markets.ingest.stage import Staged
from markets.models import Indicator
from markets.sources.base import SliceDelivery, SourceCard

# Below this many values a share says nothing, and each value is looked at by itself.
FEWEST_TO_JUDGE = 10
# A single value that grew or shrank by more than this factor is another unit, or a slip of the point.
LEAP_FACTOR = 10
# A value has moved far when it changed by more than this share of itself or of the slice's typical size:
# rates that cross zero have no meaningful change in per cent.
FAR_SHARE = 0.5

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
           min(s.area || ' ' || s.period || ': ' || trim_scale(s.old_value) || ' -> ' || trim_scale(s.value))
               FILTER (WHERE s.verdict = 'revised' AND s.value * s.old_value > 0
                   AND (abs(s.value) > %(leap)s * abs(s.old_value) OR abs(s.old_value) > %(leap)s * abs(s.value)))
               AS leapt,
           min(s.area || ' ' || s.period || ': ' || trim_scale(s.value)) FILTER (WHERE s.value < 0) AS negative
    FROM staged s LEFT JOIN typical t USING (slice) GROUP BY s.slice
"""


@dataclass(frozen=True)
class Weight:
    """How a slice's new vintage compares with what is in force, in numbers of values.

    leapt, negative: area, period and value of one that moved by more than ten times, of one below zero; "" for none.
    """

    stated_before: int
    withdrawn: int
    moved: int
    leapt: str
    negative: str


def held_back(slices: Sequence[SliceDelivery], card: SourceCard, staged: Staged) -> dict[str, IngestError]:
    """Slices that must not be published, each with the reason: DuplicateRow or ReleaseHeld."""
    weights = _weights()
    unsigned = _never_negative([delivered.key for delivered in slices])
    held: dict[str, IngestError] = {}
    for delivered in slices:
        key, name = delivered.key, f"{card.id}/{delivered.key}"
        if key in staged.conflicts:
            held[key] = DuplicateRow(dataset=name, key=staged.conflicts[key])
        elif not staged.rows.get(key):
            held[key] = ReleaseHeld(dataset=name, reason="none of its rows has a code that is known here")
        elif key in unsigned and weights[key].negative:
            reason = f"{weights[key].negative}, and a figure of this kind is never below zero"
            held[key] = ReleaseHeld(dataset=name, reason=reason)
        elif reason := _reason(delivered, weights[key], card, is_empty=not staged.stated[key]):
            held[key] = ReleaseHeld(dataset=name, reason=reason)
    return held


def _reason(delivered: SliceDelivery, weight: Weight, card: SourceCard, *, is_empty: bool) -> str:
    # A country without a value, delivered alone, takes nothing away.
    if is_empty and (delivered.covers_all or weight.stated_before):
        return "it states no value at all; empty is not a deletion"
    if weight.stated_before < FEWEST_TO_JUDGE:
        return f"{weight.leapt} is more than ten times off; the unit may have changed" if weight.leapt else ""
    dropped_share = weight.withdrawn / weight.stated_before
    if dropped_share > card.drop_tolerance_share:
        return (
            f"{weight.withdrawn} of {weight.stated_before} values are gone"
            f" ({dropped_share:.0%}, at most {card.drop_tolerance_share:.0%} may be)"
        )
    moved_share = weight.moved / weight.stated_before
    if moved_share > card.move_tolerance_share:
        return (
            f"{weight.moved} of {weight.stated_before} values moved by more than half"
            f" ({moved_share:.0%}, at most {card.move_tolerance_share:.0%} may); the unit may have changed"
        )
    return ""


def _weights() -> dict[str, Weight]:
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, {"far": FAR_SHARE, "leap": LEAP_FACTOR})
        return {
            key: Weight(before, gone, moved, leapt or "", negative or "")
            for key, before, gone, moved, leapt, negative in cursor.fetchall()
        }


def _never_negative(keys: Sequence[str]) -> set[str]:
    """Those of the series that cannot fall below zero."""
    units = Indicator.objects.filter(code__in=keys).values_list("code", "unit")
    return {code for code, unit in units if is_never_negative(code, unit)}
