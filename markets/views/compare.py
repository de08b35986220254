"""Two to six markets compared. The address is the whole state, so a link shows the same comparison to anyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from markets.door.page import answer_with_tables, as_of, download_form, page_view, word
from markets.errors import InvalidRequest, InvalidValue
from markets.profiles.comparison import (
    Basis,
    Comparison,
    ComparisonChoices,
    Measure,
    comparison,
    comparison_choices,
)
from markets.profiles.tables import Table
from markets.vocabulary import AsOf

MOST_CODES: Final = 100
WORDS: Final = ("group", "basis", "period", "measure", "base", "chart", "chart_measure")
# What an address need not say, for it is so anyway.
_USUAL: Final = {"basis": Basis.NEWEST.value, "measure": Measure.VALUE.value}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the form holds, right or wrong: typed codes of markets and indicators, and the words of the address."""

    markets: tuple[str, ...]
    indicators: tuple[str, ...]
    group: str
    basis: str
    period: str
    measure: str
    base: str
    chart: str
    chart_measure: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a wish. parameter: which field of the form it belongs to."""

    parameter: str
    message: str


@dataclass(frozen=True, slots=True)
class ComparePage:
    """The form as it was filled in, what can be chosen, and the comparison; None where `problems` stand in its way."""

    wish: Wish
    choices: ComparisonChoices
    found: Comparison | None
    problems: tuple[Problem, ...]
    as_of: AsOf | None

    def tables(self) -> tuple[Table, ...]:
        """The comparison's tables; none without one."""
        return self.found.tables() if self.found else ()


@page_view
def compare(request: HttpRequest) -> HttpResponse:
    """The comparison and its form. A form as the browser sends it leads to the same in a short address.

    A wish that cannot be met is answered with 400 and the form as it was filled in, the reasons beside it.
    """
    plain = _plain_query(request)
    if plain is not None:
        return redirect(f"{request.path}?{plain}" if plain else request.path)
    wish, moment = _wish(request), as_of(request)
    found: Comparison | None = None
    problems: tuple[Problem, ...] = ()
    try:
        found = _found(wish, moment)
    except InvalidRequest as refused:
        if download_form(request):
            raise
        problems = _problems(refused)
    page = ComparePage(wish, comparison_choices(), found, problems, moment)
    if found is None:
        response = render(request, "markets/compare.html", {"page": page}, status=400)
        response.headers["Cache-Control"] = "no-store"
        return response
    return answer_with_tables(request, "markets/compare.html", page)


def _found(wish: Wish, moment: AsOf | None) -> Comparison:
    return comparison(
        wish.markets,
        indicators=wish.indicators,
        group=wish.group,
        basis=wish.basis or Basis.NEWEST.value,
        period=wish.period,
        measure=wish.measure or Measure.VALUE.value,
        base=wish.base,
        chart=wish.chart,
        chart_measure=wish.chart_measure,
        as_of=moment,
    )


def _problems(refused: InvalidRequest) -> tuple[Problem, ...]:
    faults = refused.context.get("faults", (refused,))
    return tuple(Problem(str(fault.context.get("parameter", "")), fault.message(_)) for fault in faults)


def _wish(request: HttpRequest) -> Wish:
    words = {name: word(request, name) for name in WORDS}
    words["base"] = words["base"].upper()
    return Wish(_markets(request), _codes(request, "indicator"), **words)


def _markets(request: HttpRequest) -> tuple[str, ...]:
    """Codes of the chosen markets in capitals, between commas or one after another."""
    return tuple(dict.fromkeys(code.upper() for code in _codes(request, "market")))


def _codes(request: HttpRequest, name: str) -> tuple[str, ...]:
    """Codes between commas or one after another, each once. Raises InvalidValue when there is no end to them."""
    codes = ",".join(request.GET.getlist(name)).replace(" ", ",").split(",")
    found = tuple(dict.fromkeys(code for code in codes if code))
    if len(found) > MOST_CODES:
        expected = _("at most %(most)s codes fit one question") % {"most": MOST_CODES}
        raise InvalidValue(parameter=name, value=len(found), expected=expected)
    return found


def _plain_query(request: HttpRequest) -> str | None:
    """The query in its short form where a form sent a long one; None where it is short already.

    Long are: a market to add, a list spread over several words, and words that say nothing or what is so anyway.
    """
    query = request.GET
    is_long = "add" in query or any(len(texts) > 1 for _name, texts in query.lists())
    is_long = is_long or any(value in ("", _USUAL.get(name)) for name, value in query.items())
    if not is_long:
        return None
    short = query.copy()
    added = [code.upper() for code in _codes(request, "add")]
    short.pop("add", None)
    lists: dict[str, Sequence[str]] = {
        "market": tuple(dict.fromkeys([*_markets(request), *added])),
        "indicator": _codes(request, "indicator"),
    }
    for name in list(short):
        value = ",".join(lists[name]) if name in lists else str(short[name])
        short[name] = value
        if value in ("", _USUAL.get(name)):
            del short[name]
    if added:
        short["market"] = ",".join(lists["market"])
    return short.urlencode(safe=",")
