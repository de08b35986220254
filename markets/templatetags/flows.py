"""Trade of single products in templates: whose word a series is, amounts, and what is not loaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from markets import wording
from markets.analytics import MEASURES, Measure
from markets.profiles.flow_page import FlowPage, FlowPoint, FlowSeries
from markets.profiles.flows import LoadedDataset
from markets.templatetags.figures import status_mark
from markets.vocabulary import Basis

register = template.Library()

DOLLARS: Final = "USD"


@register.simple_tag
def basis_title(page: FlowPage, basis: str) -> str:
    """Whose word a series is."""
    if basis == Basis.EXPORTER_REPORTED:
        return _("%(market)s reports what it sold") % {"market": page.exporter.name}
    if basis == Basis.IMPORTER_REPORTED:
        return _("%(market)s reports what it bought") % {"market": page.importer.name}
    return _("Reconciled from both reports by the publisher")


@register.simple_tag
def flow_value(point: FlowPoint) -> SafeString:
    """The value in US dollars; as it was reported where there is none; else a dash with the reason."""
    if point.value_usd is not None:
        return _money(point.value_usd, DOLLARS, point.obs_status)
    if point.value is not None:
        return _money(point.value, point.currency, point.obs_status)
    if point.unstated < point.codes:
        reason = _("not all of them are stated in US dollars")
    else:
        reason = str(wording.STATUS_WORDS[point.obs_status]) if point.obs_status else _("not stated")
    return format_html('<span class="nodata">{} {}</span>', wording.NO_VALUE, reason)


def _money(value: Decimal, currency: str, letter: str) -> SafeString:
    return format_html(
        '<span class="value" title="{}">{}</span>{}',
        wording.full_money(value, currency),
        wording.money(value, currency),
        status_mark(letter),
    )


@register.simple_tag
def weight_words(point: FlowPoint) -> str:
    """The net weight, short; a dash where none is stated."""
    return wording.NO_VALUE if point.net_weight_kg is None else wording.amount(point.net_weight_kg, "kg")


@register.simple_tag
def quantity_words(point: FlowPoint) -> str:
    """The quantity with its unit; empty where none is stated."""
    if point.quantity is None:
        return ""
    words = {"number": wording.short_number(point.quantity), "unit": point.quantity_unit}
    return _("%(number)s %(unit)s") % words


@register.simple_tag
def per_kilogram(point: FlowPoint) -> str:
    """US dollars per kilogram; a dash where the rule is not met."""
    measure = flow_measure()
    if point.usd_per_kg is None:
        return wording.NO_VALUE
    return wording.amount(point.usd_per_kg, measure.unit, measure.decimals)


@register.simple_tag
def flow_measure() -> Measure:
    """How a value per kilogram is made."""
    return MEASURES["unit_value"]


@register.simple_tag
def flow_letters(page: FlowPage) -> list[tuple[str, str]]:
    """Status letters on the page, each with its words, in alphabetical order."""
    letters = {point.obs_status for series in page.series for point in series.points if point.obs_status}
    return [(letter, str(wording.STATUS_WORDS[letter])) for letter in sorted(letters)]


@register.filter
def has_sums(series: FlowSeries) -> bool:
    """Whether any point was added up here from longer codes."""
    return any(point.codes for point in series.points)


@register.filter
def years_words(loaded: LoadedDataset) -> str:
    """The loaded years of a dataset: spans where they follow each other."""
    spans: list[list[int]] = []
    for year in loaded.years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(span[0]) if len(span) == 1 else f"{span[0]}–{span[-1]}" for span in spans)
