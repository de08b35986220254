"""Compared markets in templates: what can be chosen, addresses of other choices, and what a cell says in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import template
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import charts, wording
from markets.profiles.comparison import (
    FEWEST_MARKETS,
    MOST_MARKETS,
    READY_MADE,
    Basis,
    Comparison,
    ComparisonChoices,
    Course,
    Measure,
    compared_with,
)
from markets.profiles.comparison.course import COURSE_UNITS
from markets.profiles.comparison.rows import PER_HEAD_UNITS, ComparedCell, ComparedRow
from markets.profiles.markets import MarketList, MarketRef
from markets.templatetags.figures import address, this_page
from markets.templatetags.indicators import lie_far_apart

register = template.Library()

BASIS_WORDS: Final[Mapping[str, Promise]] = {
    Basis.NEWEST.value: _lazy("Newest of each market"),
    Basis.SAME_YEAR.value: _lazy("Same year for all"),
}
MEASURE_WORDS: Final[Mapping[str, Promise]] = {
    Measure.VALUE.value: _lazy("As stated"),
    Measure.PER_HEAD.value: _lazy("Per head"),
    Measure.INDEX.value: _lazy("Index, 100"),
}
# A cell is narrow: the whole reason stands in its title and in the legend.
GAP_WORDS: Final[Mapping[str, Promise]] = {
    "not_loaded": _lazy("not loaded"),
    "not_known_then": _lazy("not known then"),
    "not_reported": _lazy("not reported"),
    "withheld": _lazy("no value given"),
    "no_shared_period": _lazy("no shared year"),
    "no_population": _lazy("not divided"),
    "no_index": _lazy("no index"),
}
FIELDS: Final = frozenset({"market", "group", "basis", "period", "measure", "base", "indicator"})
END_WORDS: Final[Mapping[str, Promise]] = {"highest": _lazy("Highest"), "lowest": _lazy("Lowest")}


@dataclass(frozen=True, slots=True)
class Box:
    """A market to tick. is_known False: nobody goes by that code, and the box stays so that it can be taken out."""

    code: str
    name: str
    is_chosen: bool
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class Way:
    """One of a few ways to see the comparison, with its address."""

    key: str
    label: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class MarketNotes:
    """What to know of one market's figures."""

    market: MarketRef
    texts: tuple[str, ...]


@register.simple_tag
def market_boxes(choices: ComparisonChoices, chosen: Sequence[str], found: Comparison | None) -> list[Box]:
    """The chosen markets in their order, the ready-made ones where none is, then the other focus markets."""
    ticked = tuple(chosen) or (READY_MADE if found else ())
    names = {market.iso3: market.name for market in choices.markets}
    others = [market.iso3 for market in choices.markets if market.is_focus and market.iso3 not in ticked]
    boxes = [Box(code, names.get(code, code), is_chosen=True, is_known=code in names) for code in ticked]
    return [*boxes, *(Box(code, names[code], is_chosen=False) for code in others)]


@register.simple_tag
def markets_to_add(choices: ComparisonChoices, boxes: Sequence[Box]) -> list[MarketRef]:
    """Markets that have no box yet."""
    held = {box.code for box in boxes}
    return [market for market in choices.markets if market.iso3 not in held]


@register.simple_tag
def problems_of(page: Any, *parameters: str) -> list[str]:
    """What is wrong with these fields of the form."""
    return [problem.message for problem in page.problems if problem.parameter in parameters]


@register.filter
def field_of(parameter: str) -> str:
    """The id of the field in which a parameter is put right."""
    return f"compare-{parameter if parameter in FIELDS else 'figures'}"


@register.simple_tag(takes_context=True)
def compare_with(context: template.Context, iso3: str) -> str:
    """The address where a market is compared with those it is most likely to be held against."""
    return _comparing(context, compared_with(iso3)[:MOST_MARKETS])


@register.simple_tag(takes_context=True)
def compare_listed(context: template.Context, page: MarketList) -> str:
    """The address where the markets of a list are compared; where they are too many, or one, the choice is open."""
    listed = [row.market.iso3 for row in page.rows]
    return _comparing(context, listed if FEWEST_MARKETS <= len(listed) <= MOST_MARKETS else ())


def _comparing(context: template.Context, codes: Sequence[str]) -> str:
    """The address that compares these markets, with the asked date kept."""
    place = str(address(context, "markets:compare"))
    if not codes:
        return place
    return f"{place}{'&' if '?' in place else '?'}market={','.join(codes)}"


@register.simple_tag(takes_context=True)
def compared_page(context: template.Context, **changes: str) -> str:
    """This comparison with some words of its address changed."""
    return this_page(context, download="", **changes).replace("%2C", ",")


@register.simple_tag(takes_context=True)
def without_market(context: template.Context, page: Comparison, iso3: str) -> str:
    """This comparison with one market fewer; empty where only two are left."""
    rest = [market.iso3 for market in page.markets if market.iso3 != iso3]
    if len(rest) < 2:
        return ""
    request: HttpRequest = context["request"]
    gone = {"base": ""} if request.GET.get("base", "").upper() == iso3 else {}
    return compared_page(context, market=",".join(rest), **gone)


@register.simple_tag(takes_context=True)
def basis_ways(context: template.Context, page: Comparison) -> list[Way]:
    """The newest value of each market, or one year for all; a period that is asked for stands beside the two."""
    asked = [Way("period", wording.period_words(page.period), compared_page(context), is_current=True)]
    ways = [
        Way(
            key,
            str(label),
            compared_page(context, basis="" if key == Basis.NEWEST.value else key, period=""),
            key == page.basis and not page.period,
        )
        for key, label in BASIS_WORDS.items()
    ]
    return [*ways, *asked] if page.period else ways


@register.simple_tag(takes_context=True)
def measure_ways(context: template.Context, page: Comparison) -> list[Way]:
    """Values as stated, for each resident, or as an index."""
    return [
        Way(
            key,
            str(label),
            compared_page(context, measure="" if key == Measure.VALUE.value else key, chart_measure=""),
            key == page.measure,
        )
        for key, label in MEASURE_WORDS.items()
    ]


@register.simple_tag(takes_context=True)
def course_ways(context: template.Context, page: Comparison) -> list[Way]:
    """How the charted indicator can be shown; only what means something for it."""
    unit = page.course.indicator.unit
    possible = {
        Measure.VALUE.value: True,
        Measure.PER_HEAD.value: unit in PER_HEAD_UNITS,
        Measure.INDEX.value: unit in COURSE_UNITS,
    }
    return [
        Way(key, str(label), compared_page(context, chart_measure=key), key == page.course.measure)
        for key, label in MEASURE_WORDS.items()
        if possible[key]
    ]


@register.filter
def gap_words(reason: str) -> str:
    """Why a cell is empty, in a word or two."""
    return str(GAP_WORDS[reason])


@register.filter
def end_words(end: str) -> str:
    """Highest or lowest."""
    return str(END_WORDS[end])


@register.simple_tag
def basis_words(page: Comparison) -> str:
    """Of which period the values are."""
    if page.period:
        return _("All values of %(period)s") % {"period": wording.period_words(page.period)}
    return str(BASIS_WORDS[page.basis])


@register.simple_tag
def row_unit(row: ComparedRow, base: MarketRef) -> str:
    """The unit of a row's values in words."""
    if row.measure is Measure.INDEX:
        return _("index, %(market)s = 100") % {"market": base.name}
    return wording.unit_words(row.unit)


@register.simple_tag
def years_told(row: ComparedRow) -> str:
    """From when to when the values of a row are."""
    first, last = (wording.period_words(period) for period in (row.periods[0], row.periods[-1]))
    return _("Years differ: %(first)s to %(last)s") % {"first": first, "last": last}


@register.simple_tag
def rows_apart(page: Comparison) -> int:
    """How many rows show values of different years."""
    return sum(len(row.periods) > 1 for row in page.rows)


@register.simple_tag
def cells_of(page: Comparison) -> list[ComparedCell]:
    """All cells, for the legend of their letters."""
    return [cell for row in page.rows for cell in row.cells]


@register.simple_tag
def gaps_used(page: Comparison) -> list[str]:
    """Why values are missing here, each reason once, in full."""
    reasons = {cell.missing for cell in cells_of(page) if cell.missing}
    return [str(wording.MISSING_WORDS[reason]) for reason in sorted(reasons)]


@register.simple_tag
def notes_of(page: Comparison) -> list[MarketNotes]:
    """What to know of the figures shown, by market; markets of which nothing is said are left out."""
    notes = []
    for market in page.markets:
        texts = tuple(dict.fromkeys(_said(page, market.iso3)))
        if texts:
            notes.append(MarketNotes(market, texts))
    return notes


@register.simple_tag
def course_chart(page: Comparison) -> charts.Chart:
    """The charted indicator over time, a line for each market."""
    shown = page.course
    indicator = replace(shown.indicator, unit=shown.unit, decimals=shown.decimals)
    chart = charts.line_chart("course-lines", shown.indicator.name, indicator, shown.lines, shown.sources)
    if shown.base_period:
        told = _("index, each market's value of %(period)s = 100")
        return replace(chart, unit=told % {"period": wording.period_words(shown.base_period)})
    return chart


@register.simple_tag
def is_pressed_flat(course: Course) -> bool:
    """Whether lines lie so far apart that the lower ones cannot be read on one scale."""
    return course.measure is not Measure.INDEX and lie_far_apart(course.lines)


@register.simple_tag
def market_name(page: Comparison, iso3: str) -> str:
    """What a compared market is called."""
    return next(market.name for market in page.markets if market.iso3 == iso3)


@register.filter
def beside(markets: Sequence[MarketRef], held: Sequence[Any]) -> list[tuple[MarketRef, Any]]:
    """Markets with what belongs to each, in their order."""
    return list(zip(markets, held, strict=True))


def _said(page: Comparison, iso3: str) -> Iterator[str]:
    for row in page.rows:
        for cell in row.cells:
            if cell.market == iso3:
                yield from cell.caveats
                if cell.unranked_reason:
                    yield cell.unranked_reason
