"""A profile as a picture: what the browser's chart script draws, what is said instead of it, and its table.

A chart carries its own heading, unit, alternative text, sources and table; the picture adds nothing to them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from markets import wording
from markets.profiles.figures import Figure, IndicatorRef, Point, Provenance
from markets.profiles.markets import MarketRef
from markets.profiles.series import SeriesLine
from markets.profiles.tables import Cell, Column, Table
from markets.vocabulary import Frequency, ObsStatus, Period

MAP_CLASSES: Final = 5
SPARKLINE: Final = (100, 30)  # units of its view box
MOST_LINES: Final = 6


@dataclass(frozen=True, slots=True)
class MapClass:
    """One colour of a map: its place from light to dark, the range it stands for, and how many markets are in it."""

    place: int
    label: str
    markets: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture with everything a reader needs who does not see it.

    spec: what the script draws, as JSON-ready values. table: the same numbers. classes: a map's legend.
    table_anchor: where on the page these numbers stand in a table already; empty where the chart shows its own.
    """

    id: str
    title: str
    unit: str
    alt: str
    spec: Mapping[str, Any]
    table: Table
    sources: tuple[str, ...]
    classes: tuple[MapClass, ...] = ()
    without_value: int = 0
    is_small: bool = False
    note: str = ""
    table_anchor: str = ""

    @property
    def is_map(self) -> bool:
        return bool(self.spec["kind"] == "map")


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small line without axes, as a path in a view box. spoken: what it shows."""

    path: str
    spoken: str
    width: int = field(default=SPARKLINE[0])
    height: int = field(default=SPARKLINE[1])


def line_chart(
    key: str,
    title: str,
    indicator: IndicatorRef,
    lines: Sequence[SeriesLine],
    sources: Sequence[Provenance],
    *,
    is_small: bool = False,
) -> Chart:
    """Values of one indicator over time, a line for each area; a period without a value is a gap.

    At most six lines are drawn, so that each can be told apart; the table has them all.
    """
    periods = _periods(lines)
    drawn = lines[:MOST_LINES]
    spec = {
        "kind": "line",
        "locale": wording.browser_locale(),
        "scales": wording.short_scales(),
        "periods": [{"key": period, "text": wording.period_words(period)} for period in periods],
        "series": [
            {"name": line.name, "values": {p.period: _value(p, indicator) for p in line.points if p.value is not None}}
            for line in drawn
        ],
        "words": {"none": _("no value")},
    }
    return Chart(
        id=key,
        title=title,
        unit=wording.unit_words(indicator.unit),
        alt=_line_alt(title, indicator, lines),
        spec=spec,
        table=_lines_table(key, title, indicator, lines, periods),
        sources=tuple(source.citation for source in sources),
        is_small=is_small,
        note=_not_drawn(len(lines) - len(drawn)),
    )


def world_map(
    key: str,
    title: str,
    indicator: IndicatorRef,
    figures: Sequence[tuple[MarketRef, Figure, str]],
    *,
    shapes: str,
    sources: Sequence[Provenance],
    table_anchor: str = "",
) -> Chart:
    """Markets coloured by equal-sized classes of their newest value; grey says that no value is loaded.

    figures: each market with its figure and the address it leads to. shapes: address of the map's outlines.
    """
    stated = [figure.value for _market, figure, _address in figures if figure.value is not None]
    bounds = class_bounds(stated)
    areas = [
        {
            # What has no M49 number is drawn under its own code.
            "key": market.m49 or market.iso3,
            "name": market.name,
            "value": None if figure.value is None else float(wording.in_full(figure.value, indicator.unit)),
            "text": _figure_text(figure),
            "class": None if figure.value is None else class_of(figure.value, bounds),
            "address": address,
        }
        for market, figure, address in figures
    ]
    spec = {"kind": "map", "shapes": shapes, "areas": areas, "words": {"none": _("not among the markets shown")}}
    columns = [
        Column("market", _("Code")),
        Column("name", _("Market")),
        _value_column(indicator),
        Column("period", _("Period")),
        Column("obs_status", _("Status")),
    ]
    rows = [(m.iso3, m.name, f.value, f.period, f.obs_status) for m, f, _address in figures if f.value is not None]
    return Chart(
        id=key,
        title=title,
        unit=wording.unit_words(indicator.unit),
        alt=_map_alt(title, indicator, figures),
        spec=spec,
        table=Table(key, title, columns, rows),
        sources=tuple(source.citation for source in sources),
        classes=_map_classes(stated, bounds, indicator),
        without_value=len(figures) - len(stated),
        table_anchor=table_anchor,
    )


def sparkline(indicator: IndicatorRef, points: Sequence[Point]) -> Sparkline | None:
    """A series as a small line; None for fewer than three values, which are no course."""
    stated = [(int(point.period[:4]), point.value) for point in points if point.value is not None]
    if len(stated) < 3:
        return None
    years = [year for year, _value in stated]
    values = [value for _year, value in stated]
    low, high = min(values), max(values)
    width, height = SPARKLINE
    span_x, span_y = max(years[-1] - years[0], 1), high - low or Decimal(1)
    path, before = [], None
    for year, value in stated:
        x = Decimal(year - years[0]) / span_x * width
        y = height - (value - low) / span_y * height
        # A missing year is a gap in the line, not a straight stretch of it.
        path.append(f"{'L' if before == year - 1 else 'M'}{x:.1f} {y:.1f}")
        before = year
    spoken = _("%(name)s from %(first)s (%(from)s) to %(last)s (%(to)s)") % {
        "name": indicator.name,
        "first": years[0],
        "from": wording.amount(values[0], indicator.unit, indicator.decimals),
        "last": years[-1],
        "to": wording.amount(values[-1], indicator.unit, indicator.decimals),
    }
    return Sparkline("".join(path), spoken)


def class_bounds(values: Sequence[Decimal]) -> list[Decimal]:
    """Lowest values of the second and later classes, so that each holds about the same number of values.

    Equal values are never parted, so there may be fewer classes than five.
    """
    ordered = sorted(values)
    cuts = [ordered[len(ordered) * place // MAP_CLASSES] for place in range(1, MAP_CLASSES)] if ordered else []
    return sorted({cut for cut in cuts if cut > ordered[0]})


def class_of(value: Decimal, bounds: Sequence[Decimal]) -> int:
    """The class a value falls into, 0 the lowest."""
    return sum(value >= bound for bound in bounds)


def _map_classes(values: Sequence[Decimal], bounds: Sequence[Decimal], indicator: IndicatorRef) -> tuple[MapClass, ...]:
    members: dict[int, list[Decimal]] = {}
    for value in values:
        members.setdefault(class_of(value, bounds), []).append(value)
    return tuple(
        MapClass(
            place,
            _range(min(held), max(held), indicator),
            len(held),
        )
        for place, held in sorted(members.items())
    )


def _range(low: Decimal, high: Decimal, indicator: IndicatorRef) -> str:
    first, last = (wording.amount(value, indicator.unit, indicator.decimals) for value in (low, high))
    return first if first == last else _("%(low)s to %(high)s") % {"low": first, "high": last}


def _periods(lines: Sequence[SeriesLine]) -> list[str]:
    """All periods from the first to the last; years between them are filled in, so that a gap shows its length."""
    stated = sorted({point.period for line in lines for point in line.points if point.value is not None})
    if not stated or any(Period.parse(period).frequency is not Frequency.ANNUAL for period in stated):
        return stated
    return [str(year) for year in range(int(stated[0]), int(stated[-1]) + 1)]


def _value(point: Point, indicator: IndicatorRef) -> dict[str, Any]:
    value = point.value or Decimal(0)
    return {"value": float(wording.in_full(value, indicator.unit)), "text": _shown(value, point.obs_status, indicator)}


def _shown(value: Decimal, obs_status: str, indicator: IndicatorRef) -> str:
    text = wording.amount(value, indicator.unit, indicator.decimals)
    if not obs_status:
        return text
    return _("%(value)s (%(status)s)") % {"value": text, "status": wording.STATUS_WORDS[obs_status]}


def _figure_text(figure: Figure) -> str:
    if figure.value is None:
        return str(wording.MISSING_WORDS[figure.missing])
    shown = _shown(figure.value, figure.obs_status, figure.indicator)
    return _("%(value)s in %(period)s") % {"value": shown, "period": wording.period_words(figure.period)}


def _value_column(indicator: IndicatorRef) -> Column:
    return Column("value", wording.unit_words(indicator.unit), indicator.unit, indicator.decimals, is_number=True)


def _lines_table(
    key: str, title: str, indicator: IndicatorRef, lines: Sequence[SeriesLine], periods: Sequence[str]
) -> Table:
    """A row for each period, newest first, a column for each line."""
    columns = [
        Column("period", _("Period")),
        *(Column(line.area, line.name, indicator.unit, indicator.decimals, is_number=True) for line in lines),
    ]
    values = [{point.period: _cell(point, is_alone=len(lines) == 1) for point in line.points} for line in lines]
    rows: list[tuple[Cell, ...]] = [(period, *(held.get(period) for held in values)) for period in reversed(periods)]
    if len(lines) == 1:
        columns.append(Column("obs_status", _("Status")))
        letters = {point.period: _letter(point) for point in lines[0].points}
        rows = [(*row, letters.get(str(row[0]), "")) for row in rows]
    return Table(key, title, columns, rows)


def _letter(point: Point) -> str:
    """A value that was taken back says that it is not available, also where its source gives it no letter."""
    return point.obs_status or (ObsStatus.NOT_AVAILABLE.value if point.value is None else "")


def _cell(point: Point, *, is_alone: bool) -> Cell:
    """A value; where there is no column for its letter, the word for one that was taken back stands in its place."""
    if point.value is None and not is_alone:
        return str(wording.STATUS_WORDS[_letter(point)])
    return point.value


def _line_alt(title: str, indicator: IndicatorRef, lines: Sequence[SeriesLine]) -> str:
    """What the chart is, and for each line where it begins, ends, and its extremes."""
    told = [_("Line chart: %(title)s.") % {"title": title}]
    for line in lines:
        stated = [(point.value, point.period) for point in line.points if point.value is not None]
        if not stated:
            continue
        low, high = min(stated), max(stated)
        told.append(
            _(
                "%(name)s: %(first)s in %(first_period)s, %(last)s in %(last_period)s; "
                "lowest %(low)s in %(low_period)s, highest %(high)s in %(high_period)s."
            )
            % {
                "name": line.name,
                **_told("first", stated[0], indicator),
                **_told("last", stated[-1], indicator),
                **_told("low", low, indicator),
                **_told("high", high, indicator),
            }
        )
    return " ".join(told)


def _map_alt(title: str, indicator: IndicatorRef, figures: Sequence[tuple[MarketRef, Figure, str]]) -> str:
    stated = [(market.name, figure.value) for market, figure, _address in figures if figure.value is not None]
    counted = ngettext(
        "World map: %(title)s, %(count)s market coloured.",
        "World map: %(title)s, %(count)s markets coloured.",
        len(stated),
    ) % {"title": title, "count": len(stated)}
    return " ".join([counted, *_extremes(indicator, stated)])


def _extremes(indicator: IndicatorRef, stated: Sequence[tuple[str, Decimal]]) -> list[str]:
    if not stated:
        return []
    low, high = min(stated, key=lambda pair: pair[1]), max(stated, key=lambda pair: pair[1])
    return [
        _("Highest: %(high_name)s, %(high)s. Lowest: %(low_name)s, %(low)s.")
        % {
            "high_name": high[0],
            "high": wording.amount(high[1], indicator.unit, indicator.decimals),
            "low_name": low[0],
            "low": wording.amount(low[1], indicator.unit, indicator.decimals),
        }
    ]


def _told(name: str, stated: tuple[Decimal, str], indicator: IndicatorRef) -> dict[str, str]:
    value, period = stated
    return {
        name: wording.amount(value, indicator.unit, indicator.decimals),
        f"{name}_period": wording.period_words(period),
    }


def _not_drawn(lines: int) -> str:
    if lines <= 0:
        return ""
    return ngettext(
        "One more line stands in the table only.", "%(count)s more lines stand in the table only.", lines
    ) % {"count": lines}
