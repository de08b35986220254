"""An indicator's page in templates: its tabs, charts and map, the compared markets, and how to cite it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import charts, wording
from markets.profiles.citing import Citation, citation
from markets.profiles.figures import ChangeKind, Figure
from markets.profiles.history import SeriesPage
from markets.profiles.markets import MarketRef
from markets.profiles.revisions import RevisionLine, RevisionRecord
from markets.profiles.series import MOST_COMPARED, WORLD, IndicatorPage, RankedRow, SeriesLine
from markets.templatetags.figures import address, this_page

register = template.Library()

TABS: Final = (
    ("chart", _lazy("Chart")),
    ("table", _lazy("Table")),
    ("map", _lazy("Map")),
    ("revisions", _lazy("Revisions")),
)
# Sums over people or money: the World's would press every market's line flat.
TOTALS: Final = frozenset({"usd", "usd_million", "intl_usd", "persons", "km2"})
MOST_DIGITS: Final = 6
# Lines whose heights differ more than this cannot be read on one scale.
FAR_APART: Final = 25

DIRECTION_WORDS: Final = {
    "up": _lazy("The highest value ranks first."),
    "down": _lazy("The lowest value ranks first."),
    "none": _lazy("Ranked from the highest value; neither end is better."),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the ways an indicator is shown, with its address."""

    key: str
    label: str
    address: str
    is_current: bool


@register.simple_tag(takes_context=True)
def indicator_tabs(context: template.Context) -> list[Tab]:
    """The tabs of an indicator's page, each a page of its own."""
    shown = context["request"].GET.get("view") or TABS[0][0]
    return [
        Tab(key, str(label), this_page(context, view=key if key != TABS[0][0] else "", download=""), key == shown)
        for key, label in TABS
    ]


@register.filter
def direction_words(direction: str) -> str:
    """Which end of an indicator ranks first."""
    return str(DIRECTION_WORDS[direction])


@register.simple_tag
def line_charts(page: IndicatorPage) -> list[charts.Chart]:
    """The compared markets over time: six lines on a scale, or each on its own where they lie far apart.

    The World's line is drawn where there is room for it; the download has it in any case.
    """
    lines = [line for line in page.lines if line.area != WORLD]
    if lie_far_apart(lines):
        return [_picture_of_one(page, line) for line in lines]
    if page.indicator.unit not in TOTALS and len(lines) % charts.MOST_LINES:
        lines += [line for line in page.lines if line.area == WORLD]
    parts = [lines[place : place + charts.MOST_LINES] for place in range(0, len(lines), charts.MOST_LINES)]
    return [
        charts.line_chart(f"lines-{number}", _part_title(page, number, len(parts)), page.indicator, part, ())
        for number, part in enumerate(parts, start=1)
    ]


@register.simple_tag
def charted_apart(pictures: Sequence[charts.Chart]) -> bool:
    """Whether each market has a picture, and a scale, of its own."""
    return any(picture.is_small for picture in pictures)


@register.simple_tag
def series_chart(page: SeriesPage) -> charts.Chart:
    """The values in force of one market over time."""
    title = _("%(market)s: %(indicator)s") % {"market": page.market.name, "indicator": page.indicator.name}
    return charts.line_chart("series", title, page.indicator, [page.line], page.sources)


@register.simple_tag(takes_context=True)
def ranking_map(context: template.Context, page: IndicatorPage) -> charts.Chart:
    """The ranked period on the map; markets without a value are grey, and say so."""
    shown = [Figure(page.indicator, row.market.iso3, page.period, row.value, row.obs_status) for row in page.ranking]
    silent = [Figure(page.indicator, absent.market.iso3, missing="not_loaded") for absent in page.absent]
    markets = [*(row.market for row in page.ranking), *(absent.market for absent in page.absent)]
    figures = [
        (market, figure, str(address(context, "markets:series", market.iso3, page.indicator.code)))
        for market, figure in zip(markets, [*shown, *silent], strict=True)
    ]
    title = _("%(indicator)s, %(period)s") % {
        "indicator": page.indicator.name,
        "period": wording.period_words(page.period),
    }
    return charts.world_map(
        "world", title, page.indicator, figures, shapes=static("dist/world.json"), sources=page.sources
    )


@register.simple_tag
def ranked_among(page: IndicatorPage) -> int:
    """How many markets are ranked in the shown period."""
    return next((row.rank.of for row in page.ranking if row.rank), 0)


@register.simple_tag
def compared_places(page: IndicatorPage) -> list[RankedRow]:
    """The rows of the compared markets in the ranking, in the order of comparison."""
    rows = {row.market.iso3: row for row in page.ranking}
    return [rows[market.iso3] for market in page.compared if market.iso3 in rows]


@register.simple_tag
def difference_of(line: RevisionLine | RevisionRecord, decimals: int) -> str:
    """By how much a revision moved the value, with as many digits as show that it moved."""
    if line.difference is None or not line.difference.value:
        return ""
    moved, kind = line.difference.value, line.difference.kind
    digits = 1 if kind is ChangeKind.PER_CENT else decimals
    while digits < MOST_DIGITS and not round(moved, digits):
        digits += 1
    forms = {
        ChangeKind.PER_CENT: _("%(change)s%%"),
        ChangeKind.POINTS: _("%(change)s percentage points"),
        ChangeKind.DIFFERENCE: "%(change)s",
    }
    return forms[kind] % {"change": wording.difference(moved, digits)}


@register.simple_tag
def addable(page: IndicatorPage) -> list[MarketRef]:
    """Markets that can still be added to the chart; none when it is full."""
    held = {market.iso3 for market in page.compared}
    if len(held) >= MOST_COMPARED:
        return []
    return [market for market in page.choices if market.iso3 not in held]


@register.simple_tag
def without_values(page: IndicatorPage) -> list[MarketRef]:
    """Compared markets that have no value of this indicator."""
    stated = {line.area for line in page.lines}
    return [market for market in page.compared if market.iso3 not in stated]


@register.simple_tag(takes_context=True)
def compared_without(context: template.Context, page: IndicatorPage, iso3: str) -> str:
    """This page's address with one market fewer; the last one cannot be taken away."""
    rest = [market.iso3 for market in page.compared if market.iso3 != iso3]
    return this_page(context, market=",".join(rest), download="").replace("%2C", ",") if rest else ""


@register.filter
def codes_of(markets: Sequence[MarketRef]) -> str:
    """Codes of markets between commas, as an address names them."""
    return ",".join(market.iso3 for market in markets)


@register.simple_tag(takes_context=True)
def cite(context: template.Context, page: IndicatorPage | SeriesPage) -> Citation:
    """How to cite this page as it stands today."""
    request: HttpRequest = context["request"]
    today = timezone.now().date()
    as_of = request.GET.get("as_of") or today.isoformat()
    title = page.indicator.name
    if isinstance(page, SeriesPage):
        title = _("%(market)s: %(indicator)s") % {"market": page.market.name, "indicator": page.indicator.name}
    lasting = request.build_absolute_uri(this_page(context, as_of=as_of, download="")).replace("%2C", ",")
    return citation(title, page.indicator.code, page.sources, lasting, today)


def _part_title(page: IndicatorPage, number: int, parts: int) -> str:
    if parts == 1:
        return page.indicator.name
    return _("%(name)s, picture %(number)s of %(parts)s") % {
        "name": page.indicator.name,
        "number": number,
        "parts": parts,
    }


def _picture_of_one(page: IndicatorPage, line: SeriesLine) -> charts.Chart:
    """One market on its own scale, with its newest value in words."""
    chart = charts.line_chart(f"line-{line.area.lower()}", line.name, page.indicator, [line], (), is_small=True)
    newest = line.points[-1]
    told = _("%(unit)s; %(value)s in %(period)s") % {
        "unit": wording.unit_words(page.indicator.unit),
        "value": wording.amount(newest.value or 0, page.indicator.unit, page.indicator.decimals),
        "period": wording.period_words(newest.period),
    }
    return replace(chart, unit=told)


def lie_far_apart(lines: Sequence[SeriesLine]) -> bool:
    """Whether the heights of lines differ so much that the lower ones cannot be read on one scale."""
    heights = [max(abs(p.value) for p in line.points if p.value is not None) for line in lines if line.points]
    above = [height for height in heights if height]
    return bool(above) and max(above) > Decimal(FAR_APART) * min(above)
