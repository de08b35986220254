"""What holds a year back: too many rows that cannot be published, too few that can, a total moved too far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db import connection

from markets.errors import HeldIncomplete, HeldRejected, HeldShrunk, HeldTotalMoved, HeldUnknown, ReleaseHeld
from markets.ingest.cubes.checks import Reason
from markets.models import Release, TradeFlow
from markets.sources.base import SourceCard
from markets.sources.cubes import CubeYear

# More than this share of rows that cannot be published is no slip of a few lines: the form or the codes are others.
REJECTED_MOST: Final = Decimal("0.01")

_TOTAL = """
    SELECT coalesce(sum(value_usd), 0) FROM markets_flowtotal
    WHERE dataset_id = %s AND year = %s AND exporter_id <> '' AND importer_id <> ''
"""
_ABSENT = """
    SELECT area FROM unnest(%(required)s::text[]) AS r (area)
    WHERE NOT EXISTS (SELECT FROM {flows} WHERE exporter_id = area)
      AND NOT EXISTS (SELECT FROM {flows} WHERE importer_id = area)
"""


@dataclass(frozen=True)
class Refused:
    """Rows that cannot be published: the table of their lines, and of each reason how many and which first."""

    table: str = ""
    text_sql: str = ""
    counted: Sequence[tuple[Reason, int, int]] = ()

    @property
    def by_reason(self) -> dict[Reason, int]:
        return {reason: rows for reason, rows, _line in self.counted}

    @property
    def rows(self) -> int:
        return sum(self.by_reason.values())

    @property
    def told(self) -> str:
        """`unknown_area 12 (first in line 4), negative 1 (first in line 90)`."""
        return ", ".join(f"{reason} {rows} (first in line {line})" for reason, rows, line in self.counted)


def hold_back_revision(card: SourceCard, year: CubeYear, current: Release | None) -> None:
    """Raises ReleaseHeld where the year in force is told in another revision: the same codes would mean other goods."""
    if current is None or not year.classification:
        return
    in_force = TradeFlow.objects.filter(dataset=year.dataset, year=year.year)
    for before in in_force.order_by().values_list("classification", flat=True)[:1]:
        if before != year.classification:
            told = f"{year.name} is in {year.classification}, the year in force in {before}"
            raise ReleaseHeld(dataset=f"{card.id}/{year.key}", reason=told)


def hold_back_rows(
    card: SourceCard, year: CubeYear, refused: Refused, current: Release | None, *, read: int, published: int
) -> None:
    """Raises HeldRejected, HeldUnknown or HeldShrunk, with counts."""
    name = f"{card.id}/{year.key}"
    if refused.rows > REJECTED_MOST * read:
        share, most = f"{refused.rows / read:.1%}", f"{REJECTED_MOST:.0%}"
        raise HeldRejected(
            dataset=name, rejected=refused.rows, read=read, share=share, most=most, reasons=refused.told, file=year.name
        )
    if not published:
        raise HeldUnknown(dataset=name)
    before = current.added if current else 0
    if before and before - published > card.drop_tolerance_share * before:
        gone, most = before - published, f"{card.drop_tolerance_share:.0%}"
        raise HeldShrunk(dataset=name, gone=gone, before=before, share=f"{gone / before:.0%}", most=most)


def hold_back_content(card: SourceCard, year: CubeYear, flows: str, value: Decimal, current: Release | None) -> None:
    """Raises HeldIncomplete where an area that each vintage names is absent, HeldTotalMoved."""
    name = f"{card.id}/{year.key}"
    with connection.cursor() as cursor:
        cursor.execute(_ABSENT.format(flows=flows), {"required": list(card.required)})
        if absent := [area for (area,) in cursor.fetchall()]:
            raise HeldIncomplete(dataset=name, missing=", ".join(absent))
        if current is None:
            return
        cursor.execute(_TOTAL, (year.dataset, year.year))
        before = cursor.fetchone()[0]
    most = Decimal(str(card.total_tolerance_share))
    if before and abs(value - before) > most * before:
        figure = f"{year.key}: {before:.0f} -> {value:.0f} USD"
        raise HeldTotalMoved(
            dataset=name, share=f"{abs(value - before) / before:.0%}", most=f"{most:.0%}", figure=figure
        )
