"""Indices: pure functions, values in, values out. Each is registered once, with formula and source.

The words of a measure are marked for the catalogues here and translated by whoever shows them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from markets.analytics.concentration import hhi
from markets.analytics.growth import cagr
from markets.analytics.mirror import mirror_gap
from markets.analytics.unit_values import unit_value


@dataclass(frozen=True, slots=True)
class Measure:
    """What an index is, for tooltips, API metadata and the methods page.

    unit: a word of `docs/glossary.md`; empty: dimensionless. reference: who wrote it down first, or who defines it.
    """

    key: str
    label: str
    unit: str
    decimals: int
    formula: str
    caveat: str
    reference: str
    function: Callable[..., Any]


def _(words: str) -> str:
    """The words as they are: marked for the catalogues, which this room knows nothing of."""
    return words


MEASURES: Final[Mapping[str, Measure]] = {
    measure.key: measure
    for measure in (
        Measure(
            key="hhi",
            label=_("Concentration of suppliers (Herfindahl-Hirschman index)"),
            unit="",
            decimals=3,
            formula="H = Σ sᵢ², sᵢ = vᵢ / Σ v; 1/n ≤ H ≤ 1",
            caveat=_(
                "Only partners with a value above zero count. 1 is a single supplier; with n equal ones it is 1/n. "
                "It stands only where the stated partners make up 95 to 105 per cent of the stated total."
            ),
            reference="Hirschman (1964), The Paternity of an Index, American Economic Review 54(5)",
            function=hhi,
        ),
        Measure(
            key="mirror_gap",
            label=_("Distance of the two sides (mirror gap)"),
            unit="",
            decimals=2,
            formula="r = x / m; D = |x − m| / (x + m), 0 ≤ D ≤ 1",
            caveat=_(
                "x is what the exporter reports, m what the importer reports, of one period and in one currency. "
                "0 says that the two sides agree, 1 that one of them has nothing. It does not say which side is right."
            ),
            reference=(
                "Bhagwati (1964), On the Underinvoicing of Imports, Oxford Bulletin of Economics and Statistics 26(4);"
                " D as in the Growth Lab at Harvard University's cleaning of trade data"
            ),
            function=mirror_gap,
        ),
        Measure(
            key="cagr",
            label=_("Growth per year (compound)"),
            unit="pct",
            decimals=1,
            formula="g = (vₜ / v₀)^(1/n) − 1, n = t − 0",
            caveat=_(
                "n counts the years that passed, not the values between. In the currency as reported, prices not taken "
                "out. Not defined where the first value is zero."
            ),
            reference="World Bank, WITS, Trade indicators: compound annual growth rate",
            function=cagr,
        ),
        Measure(
            key="unit_value",
            label=_("Value per kilogram (unit value)"),
            unit="usd_per_kg",
            decimals=2,
            formula="u = Σ vᵢ / Σ wᵢ, over the rows i that state a weight",
            caveat=_(
                "Only where value and net weight are stated and above zero, and at least nine tenths of the value have "
                "a weight beside them; a figure marked as estimated has none. A code holds many goods: the mix "
                "changes it as much as the price does."
            ),
            reference="United Nations (2013), International Merchandise Trade Statistics: Compilers Manual, Revision 1",
            function=unit_value,
        ),
    )
}
