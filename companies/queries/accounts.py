"""What is kept of a person, read for that person alone."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db.models import Exists, OuterRef, Q, QuerySet

from companies.access import Actor, seen
from companies.models import (
    Alert,
    AlertMail,
    AlertRule,
    ApiKey,
    Change,
    Import,
    Interest,
    Invitation,
    Membership,
    Organisation,
    Role,
    SavedView,
    ShareLink,
    TargetEntry,
    TargetMarket,
    Visit,
)

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


def target_markets(actor: Actor) -> Rows:
    """The person's own target markets, removed ones too, and those they see to, as long as these are theirs to read."""
    mine = Q(person=actor.person) | Q(owner=actor.person)
    rows = seen(actor, TargetMarket).filter(mine).order_by("created_at", "pk")
    names = ("id", "market", "category", "product", "classification", "status", "reason", "stage", "next_action")
    beside = ("next_action_on", "company", "organisation", "shared_with", "created_at", "updated_at", "removed_at")
    return list(rows.values(*names, *beside, "removed_reason"))


def target_entries(actor: Actor) -> Rows:
    """What the person noted of target markets, notes they removed too; a number by the vintage it was read in."""
    rows = TargetEntry.objects.filter(author=actor.person).order_by("written_at", "pk")
    number = ("observation__indicator", "observation__period", "observation__value", "observation__release")
    return list(rows.values("target", "kind", "on", "text", "url", "record", *number, "written_at", "removed_at"))


def alert_rules(actor: Actor) -> Rows:
    """The person's alert rules, those that ended too."""
    rows = AlertRule.objects.filter(person=actor.person).order_by("created_at", "pk")
    about = ("id", "target", "kind", "market", "indicator", "currency", "base", "dataset", "organisation", "company")
    words = ("threshold", "change_pct", "direction", "created_at", "begins_at", "paused_at", "removed_at")
    return list(rows.values(*about, *words))


def alerts(actor: Actor) -> Rows:
    """What the person was told, oldest first, as it was known then."""
    rows = Alert.objects.filter(person=actor.person).order_by("pk")
    names = ("rule", "event", "facts", "fired_at", "read_at", "letter__sent_at")
    return list(rows.values(*names))


def interests(actor: Actor) -> Rows:
    """The categories and products the person said they sell."""
    names = ("category", "product")
    return list(Interest.objects.filter(person=actor.person).order_by("pk").values(*names))


def letters_setting(actor: Actor) -> Rows:
    """How often the person gets letters with alerts; nothing where they never chose and got none."""
    names = ("frequency", "chosen_at", "sent_at")
    return list(AlertMail.objects.filter(person=actor.person).values(*names))


def visits(actor: Actor) -> Rows:
    """When the person last looked at their workspace."""
    names = ("seen_at", "since")
    return list(Visit.objects.filter(person=actor.person).values(*names))


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
