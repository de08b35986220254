"""Which series cannot be below zero, so that a negative value is a fault of the file and no figure.

A unit that counts or measures things says so by itself. Money and percentages may be balances, flows and growth,
which fall below zero as a matter of course: of those only national income and product are named here.
"""

from __future__ import annotations

from typing import Final

# Counts, sizes and ratios of counts. Not `pct`, `pct_of_gdp`, `index`, `usd`: growth, balances and net flows use them.
NEVER_NEGATIVE_UNITS: Final = frozenset(
    {
        "persons",
        "persons_per_km2",
        "pct_of_population",
        "per_100",
        "per_1000",
        "births_per_woman",
        "years",
        "days",
        "km2",
        "score_1_5",
        "kwh_per_head",
        "kg_oe_per_head",
        "t_per_head",
        "lcu_per_usd",
    }
)
# Gross domestic product and gross national income, as levels; their growth and deflator are in per cent.
PRODUCT_AND_INCOME: Final = ("NY.GDP.", "NY.GNP.")
MONEY_UNITS: Final = frozenset({"usd", "usd_per_head", "intl_usd", "intl_usd_per_head"})


def is_never_negative(indicator: str, unit: str) -> bool:
    """Whether a value below zero is impossible for this series."""
    return unit in NEVER_NEGATIVE_UNITS or (unit in MONEY_UNITS and indicator.startswith(PRODUCT_AND_INCOME))
