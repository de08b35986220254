"""What is kept of a person: handed to them as a file, and taken away when they leave for good."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import orjson
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from companies.access import Actor
from companies.accounts import people
from companies.accounts.members import end_all_memberships
from companies.accounts.sessions import end_sessions
from companies.changes import changed, plain
from companies.errors import LastAdmin
from companies.models import (
    AlertLetter,
    AlertMail,
    AlertRule,
    Change,
    Interest,
    Invitation,
    SavedView,
    TargetMarket,
    User,
    Visit,
)
from companies.queries import accounts as stored

log = logging.getLogger(__name__)

# The address of somebody who left: it reaches nobody, and no two are the same.
FORMER = "former-{number}@no-address.invalid"


def personal_data(actor: Actor) -> dict[str, Any]:
    """Everything kept of the actor, in plain values. Secrets are left out: nobody can read those back."""
    person = actor.person
    return {
        "profile": plain(
            {
                "number": person.pk,
                "name": person.name,
                "email": person.email,
                "language": person.language,
                "number_style": person.number_style,
                "currency": person.currency_id,
                "time_zone": person.time_zone,
                "work": person.work,
                "home": person.home_id,
                "began_at": person.began_at,
                "joined_at": person.date_joined,
                "last_sign_in_at": person.last_login,
                "deletion_wanted_at": person.deletion_wanted_at,
            }
        ),
        "addresses": _plain(stored.addresses(actor)),
        "second_factors": _plain(stored.second_factors(actor)),
        "sessions": _plain(stored.sessions(actor)),
        "memberships": _plain(stored.memberships(actor)),
        "invitations": _plain(stored.invitations(actor)),
        "api_keys": _plain(stored.keys(actor)),
        "share_links": _plain(stored.share_links(actor)),
        "saved_views": _plain(stored.saved_views(actor)),
        "imports": _plain(stored.imports(actor)),
        "target_markets": _plain(_with_entries(actor)),
        "alert_rules": _plain(stored.alert_rules(actor)),
        "alerts": _plain(stored.alerts(actor)),
        "alert_letters": _plain(stored.letters_setting(actor)),
        "interests": _plain(stored.interests(actor)),
        "visits": _plain(stored.visits(actor)),
        "changes": _plain(stored.own_changes(actor)),
    }


def personal_file(actor: Actor) -> bytes:
    """The same as JSON. Raises SignInNeeded."""
    content = orjson.dumps(personal_data(actor), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    changed(actor, "take_personal_data", actor.person)
    return content


@transaction.atomic
def leave(actor: Actor) -> None:
    """The actor's account is to be deleted after the days of grace; nobody is signed in to it any more.

    Until they sign in again and so keep it, their keys and links open nothing.
    Raises SignInNeeded; LastAdmin where colleagues would be left without an admin.
    """
    if stored.led_alone(actor).exists():
        raise LastAdmin
    people.want_deletion(actor)
    end_sessions(actor.person)


def erase_due() -> int:
    """Delete the accounts whose days of grace have passed, each in its own transaction: how many."""
    before = timezone.now() - dt.timedelta(days=settings.DELETION_GRACE_DAYS)
    due = User.objects.filter(deletion_wanted_at__lte=before, left_at__isnull=True)
    numbers = list(due.values_list("pk", flat=True))
    for number in numbers:
        _erase(number, before)
    return len(numbers)


@transaction.atomic
def _erase(number: int, before: dt.datetime) -> None:
    """Nothing tells who it was; what they did for their organisations stays, under their number."""
    person = User.objects.select_for_update().get(pk=number)
    if person.deletion_wanted_at is None or person.deletion_wanted_at > before:
        return  # taken back meanwhile
    address = person.email
    known = {address, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}
    end_all_memberships(Actor(via=Change.Via.JOB), person)
    end_sessions(person, known)
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    SavedView.objects.filter(owner=person, is_shared=False).delete()
    _erase_targets(person)
    letters = Invitation.objects.filter(email__in=known)
    letters.filter(accepted_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=Now())
    letters.update(email="")
    of_people = ContentType.objects.get_for_model(User)
    LogEntry.objects.filter(content_type=of_people, object_id=str(person.pk)).update(object_repr=f"#{person.pk}")
    person.email = FORMER.format(number=person.pk)
    person.name = person.language = person.number_style = person.time_zone = ""
    person.work = ""
    person.currency = person.home = person.began_at = None
    person.is_active = person.is_staff = person.is_superuser = False
    person.set_unusable_password()
    person.last_login = person.deletion_wanted_at = None
    person.left_at = timezone.now()
    person.save()
    person.groups.clear()
    person.user_permissions.clear()
    changed(Actor(via=Change.Via.JOB), "erase_account", person)
    log.info("the account of person %s is deleted", person.pk)


def _erase_targets(person: User) -> None:
    """What was the person's alone goes; companies keep their target markets, with nobody to see to them."""
    AlertRule.objects.filter(person=person).delete()
    AlertLetter.objects.filter(person=person).delete()
    AlertMail.objects.filter(person=person).delete()
    TargetMarket.objects.filter(person=person).delete()
    TargetMarket.objects.filter(owner=person).update(owner=None, version=F("version") + 1)
    Interest.objects.filter(person=person).delete()
    Visit.objects.filter(person=person).delete()


def forget_ended_sessions() -> None:
    """Take away the sessions whose time is over; with them goes what was typed in them."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM usersessions_usersession AS known WHERE NOT EXISTS"
            " (SELECT 1 FROM django_session AS kept WHERE kept.session_key = known.session_key)"
        )


def _with_entries(actor: Actor) -> list[dict[str, Any]]:
    """The person's target markets, each with what they noted of it; notes of others' ones stand at the end."""
    noted: dict[Any, list[dict[str, Any]]] = {}
    for entry in stored.target_entries(actor):
        noted.setdefault(entry.pop("target"), []).append(entry)
    own = [{**row, "entries": noted.pop(row["id"], [])} for row in stored.target_markets(actor)]
    return own + [{"id": key, "entries": entries} for key, entries in noted.items()]


def _plain(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [plain(row) for row in rows]
