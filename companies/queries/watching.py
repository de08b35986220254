"""A person's own target markets and goods, as far as watching and beginning ask for them."""

from __future__ import annotations

from django.db.models import QuerySet

from companies.access import Actor, seen
from companies.models import Interest, TargetMarket


def own_targets(actor: Actor) -> QuerySet[TargetMarket]:
    """The person's own target markets, those removed too; not those of companies or of colleagues."""
    return seen(actor, TargetMarket).filter(person=actor.person)


def own_target(actor: Actor, market: str, category: str = "", product: str = "") -> TargetMarket | None:
    """The person's own target of just this market and these goods; None where there is none, or it was removed."""
    same = {"market_id": market, "category_id": category or None, "product": product}
    return own_targets(actor).filter(removed_at=None, **same).first()


def interests(actor: Actor) -> QuerySet[Interest]:
    """What the person said they sell, in the order they said so."""
    return Interest.objects.filter(person=actor.person).order_by("pk")
