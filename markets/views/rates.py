"""Exchange rates: the newest, averages of years, and a conversion that names its rate."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from markets.door.page import answer, answer_with_tables, as_of, download_form, page_view, word
from markets.errors import InvalidValue
from markets.profiles import exchange_rates_page
from markets.profiles.exchange_rates import ExchangeRatesPage, Wanted
from markets.vocabulary import PrintedNumber

# Blanks that people group digits with; a comma may part decimals or thousands, so it is not guessed.
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2009")
_FIELDS: Final = frozenset({"amount", "from", "to", "day"})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a conversion asked for. parameter: the field of the form; expected: what it takes."""

    parameter: str
    expected: str


@page_view
def exchange_rates(request: HttpRequest) -> HttpResponse:
    """The currencies of the markets against the dollar and the yuan; a conversion where an amount is given."""
    moment = as_of(request)
    try:
        page = exchange_rates_page(_wanted(request), moment)
    except InvalidValue as refused:
        if download_form(request) or refused.context["parameter"] not in _FIELDS:
            raise
        return _refused(request, exchange_rates_page(None, moment), refused)
    return answer_with_tables(request, "markets/exchange_rates.html", page)


def _refused(request: HttpRequest, page: ExchangeRatesPage, refused: InvalidValue) -> HttpResponse:
    """The page without a conversion, the form as it was filled in and what is wrong with it."""
    problem = Problem(str(refused.context["parameter"]), str(refused.context["expected"]))
    response = answer(request, "markets/exchange_rates.html", page, status=400, problem=problem)
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted(request: HttpRequest) -> Wanted | None:
    """The conversion asked for; None where no amount is given. Raises InvalidValue."""
    text = word(request, "amount").translate(_BLANKS)
    if not text:
        return None
    return Wanted(_amount(text), word(request, "from").upper(), word(request, "to").upper(), _day(word(request, "day")))


def _amount(text: str) -> Decimal:
    expected = _("write an amount of money such as 1500.50")
    try:
        amount = PrintedNumber.parse(text).value
    except InvalidValue as fault:
        raise InvalidValue(parameter="amount", value=text, expected=expected) from fault
    if amount < 0:
        raise InvalidValue(parameter="amount", value=text, expected=expected)
    return amount


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as fault:
        expected = _("write a day such as 2025-06-30")
        raise InvalidValue(parameter="day", value=text, expected=expected) from fault
    if day.year < 1900:
        raise InvalidValue(parameter="day", value=text, expected=_("write a day such as 2025-06-30"))
    return day
