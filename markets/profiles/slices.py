"""The slices of a dataset in words: an indicator, one direction of a reporter's trade, one rate of a currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets.models import Area, Currency, Indicator
from markets.vocabulary import FactKind, Flow, RateKind

FLOW_WORDS: Final = {
    Flow.IMPORT.value: _lazy("imports"),
    Flow.EXPORT.value: _lazy("exports"),
    Flow.RE_EXPORT.value: _lazy("re-exports"),
    Flow.RE_IMPORT.value: _lazy("re-imports"),
}
RATE_WORDS: Final = {
    RateKind.REFERENCE.value: _lazy("reference rate of the day"),
    RateKind.OFFICIAL.value: _lazy("official rate of the day"),
    RateKind.AVERAGE.value: _lazy("published average"),
}


@dataclass(frozen=True, slots=True)
class SliceRef:
    """A slice and its name. indicator: its code where the slice is one, else empty."""

    key: str
    name: str
    indicator: str


def slice_refs(kind: FactKind, keys: Iterable[str]) -> Mapping[str, SliceRef]:
    """The slices with these keys, in words; a key that cannot be told in words stands for itself."""
    wanted = list(dict.fromkeys(keys))
    if kind is FactKind.OBSERVATIONS:
        indicators = Indicator.objects.in_bulk(wanted)
        return {
            key: SliceRef(key, indicators[key].name if key in indicators else key, key if key in indicators else "")
            for key in wanted
        }
    parts = {key: key.split("/") for key in wanted}
    told = _trade_told(parts) if kind is FactKind.TRADE_TOTALS else _rates_told(parts)
    return {key: SliceRef(key, told.get(key, key), "") for key in wanted}


def subject_names(kind: FactKind, subjects: Iterable[str]) -> Mapping[str, str]:
    """The subjects of rows in words: the areas of observations and the partners of trade; rates have none."""
    if kind is FactKind.EXCHANGE_RATES:
        return {}
    return {code: area.name for code, area in Area.objects.in_bulk(set(subjects)).items()}


def _trade_told(parts: Mapping[str, list[str]]) -> dict[str, str]:
    """`KAZ/M/USD/CIF` as `Kazakhstan, imports, US Dollar, CIF`."""
    areas = Area.objects.in_bulk({part[0] for part in parts.values()})
    currencies = Currency.objects.in_bulk({part[2] for part in parts.values() if len(part) == 4})
    told = {}
    for key, part in parts.items():
        if len(part) != 4 or part[0] not in areas or part[1] not in FLOW_WORDS or part[2] not in currencies:
            continue
        words = {
            "reporter": areas[part[0]].name,
            "flow": str(FLOW_WORDS[part[1]]),
            "currency": currencies[part[2]].name,
            "valuation": part[3],
        }
        form = (
            _("%(reporter)s, %(flow)s, %(currency)s, %(valuation)s")
            if part[3]
            else _("%(reporter)s, %(flow)s, %(currency)s")
        )
        told[key] = form % words
    return told


def _rates_told(parts: Mapping[str, list[str]]) -> dict[str, str]:
    """`CNY/EUR/reference` as `Chinese yuan for one Euro, reference rate of the day`."""
    currencies = Currency.objects.in_bulk({code for part in parts.values() for code in part[:2]})
    return {
        key: _("%(currency)s for one %(base)s, %(kind)s")
        % {"currency": currencies[part[0]].name, "base": currencies[part[1]].name, "kind": str(RATE_WORDS[part[2]])}
        for key, part in parts.items()
        if len(part) == 3 and part[0] in currencies and part[1] in currencies and part[2] in RATE_WORDS
    }
