"""Two to six markets beside one another: their figures, the course of one of them, their memberships and themes."""

from markets.profiles.comparison.asked import FEWEST_MARKETS, MOST_MARKETS, READY_MADE, Basis, Measure, compared_with
from markets.profiles.comparison.background import AccessRow, ThemeRow, ThemeStrength
from markets.profiles.comparison.course import Course
from markets.profiles.comparison.page import Comparison, ComparisonChoices, comparison, comparison_choices
from markets.profiles.comparison.rows import (
    MOST_YEARS_APART,
    ComparedCell,
    ComparedRow,
    End,
    Gap,
    SourceValue,
    Unranked,
)

__all__ = [
    "FEWEST_MARKETS",
    "MOST_MARKETS",
    "MOST_YEARS_APART",
    "READY_MADE",
    "AccessRow",
    "Basis",
    "ComparedCell",
    "ComparedRow",
    "Comparison",
    "ComparisonChoices",
    "Course",
    "End",
    "Gap",
    "Measure",
    "SourceValue",
    "ThemeRow",
    "ThemeStrength",
    "Unranked",
    "compared_with",
    "comparison",
    "comparison_choices",
]
