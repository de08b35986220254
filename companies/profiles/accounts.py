"""A person's own pages: how their account is protected, and what leaving would mean."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from companies.access import Actor
from companies.queries import accounts as stored


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """How the account is protected. factors: kinds of second factor; sessions: where it is signed in, how many."""

    email: str
    factors: tuple[str, ...]
    sessions: int


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """What leaving means. led_alone: organisations that would be left without an admin; empty: the way is free.

    ends_on: the day an account is deleted whose owner asks today.
    """

    email: str
    led_alone: tuple[str, ...]
    organisations: int
    grace_days: int
    ends_on: dt.date


def security_of(actor: Actor) -> SecurityPage:
    """How the actor's account is protected. Raises SignInNeeded."""
    factors = tuple(str(row["type"]) for row in stored.second_factors(actor))
    return SecurityPage(actor.person.email, factors, len(stored.sessions(actor)))


def privacy_page(actor: Actor) -> PrivacyPage:
    """What leaving means for the actor. Raises SignInNeeded."""
    days = settings.DELETION_GRACE_DAYS
    return PrivacyPage(
        email=actor.person.email,
        led_alone=tuple(stored.led_alone(actor).values_list("name", flat=True)),
        organisations=len(actor.roles),
        grace_days=days,
        ends_on=timezone.now().date() + dt.timedelta(days=days),
    )
