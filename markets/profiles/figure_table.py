"""Figures as a table of raw values, with the sources below."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from markets.profiles.figures import Figure, Provenance
from markets.profiles.tables import Cell, Column, Table


def figures_table(name: str, title: str, figures: Sequence[Figure], *, with_area: bool = False) -> Table:
    """Figures as rows of raw values, with their sources below."""
    columns = [
        Column("market", _("Market")),
        Column("indicator", _("Code")),
        Column("indicator_name", _("Indicator")),
        Column("value", _("Value"), is_number=True),
        Column("unit", _("Unit")),
        Column("period", _("Period")),
        Column("obs_status", _("Status")),
        Column("rank", _("Rank"), is_number=True),
        Column("rank_of", _("of"), is_number=True),
        Column("previous_period", _("Period before")),
        Column("previous_value", _("Value before"), is_number=True),
        Column("missing", _("Why missing")),
        Column("source", _("Source")),
        Column("vintage", _("Vintage")),
        Column("licence", _("Licence")),
    ]
    stated = [figure for figure in figures if figure.value is not None]
    return Table(
        name=name,
        title=title,
        columns=columns,
        rows=[_figure_cells(figure) for figure in figures],
        sources=tuple(source.citation for source in vintages_used(stated)),
        notes=(_("An empty value is missing, not zero; the column beside says why."),) if not with_area else (),
    )


def _figure_cells(figure: Figure) -> tuple[Cell, ...]:
    source = figure.provenance
    return (
        figure.area,
        figure.indicator.code,
        figure.indicator.name,
        figure.value,
        figure.indicator.unit,
        figure.period,
        figure.obs_status,
        figure.rank.position if figure.rank else None,
        figure.rank.of if figure.rank else None,
        figure.previous.period if figure.previous else "",
        figure.previous.value if figure.previous else None,
        figure.missing,
        source.source.publisher if source else "",
        source.vintage if source else "",
        source.source.licence if source else "",
    )


def vintages_used(figures: Sequence[Figure]) -> tuple[Provenance, ...]:
    """The vintages used, each once, newest first."""
    used = {figure.provenance.release: figure.provenance for figure in figures if figure.provenance}
    return tuple(sorted(used.values(), key=lambda source: (source.known_from, source.release), reverse=True))
