"""The outside world, one provider a file: its words in, our rows out."""

from __future__ import annotations

from markets.errors import NotFound
from markets.sources import baci, bundled_flows, china, fx, gapminder, national, unctad, worldbank
from markets.sources.base import Source, SourceCard
from markets.sources.cubes import CubeSource
from markets.sources.http import Downloadable

_SOURCES: dict[str, Source] = {
    worldbank.CARD.id: worldbank.WorldBank(),
    fx.ECB_CARD.id: fx.Ecb(),
    fx.NBK_CARD.id: fx.Nbk(),
    **national.SOURCES,
}
# Products between pairs of areas: read a year at a time.
_CUBES: dict[str, CubeSource] = {baci.CARD.id: baci.Baci()}
# Cards of what comes with the product only, and of what can be read anew.
_CARDS = {
    card.id: card
    for card in (
        *(source.card for source in _SOURCES.values()),
        *(source.card for source in _CUBES.values()),
        *fx.CARDS,
        gapminder.CARD,
        unctad.CARD,
        china.CARD,
        *bundled_flows.CARDS,
    )
}
# Of figures that are not true: no running product lists it.
_INVENTED = {baci.SYNTHETIC_CARD.id: baci.SYNTHETIC_CARD}


def cards() -> list[SourceCard]:
    """Every source's card, in the order of their ids."""
    return [_CARDS[key] for key in sorted(_CARDS)]


def card(dataset: str) -> SourceCard:
    """The card of one dataset. Raises NotFound."""
    try:
        return (_CARDS | _INVENTED)[dataset]
    except KeyError:
        raise NotFound(kind="dataset", key=dataset) from None


def readable(dataset: str) -> Source | None:
    """The source that reads this dataset's payload files; None when there is none."""
    return _SOURCES.get(dataset)


def downloadable(dataset: str) -> Downloadable | None:
    """The source that can fetch this dataset anew; None when it comes with the product or in files only."""
    source = _SOURCES.get(dataset)
    return source if isinstance(source, Downloadable) else None


def cube_source(dataset: str) -> CubeSource | None:
    """The source that reads this dataset's files of product-level trade; None when there is none."""
    return _CUBES.get(dataset)
