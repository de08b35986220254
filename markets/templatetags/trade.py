"""Trade by partner in templates: amounts in the currency they were reported in, bars, reasons, and the chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import charts, wording
from markets.analytics import MEASURES, Measure
from markets.profiles.figures import IndicatorRef, Point
from markets.profiles.series import SeriesLine
from markets.profiles.trade import MarketTrade, PairPage, TradePage
from markets.profiles.trade.overview import values_of
from markets.profiles.trade.sides import TRANSIT_RATIO
from markets.profiles.trade.values import Apart, Basis, FlowSide, NoMeasure, PartnerLine, TradeValue
from markets.templatetags.figures import address, status_mark, this_page
from markets.vocabulary import Flow

register = template.Library()

BAR_WIDTH: Final = 100
FEWEST_POINTS: Final = 3
MEASURES_SHOWN: Final = ("hhi", "mirror_gap", "cagr")
SHOWN_UNITS: Final = frozenset({"USD", "CNY"})

REASON_WORDS: Final[Mapping[str, Promise]] = {
    NoMeasure.NO_REPORT.value: _lazy("this market reports nothing of it that is read here"),
    NoMeasure.NO_TOTAL.value: _lazy("no total that these partners are a part of is loaded"),
    NoMeasure.NOT_COVERED.value: _lazy("the stated partners do not make up 95 to 105 per cent of the stated total"),
    NoMeasure.FEW_PARTNERS.value: _lazy("only a few partners are loaded"),
}
APART_WORDS: Final[Mapping[str, Promise]] = {
    Apart.TRANSIT.value: _lazy(
        "The exporter reports at least one and a half times what the importer does. Goods declared as sold there may "
        "have gone on to other countries, have come in for a time only, or have been declared below their value."
    ),
    Apart.VALUATION.value: _lazy(
        "Importers often count freight and insurance up to the border (CIF), exporters do not (FOB). "
        "Where a table does not say which it uses, that is not known."
    ),
    Apart.ATTRIBUTION.value: _lazy(
        "Importers name the country of origin, exporters the last destination they know of. Goods that pass through a "
        "third country stand under different partners."
    ),
    Apart.TIMING.value: _lazy("What leaves at the end of a year arrives in the next one."),
    Apart.SERVICES.value: _lazy("One of the two tables counts services and not goods alone."),
}


@register.filter
def money(stated: TradeValue | None) -> str:
    """A value, short, in the currency it was reported in; a dash where there is none."""
    if stated is None or stated.value is None:
        return wording.NO_VALUE
    return wording.money(stated.value, stated.currency)


@register.filter
def full_money(stated: TradeValue) -> str:
    """A value with every digit printed, and its currency."""
    if stated.value is None:
        return wording.NO_VALUE
    return wording.full_money(stated.value, stated.currency)


@register.simple_tag
def money_cell(stated: TradeValue | None) -> SafeString:
    """A value with its status letter; a dash with the reason where it is missing."""
    if stated is None:
        said = _("not reported, or not loaded")
        return format_html(
            '<span class="nodata" title="{}">{}</span><span class="visually-hidden">{}</span>',
            said,
            wording.NO_VALUE,
            said,
        )
    if stated.value is None:
        return format_html('<span class="nodata">{} {}</span>', wording.NO_VALUE, _status(stated))
    return format_html(
        '<span class="value" title="{}">{}</span>{}', full_money(stated), money(stated), status_mark(stated.obs_status)
    )


@register.simple_tag
def money_from(stated: TradeValue | None) -> SafeString:
    """A value as `money_cell` shows it, leading to the vintage that stated it."""
    cell = money_cell(stated)
    return (
        cell
        if stated is None
        else format_html('<a href="{}">{}</a>', reverse("markets:release", args=[stated.release]), cell)
    )


@register.filter
def per_cent(value: Decimal | None) -> str:
    """A share in per cent with one digit; below a twentieth of one per cent as less than 0.1."""
    if value is None:
        return wording.NO_VALUE
    if 0 < value < Decimal("0.05"):
        return _("less than %(share)s") % {"share": wording.amount(Decimal("0.1"), "pct", 1)}
    return wording.amount(value, "pct", 1)


@register.simple_tag
def growth_told(line: PartnerLine) -> str:
    """The growth per year of a line, with the year it is counted from; a dash where there is none."""
    if line.growth_pct is None:
        return wording.NO_VALUE
    words = {"change": wording.difference(line.growth_pct, 1), "period": wording.period_words(line.growth_since)}
    return _("%(change)s%% a year since %(period)s") % words


@register.filter
def spans_vintages(side: FlowSide) -> bool:
    """Whether a change is counted between values of two vintages."""
    return any(line.change is not None and line.change.is_across_vintages for line in side.partners)


@register.simple_tag
def notes_of(trade: MarketTrade) -> list[str]:
    """What must be known of the tables that a market's trade is read from, each once."""
    return list(dict.fromkeys(note for side in trade.sides for note in side.notes))


@register.filter
def index_words(value: Decimal | None) -> str:
    """An index between 0 and 1."""
    return wording.NO_VALUE if value is None else wording.number(value, 2)


@register.filter
def times(value: Decimal | None) -> str:
    """How many times one side is of the other."""
    return wording.NO_VALUE if value is None else _("%(ratio)s times") % {"ratio": wording.number(value, 2)}


@register.filter
def reason_words(reason: str) -> str:
    """Why a share, a place or an index is not given."""
    return str(REASON_WORDS[reason])


@register.simple_tag
def reasons_apart(reasons: Iterable[str]) -> list[str]:
    """What may set two reports of one trade apart, in words."""
    return [str(APART_WORDS[reason]) for reason in reasons]


@register.simple_tag
def reasons_of(page: MarketTrade) -> list[str]:
    """The same for all pairs of a page, each once, in the order in which they were found."""
    return reasons_apart(dict.fromkeys(reason for pair in page.mirror for reason in pair.reasons))


@register.filter
def is_far_apart(ratio: Decimal | None) -> bool:
    """Whether the exporter reports so much more that goods must have gone elsewhere, or one side is wrong."""
    return ratio is None or ratio >= TRANSIT_RATIO


@register.simple_tag
def bar(value: Decimal | None, lines: Sequence[PartnerLine]) -> SafeString | str:
    """A value as a bar against the largest one of the lines; it repeats the number beside it, so it is not spoken."""
    most = max((line.stated.value or Decimal(0) for line in lines), default=Decimal(0))
    if not value or not most:
        return ""
    return format_html(
        '<svg class="bar" viewBox="0 0 {} 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect width="{}" height="6"></rect></svg>',
        BAR_WIDTH,
        format(max(value / most * BAR_WIDTH, Decimal("0.3")), ".1f"),
    )


@register.simple_tag
def trade_title(trade: MarketTrade) -> str:
    """What the section is about: the home market is looked at for what it sells."""
    return _("From whom it buys") if _buys_first(trade) else _("To whom it sells")


@register.simple_tag
def sides_in_order(trade: MarketTrade) -> tuple[FlowSide, ...]:
    """What the section's title promises comes first."""
    return trade.sides if _buys_first(trade) else trade.sides[::-1]


@register.simple_tag
def side_title(side: FlowSide) -> str:
    """What a flow's part is headed with: the flow, whose word it is, and the period."""
    is_import = side.flow == Flow.IMPORT
    if side.basis == Basis.PARTNERS:
        return _("Imports, as its partners report them") if is_import else _("Exports, as its partners report them")
    if side.basis == Basis.NONE:
        return _("Imports by partner") if is_import else _("Exports by partner")
    form = _("Imports by partner, %(period)s") if is_import else _("Exports by partner, %(period)s")
    return form % {"period": wording.period_words(side.period)}


@register.filter
def flow_words(flow: str) -> str:
    """A flow in a word."""
    return _("Imports") if flow == Flow.IMPORT else _("Exports")


@register.simple_tag
def trend_of_home(trade: MarketTrade, side: FlowSide) -> charts.Chart | None:
    """The home market's share by year, or its values where there is no share; None for fewer than three years."""
    if trade.home is None:
        return None
    of_share = [Point(p.stated.period, p.share_pct, p.stated.obs_status) for p in side.trend if p.share_pct is not None]
    of_value = [Point(p.stated.period, p.stated.value, p.stated.obs_status) for p in side.trend]
    is_share = bool(of_share)
    points = of_share if is_share else of_value
    currencies = {p.stated.currency for p in side.trend}
    if len(points) < FEWEST_POINTS or not currencies <= SHOWN_UNITS:
        return None
    words = {"market": trade.market.name, "partner": trade.home.name}
    unit = "pct" if is_share else currencies.pop()
    measure = _measure("trade-trend", _trend_title(side, words, is_share=is_share), unit)
    line = SeriesLine(trade.home.iso3, trade.home.name, is_aggregate=False, points=tuple(points))
    used = {p.stated.release for p in side.trend}
    sources = [source for source in trade.sources if source.release in used]
    return charts.line_chart(f"trade-trend-{side.flow.lower()}", measure.name, measure, [line], sources)


@register.simple_tag
def pair_charts(page: PairPage) -> list[charts.Chart]:
    """Both reports by year, a line for each reporter; what they report in other currencies stands in the table."""
    found = []
    for flow in (Flow.IMPORT.value, Flow.EXPORT.value):
        stated = [value for line in page.years if line.flow == flow for value in (line.ours, line.theirs) if value]
        # The market's own line first, whoever of the two began to report earlier.
        lines = sorted(_reporters(reversed(stated)), key=lambda line: line.area != page.market.iso3)
        if sum(len(line.points) for line in lines) < FEWEST_POINTS:
            continue
        form = (
            _("%(market)s: imports, partner %(partner)s")
            if flow == Flow.IMPORT
            else _("%(market)s: exports, partner %(partner)s")
        )
        measure = _measure(f"trade-{flow}", form % {"market": page.market.name, "partner": page.partner.name}, "USD")
        found.append(charts.line_chart(f"sides-{flow.lower()}", measure.name, measure, lines, ()))
    return found


@register.simple_tag(takes_context=True)
def sort_link(context: template.Context, page: TradePage, word: str, label: str) -> SafeString:
    """A column's heading that orders the table by it, turning the order round the second time."""
    largest_first = f"-{word}"
    first = word if word == "name" else largest_first
    turned = largest_first if word == "name" else word
    wanted = turned if page.sort == first else first
    sign = {word: "▲", largest_first: "▼"}.get(page.sort, "")
    return format_html(
        '<a href="{}">{}</a>{}',
        this_page(context, sort=wanted, download=""),
        label,
        format_html(' <span aria-hidden="true">{}</span>', sign) if sign else "",
    )


@register.simple_tag
def aria_sort(page: TradePage, word: str) -> str:
    """How a column is ordered, for `aria-sort`."""
    return {word: "ascending", f"-{word}": "descending"}.get(page.sort, "none")


@register.simple_tag(takes_context=True)
def pair_address(context: template.Context, market: str, partner: str) -> str:
    """The page of two markets."""
    return address(context, "markets:trade_pair", market, partner)


@register.simple_tag
def measures_shown() -> list[Measure]:
    """The indices of these pages as they are registered."""
    return [MEASURES[key] for key in MEASURES_SHOWN]


@register.filter
def told(words: str) -> str:
    """Words that a room without languages marked for translation, in the active language."""
    return _(words)


@register.simple_tag
def letters_of(page: MarketTrade | PairPage | FlowSide) -> list[tuple[str, str]]:
    """Status letters on the values that a part of a page shows, each with its words, in alphabetical order."""
    letters = {value.obs_status for value in _values(page) if value and value.obs_status}
    return [(letter, str(wording.STATUS_WORDS[letter])) for letter in sorted(letters)]


def _values(page: MarketTrade | PairPage | FlowSide) -> Iterator[TradeValue | None]:
    if isinstance(page, PairPage):
        yield from (vintage.stated for vintage in page.vintages)
    elif isinstance(page, FlowSide):
        yield from values_of(page)
    else:
        for side in page.sides:
            yield from values_of(side)
        for pair in page.mirror:
            yield from (pair.ours, pair.theirs)


def _buys_first(trade: MarketTrade) -> bool:
    return trade.home is not None or trade.exports.basis != Basis.OWN


def _status(stated: TradeValue) -> str:
    return str(wording.STATUS_WORDS[stated.obs_status])


def _trend_title(side: FlowSide, words: Mapping[str, str], *, is_share: bool) -> str:
    is_import = side.flow == Flow.IMPORT
    if is_share:
        form = _("%(partner)s: share of the imports") if is_import else _("%(partner)s: share of the exports")
    elif side.basis == Basis.OWN:
        form = _("Imports, partner %(partner)s") if is_import else _("Exports, partner %(partner)s")
    elif is_import:
        form = _("%(partner)s: exports as it reports them, partner %(market)s")
    else:
        form = _("%(partner)s: imports as it reports them, partner %(market)s")
    return form % words


def _measure(code: str, name: str, unit: str) -> IndicatorRef:
    decimals = 1 if unit == "pct" else 0
    return IndicatorRef(code, name, "trade", unit, decimals, "none", "", "", "")


def _reporters(stated: Iterable[TradeValue]) -> list[SeriesLine]:
    """A line for each reporter's annual values in dollars, oldest first."""
    lines: dict[str, tuple[str, list[Point]]] = {}
    for value in stated:
        if value.currency == "USD":
            name = _("as %(reporter)s reports it") % {"reporter": value.reporter.name}
            points = lines.setdefault(value.reporter.iso3, (name, []))[1]
            points.append(Point(value.period, value.value, value.obs_status))
    return [SeriesLine(code, name, is_aggregate=False, points=tuple(points)) for code, (name, points) in lines.items()]
