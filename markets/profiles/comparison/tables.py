"""A comparison as tables for its files: the same values as on the page, one a row, with their sources below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from markets.profiles.comparison.rows import ComparedCell, ComparedRow, SourceValue
from markets.profiles.country_tables import NO, YES
from markets.profiles.tables import Cell, Column, Table

if TYPE_CHECKING:
    from markets.profiles.comparison.page import Comparison


def figures_table(page: Comparison) -> Table:
    """Every cell of the comparison, one a row, with what it is made of and where that comes from."""
    columns = [
        Column("indicator", _("Code")),
        Column("indicator_name", _("Indicator")),
        Column("market", _("Market")),
        Column("name", _("Name")),
        Column("value", _("Value"), is_number=True),
        Column("unit", _("Unit")),
        Column("measure", _("Measure")),
        Column("period", _("Period")),
        Column("obs_status", _("Status")),
        Column("missing", _("Why missing")),
        Column("newest", _("Newest period with a value")),
        Column("position", _("Place among these markets"), is_number=True),
        Column("end", _("Highest or lowest")),
        Column("unranked_reason", _("Why not ranked")),
        Column("stated_value", _("Value as stated"), is_number=True),
        Column("stated_unit", _("Unit as stated")),
        Column("population", _("Population of the same period"), is_number=True),
        *_source_columns("", ""),
        *_source_columns("population_", _("population")),
    ]
    names = {market.iso3: market.name for market in page.markets}
    rows = [_cells(row, cell, names[cell.market]) for row in page.rows for cell in row.cells]
    return _table(page, "figures", _("Figures"), columns, rows, notes=[_("An empty value is missing, not zero.")])


def course_table(page: Comparison) -> Table:
    """The charted values, one a row."""
    shown = page.course
    columns = [
        Column("indicator", _("Code")),
        Column("market", _("Market")),
        Column("name", _("Name")),
        Column("period", _("Period")),
        Column("value", _("Value"), is_number=True),
        Column("unit", _("Unit")),
        Column("obs_status", _("Status")),
    ]
    rows = [
        (shown.indicator.code, line.area, line.name, point.period, point.value, shown.unit, point.obs_status)
        for line in shown.lines
        for point in line.points
    ]
    base = [_("%(period)s = 100") % {"period": shown.base_period}] if shown.base_period else []
    return _table(page, "course", _("Over time"), columns, rows, notes=base)


def access_table(page: Comparison) -> Table:
    """Memberships, one a row for each group and market."""
    columns = [
        Column("group", _("Code")),
        Column("group_name", _("Group")),
        Column("market", _("Market")),
        Column("is_member", _("Member")),
        Column("from_on", _("Since")),
        Column("note", _("Note")),
        Column("citation", _("Source")),
    ]
    rows = [
        (
            row.group,
            row.name,
            market.iso3,
            YES if line.is_member else NO,
            line.from_on.isoformat() if line.from_on else "",
            line.note,
            line.citation,
        )
        for row in page.access
        for market, line in zip(page.markets, row.lines, strict=True)
    ]
    return _table(page, "memberships", _("Memberships"), columns, rows)


def themes_table(page: Comparison) -> Table:
    """Themes of demand, one a row for each theme and market."""
    columns = [
        Column("theme", _("Code")),
        Column("theme_name", _("Theme")),
        Column("market", _("Market")),
        Column("strength", _("Strength")),
        Column("scope", _("Scope")),
    ]
    rows = [(row.slug, row.name, s.market, s.strength, s.scope) for row in page.themes for s in row.strengths]
    return _table(page, "themes", _("Themes of demand"), columns, rows)


def _table(
    page: Comparison,
    key: str,
    label: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    notes: Sequence[str] = (),
) -> Table:
    codes = [market.iso3.lower() for market in page.markets]
    has_figures = key in ("figures", "course")
    return Table(
        name="-".join(["compare", *codes] if key == "figures" else ["compare", *codes, key]),
        title=_("%(markets)s: %(table)s")
        % {"markets": ", ".join(market.name for market in page.markets), "table": label},
        columns=columns,
        rows=rows,
        sources=tuple(source.citation for source in page.sources) if has_figures else (),
        notes=tuple(notes),
        key=key,
        label=label,
    )


def _source_columns(prefix: str, whose: str) -> list[Column]:
    labels = {
        "source": _("Source"),
        "vintage": _("Vintage"),
        "released": _("Released"),
        "licence": _("Licence"),
    }
    told = _("%(column)s (%(whose)s)") if whose else "%(column)s"
    return [Column(prefix + key, told % {"column": label, "whose": whose}) for key, label in labels.items()]


def _cells(row: ComparedRow, cell: ComparedCell, name: str) -> tuple[Cell, ...]:
    return (
        row.indicator.code,
        row.indicator.name,
        cell.market,
        name,
        cell.value,
        row.unit,
        row.measure.value,
        cell.period,
        cell.obs_status,
        cell.missing,
        cell.newest,
        cell.position,
        cell.end,
        cell.unranked_reason,
        cell.stated.value if cell.stated else None,
        cell.stated.unit if cell.stated else "",
        cell.population.value if cell.population else None,
        *_source_cells(cell.stated),
        *_source_cells(cell.population),
    )


def _source_cells(stated: SourceValue | None) -> tuple[Cell, ...]:
    if stated is None:
        return ("", "", "", "")
    source = stated.provenance
    released = source.released_on.isoformat() if source.released_on else source.released_note
    return (source.source.publisher, source.vintage, released, source.source.licence)
