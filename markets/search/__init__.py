"""Finding: by words in three languages or by code, to products, categories, markets and indicators.

`find` answers a question; `rebuild_index` brings the words it searches up to date and is called after
every load of reference data. Page and API show the same `Findings`.
"""

from markets.search.finding import MAX_LIMIT, find
from markets.search.findings import Findings, Group, Hit, Reason, Step
from markets.search.index import rebuild_index
from markets.search.question import MAX_CHARACTERS

__all__ = [
    "MAX_CHARACTERS",
    "MAX_LIMIT",
    "Findings",
    "Group",
    "Hit",
    "Reason",
    "Step",
    "find",
    "rebuild_index",
]
