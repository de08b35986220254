"""Letting colleagues read a target market of one's own, and no longer."""

from __future__ import annotations

from django.db import transaction

from companies.access import Actor
from companies.changes import fields_of
from companies.errors import NothingToShare
from companies.models import AlertRule, Membership, TargetMarket
from companies.targets.fields import REMEMBERED
from companies.targets.holding import held_target, written
from companies.targets.reading import organisation_of


def share_target(actor: Actor, key: object, version: int | None) -> TargetMarket:
    """Let the organisation the actor works in read it, with its notes and history; they change nothing.

    A company's is read by its colleagues already; it stays as it is. Raises what `holding.held_target` raises, and
    NothingToShare for who belongs to no organisation.
    """
    with transaction.atomic():
        # Before the target market, as a membership ends: whoever was removed meanwhile shares nothing there.
        is_member = _held_membership(actor)
        target = held_target(actor, key, version)
        if target.organisation_id is not None:
            return target
        organisation = organisation_of(actor)
        if organisation is None or not is_member:
            raise NothingToShare
        if target.shared_with_id == organisation.pk:
            return target
        before = fields_of(target, REMEMBERED)
        if target.shared_with_id is not None:
            _let_go(target)
        target.shared_with = organisation
        _see_to_it_alone(target)
        return written(actor, "shared", target, before)


def unshare_target(actor: Actor, key: object, version: int | None) -> TargetMarket:
    """Nobody but its person reads it any more. Raises what `holding.held_target` raises."""
    with transaction.atomic():
        target = held_target(actor, key, version)
        if target.shared_with_id is None:
            return target
        before = fields_of(target, REMEMBERED)
        target.shared_with = None
        _see_to_it_alone(target)
        _let_go(target)
        return written(actor, "unshared", target, before)


def _held_membership(actor: Actor) -> bool:
    """Whether the actor belongs where they work, which stays so until the transaction ends."""
    rows = Membership.objects.filter(organisation=actor.working_in, user=actor.person, ended_at=None)
    return rows.select_for_update(no_key=True).first() is not None


def _see_to_it_alone(target: TargetMarket) -> None:
    """A colleague who reads it no more, or not yet, cannot see to it."""
    if target.owner_id is not None:
        target.owner = target.person


def _let_go(target: TargetMarket) -> None:
    """Alert rules that colleagues hung on it go on without it."""
    AlertRule.objects.filter(target=target).exclude(person=target.person_id).update(target=None)
