"""What a comparison is asked for, checked: which markets, which figures, of which period, in which measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue
from markets.models import Area, Indicator
from markets.queries import Reference
from markets.vocabulary import AsOf, Period

FEWEST_MARKETS: Final = 2
MOST_MARKETS: Final = 6
# The markets the product was made for; they stand ready where nobody has chosen yet.
READY_MADE: Final = tuple(code for code in queries.FOCUS_MARKETS if code != "CHN")


class Basis(StrEnum):
    """Of which period the values are: the newest stated of each market, or the newest that all of them state."""

    NEWEST = "newest"
    SAME_YEAR = "same_year"


class Measure(StrEnum):
    """How values are shown: as stated, for each resident, or with one of them as 100."""

    VALUE = "value"
    PER_HEAD = "per_head"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Asked:
    """A comparison as asked for. period empty: `basis` says which. base: the market that an index sets to 100."""

    areas: tuple[Area, ...]
    indicators: tuple[Indicator, ...]
    basis: Basis
    period: str
    measure: Measure
    base: str
    chart: Indicator
    chart_measure: Measure
    as_of: AsOf | None
    is_ready_made: bool

    @property
    def codes(self) -> tuple[str, ...]:
        """The chosen markets in their order."""
        return tuple(area.code for area in self.areas)


def compared_with(iso3: str) -> tuple[str, ...]:
    """A market and those it is most likely to be held against: the other ready-made ones."""
    return (iso3, *(code for code in READY_MADE if code != iso3))


def checked(
    standing: Reference,
    markets: Sequence[str],
    *,
    indicators: Sequence[str],
    group: str,
    basis: str,
    period: str,
    measure: str,
    base: str,
    chart: str,
    chart_measure: str,
    as_of: AsOf | None,
) -> Asked:
    """The comparison asked for. Raises the first InvalidValue, with every fault in its context as `faults`."""
    faults: list[InvalidValue] = []
    chosen = tuple(dict.fromkeys(markets)) or READY_MADE
    areas = _areas(standing, chosen, faults)
    known = standing.indicators
    shown = _indicators(known, indicators, group, faults)
    charted = _indicators(known, [chart], "", faults, parameter="chart") if chart else shown[:1]
    way, as_measured = _word(Basis, "basis", basis, faults), _word(Measure, "measure", measure, faults)
    if base and base not in chosen:
        faults.append(InvalidValue(parameter="base", value=base, expected=_("choose one of the compared markets")))
    course = _word(Measure, "chart_measure", chart_measure, faults) if chart_measure else as_measured
    _refuse_no_period(period, faults)
    if faults:
        faults[0].context["faults"] = tuple(faults)
        raise faults[0]
    return Asked(
        areas=areas,
        indicators=shown,
        basis=Basis(way),
        period=period,
        measure=Measure(as_measured),
        base=base or chosen[0],
        chart=charted[0],
        chart_measure=Measure(course),
        as_of=as_of,
        is_ready_made=not markets,
    )


def _areas(standing: Reference, chosen: Sequence[str], faults: list[InvalidValue]) -> tuple[Area, ...]:
    known = {code: area for code in chosen if (area := standing.areas.get(code)) and not area.is_aggregate}
    for code in chosen:
        if code not in known:
            expected = _("there is no market with that code; groups of countries are none")
            faults.append(InvalidValue(parameter="market", value=code, expected=expected))
    if len(chosen) < FEWEST_MARKETS:
        expected = _("a comparison needs at least two markets, choose one more")
        faults.append(InvalidValue(parameter="market", value=", ".join(chosen), expected=expected))
    if len(chosen) > MOST_MARKETS:
        expected = _("at most %(most)s markets fit beside one another, and these are %(count)s; take some out") % {
            "most": MOST_MARKETS,
            "count": len(chosen),
        }
        faults.append(InvalidValue(parameter="market", value=", ".join(chosen), expected=expected))
    return tuple(known[code] for code in chosen if code in known)


def _indicators(
    known: Sequence[Indicator],
    codes: Sequence[str],
    group: str,
    faults: list[InvalidValue],
    *,
    parameter: str = "indicator",
) -> tuple[Indicator, ...]:
    """The named ones and those of the group, in the order of the registry; the headline ones where none are named."""
    wanted = {code.casefold() for code in codes}
    for code in codes:
        if not any(indicator.code.casefold() == code.casefold() for indicator in known):
            expected = _("there is no indicator with that code")
            faults.append(InvalidValue(parameter=parameter, value=code, expected=expected))
    groups = dict.fromkeys(indicator.group for indicator in known)
    if group and group not in groups:
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(groups)}
        faults.append(InvalidValue(parameter="group", value=group, expected=expected))
    if not codes and not group:
        return tuple(indicator for indicator in known if indicator.is_headline)
    return tuple(i for i in known if i.code.casefold() in wanted or (group and i.group == group))


def _word(allowed: type[StrEnum], parameter: str, word: str, faults: list[InvalidValue]) -> str:
    if word not in list(allowed):
        expected = _("it is one of %(allowed)s") % {"allowed": ", ".join(allowed)}
        faults.append(InvalidValue(parameter=parameter, value=word, expected=expected))
    return word


def _refuse_no_period(period: str, faults: list[InvalidValue]) -> None:
    if not period:
        return
    try:
        Period.parse(period)
    except InvalidValue as fault:
        faults.append(fault)
