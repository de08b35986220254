"""Exchange rates in templates: a rate with its sign of being computed, its kind, what it rests on, an amount."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from markets import wording
from markets.profiles.exchange_rates import CurrencyRef, rounded
from markets.profiles.rates import Derivation, Rate, RateLeg
from markets.vocabulary import reader

register = template.Library()

_SHORT_NAMES: Final[Mapping[str, Promise]] = {
    "ecb-rates": _lazy("ECB"),
    "nbk-rates": _lazy("National Bank of Kazakhstan"),
    "official-rates": _lazy("official"),
    "worldbank": _lazy("World Bank"),
}

# Before every number that was not published but computed here.
ABOUT = "≈"
# More digits than these no bank prints; a double does.
PRINTED_DIGITS = 8
# Digits of an amount so small that its currency's minor unit would round it away.
SMALL_DIGITS = 4


@register.filter
def rate_number(rate: Rate) -> str:
    """The rate as its bank printed it, or six digits of one computed here or printed to the digits of a machine."""
    value = rounded(rate)
    if len(value.as_tuple().digits) > PRINTED_DIGITS:
        value = round(value, 5 - value.adjusted())
    return _with_its_digits(value)


@register.filter
def rate_value(rate: Rate) -> str:
    """The same, behind `≈` where it was computed."""
    shown = rate_number(rate)
    return f"{ABOUT}{wording.NO_BREAK}{shown}" if rate.is_derived else shown


@register.filter
def rate_all_digits(rate: Rate) -> str:
    """The rate with every digit printed."""
    return _with_its_digits(rounded(rate))


@register.filter
def rate_exact(rate: Rate) -> str:
    """The rate with its pair in words: `1 USD = 7.1217 CNY`."""
    words = {"base": rate.base, "number": rate_number(rate), "currency": rate.currency}
    if rate.is_derived:
        return _("1 %(base)s ≈ %(number)s %(currency)s") % words
    return _("1 %(base)s = %(number)s %(currency)s") % words


@register.filter
def rate_kind_words(rate: Rate) -> str:
    """Whose kind of rate it is; a mean says of how many days, and that its year is not whole."""
    kind = str(wording.RATE_KIND_WORDS[rate.kind])
    if rate.derivation is not Derivation.MEAN or rate.days is None:
        return kind
    form = ngettext("%(kind)s, mean of %(days)s day", "%(kind)s, mean of %(days)s days", rate.days)
    told = form % {"kind": kind, "days": rate.days}
    return _("%(mean)s, part of the year") % {"mean": told} if rate.is_partial else told


@register.filter
def rate_source_words(rate: Rate) -> str:
    """Who stands behind it, as short as a cell needs, with the days of a mean."""
    source = rate.sources[0].source
    name = str(_SHORT_NAMES.get(source.id, source.publisher))
    if rate.days is None:
        return name
    words = {"source": name, "days": rate.days}
    if rate.is_partial:
        return _("%(source)s, %(days)s days so far") % words
    return _("%(source)s, %(days)s days") % words


@register.filter
def rate_basis(rate: Rate) -> str:
    """What a computed rate was computed from; empty for a published one."""
    if not rate.is_derived:
        return ""
    legs = wording.listed([_leg(leg) for leg in rate.legs])
    if len(rate.legs) > 1:
        return _("from %(legs)s of the same day") % {"legs": legs} if _is_of_day(rate) else _from(legs)
    return _("the inverse of %(legs)s") % {"legs": legs} if rate.derivation is Derivation.INVERSE else _from(legs)


@register.simple_tag
def converted_amount(value: Decimal, currency: CurrencyRef) -> str:
    """A converted amount, always behind `≈`: to the currency's minor unit, or four digits where it is smaller."""
    digits = currency.minor_digits
    if value and value.adjusted() < -digits + 1:
        digits = SMALL_DIGITS - 1 - value.adjusted()
    return f"{ABOUT}{wording.NO_BREAK}{wording.number(value, digits)}{wording.NO_BREAK}{currency.code}"


def _with_its_digits(value: Decimal) -> str:
    """A number with its last noughts: 326.00 was printed to the hundredth."""
    exponent = value.as_tuple().exponent
    return wording.number(value, max(0, -exponent) if isinstance(exponent, int) else None)


def _leg(leg: RateLeg) -> str:
    pair = f"{leg.currency}/{leg.base}"
    return pair if leg.value is None else f"{pair}{wording.NO_BREAK}{_with_its_digits(leg.value)}"


def _is_of_day(rate: Rate) -> bool:
    return rate.derivation is Derivation.CROSS and len(rate.period) > len("2024")


def _from(legs: str) -> str:
    return _("from %(legs)s") % {"legs": legs}


@register.simple_tag
def usual_currencies() -> tuple[str, str]:
    """What a conversion begins with: into the reader's own currency, or from dollars to yuan."""
    into = reader().currency or "CNY"
    return ("CNY" if into == "USD" else "USD"), into
