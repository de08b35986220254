"""Markets and groups of them, by their names, other names, letters and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from companies.importing.meaning.finding import Finder, words_of
from companies.importing.meaning.naming import in_active_language
from markets.models import Area, SearchTerm


def places() -> Finder:
    """Every market and group of markets, in two queries.

    `NA` is Namibia. A number is the code of the UN (M49), with its leading zeros or without. Towns and ports are no
    places: what they are in is not guessed.
    """
    areas = list(Area.objects.all())
    own = words_of("place")
    names = [*_names(areas), *_other_names(), *((words.code, name) for words in own for name in words.names)]
    return Finder(
        names, in_active_language(areas, "code"), ((words.code, name) for words in own for name in words.maybe)
    )


def _names(areas: Iterable[Area]) -> Iterator[tuple[str, str]]:
    for area in areas:
        for name in (area.name_en, area.name_zh, area.name_ru, area.code, area.iso2, area.m49, area.m49.lstrip("0")):
            yield area.code, name


def _other_names() -> Iterator[tuple[str, str]]:
    rows = SearchTerm.objects.filter(kind=SearchTerm.Kind.MARKET)
    return iter(rows.values_list("key", "text"))
