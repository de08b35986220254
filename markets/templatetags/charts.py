"""Charts in templates: each tag makes a `Chart` from a page's own values, to be shown by `markets/_chart.html`."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.templatetags.static import static
from django.utils.translation import gettext as _

from markets import charts
from markets.profiles.country import CountryProfile, Trend
from markets.profiles.figures import Figure, IndicatorRef, Provenance
from markets.profiles.markets import MarketList
from markets.profiles.series import SeriesLine
from markets.templatetags.figures import address

register = template.Library()


@register.simple_tag
def line_chart(
    key: str,
    title: str,
    indicator: IndicatorRef,
    lines: Sequence[SeriesLine],
    sources: Sequence[Provenance] = (),
    *,
    is_small: bool = False,
) -> charts.Chart:
    """Values of one indicator over time."""
    return charts.line_chart(key, title, indicator, lines, sources, is_small=is_small)


@register.simple_tag
def course_of(page: CountryProfile, figure: Figure) -> charts.Sparkline | None:
    """The course of a headline figure, or None when it is too short."""
    points = next((trend.points for trend in page.trends if trend.indicator.code == figure.indicator.code), ())
    return charts.sparkline(figure.indicator, points)


@register.simple_tag
def trend_chart(page: CountryProfile, trend: Trend) -> charts.Chart:
    """A headline series of one market over time."""
    title = _("%(market)s: %(indicator)s") % {"market": page.market.name, "indicator": trend.indicator.name}
    figure = next(figure for figure in page.headline if figure.indicator.code == trend.indicator.code)
    line = SeriesLine(page.market.iso3, page.market.name, is_aggregate=False, points=trend.points)
    sources = (figure.provenance,) if figure.provenance else ()
    return charts.line_chart(f"trend-{trend.indicator.code}", title, trend.indicator, (line,), sources)


@register.simple_tag(takes_context=True)
def market_map(context: template.Context, page: MarketList) -> charts.Chart:
    """The listed markets, coloured by the chosen indicator."""
    place = [indicator.code for indicator in page.indicators].index(page.map_indicator.code)
    figures = [
        (row.market, row.figures[place], str(address(context, "markets:country", row.market.iso3))) for row in page.rows
    ]
    title = _("%(indicator)s, newest value of each market") % {"indicator": page.map_indicator.name}
    shapes = static("dist/world.json")
    used = {f.provenance.release: f.provenance for _market, f, _address in figures if f.provenance}
    sources = tuple(used.values())
    indicator = page.map_indicator
    return charts.world_map(
        "world", title, indicator, figures, shapes=shapes, sources=sources, table_anchor="listed-table"
    )
