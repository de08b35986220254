"""What later vintages changed: old and new value with both vintages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from markets import queries
from markets.models import Area, Indicator
from markets.profiles.figures import (
    Change,
    IndicatorRef,
    Point,
    Provenance,
    SourceRef,
    change_between,
    provenance,
)
from markets.profiles.observations import AreaKey, Certificate, IndicatorKey, Vintage, certificates
from markets.profiles.tables import Cell, Column, Table
from markets.queries import RevisionRow, RevisionScope
from markets.vocabulary import AsOf, ObsStatus

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


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What one vintage stated. value: in the unit of the record; null is missing, never zero: `status` says why.

    published_at: when we published that vintage; vintage.known_from: when it was public.
    """

    value: Decimal | None
    status: str
    obs_status_sdmx: str
    vintage: Vintage
    retrieved_at: dt.datetime | None
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RevisionRecord:
    """A value that changed: what was stated before, what is stated in its place, and how far apart they are.

    kind: `revised`, `withdrawn` (new.value null), or between two moments `added` (old null). difference: of the new
    value from the old one; null where one of them is missing, or a per cent of zero or less would be asked for.
    published_at: when we recorded the change, by which `updated_since` asks; known_from: when it was public.
    """

    market: AreaKey
    indicator: IndicatorKey
    period: str
    frequency: str
    kind: str
    unit: str
    decimals: int
    old: StatedValue | None
    new: StatedValue
    difference: Change | None
    source: SourceRef
    known_from: dt.datetime
    published_at: dt.datetime | None


def revision_records(rows: Sequence[RevisionRow]) -> list[RevisionRecord]:
    """Changed values as records, in their order; three questions more, however many they are."""
    releases = {row.new_release for row in rows} | {row.old_release for row in rows if row.old_release is not None}
    known = certificates(releases)
    areas = Area.objects.in_bulk({row.area_id for row in rows})
    indicators = Indicator.objects.in_bulk({row.indicator_id for row in rows})
    return [_record(row, areas[row.area_id], indicators[row.indicator_id], known) for row in rows]


def _record(row: RevisionRow, area: Area, indicator: Indicator, known: Mapping[int, Certificate]) -> RevisionRecord:
    old = None
    if row.old_release is not None:
        old = _stated(row.old_value, row.old_status or "", known[row.old_release])
    new = _stated(row.new_value, row.new_status, known[row.new_release])
    return RevisionRecord(
        market=AreaKey(area.code, area.name, area.is_aggregate),
        indicator=IndicatorKey(indicator.code, indicator.name),
        period=row.period,
        frequency=row.frequency,
        kind=row.kind,
        unit=indicator.unit,
        decimals=indicator.decimals,
        old=old,
        new=new,
        difference=change_between(indicator.unit, Point(row.period, row.old_value), Point(row.period, row.new_value)),
        source=known[row.new_release][0],
        known_from=new.vintage.known_from,
        published_at=new.published_at,
    )


def _stated(value: Decimal | None, status: str, certificate: Certificate) -> StatedValue:
    _source, vintage, retrieved_at, published_at = certificate
    return StatedValue(value, status, ObsStatus(status).sdmx, vintage, retrieved_at, published_at)


def records_table(
    name: str,
    title: str,
    records: Iterable[RevisionRecord],
    sources: Iterable[Provenance],
    notes: Sequence[str] = (),
) -> Table:
    """One changed value a row; an empty value was not stated in that vintage."""
    columns = [
        Column("indicator", _("Indicator")),
        Column("indicator_name", _("Name")),
        Column("market", _("Code")),
        Column("name", _("Market")),
        Column("period", _("Period")),
        Column("kind", _("What happened")),
        Column("old_value", _("Value before"), is_number=True),
        Column("old_status", _("Status before")),
        Column("old_vintage", _("Vintage before")),
        Column("value", _("Value"), is_number=True),
        Column("obs_status", _("Status")),
        Column("vintage", _("Vintage")),
        Column("unit", _("Unit")),
        Column("known_from", _("Known from")),
        Column("published_at", _("Published here")),
    ]
    citations = tuple(dict.fromkeys(source.citation for source in sources))
    return Table(name, title, columns, [_cells(record) for record in records], citations, notes)


def _cells(record: RevisionRecord) -> tuple[Cell, ...]:
    old, new = record.old, record.new
    return (
        record.indicator.code,
        record.indicator.name,
        record.market.iso3,
        record.market.name,
        record.period,
        record.kind,
        old.value if old else None,
        old.status if old else "",
        old.vintage.title if old else "",
        new.value,
        new.status,
        new.vintage.title,
        record.unit,
        record.known_from.date().isoformat(),
        record.published_at.isoformat() if record.published_at else "",
    )


def sources_of(records: Iterable[RevisionRecord]) -> tuple[Provenance, ...]:
    """The vintages that the records name, each once, the newest first; one question."""
    stated = [value for record in records for value in (record.new, record.old) if value is not None]
    found = queries.releases_by_id(value.vintage.release for value in stated)
    return tuple(provenance(release) for _key, release in sorted(found.items(), reverse=True))


def revision_lines(
    indicator: Indicator, areas: Mapping[str, Area], as_of: AsOf | None = None
) -> tuple[tuple[RevisionLine, ...], int]:
    """The newest revisions of an indicator, by a moment or till now, and how many there are in all."""
    found = queries.revisions(RevisionScope(indicators=(indicator.code,)), as_of=as_of)
    newest = found.order_by("-new_known_from", "-period", "area_id")
    rows = queries.revision_rows(newest[:REVISIONS_SHOWN])
    total = len(rows) if len(rows) < REVISIONS_SHOWN else found.count()
    named = {row.new_release for row in rows} | {row.old_release for row in rows if row.old_release is not None}
    sources = {pk: provenance(release) for pk, release in queries.releases_by_id(named).items()}
    lines = [
        RevisionLine(
            row.area_id,
            areas[row.area_id].name,
            areas[row.area_id].is_aggregate,
            row.period,
            row.old_value,
            row.new_value,
            sources[row.old_release],
            sources[row.new_release],
            change_between(indicator.unit, Point(row.period, row.old_value), Point(row.period, row.new_value)),
        )
        for row in rows
        if row.old_release is not None
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
