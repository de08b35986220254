"""Alert rules and alerts in sentences, in the active language.

Names stand by themselves before a colon, so that no grammatical case is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from companies.alerts.facts import Facts
from companies.models import AlertRule
from markets import wording
from markets.profiles.figures import Change, ChangeKind
from markets.queries import reference

Kind = AlertRule.Kind

KIND_WORDS: Final[Mapping[str, Promise]] = {
    Kind.CROSSES: _lazy("A figure passes a value"),
    Kind.CHANGES: _lazy("A figure changes"),
    Kind.REVISED: _lazy("A figure is revised"),
    Kind.RATE_CROSSES: _lazy("An exchange rate passes a value"),
    Kind.RATE_CHANGES: _lazy("An exchange rate moves"),
    Kind.RECORD_APPROVED: _lazy("An export record is approved"),
    Kind.SOURCE_LATE: _lazy("A source is late"),
}
DIRECTION_WORDS: Final[Mapping[str, Mapping[str, Promise]]] = {
    "crosses": {"": _lazy("passes, either way"), "up": _lazy("rises above"), "down": _lazy("falls below")},
    "changes": {
        "": _lazy("changes by more than"),
        "up": _lazy("rises by more than"),
        "down": _lazy("falls by more than"),
    },
}
_SENTENCES: Final[Mapping[tuple[str, str], Promise]] = {
    (Kind.CROSSES, ""): _lazy("%(about)s: tell me when the newest value passes %(value)s, either way"),
    (Kind.CROSSES, "up"): _lazy("%(about)s: tell me when the newest value rises above %(value)s"),
    (Kind.CROSSES, "down"): _lazy("%(about)s: tell me when the newest value falls below %(value)s"),
    (Kind.CHANGES, ""): _lazy("%(about)s: tell me when the newest value is more than %(pct)s away from the one before"),
    (Kind.CHANGES, "up"): _lazy("%(about)s: tell me when the newest value is more than %(pct)s above the one before"),
    (Kind.CHANGES, "down"): _lazy("%(about)s: tell me when the newest value is more than %(pct)s below the one before"),
    (Kind.RATE_CROSSES, ""): _lazy("%(about)s: tell me when the newest daily rate passes %(value)s, either way"),
    (Kind.RATE_CROSSES, "up"): _lazy("%(about)s: tell me when the newest daily rate rises above %(value)s"),
    (Kind.RATE_CROSSES, "down"): _lazy("%(about)s: tell me when the newest daily rate falls below %(value)s"),
    (Kind.RATE_CHANGES, ""): _lazy("%(about)s: tell me when it has moved by more than %(pct)s since I was last told"),
    (Kind.RATE_CHANGES, "up"): _lazy("%(about)s: tell me when it has risen by more than %(pct)s since I was last told"),
    (Kind.RATE_CHANGES, "down"): _lazy(
        "%(about)s: tell me when it has fallen by more than %(pct)s since I was last told"
    ),
    (Kind.RECORD_APPROVED, ""): _lazy("%(about)s: tell me when an export record is approved"),
    (Kind.SOURCE_LATE, ""): _lazy("%(about)s: tell me when its data are late or cannot be downloaded"),
}
# So many digits are read at a glance; a value with more of them is written out.
_GLANCE: Final = 4
# A computed rate has about as many digits as those it was computed of.
_RATE_DIGITS: Final = 6
_MOST_RATE_DIGITS: Final = 10


def sentence(rule: AlertRule) -> str:
    """A rule as its person would say it."""
    said = {"about": about(rule), "value": _threshold(rule), "pct": _pct(rule.change_pct)}
    if rule.kind != Kind.REVISED:
        return str(_SENTENCES[rule.kind, rule.direction]) % said
    if rule.change_pct is not None:
        return _("%(about)s: tell me when a figure is revised by more than %(pct)s") % said
    if rule.indicator is not None:
        return _("%(about)s: tell me when a figure is revised") % said
    return _("%(about)s: tell me when any figure is revised") % said


def about(rule: AlertRule) -> str:
    """What a rule watches: a series by market and indicator, a pair of currencies, whose records, a source."""
    if rule.currency is not None and rule.base is not None:
        return _("%(currency)s for one %(base)s") % {"currency": rule.currency.code, "base": rule.base.code}
    if rule.dataset is not None:
        return rule.dataset.name
    market = rule.market.name if rule.market is not None else ""
    if rule.organisation is not None:
        whose = rule.company.name if rule.company is not None else rule.organisation.name
        return f"{whose} → {market}" if market else whose
    if rule.indicator is None:
        return market
    return _("%(market)s, %(indicator)s") % {"market": market, "indicator": rule.indicator.name}


def happened(rule: AlertRule, facts: Facts, *, record_period: str = "") -> str:
    """What came true, in one sentence. rule: in the words it had then; record_period: of the record, if it is known."""
    if rule.kind == Kind.REVISED:
        return _revised(rule, facts)
    if rule.kind == Kind.RECORD_APPROVED:
        return _approved(rule, record_period)
    if rule.kind == Kind.SOURCE_LATE:
        return _late(rule, facts)
    said = {"about": about(rule), "value": _threshold(rule)}
    if rule.kind in (Kind.CROSSES, Kind.RATE_CROSSES):
        return (_("%(about)s: now below %(value)s") if _is_fall(facts) else _("%(about)s: now above %(value)s")) % said
    return _changed(rule, facts, said)


def series_words(value: Decimal | None, unit: str, decimals: int) -> str:
    """A value of an indicator with its unit; a dash where it is missing."""
    if value is None:
        return wording.NO_VALUE
    shown = wording.amount(value, unit, decimals)
    # Units without a sign of their own stand in words behind the number.
    has_sign = shown != wording.short_number(wording.in_full(value, unit), decimals)
    return shown if has_sign else _("%(number)s, %(unit)s") % {"number": shown, "unit": wording.unit_words(unit)}


def change_words(change: Change | None, decimals: int) -> str:
    """How a value moved, with its sign, in what suits its unit; empty where it cannot be told."""
    if change is None:
        return ""
    digits = 1 if change.kind is ChangeKind.PER_CENT else max(decimals, 1)
    least = Decimal(1).scaleb(-digits)
    if 0 < abs(change.value) < least / 2:
        # What is revised is never said to be the same.
        return _("less than %(change)s") % {"change": _with_kind(wording.number(least, digits), change.kind)}
    return _with_kind(wording.difference(change.value, digits), change.kind)


def _with_kind(shown: str, kind: ChangeKind) -> str:
    if kind is ChangeKind.PER_CENT:
        return f"{shown}%"
    return _("%(change)s percentage points") % {"change": shown} if kind is ChangeKind.POINTS else shown


def rate_words(value: Decimal | None) -> str:
    """A daily rate: a published one as it was printed, a computed one to six digits; a dash where it is missing."""
    if value is None:
        return wording.NO_VALUE
    if len(value.as_tuple().digits) <= _MOST_RATE_DIGITS or not value:
        return wording.number(value)
    return wording.number(round(value, _RATE_DIGITS - 1 - value.adjusted()))


def _threshold(rule: AlertRule) -> str:
    if rule.threshold is None:
        return ""
    if rule.indicator is None:
        return wording.number(rule.threshold)
    unit, value = rule.indicator.unit, rule.threshold.normalize()
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)  # noqa: S101 a threshold is finite
    if len(value.as_tuple().digits) > _GLANCE and abs(wording.in_full(value, unit)) >= wording.SHORTENED_FROM:
        return wording.full_amount(value, unit)
    return series_words(value, unit, max(0, -exponent))


def _pct(value: Decimal | None) -> str:
    return "" if value is None else f"{wording.number(value)}%"


def _is_fall(facts: Facts) -> bool:
    old, new = facts.old, facts.new
    return bool(old and new and old.value is not None and new.value is not None and new.value < old.value)


def _changed(rule: AlertRule, facts: Facts, said: dict[str, str]) -> str:
    """How far a value is from the one before. Of a series the two may be of two years: it is no growth."""
    if facts.change_pct is None:
        return _("%(about)s: changed") % said
    if rule.kind == Kind.RATE_CHANGES:
        return _("%(about)s: %(change)s") % (said | {"change": f"{wording.difference(facts.change_pct, 1)}%"})
    said = said | {"pct": f"{wording.number(round(abs(facts.change_pct), 1))}%"}
    if _is_fall(facts):
        return _("%(about)s: the newest value is %(pct)s below the one before") % said
    return _("%(about)s: the newest value is %(pct)s above the one before") % said


def _revised(rule: AlertRule, facts: Facts) -> str:
    said: dict[str, object] = {"about": about(rule), "count": facts.count}
    if facts.count > 1:
        return ngettext(
            "%(about)s: %(count)s figure was revised", "%(about)s: %(count)s figures were revised", facts.count
        ) % (said | {"count": wording.number(facts.count)})
    said["about"] = _whose_figure(rule, facts)
    said["period"] = wording.period_words(facts.new.period) if facts.new else ""
    if facts.new and facts.new.value is None:
        return _("%(about)s: the figure of %(period)s was withdrawn") % said
    return _("%(about)s: the figure of %(period)s was revised") % said


def _whose_figure(rule: AlertRule, facts: Facts) -> str:
    """Market and indicator of the one figure that was revised, also where the rule is for any."""
    if rule.indicator is not None or rule.market is None or not facts.revised:
        return about(rule)
    code = facts.revised[0].indicator
    name = next((each.name for each in reference().indicators if each.code == code), code)
    return _("%(market)s, %(indicator)s") % {"market": rule.market.name, "indicator": name}


def _approved(rule: AlertRule, period: str) -> str:
    said = {"about": about(rule), "period": wording.period_words(period)}
    if not period:
        return _("%(about)s: an export record was approved") % said
    return _("%(about)s, %(period)s: the export record was approved") % said


def _late(rule: AlertRule, facts: Facts) -> str:
    day = wording.day_words(dt.datetime.fromisoformat(facts.since)) if facts.since else wording.NO_VALUE
    said = {"about": about(rule), "day": day}
    if facts.state == "failing":
        return _("%(about)s: its downloads fail since %(day)s") % said
    return _("%(about)s: its data are late since %(day)s") % said
