"""Tracking a market: the one way a target market comes to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from companies.access import Action, Actor, require, require_own
from companies.alerts.rules import rule_for_target
from companies.changes import changed, fields_of
from companies.errors import AlreadyTracked, TooMany
from companies.models import Company, TargetMarket, User
from companies.targets.fields import IDENTITY, MOST_TARGETS, REMEMBERED
from companies.targets.holding import kept_once, same_target
from companies.targets.reading import new_target


def track(actor: Actor, values: Mapping[str, Any], *, with_rule: bool = True) -> TargetMarket:
    """A new target market: the actor's own, or of the company that the values name.

    with_rule: with it comes the actor's alert rule for any revision of the market, unless they have it already.
    values: market (code), category (slug) or product (HS code) or neither, company (id), status, reason, stage, owner
    (number of a person), next_action, next_action_on. Without a status: future interest; the actor sees to it.
    Raises FieldsRejected with every fault; AlreadyTracked; SignInNeeded, NotAllowed, ScopeMissing; TooMany.
    """
    if not values.get("company"):
        require_own(actor, Action.TRACK)
    target = new_target(actor, values)
    if target.organisation_id is not None:
        require(actor, Action.TRACK_COMPANIES, target.organisation_id)
    with transaction.atomic():
        make_room(target)
        if (other := same_target(target)) is not None:
            raise AlreadyTracked(market=target.market.name, target=other.pk)
        kept_once(target)
        target.refresh_from_db()
        changed(actor, "tracked", target, after=fields_of(target, (*IDENTITY, *REMEMBERED)))
        if with_rule:
            rule_for_target(actor, target)
    return target


def make_room(target: TargetMarket) -> None:
    """One more of the same person or company; two requests of one moment must count each other. Raises TooMany."""
    if target.company is not None:
        Company.objects.select_for_update(no_key=True).get(pk=target.company.pk)
    if target.person is not None:
        User.objects.select_for_update(no_key=True).get(pk=target.person.pk)
    mine = TargetMarket.objects.filter(person=target.person_id, company=target.company_id, removed_at=None)
    if mine.count() >= MOST_TARGETS:
        raise TooMany(count=MOST_TARGETS + 1, kind=_("target markets"), most=MOST_TARGETS)
