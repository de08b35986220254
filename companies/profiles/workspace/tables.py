"""The workspace as tables: what the page shows, in raw values, with the vintages below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from companies.profiles.workspace.lines import WorkspaceLine
from markets.profiles.figure_table import figures_table
from markets.profiles.figures import Figure
from markets.profiles.tables import Cell, Column, Table


def targets_tables(lines: Sequence[WorkspaceLine]) -> tuple[Table, ...]:
    """One row a target market; then the figures of their markets; then the own sales, a row for each currency."""
    figures: dict[str, tuple[Figure, ...]] = {line.target.market: line.numbers.figures for line in lines}
    every = [figure for of_market in figures.values() for figure in of_market]
    of_figures = figures_table("my-markets-figures", _("Key figures of my markets"), every, with_area=True)
    return _targets(lines), replace(of_figures, label=_("Key figures")), _sales(lines)


def _targets(lines: Sequence[WorkspaceLine]) -> Table:
    columns = [
        Column("id", _("Id")),
        Column("market", _("Code")),
        Column("name", _("Market")),
        Column("category", _("Category")),
        Column("product", _("HS code")),
        Column("goods", _("Goods")),
        Column("kept_by", _("Whose")),
        Column("company", _("Company")),
        Column("status", _("Status")),
        Column("reason", _("Reason")),
        Column("stage", _("Stage")),
        Column("owner", _("Who sees to it")),
        Column("next_action", _("Next action")),
        Column("next_action_on", _("Day of the next action")),
        Column("bought", _("Sales from home, all goods"), is_number=True),
        Column("bought_currency", _("Currency")),
        Column("bought_period", _("Period")),
        Column("bought_reporter", _("Reporter")),
        Column("bought_status", _("Status of the value")),
        Column("bought_vintage", _("Vintage")),
        Column("bought_since", _("Period before")),
        Column("bought_change_pct", _("Change, %"), is_number=True),
    ]
    sources = {b.source.release: b.source.citation for line in lines if (b := line.numbers.bought) and b.source}
    return Table(
        name="my-markets",
        title=_("My markets"),
        columns=columns,
        rows=[_target_cells(line) for line in lines],
        sources=tuple(sources.values()),
        notes=(_("An empty value is missing, not zero."),),
        key="targets",
        label=_("My markets"),
    )


def _target_cells(line: WorkspaceLine) -> tuple[Cell, ...]:
    target, bought = line.target, line.numbers.bought
    stated = bought.stated if bought else None
    return (
        str(target.id),
        target.market,
        target.market_name,
        target.category,
        target.product,
        target.goods,
        target.kept_by,
        target.company.name if target.company else "",
        target.status,
        target.reason,
        target.stage,
        target.owner.name if target.owner else "",
        target.next_action,
        target.next_action_on.isoformat() if target.next_action_on else "",
        stated.value if stated else None,
        stated.currency if stated else "",
        stated.period if stated else "",
        stated.reporter.iso3 if stated else "",
        stated.obs_status if stated else "",
        bought.source.vintage if bought and bought.source else "",
        bought.change.since if bought and bought.change else "",
        bought.change.value if bought and bought.change else None,
    )


def _sales(lines: Sequence[WorkspaceLine]) -> Table:
    columns = [
        Column("target", _("Id")),
        Column("market", _("Code")),
        Column("goods", _("Goods")),
        Column("period", _("Period")),
        Column("currency", _("Currency")),
        Column("value", _("Own sales"), is_number=True),
        Column("records", _("Records"), is_number=True),
        Column("approved", _("Approved records"), is_number=True),
        Column("left_out", _("Records left out: they overlap"), is_number=True),
        Column("base_period", _("Period before")),
        Column("paired", _("Records with a counterpart"), is_number=True),
        Column("paired_value", _("Their sum"), is_number=True),
        Column("paired_base", _("Sum of the counterparts"), is_number=True),
        Column("growth_low", _("Growth at least, per cent"), is_number=True),
        Column("growth_high", _("Growth at most, per cent"), is_number=True),
        Column("market_growth_pct", _("Growth of the market, per cent"), is_number=True),
        Column("market_period", _("Period of the market's growth")),
        Column("market_currency", _("Currency of the market's growth")),
        Column("market_reporter", _("Reporter")),
    ]
    return Table(
        name="my-markets-sales",
        title=_("Own sales beside the market"),
        columns=columns,
        rows=[cells for line in lines for cells in _sales_cells(line)],
        notes=(_("The market's growth is of all goods sold there from home, as the named side reports them."),),
        key="sales",
        label=_("Own sales"),
    )


def _sales_cells(line: WorkspaceLine) -> Iterator[tuple[Cell, ...]]:
    reported = line.sales.reported
    for own in line.sales.own:
        sums = own.line
        yield (
            str(line.target.id),
            line.target.market,
            line.target.goods,
            sums.period,
            sums.currency,
            sums.value,
            sums.counted,
            sums.approved,
            sums.apart,
            sums.base_period,
            sums.paired,
            sums.now if sums.paired else None,
            sums.base if sums.paired else None,
            own.growth.low if own.growth else None,
            own.growth.high if own.growth else None,
            reported.growth_pct if reported else None,
            reported.now.period if reported else "",
            reported.now.currency if reported else "",
            reported.now.reporter if reported else "",
        )
