"""One series, an indicator of one market, with every vintage that stated it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from markets import queries
from markets.profiles.difference import Between, Difference, difference
from markets.profiles.figures import IndicatorRef, Point, Provenance, indicator_ref, provenances
from markets.profiles.markets import MarketRef, market, market_ref
from markets.profiles.revision_feed import RevisionQuestion
from markets.profiles.series import SeriesLine, indicator
from markets.profiles.tables import Column, Table
from markets.queries import Stated
from markets.vocabulary import AsOf


@dataclass(frozen=True, slots=True)
class VintageValue:
    """What one vintage stated for one period. is_in_force: no later vintage changed it (as of the asked moment).

    superseded_by: the vintage that did.
    """

    observation: int
    period: str
    value: Decimal | None
    obs_status: str
    known_from: dt.datetime
    known_to: dt.datetime | None
    is_in_force: bool
    source: Provenance
    superseded_by: Provenance | None = None


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One indicator of one market: every period, and for each every vintage that stated it, newest first.

    difference: of the two moments asked for; None where none were.
    """

    market: MarketRef
    indicator: IndicatorRef
    as_of: dt.datetime | None
    line: SeriesLine
    vintages: tuple[VintageValue, ...]
    caveats: tuple[str, ...]
    difference: Difference | None
    sources: tuple[Provenance, ...]

    def table(self) -> Table:
        """Every vintage of every period, one a row; where two moments are asked for, what was read differently."""
        if self.difference is not None:
            return self.difference.table()
        columns = [
            Column("market", _("Market")),
            Column("indicator", _("Indicator")),
            Column("period", _("Period")),
            Column("value", _("Value"), self.indicator.unit, self.indicator.decimals, is_number=True),
            Column("unit", _("Unit")),
            Column("obs_status", _("Status")),
            Column("known_from", _("Known from")),
            Column("known_to", _("Until")),
            Column("source", _("Source")),
            Column("vintage", _("Vintage")),
            Column("licence", _("Licence")),
        ]
        rows = [
            (
                self.market.iso3,
                self.indicator.code,
                v.period,
                v.value,
                self.indicator.unit,
                v.obs_status,
                v.known_from.date().isoformat(),
                v.known_to.date().isoformat() if v.known_to else "",
                v.source.source.publisher,
                v.source.vintage,
                v.source.source.licence,
            )
            for v in self.vintages
        ]
        name = f"series-{self.market.iso3.lower()}-{self.indicator.code.lower()}"
        return Table(
            name,
            f"{self.market.name}: {self.indicator.name}",
            columns,
            rows,
            tuple(source.citation for source in self.sources),
        )


def series_page(
    market_code: str, indicator_code: str, as_of: AsOf | None = None, between: Between | None = None
) -> SeriesPage:
    """One indicator of one market with all its vintages. Raises NotFound.

    between: two moments whose difference is wanted too.
    """
    area, shown = market(market_code), indicator(indicator_code)
    rows = queries.history(shown.code, area.code)
    if as_of is not None:
        rows = [row for row in rows if row.known_from <= as_of.at]
    sources = provenances(rows)
    vintages = tuple(_vintage(row, sources, as_of) for row in rows)
    # A value that was taken back stays in the line, without a value: its table says what became of it.
    in_force = [Point(v.period, v.value, v.obs_status) for v in vintages if v.is_in_force]
    points = [point for point in in_force if point.value is not None]
    caveats = queries.caveats([area.code])
    return SeriesPage(
        market=market_ref(area),
        indicator=indicator_ref(shown),
        as_of=as_of.at if as_of else None,
        line=SeriesLine(area.code, area.name, is_aggregate=False, points=tuple(reversed(in_force if points else []))),
        vintages=vintages,
        caveats=tuple(
            c.text for c in caveats if not c.indicators or any(c.covers(shown.code, p.period) for p in points)
        ),
        difference=difference(RevisionQuestion(area.code, shown.code), between) if between else None,
        sources=tuple(sorted(sources.values(), key=lambda s: (s.known_from, s.release), reverse=True)),
    )


def _vintage(row: Stated, sources: dict[int, Provenance], as_of: AsOf | None) -> VintageValue:
    until = row.known_to if as_of is None or (row.known_to and row.known_to <= as_of.at) else None
    return VintageValue(
        observation=row.pk,
        period=row.period,
        value=row.value,
        obs_status=row.obs_status,
        known_from=row.known_from,
        known_to=until,
        is_in_force=until is None,
        source=sources[row.release_id],
        superseded_by=sources.get(row.superseded_by_id or 0) if until else None,
    )
