"""What is kept of a person, read for that person alone."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.access import Actor
from companies.models import ApiKey, Change, Import, Invitation, Membership, Organisation, Role, SavedView, ShareLink

Rows = list[dict[str, Any]]


def addresses(actor: Actor) -> Rows:
    """The person's own addresses."""
    return list(EmailAddress.objects.filter(user=actor.person).order_by("pk").values("email", "verified", "primary"))


def second_factors(actor: Actor) -> Rows:
    """Which second factors the person has, without their secrets."""
    rows = Authenticator.objects.filter(user=actor.person).order_by("pk")
    return list(rows.values("type", "created_at", "last_used_at"))


def sessions(actor: Actor) -> Rows:
    """Where the person is signed in."""
    rows = UserSession.objects.filter(user=actor.person).order_by("pk")
    return list(rows.values("created_at", "last_seen_at", "ip", "user_agent"))


def memberships(actor: Actor) -> Rows:
    """The organisations the person belongs or belonged to."""
    rows = Membership.objects.filter(user=actor.person)
    names = ("organisation_id", "organisation__name", "role", "began_at", "ended_at")
    return list(rows.values(*names))


def invitations(actor: Actor) -> Rows:
    """Invitations sent to the person's address or accepted by them."""
    rows = Invitation.objects.filter(Q(email=actor.person.email) | Q(accepted_by=actor.person))
    names = ("organisation__name", "email", "role", "created_at", "expires_at", "accepted_at", "withdrawn_at")
    return list(rows.values(*names))


def keys(actor: Actor) -> Rows:
    """The person's keys for programs, without their secrets."""
    rows = ApiKey.objects.filter(membership__user=actor.person)
    names = ("organisation__name", "name", "prefix", "scopes", "networks", "created_at", "expires_at")
    return list(rows.values(*names, "last_used_at", "revoked_at"))


def share_links(actor: Actor) -> Rows:
    """The links the person made for readers without an account, without their secrets."""
    rows = ShareLink.objects.filter(membership__user=actor.person)
    names = ("organisation__name", "name", "query", "created_at", "expires_at", "revoked_at", "last_used_at")
    return list(rows.values(*names))


def saved_views(actor: Actor) -> Rows:
    """The lists the person keeps under a name."""
    rows = SavedView.objects.filter(owner=actor.person)
    names = ("organisation__name", "name", "query", "is_shared", "is_default", "created_at", "updated_at")
    return list(rows.values(*names))


def imports(actor: Actor) -> Rows:
    """The files the person brought in, and how far each came; what stood in them is the organisation's."""
    rows = Import.objects.filter(created_by=actor.person).order_by("created_at", "pk")
    names = ("organisation__name", "file_name", "size_bytes", "step", "created_at", "done_at", "undone_at")
    return list(rows.values(*names))


def own_changes(actor: Actor) -> Rows:
    """What the person did, oldest first."""
    rows = Change.objects.filter(actor=actor.person).order_by("pk")
    names = ("at", "action", "object_kind", "object_id", "organisation_id", "before", "after", "via", "request_id")
    return list(rows.values(*names))


def led_alone(actor: Actor) -> QuerySet[Organisation]:
    """Organisations with other members whose only admin is the person; an admin who is leaving too does not count."""
    here = Membership.objects.filter(organisation=OuterRef("pk"), ended_at__isnull=True)
    others = here.exclude(user=actor.person)
    return Organisation.objects.filter(
        Exists(here.filter(user=actor.person, role=Role.ADMIN)),
        Exists(others),
        ~Exists(others.filter(role=Role.ADMIN, user__deletion_wanted_at__isnull=True)),
    ).order_by("name", "pk")
