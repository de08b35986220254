"""Figures as a table of raw values, with the sources below."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from markets.profiles.figures import Figure, Provenance
from markets.profiles.tables import Cell, Column, Table
from markets.vocabulary import Transport


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
        Column("rank_period", _("Period of the rank")),
        Column("lowest_first", _("Lowest first")),
        Column("previous_period", _("Period before")),
        Column("previous_value", _("Value before"), is_number=True),
        Column("change", _("Change"), is_number=True),
        Column("change_kind", _("Kind of change")),
        Column("across_vintages", _("Across vintages")),
        Column("revised_from", _("Before the revision"), is_number=True),
        Column("revised_vintage", _("Vintage before the revision")),
        Column("unranked_reason", _("Why not ranked")),
        Column("missing", _("Why missing")),
        Column("source", _("Source")),
        Column("vintage", _("Vintage")),
        Column("released", _("Released")),
        Column("licence", _("Licence")),
    ]
    stated = [figure for figure in figures if figure.value is not None]
    return Table(
        name=name,
        title=title,
        columns=columns,
        rows=[_figure_cells(figure) for figure in figures],
        sources=tuple(source.citation for source in vintages_used(stated)),
        key="figures",
        label=_("All figures"),
        notes=(_("An empty value is missing, not zero; the column beside says why."),) if not with_area else (),
    )


def _figure_cells(figure: Figure) -> tuple[Cell, ...]:
    source, change, old = figure.provenance, figure.change, figure.revised_from
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
        figure.rank.period if figure.rank else "",
        _yes_or_no(figure.rank.lowest_first) if figure.rank else "",
        figure.previous.period if figure.previous else "",
        figure.previous.value if figure.previous else None,
        change.value if change else None,
        change.kind.value if change else "",
        _yes_or_no(change.is_across_vintages) if change else "",
        old.value if old else None,
        old.vintage if old else "",
        figure.unranked_reason,
        figure.missing,
        source.source.publisher if source else "",
        source.vintage if source else "",
        _released(source) if source else "",
        source.source.licence if source else "",
    )


def _yes_or_no(told: bool) -> str:  # noqa: FBT001 a cell
    return "yes" if told else "no"


def _released(source: Provenance) -> str:
    """The day of the release, or what is known of it."""
    return source.released_on.isoformat() if source.released_on else source.released_note


def vintages_used(figures: Sequence[Figure]) -> tuple[Provenance, ...]:
    """The vintages used, each once, newest first: by the provider's own date where it gives one.

    A file without a date comes after all that have one, the day it was read says nothing of its age; a bundled
    vintage without a date is taken for as old as it can be known to be.
    """
    used = {figure.provenance.release: figure.provenance for figure in figures if figure.provenance}
    return vintages_in_order(used.values())


def vintages_in_order(sources: Iterable[Provenance]) -> tuple[Provenance, ...]:
    """Vintages as `vintages_used` orders them."""
    return tuple(sorted(sources, key=_age, reverse=True))


def _age(source: Provenance) -> tuple[bool, dt.date, dt.datetime, int]:
    is_dated = source.released_on is not None or source.transport == Transport.BUNDLED
    return is_dated, source.released_on or source.known_from.date(), source.known_from, source.release
