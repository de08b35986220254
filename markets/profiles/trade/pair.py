"""Two markets: what each reports of its trade with the other, by year and month, with every vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import NotFound
from markets.profiles.figure_table import vintages_in_order
from markets.profiles.figures import Provenance, provenance
from markets.profiles.markets import MarketRef, market, market_ref
from markets.profiles.tables import Cell, Column, Table
from markets.profiles.trade.sides import mirror_of
from markets.profiles.trade.tables import named, source_cells, source_columns, value_cells, value_columns
from markets.profiles.trade.values import MIRROR, Mirror, TradeValue, notes_on, trade_value
from markets.queries.trade import StatedTrade, trade_of_pair
from markets.vocabulary import AsOf, Flow, Frequency


@dataclass(frozen=True, slots=True)
class PairLine:
    """One flow of the first market in one period: what it reports, and what the other one does.

    Either may be null: not reported, or not loaded. mirror null: only one side stands, or the currencies differ.
    """

    period: str
    frequency: str
    flow: str
    ours: TradeValue | None
    theirs: TradeValue | None
    mirror: Mirror | None


@dataclass(frozen=True, slots=True)
class TradeVintage:
    """What one vintage stated. is_in_force: no later vintage changed it (as of the asked moment).

    superseded_by: the vintage that did.
    """

    stated: TradeValue
    known_from: dt.datetime
    known_to: dt.datetime | None
    is_in_force: bool
    source: Provenance
    superseded_by: Provenance | None = None


@dataclass(frozen=True, slots=True)
class PairPage:
    """The trade of two markets from both sides, newest first, and every vintage of it."""

    market: MarketRef
    partner: MarketRef
    as_of: dt.datetime | None
    lines: tuple[PairLine, ...]
    vintages: tuple[TradeVintage, ...]
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    sources: tuple[Provenance, ...]

    @property
    def years(self) -> tuple[PairLine, ...]:
        """The lines of years."""
        return tuple(line for line in self.lines if line.frequency == Frequency.ANNUAL)

    @property
    def months(self) -> tuple[PairLine, ...]:
        """The lines of months, quarters and years to date."""
        return tuple(line for line in self.lines if line.frequency != Frequency.ANNUAL)

    def tables(self) -> tuple[Table, ...]:
        """Both sides, a row for each flow and period; then every vintage."""
        return self._sides_table(), self._vintages_table()

    def _sides_table(self) -> Table:
        columns = [
            Column("period", _("Period")),
            Column("flow", _("Flow")),
            Column("reporter", _("Reporter")),
            Column("own", _("Own report"), is_number=True),
            Column("own_currency", _("Currency")),
            Column("own_status", _("Status")),
            Column("partner", _("Partner")),
            Column("partner_reports", _("The partner reports"), is_number=True),
            Column("partner_currency", _("Currency of the partner's report")),
            Column("partner_status", _("Status of the partner's report")),
            Column("ratio", _("Exporter over importer"), is_number=True),
            Column("discrepancy", _("Mirror gap"), is_number=True),
        ]
        rows: list[tuple[Cell, ...]] = [
            (
                line.period,
                line.flow,
                self.market.iso3,
                *_cells(line.ours),
                self.partner.iso3,
                *_cells(line.theirs),
                line.mirror.ratio if line.mirror else None,
                line.mirror.discrepancy if line.mirror else None,
            )
            for line in self.lines
        ]
        table = named(self.market, "sides", _("Both sides of the trade"), columns, rows)
        return replace(
            table,
            name=self._name(""),
            title=self._title(_("both sides")),
            sources=tuple(source.citation for source in self.sources),
            notes=(*self.notes, _("An empty value is missing, not zero.")),
        )

    def _vintages_table(self) -> Table:
        sources = {source.release: source for source in self.sources}
        columns = [
            *value_columns(),
            Column("partner", _("Partner")),
            Column("known_from", _("Known from")),
            Column("known_to", _("Until")),
            *source_columns(),
        ]
        rows = [
            (
                *value_cells(vintage.stated),
                vintage.stated.partner.iso3,
                vintage.known_from.date().isoformat(),
                vintage.known_to.date().isoformat() if vintage.known_to else "",
                *source_cells(vintage.stated, sources),
            )
            for vintage in self.vintages
        ]
        table = named(self.market, "vintages", _("Every period, every vintage"), columns, rows)
        return replace(table, name=self._name("-vintages"), title=self._title(table.label))

    def _name(self, part: str) -> str:
        return f"trade-{self.market.iso3.lower()}-{self.partner.iso3.lower()}{part}"

    def _title(self, part: str) -> str:
        words = {"market": self.market.name, "partner": self.partner.name, "part": part}
        return _("Trade of %(market)s with %(partner)s, %(part)s") % words


def pair_page(code: str, partner: str, as_of: AsOf | None = None) -> PairPage:
    """The trade of a market with a partner, now or as known at a moment. Raises NotFound."""
    area, other = market(code), market(partner)
    if area.code == other.code:
        raise NotFound(kind=_("partner"), key=partner)
    rows = trade_of_pair(area.code, other.code, as_of)
    known = {row.release_id for row in rows} | {row.superseded_by_id for row in rows if row.superseded_by_id}
    sources = {pk: provenance(release) for pk, release in queries.releases_by_id(known).items()}
    vintages = tuple(_vintage(row, sources, as_of) for row in rows)
    in_force = [row for row, vintage in zip(rows, vintages, strict=True) if vintage.is_in_force]
    lines = _lines(area.code, in_force)
    used = {row.release_id for row in rows}
    reasons = dict.fromkeys(reason for line in lines if line.mirror for reason in line.mirror.reasons)
    return PairPage(
        market=market_ref(area),
        partner=market_ref(other),
        as_of=as_of.at if as_of else None,
        lines=tuple(lines),
        vintages=vintages,
        reasons=tuple(reasons),
        notes=notes_on({row.dataset_id for row in in_force}),
        sources=vintages_in_order([source for pk, source in sources.items() if pk in used]),
    )


def _vintage(row: StatedTrade, sources: dict[int, Provenance], as_of: AsOf | None) -> TradeVintage:
    until = row.known_to if as_of is None or (row.known_to and row.known_to <= as_of.at) else None
    return TradeVintage(
        stated=trade_value(row),
        known_from=row.known_from,
        known_to=until,
        is_in_force=until is None,
        source=sources[row.release_id],
        superseded_by=sources.get(row.superseded_by_id or 0) if until else None,
    )


def _lines(area: str, rows: Sequence[StatedTrade]) -> list[PairLine]:
    """Reports of one flow and period beside each other, by currency where there are several; none is left out."""
    places: dict[tuple[str, str], tuple[list[StatedTrade], list[StatedTrade]]] = {}
    for row in rows:
        is_own = row.reporter_id == area
        flow = row.flow if is_own else MIRROR[row.flow]
        places.setdefault((row.period, flow), ([], []))[not is_own].append(row)
    order = sorted(places, key=lambda place: (place[0], place[1] == Flow.IMPORT), reverse=True)
    return [line for place in order for line in _line_pairs(place[1], *places[place])]


def _line_pairs(flow: str, ours: Sequence[StatedTrade], theirs: Sequence[StatedTrade]) -> Iterable[PairLine]:
    left = list(theirs)
    for own in ours:
        # The other side in the same currency; in another one it is shown too, but not set against it.
        other = next((row for row in left if row.currency_id == own.currency_id), left[0] if left else None)
        if other is not None:
            left.remove(other)
        yield _line(flow, own, other)
    yield from (_line(flow, None, other) for other in left)


def _line(flow: str, own: StatedTrade | None, other: StatedTrade | None) -> PairLine:
    stated = own or other
    assert stated is not None  # noqa: S101 a line is made of at least one report
    return PairLine(
        period=stated.period,
        frequency=stated.frequency,
        flow=flow,
        ours=trade_value(own) if own else None,
        theirs=trade_value(other) if other else None,
        mirror=mirror_of(own, other),
    )


def _cells(stated: TradeValue | None) -> tuple[Cell, ...]:
    return (stated.value, stated.currency, stated.obs_status) if stated else (None, "", "")
