"""Reads of organisations: who belongs to them, who is invited, and the keys of their programs."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone

from companies.access import Action, Actor, organisations, seen, working_on
from companies.models import ApiKey, Change, Invitation, Membership, Organisation, Role

A_DAY: Final = dt.timedelta(days=1)
_OPEN: Final = {"accepted_at__isnull": True, "withdrawn_at__isnull": True}


def own_organisations(actor: Actor) -> list[Organisation]:
    """The organisations the actor belongs to, by name."""
    return list(organisations(actor).select_related("home").order_by("name", "pk"))


def working_organisation(actor: Actor) -> Organisation:
    """The one the actor works in. Raises SignInNeeded, NoOrganisation."""
    return organisations(actor).select_related("home").get(pk=actor.organisation_id)


def members(actor: Actor) -> QuerySet[Membership]:
    """Who belongs to the organisation worked in, first come first."""
    return working_on(actor, Membership).filter(ended_at__isnull=True).select_related("user").order_by("began_at", "pk")


def membership_in_force(organisation_id: uuid.UUID, person: int) -> Membership | None:
    """How a person belongs to an organisation now; None when they do not."""
    return Membership.objects.filter(organisation_id=organisation_id, user_id=person, ended_at__isnull=True).first()


def admins_beside(membership: Membership) -> int:
    """How many other admins the organisation has; who is about to be deleted counts no more."""
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id, role=Role.ADMIN, ended_at__isnull=True, user__is_active=True
    )
    others = others.filter(user__deletion_wanted_at__isnull=True)
    return others.exclude(pk=membership.pk).count()


def made_today(person: int) -> int:
    """How many organisations a person created within a day."""
    rows = Change.objects.filter(actor_id=person, action="made", object_kind="organisation")
    return rows.filter(at__gt=timezone.now() - A_DAY).count()


def open_invitations(actor: Actor) -> QuerySet[Invitation]:
    """Letters of the organisation worked in that can still be accepted. Raises NotAllowed for who manages nothing."""
    rows = working_on(actor, Invitation).select_related("invited_by")
    return rows.filter(**_OPEN, expires_at__gt=timezone.now())


def invitation_by_hash(secret_hash: str) -> Invitation | None:
    """The letter with this secret, whoever asks, as long as it can be accepted."""
    rows = Invitation.objects.select_related("organisation", "invited_by")
    return rows.filter(secret_hash=secret_hash, **_OPEN, expires_at__gt=timezone.now()).first()


def keys(actor: Actor) -> QuerySet[ApiKey]:
    """Keys of the organisation worked in: one's own, for an admin everybody's; those in use first."""
    rows = working_on(actor, ApiKey, Action.OWN_KEYS).select_related("membership__user")
    return rows.order_by("revoked_at", "-created_at", "pk")


def own_keys_in_use(actor: Actor) -> QuerySet[ApiKey]:
    """The actor's own keys that still open something."""
    mine = seen(actor, ApiKey).filter(membership__user=actor.person, revoked_at__isnull=True)
    return mine.exclude(expires_at__lte=timezone.now())
