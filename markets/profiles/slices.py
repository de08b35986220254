"""The slices of a dataset in words: an indicator, one direction of a reporter's trade, one rate of a currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets import queries, wording
from markets.vocabulary import Flow

FLOW_WORDS: Final = {
    Flow.IMPORT.value: _lazy("imports"),
    Flow.EXPORT.value: _lazy("exports"),
    Flow.RE_EXPORT.value: _lazy("re-exports"),
    Flow.RE_IMPORT.value: _lazy("re-imports"),
}


@dataclass(frozen=True, slots=True)
class SliceRef:
    """A slice and its name. indicator: its code where the slice is one, else empty."""

    key: str
    name: str
    indicator: str


def slice_refs(keys: Iterable[str]) -> Mapping[str, SliceRef]:
    """The slices with these keys, in words; a key that cannot be told in words stands for itself.

    `NY.GDP.MKTP.CD` is an indicator, `KAZ/M/USD/CIF` one direction of a reporter's trade in a currency and a
    valuation, `CNY/EUR/reference` a rate.
    """
    parts = {key: key.split("/") for key in keys if key}
    trade = [part for part in parts.values() if len(part) == 4]
    rates = [part for part in parts.values() if len(part) == 3]
    names = queries.names(
        areas=[part[0] for part in trade],
        currencies=[*(part[2] for part in trade), *(code for part in rates for code in part[:2])],
        indicators=[key for key, part in parts.items() if len(part) == 1],
    )
    return {key: _told(key, part, names) for key, part in parts.items()}


def _told(key: str, part: Sequence[str], names: Mapping[tuple[str, str], str]) -> SliceRef:
    if len(part) == 1:
        name = names.get(("indicator", key))
        return SliceRef(key, name or key, key if name else "")
    told = _trade_told(part, names) if len(part) == 4 else _rate_told(part, names) if len(part) == 3 else ""
    return SliceRef(key, told or key, "")


def _trade_told(part: Sequence[str], names: Mapping[tuple[str, str], str]) -> str:
    """`Kazakhstan, imports, US Dollar, CIF`; empty where a code is not known."""
    reporter, currency, flow = names.get(("area", part[0])), names.get(("currency", part[2])), FLOW_WORDS.get(part[1])
    if not (reporter and currency and flow):
        return ""
    form = (
        _("%(reporter)s, %(flow)s, %(currency)s, %(valuation)s")
        if part[3]
        else _("%(reporter)s, %(flow)s, %(currency)s")
    )
    return form % {"reporter": reporter, "flow": str(flow), "currency": currency, "valuation": part[3]}


def _rate_told(part: Sequence[str], names: Mapping[tuple[str, str], str]) -> str:
    """`Chinese yuan for one Euro, reference rate`; empty where a code is not known."""
    currency, base, kind = (
        names.get(("currency", part[0])),
        names.get(("currency", part[1])),
        wording.RATE_KIND_WORDS.get(part[2]),
    )
    if not (currency and base and kind):
        return ""
    return _("%(currency)s for one %(base)s, %(kind)s") % {"currency": currency, "base": base, "kind": str(kind)}
