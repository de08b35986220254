"""What a record is about, as sets that can be compared: its places and its goods."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from companies.queries.records import members_of
from companies.records.overlap import goods_of
from markets.queries import standing


def scopes() -> Callable[[str, str, str], tuple[frozenset[str], tuple[str, ...]]]:
    """A function from destination, category and code to places and goods; each answer is worked out once."""
    codes_by_category: dict[str, list[str]] = {}
    for product in standing.reference().category_products:
        codes_by_category.setdefault(product.owner, []).append(product.code)

    @cache
    def scope(destination: str, category: str, hs_code: str) -> tuple[frozenset[str], tuple[str, ...]]:
        places = members_of(destination) or frozenset({destination})
        return places, goods_of(category, hs_code, lambda slug: codes_by_category.get(slug, ()))

    return scope
