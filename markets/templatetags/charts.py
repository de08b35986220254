"""Charts in templates: each tag makes a `Chart` from a page's own values, to be shown by `markets/_chart.html`."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.templatetags.static import static
from django.utils.translation import gettext as _

from markets import charts
from markets.profiles.figures import IndicatorRef, Point, Provenance
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
def sparkline(indicator: IndicatorRef, points: Sequence[Point]) -> charts.Sparkline | None:
    """A series as a small line, or None when it is too short."""
    return charts.sparkline(indicator, points)


@register.simple_tag(takes_context=True)
def market_map(context: template.Context, page: MarketList) -> charts.Chart:
    """The listed markets, coloured by the chosen indicator."""
    place = [indicator.code for indicator in page.indicators].index(page.map_indicator.code)
    figures = [
        (row.market, row.figures[place], str(address(context, "markets:country", row.market.iso3))) for row in page.rows
    ]
    title = _("%(indicator)s, newest value of each market") % {"indicator": page.map_indicator.name}
    used = {f.provenance.release: f.provenance for _market, f, _address in figures if f.provenance}
    return charts.world_map(
        "world", title, page.map_indicator, figures, shapes=static("dist/world.json"), sources=tuple(used.values())
    )
