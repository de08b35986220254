"""What holds a slice back for a person to look at: emptiness, disappearance, values that moved too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from markets.errors import DuplicateRow, IngestError, ReleaseHeld
from markets.ingest.stage import Staged
from markets.sources.base import SliceDelivery, SourceCard

# Below this many values a share says nothing.
FEWEST_TO_JUDGE = 10
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
               AND abs(s.value - s.old_value) > %(far)s * greatest(abs(s.old_value), t.size::numeric)) AS moved
    FROM staged s LEFT JOIN typical t USING (slice) GROUP BY s.slice
"""


@dataclass(frozen=True)
class Weight:
    """How a slice's new vintage compares with what is in force, in numbers of values."""

    stated_before: int
    withdrawn: int
    moved: int


def held_back(slices: Sequence[SliceDelivery], card: SourceCard, staged: Staged) -> dict[str, IngestError]:
    """Slices that must not be published, each with the reason: DuplicateRow or ReleaseHeld."""
    weights = _weights()
    held: dict[str, IngestError] = {}
    for delivered in slices:
        key, name = delivered.key, f"{card.id}/{delivered.key}"
        if key in staged.conflicts:
            held[key] = DuplicateRow(dataset=name, key=staged.conflicts[key])
        elif not staged.rows.get(key):
            held[key] = ReleaseHeld(dataset=name, reason="none of its rows has a code that is known here")
        elif reason := _reason(delivered, weights[key], card, is_empty=not staged.stated[key]):
            held[key] = ReleaseHeld(dataset=name, reason=reason)
    return held


def _reason(delivered: SliceDelivery, weight: Weight, card: SourceCard, *, is_empty: bool) -> str:
    # A country without a value, delivered alone, takes nothing away.
    if is_empty and (delivered.covers_all or weight.stated_before):
        return "it states no value at all; empty is not a deletion"
    if weight.stated_before < FEWEST_TO_JUDGE:
        return ""
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
            f" ({moved_share:.0%}, at most {card.move_tolerance_share:.0%} may): has the unit changed?"
        )
    return ""


def _weights() -> dict[str, Weight]:
    with connection.cursor() as cursor:
        cursor.execute(_WEIGH, {"far": FAR_SHARE})
        return {key: Weight(before, gone, moved) for key, before, gone, moved in cursor.fetchall()}
