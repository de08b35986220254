"""What later vintages changed: old and new value with both vintages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from markets import queries
from markets.models import Area, Indicator
from markets.profiles.figures import Change, IndicatorRef, Point, Provenance, change_between, provenances
from markets.profiles.tables import Column, Table
from markets.vocabulary import AsOf

REVISIONS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RevisionLine:
    """A value that a later vintage changed: old, new, and both vintages. None: not stated in that vintage.

    is_aggregate: the area is a group, which has no page of its own. difference: of the new value from the old one.
    """

    area: str
    area_name: str
    is_aggregate: bool
    period: str
    old_value: Decimal | None
    new_value: Decimal | None
    old: Provenance
    new: Provenance
    difference: Change | None


def revision_lines(
    indicator: Indicator, areas: Mapping[str, Area], as_of: AsOf | None = None
) -> tuple[tuple[RevisionLine, ...], int]:
    """The newest revisions of an indicator, by a moment or till now, and how many there are in all."""
    shown, total = queries.revisions(indicator.code, REVISIONS_SHOWN, as_of)
    old = queries.replaced_values(shown)
    sources = provenances([*shown, *old.values()])
    lines = [
        RevisionLine(
            row.area_id,
            areas[row.area_id].name,
            areas[row.area_id].is_aggregate,
            row.period,
            old[row.pk].value,
            row.value,
            sources[old[row.pk].release_id],
            sources[row.release_id],
            change_between(indicator.unit, Point(row.period, old[row.pk].value), Point(row.period, row.value)),
        )
        for row in shown
        if row.pk in old
    ]
    return tuple(lines), total


def revisions_table(indicator: IndicatorRef, lines: Sequence[RevisionLine]) -> Table:
    """One revision a row; an empty value was not stated in that vintage."""
    columns = [
        Column("area", _("Code")),
        Column("name", _("Market")),
        Column("period", _("Period")),
        Column("old_value", _("Value before"), indicator.unit, indicator.decimals, is_number=True),
        Column("old_vintage", _("Vintage before")),
        Column("value", _("Value"), indicator.unit, indicator.decimals, is_number=True),
        Column("vintage", _("Vintage")),
        Column("known_from", _("Known from")),
        Column("unit", _("Unit")),
    ]
    rows = [
        (
            line.area,
            line.area_name,
            line.period,
            line.old_value,
            line.old.vintage,
            line.new_value,
            line.new.vintage,
            line.new.known_from.date().isoformat(),
            indicator.unit,
        )
        for line in lines
    ]
    vintages = {source.release: source.citation for line in lines for source in (line.new, line.old)}
    title = _("Revisions: %(name)s") % {"name": indicator.name}
    return Table(f"revisions-{indicator.code.lower()}", title, columns, rows, tuple(vintages.values()))
