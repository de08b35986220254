"""Reads of the letters that tell of alerts: what waits for one, and what a person chose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Final

from allauth.account.models import EmailAddress
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from companies.access import Actor, seen
from companies.models import Alert, AlertMail, User

# The least time from one letter to the next.
PAUSES: Final[Mapping[str, dt.timedelta]] = {
    AlertMail.Frequency.DAILY: dt.timedelta(days=1),
    AlertMail.Frequency.WEEKLY: dt.timedelta(days=7),
}


def people_due(now: dt.datetime) -> QuerySet[User]:
    """Who may get a letter now, and for whom alerts wait, longest waiting first; not who waits after one that failed.

    Their account is in use and its address confirmed.
    """
    people = User.objects.filter(is_active=True, left_at=None, deletion_wanted_at=None)
    begun = Coalesce(OuterRef("alert_mail__chosen_at"), OuterRef("date_joined"))
    alerts = Alert.objects.filter(person=OuterRef("pk"), letter=None, fired_at__gte=begun)
    due = Q(alert_mail=None)
    for frequency, pause in PAUSES.items():
        of_last = Q(alert_mail__sent_at=None) | Q(alert_mail__sent_at__lte=now - pause)
        due |= Q(alert_mail__frequency=frequency) & of_last
    rows = people.filter(due, Exists(_confirmed()), Exists(alerts))
    return rows.order_by(F("alert_mail__sent_at").asc(nulls_first=True), "pk")


def unsent(person: User, mail: AlertMail) -> QuerySet[Alert]:
    """Alerts that no letter told of yet, newest first: those too that the person may not see any more."""
    return Alert.objects.filter(person=person, letter=None, fired_at__gte=mail.chosen_at).order_by("-id")


def letter_choice(actor: Actor) -> AlertMail:
    """What the actor chose; the way it is for everyone who chose nothing, not yet kept. Raises SignInNeeded."""
    person = actor.person
    return AlertMail.objects.filter(person=person).first() or AlertMail(person=person, chosen_at=person.date_joined)


def waiting_count(actor: Actor, mail: AlertMail) -> int:
    """How many alerts the next letter will tell of: none where all were read already."""
    waiting = seen(actor, Alert).filter(letter=None, fired_at__gte=mail.chosen_at)
    return waiting.count() if waiting.filter(read_at=None).exists() else 0


def is_confirmed(actor: Actor) -> bool:
    """Whether letters may be sent to the actor's address."""
    return User.objects.filter(Exists(_confirmed()), pk=actor.person.pk).exists()


def _confirmed() -> QuerySet[EmailAddress]:
    return EmailAddress.objects.filter(user=OuterRef("pk"), email=OuterRef("email"), verified=True, primary=True)
