"""Letters that tell of alerts: one a day or a week at most to each person, and each alert in one of them, once."""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.access import actor_of_person
from companies.alerts.how_often import begin_mail
from companies.alerts.unsubscribing import unsubscribe_address
from companies.errors import MailAway
from companies.models import Alert, AlertLetter, AlertMail, User
from companies.queries.alert_letters import people_due, unsent
from companies.queries.alerts import alerts

# A letter tells of so many alerts; the others are counted in it, and stand in the list.
MOST_TOLD: Final = 50
_LONGEST_PAUSE: Final = dt.timedelta(days=1)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a letter has to tell. alerts: the newest first, MOST_TOLD at most; more: how many there are beside them.

    unsubscribe: the address that ends the letters.
    """

    person: User
    alerts: tuple[Alert, ...]
    more: int
    unsubscribe: str


Compose = Callable[[Waiting], EmailMessage]


def due_people() -> list[int]:
    """Who is to get a letter now, by number; who waits after one that failed is not among them."""
    return list(_ready(timezone.now()).values_list("pk", flat=True))


def send_letter(person: int, compose: Compose) -> bool:
    """Send a person the letter that is due. False: none was, somebody sends it already, or it could not be sent.

    Its alerts count as told once the mail server has taken it. A try is written down before it is made, so that it is
    made again after a growing pause however this ends. Raises MailAway before anything is tried; what `compose` raises.
    """
    with _mail_server() as server:
        tries = _claim(person)
        try:
            return tries is not None and _send(person, tries, compose, server)
        except (OSError, smtplib.SMTPException) as unsent_letter:
            log.warning("the letter with alerts to person %s was not sent: %s", person, type(unsent_letter).__name__)
            return False


def pause_after(tries: int) -> dt.timedelta:
    """How long to wait after a letter was tried in vain so often: each time twice as long, a day at most."""
    seconds: int = settings.ALERT_LETTER_SECONDS
    return min(_LONGEST_PAUSE, dt.timedelta(seconds=seconds * 2 ** min(tries - 1, 20)))


@contextmanager
def _mail_server() -> Iterator[BaseEmailBackend]:
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as away:
        raise MailAway from away
    try:
        yield server
    finally:
        # What it says last changes nothing of what it took.
        with suppress(OSError, smtplib.SMTPException):
            server.close()


@transaction.atomic
def _claim(person: int) -> int | None:
    """Write down that a letter is tried now: which try it is. None where none is due, or somebody else tries."""
    now = timezone.now()
    found = _ready(now).filter(pk=person).first()
    if found is None:
        return None
    begin_mail(found)
    mail = AlertMail.objects.select_for_update(skip_locked=True).filter(pk=person).first()
    if mail is None or not _ready(now).filter(pk=person).exists():
        return None
    mail.tries += 1
    mail.try_at = now + pause_after(mail.tries)
    mail.save(update_fields=["tries", "try_at"])
    return mail.tries


@transaction.atomic
def _send(person: int, tries: int, compose: Compose, server: BaseEmailBackend) -> bool:
    """Send the letter when all that is kept of it is written: the last thing before that is committed."""
    mail = AlertMail.objects.select_for_update().get(pk=person)
    found = people_due(timezone.now()).filter(pk=person).first()
    if mail.tries != tries or found is None:
        return False
    waiting = list(unsent(found, mail).values_list("pk", flat=True))
    visible = alerts(actor_of_person(found)).filter(pk__in=waiting)
    told = dict(visible.values_list("pk", "read_at"))
    if not any(read_at is None for read_at in told.values()):
        _keep(mail, found, silent=waiting)
        return False
    shown = tuple(visible[:MOST_TOLD])
    letter = compose(Waiting(found, shown, len(told) - len(shown), unsubscribe_address(found)))
    _label(letter, shown[0].pk, found)
    mail.sent_at = timezone.now()
    _keep(mail, found, told=list(told), silent=[key for key in waiting if key not in told])
    server.send_messages([letter])
    return True


def _keep(mail: AlertMail, person: User, *, told: Sequence[uuid.UUID] = (), silent: Sequence[uuid.UUID] = ()) -> None:
    """No letter is tried any more, and these alerts are done: told in one, or silently."""
    mail.tries, mail.try_at = 0, None
    mail.save(update_fields=["tries", "try_at", "sent_at"])
    for keys, sent_at in ((told, mail.sent_at), (silent, None)):
        if keys:
            letter = AlertLetter.objects.create(person=person, count=len(keys), sent_at=sent_at)
            Alert.objects.filter(pk__in=keys).update(letter=letter)


def _label(letter: EmailMessage, newest: uuid.UUID, person: User) -> None:
    """What programs read of a letter: who it is for, that nobody wrote it by hand, how it ends, and which it is.

    It is called by its newest alert, so that one sent again, because all ended before it was kept, is the same letter.
    """
    letter.to = [person.email]
    letter.extra_headers |= {
        "Message-ID": f"<alert-{newest}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": f"<{unsubscribe_address(person)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _ready(now: dt.datetime) -> QuerySet[User]:
    return people_due(now).filter(Q(alert_mail=None) | Q(alert_mail__try_at=None) | Q(alert_mail__try_at__lte=now))
