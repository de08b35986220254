"""`/compare/`: two to six markets beside one another, the same numbers as on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from markets.door.address import FIGURES_SECONDS, RecordView
from markets.door.parameters import AS_OF, INDICATOR_FORM, LANG, MARKET_FORM, Parameter, choice, code, codes, period
from markets.profiles.comparison import (
    FEWEST_MARKETS,
    MOST_MARKETS,
    MOST_YEARS_APART,
    Basis,
    Comparison,
    Measure,
    comparison,
)

_MARKETS = codes(
    "market",
    "Markets to compare, two to six, commas between them; the five countries of Central Asia by default.",
    "KAZ,UZB,KGZ",
    MARKET_FORM,
)


@dataclass(frozen=True, slots=True)
class ComparisonMeta:
    """What holds for the comparison as a whole.

    years_apart: no highest and lowest is named where the periods of a row lie further apart than that.
    """

    as_of: dt.datetime | None
    years_apart: int


@dataclass(frozen=True, slots=True)
class ComparisonAnswer:
    """A comparison, and what holds for it as a whole."""

    data: Comparison
    meta: ComparisonMeta


class CompareView(RecordView):
    """Two to six markets compared: figures with period, status and source each, one of them over time, and themes."""

    record = ComparisonAnswer
    fresh_seconds = FIGURES_SECONDS
    parameters: ClassVar[Sequence[Parameter]] = (
        replace(
            _MARKETS,
            schema={
                **_MARKETS.schema,
                "minItems": FEWEST_MARKETS,
                "maxItems": MOST_MARKETS,
                "uniqueItems": True,
            },
        ),
        codes("indicator", "These indicators, commas between them.", "NY.GDP.MKTP.CD,SP.POP.TOTL", INDICATOR_FORM),
        code(
            "group",
            "All indicators on this subject; by default the headline ones.",
            "size",
            r"[a-z_]{1,20}",
        ),
        choice(
            "basis",
            "The newest value of each market, or the newest period that all of them state.",
            list(Basis),
            Basis.NEWEST.value,
        ),
        period("period", "Only this period, whatever `basis` says.", "2023"),
        choice(
            "measure",
            "Values as stated, divided by the population of the same period, or as an index: `base` is 100.",
            list(Measure),
            Measure.VALUE.value,
        ),
        code("base", "The market that an index sets to 100; the first by default.", "KAZ", MARKET_FORM),
        code("chart", "The indicator of `course`; the first shown by default.", "NY.GDP.MKTP.CD", INDICATOR_FORM),
        choice(
            "chart_measure", "As `measure`, for `course`: an index sets the first shared period to 100.", list(Measure)
        ),
        AS_OF,
        LANG,
    )

    def found(self, **codes: Any) -> ComparisonAnswer:  # noqa: ARG002 no code stands in the address
        """The same as the page of comparison. Raises InvalidValue."""
        asked = self.asked
        compared = comparison(
            asked["market"] or (),
            indicators=asked["indicator"] or (),
            group=asked["group"] or "",
            basis=asked["basis"],
            period=asked["period"] or "",
            measure=asked["measure"],
            base=asked["base"] or "",
            chart=asked["chart"] or "",
            chart_measure=asked["chart_measure"] or "",
            as_of=asked["as_of"],
        )
        return ComparisonAnswer(compared, ComparisonMeta(compared.as_of, MOST_YEARS_APART))
