"""Holding a target market still while it is changed, against the version its writer read, and writing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from companies.access import Actor, hidden, one, require_target
from companies.changes import changed, fields_of
from companies.errors import AlreadyTracked
from companies.models import TargetMarket
from companies.records.versions import in_version
from companies.targets.fields import REMEMBERED

_ONCE: Final = ("target_of_person_once", "target_of_company_once")


def held_target(actor: Actor, key: object, version: int | None, *, is_removed: bool = False) -> TargetMarket:
    """The target market, locked until the transaction ends, in the version the writer names.

    is_removed: one that was removed, to bring it back; else one that was not. Raises HiddenObject where there is none
    for the actor, TargetOfColleague, NotAllowed, ScopeMissing, VersionMissing, VersionConflict.
    """
    target = one(actor, TargetMarket, key)
    require_target(actor, target)
    locked = in_version(target, version)
    if (locked.removed_at is not None) is not is_removed:
        raise hidden(TargetMarket, key)
    return locked


def written(actor: Actor, action: str, target: TargetMarket, before: Mapping[str, Any]) -> TargetMarket:
    """The target market one version on, and its row in the change log. The caller holds it in its transaction.

    Raises AlreadyTracked where another one of the same goods stands in its place.
    """
    target.version += 1
    target.updated_at = Now()
    kept_once(target)
    target.refresh_from_db()
    changed(actor, action, target, before=before, after=fields_of(target, REMEMBERED))
    return target


def kept_once(target: TargetMarket) -> None:
    """Write it. Raises AlreadyTracked where a live one of the same person or company, market and goods stands."""
    try:
        with transaction.atomic():
            target.save()
    except IntegrityError as taken:
        if not any(name in str(taken) for name in _ONCE):
            raise
        other = same_target(target)
        raise AlreadyTracked(market=target.market.name, target=other.pk if other else None) from taken


def same_target(target: TargetMarket) -> TargetMarket | None:
    """The live target market of the same person or company, market and goods, where there is one."""
    rows = TargetMarket.objects.filter(
        person=target.person_id, company=target.company_id, market=target.market_id, removed_at=None
    )
    return rows.filter(category=target.category_id, product=target.product).exclude(pk=target.pk).first()
