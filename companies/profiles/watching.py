"""A market to watch, as a visitor or a reader sees it before and after."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from companies.access import Actor
from companies.accounts.wishes import Wish
from companies.profiles.organisation import home_choices
from companies.queries.watching import own_target
from markets.errors import InvalidRequest, NotFound
from markets.profiles import catalogue
from markets.profiles.markets import MarketRef, market, market_ref
from markets.queries import reference


@dataclass(frozen=True, slots=True)
class WatchPage:
    """What can be watched, and whether the reader does.

    market None: the reader has to choose one of `choices`. goods: the category or product by name; empty for all.
    target: the reader's own target market; None while they do not watch it. is_new: since a moment ago.
    """

    wish: Wish
    market: MarketRef | None
    goods: str
    is_signed_in: bool
    target: uuid.UUID | None
    is_new: bool
    choices: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        """The part of an address that says what is to be watched."""
        asked = {"market": self.wish.market, "category": self.wish.category, "product": self.wish.product}
        return urlencode({name: value for name, value in asked.items() if value})

    @property
    def name(self) -> str:
        """The market with the goods; the goods alone where no market is chosen."""
        if self.market is None or not self.goods:
            return self.market.name if self.market else self.goods
        return _("%(market)s: %(goods)s") % {"market": self.market.name, "goods": self.goods}

    @property
    def done(self) -> str:
        """What is said once it is watched."""
        return _("You watch %(name)s. It stands under My markets.") % {"name": self.name}


def wish_for(market_code: str, category: str = "", product: str = "") -> Wish:
    """A wish for what exists. An empty market is left to be chosen.

    Raises NotFound for an unknown market, category or product; InvalidRequest for a category and a product at once, or
    for nothing at all.
    """
    if category and product:
        raise InvalidRequest(reason=_("name a category or a product, not both"))
    if not (market_code or category or product):
        raise InvalidRequest(reason=_("name a market to watch"))
    if market_code:
        market_code = market(market_code.upper()).code
    if category:
        category = _category_name(category)[0]
    return Wish(market_code, category, catalogue.product(product).code if product else "")


def watch_page(actor: Actor, wish: Wish, *, is_new: bool = False) -> WatchPage:
    """A wish before the actor. Raises what `wish_for` raises."""
    found = market_ref(market(wish.market)) if wish.market else None
    target = own_target(actor, wish.market, wish.category, wish.product) if found and actor.user else None
    return WatchPage(
        wish=wish,
        market=found,
        goods=goods_name(wish.category, wish.product),
        is_signed_in=actor.user is not None,
        target=target.pk if target else None,
        is_new=is_new,
        choices=() if found else tuple(home_choices()),
    )


def goods_name(category: str, product: str) -> str:
    """A category or product by its name in the active language; empty for all goods. Raises NotFound."""
    if product:
        found = catalogue.product(product)
        return f"{found.code} {found.name}"
    return _category_name(category)[1] if category else ""


def _category_name(slug: str) -> tuple[str, str]:
    for each in reference().categories:
        if each.slug == slug:
            return each.slug, each.name
    raise NotFound(kind=_("category"), key=slug)
