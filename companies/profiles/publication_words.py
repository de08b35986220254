"""What people read about publications: rules and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from markets.analytics.disclosure import Reason

# The public is not told which rule withheld a sum by itself: how many companies there are, or how unlike, is part of
# what is kept.
PUBLIC_REASONS: Final[Mapping[str, str]] = {
    Reason.FEW: "primary",
    Reason.DOMINANT: "primary",
    Reason.SECONDARY: "secondary",
    Reason.EDITION: "edition",
}
PUBLIC_WORDS: Final[Mapping[str, Promise]] = {
    "primary": _lazy("Too few companies stand behind it, or one of them stands out."),
    "secondary": _lazy("With it, a sum that is withheld could be worked out by subtraction."),
    "edition": _lazy("Beside what was published before, it would tell of single companies."),
}
REVIEWERS_WORDS: Final[Mapping[str, Promise]] = {
    Reason.FEW: _lazy("too few companies"),
    Reason.DOMINANT: _lazy("the second largest company could estimate the largest"),
    Reason.SECONDARY: _lazy("another withheld sum could be worked out by subtraction"),
    Reason.EDITION: _lazy("single companies could be read off a former publication"),
}


def rule_words(rule: Mapping[str, Any]) -> str:
    """The rule a publication was made by."""
    words = {"fewest": rule["fewest_companies"], "pct": rule["estimate_pct"]}
    told = _(
        "A sum is told when at least %(fewest)s companies stand behind it, when none of them can estimate another's"
        " value within %(pct)s per cent, and when the same holds for whatever can be worked out by subtracting sums,"
        " of this publication or of former ones."
    )
    return told % words
