"""Trade by partner as tables, for the screen and for files alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from markets.profiles.figures import Provenance
from markets.profiles.markets import MarketRef
from markets.profiles.tables import Cell, Column, Table
from markets.profiles.trade.values import FlowSide, Mirror, NoMeasure, PartnerLine, TradeValue
from markets.vocabulary import Flow

Sources = Mapping[int, Provenance]


def flow_title(flow: str) -> str:
    """What one flow of a market is called."""
    return _("Imports by partner") if flow == Flow.IMPORT else _("Exports by partner")


def named(market: MarketRef, key: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table named after the market's page."""
    return Table(
        name=f"trade-{market.iso3.lower()}-{key}",
        title=_("%(market)s: %(table)s") % {"market": market.name, "table": title},
        columns=columns,
        rows=rows,
        key=key,
        label=title,
    )


def side_table(market: MarketRef, side: FlowSide, sources: Sources) -> Table:
    """One flow: a row for each partner, after the reporter's own total where it states one."""
    columns = [
        Column("rank", _("Place"), is_number=True),
        Column("partner", _("Code")),
        Column("name", _("Partner")),
        *value_columns(),
        Column("share_pct", _("Share of the total, per cent"), is_number=True),
        Column("change_pct", _("Change, per cent"), is_number=True),
        Column("change_since", _("Change since")),
        Column("growth_pct", _("Growth per year, per cent"), is_number=True),
        Column("growth_since", _("Growth since")),
        Column("partner_reports", _("The partner reports"), is_number=True),
        Column("ratio", _("Exporter over importer"), is_number=True),
        Column("discrepancy", _("Mirror gap"), is_number=True),
        Column("no_share", _("Why no share")),
        *source_columns(),
    ]
    rows: list[tuple[Cell, ...]] = []
    if side.total:
        total = side.total
        head = (None, total.partner.iso3, total.partner.name, *value_cells(total))
        rows.append((*head, None, None, "", None, "", None, None, None, "", *source_cells(total, sources)))
    rows += [_line_cells(line, side, sources) for line in side.partners]
    return named(market, "imports" if side.flow == Flow.IMPORT else "exports", flow_title(side.flow), columns, rows)


def _line_cells(line: PartnerLine, side: FlowSide, sources: Sources) -> tuple[Cell, ...]:
    mirror = line.mirror
    return (
        line.rank,
        line.partner.iso3,
        line.partner.name,
        *value_cells(line.stated),
        line.share_pct,
        line.change.value if line.change else None,
        line.change.since if line.change else "",
        line.growth_pct,
        line.growth_since,
        mirror.theirs.value if mirror else None,
        mirror.ratio if mirror else None,
        mirror.discrepancy if mirror else None,
        (side.no_share or NoMeasure.NO_TOTAL.value) if line.share_pct is None else "",
        *source_cells(line.stated, sources),
    )


def trend_table(market: MarketRef, sides: Iterable[FlowSide], sources: Sources) -> Table:
    """What the home market had of each flow by year."""
    columns = [
        *value_columns(),
        Column("total", _("Total"), is_number=True),
        Column("share_pct", _("Share of the total, per cent"), is_number=True),
        *source_columns(),
    ]
    rows = [
        (*value_cells(point.stated), point.total, point.share_pct, *source_cells(point.stated, sources))
        for side in sides
        for point in reversed(side.trend)
    ]
    return named(market, "trend", _("By year"), columns, rows)


def mirror_table(market: MarketRef, mirror: Iterable[Mirror], sources: Sources) -> Table:
    """The two reports of each trade, one a row, with their distance: never averaged."""
    columns = [
        Column("flow", _("Flow")),
        Column("partner", _("Code")),
        Column("name", _("Partner")),
        Column("period", _("Period")),
        Column("currency", _("Currency")),
        Column("own", _("Own report"), is_number=True),
        Column("own_status", _("Status")),
        Column("partner_reports", _("The partner reports"), is_number=True),
        Column("partner_status", _("Status of the partner's report")),
        Column("ratio", _("Exporter over importer"), is_number=True),
        Column("discrepancy", _("Mirror gap"), is_number=True),
        Column("reasons", _("What may set them apart")),
        Column("source", _("Source")),
        Column("partner_source", _("The partner's source")),
    ]
    rows = [
        (
            pair.ours.flow,
            pair.ours.partner.iso3,
            pair.ours.partner.name,
            pair.ours.period,
            pair.ours.currency,
            pair.ours.value,
            pair.ours.obs_status,
            pair.theirs.value,
            pair.theirs.obs_status,
            pair.ratio,
            pair.discrepancy,
            " ".join(pair.reasons),
            _vintage(pair.ours, sources),
            _vintage(pair.theirs, sources),
        )
        for pair in mirror
    ]
    return named(market, "mirror", _("Both sides of the trade"), columns, rows)


def value_columns() -> list[Column]:
    """What says a value and whose word it is."""
    return [
        Column("reporter", _("Reporter")),
        Column("flow", _("Flow")),
        Column("period", _("Period")),
        Column("value", _("Value"), is_number=True),
        Column("currency", _("Currency")),
        Column("valuation", _("Valuation")),
        Column("obs_status", _("Status")),
    ]


def value_cells(stated: TradeValue) -> tuple[Cell, ...]:
    """A value under `value_columns`."""
    return (
        stated.reporter.iso3,
        stated.flow,
        stated.period,
        stated.value,
        stated.currency,
        stated.valuation,
        stated.obs_status,
    )


def source_columns() -> list[Column]:
    """Where a value comes from."""
    return [
        Column("dataset", _("Dataset")),
        Column("source", _("Source")),
        Column("vintage", _("Vintage")),
        Column("licence", _("Licence")),
    ]


def source_cells(stated: TradeValue, sources: Sources) -> tuple[Cell, ...]:
    """A value's vintage under `source_columns`."""
    source = sources[stated.release]
    return (stated.dataset, source.source.publisher, source.vintage, source.source.licence)


def _vintage(stated: TradeValue, sources: Sources) -> str:
    source = sources[stated.release]
    return f"{source.source.publisher}, {source.vintage}"
