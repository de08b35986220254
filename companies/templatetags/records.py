"""An export record in templates: amounts as printed, intervals, months and moments in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.profiles.changes import ChangeRecord, FieldChange
from companies.profiles.record_growth import Interval, RecordGrowth
from companies.profiles.record_words import CORRIDOR_WORDS, STATUS_WORDS
from companies.profiles.records import RecordEntry
from companies.records.fields import INCOTERMS, LABELS, MULTIPLIERS
from companies.records.growth import Verdict
from markets import wording
from markets.vocabulary import reader

register = template.Library()

# What follows from other fields, and so says nothing new in a history.
HIDDEN_IN_HISTORY: Final = frozenset(
    {
        "version",
        "frequency",
        "period_from_on",
        "period_to_on",
        "value",
        "submitted_by",
        "submitted_at",
        "decided_by",
        "decided_at",
        "removed_by",
    }
)
VERDICTS: Final[dict[str, Promise]] = {
    Verdict.AGREES.value: _lazy("Both agree within rounding."),
    Verdict.AGREES_WIDELY.value: _lazy("Both agree if the noughts at the end of the amounts are rounded."),
    Verdict.DIFFERS.value: _lazy("They differ by more than rounding can explain."),
}

register.filter("period_in_words", wording.period_in_words)


@register.filter
def record_status_words(status: str) -> str:
    """Where a record stands, in a word."""
    return str(STATUS_WORDS[status])


@register.filter
def record_money(entry: RecordEntry) -> str:
    """The amount, short; why there is none where it is missing."""
    if entry.value is None or entry.currency is None:
        return _("no figure")
    return wording.money(entry.value, entry.currency)


@register.filter
def record_full_money(entry: RecordEntry) -> str:
    """The amount in full, and how its source printed it."""
    if entry.value is None or entry.currency is None:
        return entry.value_note
    full = wording.full_money(entry.value, entry.currency)
    if entry.multiplier == 1:
        return full
    scale = MULTIPLIERS.get(entry.multiplier, f"× {entry.multiplier}")
    words = {"full": full, "printed": entry.value_printed, "scale": scale}
    return _("%(full)s, printed as %(printed)s %(scale)s") % words


@register.filter
def goods_words(entry: RecordEntry) -> str:
    """What was sold: category, code, both."""
    code = f"HS {entry.hs_code}" if entry.hs_code else ""
    return ", ".join(word for word in (entry.category_name, code) if word)


@register.simple_tag
def base_words(entry: RecordEntry, interval: Interval) -> str:
    """Between which amounts the implied base lies, with two digits of what parts them: `12.18 to 12.31 million`."""
    assert entry.currency is not None  # noqa: S101 a base is of an amount
    power, scale = _scale(interval.high)
    low, high = interval.low.scaleb(-power), interval.high.scaleb(-power)
    digits = max(0, 1 - (high - low).adjusted())
    ends = {"low": wording.number(low, digits), "high": wording.number(high, digits) + scale}
    return wording.in_currency(_("%(low)s to %(high)s") % ends, entry.currency)


@register.simple_tag
def middle_words(entry: RecordEntry, interval: Interval) -> str:
    """The middle of the implied base, to four digits: `12.25 million`."""
    assert entry.currency is not None  # noqa: S101 a base is of an amount
    power, scale = _scale(interval.middle)
    scaled = interval.middle.scaleb(-power)
    return wording.in_currency(wording.number(scaled, max(0, 3 - scaled.adjusted())) + scale, entry.currency)


def _scale(value: Decimal) -> tuple[int, str]:
    """The power of ten by which an amount is shortened, with its word."""
    return next((scale for scale in wording.short_scales() if value.scaleb(-scale[0]) >= 1), (0, ""))


@register.filter
def growth_number(value: Decimal) -> str:
    """A stated growth with its sign and the digits it was printed with."""
    sign = "+" if value > 0 else wording.MINUS if value < 0 else ""
    return f"{sign}{wording.number(abs(value))}"


@register.filter
def growth_between(interval: Interval) -> str:
    """A computed growth: `+64.9 to +66.1`."""
    ends = [wording.difference(each, 1) for each in (interval.low, interval.high)]
    if ends[0] == ends[1]:
        return ends[0]
    return _("%(low)s to %(high)s") % {"low": ends[0], "high": ends[1]}


@register.filter
def verdict_words(growth: RecordGrowth) -> str:
    """How the stated and the computed growth stand to each other; empty where they cannot be compared."""
    return str(VERDICTS[growth.verdict]) if growth.verdict else ""


@register.filter
def moment_told(at: dt.datetime) -> SafeString:
    """A moment by the reader's own clock, and in UTC where that is another."""
    told = wording.moment_words(at)
    if reader().time_zone:
        told = _("%(local)s · %(utc)s UTC") % {"local": told, "utc": f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}"}
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), told)


@register.simple_tag
def record_facts(entry: RecordEntry) -> list[tuple[str, str]]:
    """What else a record says, each with its label; what it does not say is left out."""
    quantity = f"{wording.number(entry.quantity)} {entry.quantity_unit}" if entry.quantity is not None else ""
    weight = wording.number(entry.net_weight_kg) if entry.net_weight_kg is not None else ""
    incoterm = f"{entry.incoterm} · {INCOTERMS[entry.incoterm]}" if entry.incoterm else ""
    corridor = str(CORRIDOR_WORDS[entry.corridor]) if entry.corridor else ""
    said = {
        "hs_revision": entry.hs_revision,
        "quantity": quantity,
        "net_weight_kg": weight,
        "incoterm": incoterm,
        "settlement_currency": entry.settlement_currency or "",
        "corridor": corridor,
        "customs_office": entry.customs_office,
        "document_reference": entry.document_reference,
        "note": entry.note,
    }
    return [(str(LABELS[name]), words) for name, words in said.items() if words]


@register.simple_tag
def history_fields(change: ChangeRecord) -> list[FieldChange]:
    """The fields of a change that say something to people."""
    return [
        each
        for each in change.fields
        if each.field not in HIDDEN_IN_HISTORY and (each.before_words or each.after_words or each.is_kept_back)
    ]
