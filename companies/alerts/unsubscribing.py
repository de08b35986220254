"""Ending letters with alerts by a link in each of them, without signing in (RFC 8058)."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import translation

from companies.access import actor_of_person
from companies.alerts.how_often import choose_letters
from companies.errors import LetterRefused
from companies.models import AlertMail, User

_PURPOSE: Final = "companies.alerts.unsubscribing"


def unsubscribe_address(person: User) -> str:
    """The address that ends this person's letters, in their language; whoever has it can end them and nothing else."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        path = reverse("companies:alert_unsubscribe")
    return f"{settings.SITE_URL}{path}?{urlencode({'token': _signer().sign(str(person.pk))})}"


def person_of(token: str) -> User:
    """Whose letters the link ends. It holds for ever. Raises LetterRefused where it is wrong, or the person left."""
    try:
        key = int(_signer().unsign(token))
    except (BadSignature, ValueError) as wrong:
        raise LetterRefused from wrong
    person = User.objects.filter(pk=key, left_at=None).first()
    if person is None:
        raise LetterRefused
    return person


def gets_letters(person: User) -> bool:
    """Whether this person did not end them."""
    return not AlertMail.objects.filter(person=person, frequency=AlertMail.Frequency.NEVER).exists()


def unsubscribe(token: str, *, request_id: str = "") -> None:
    """This person gets no more letters; nothing where they get none already. Raises LetterRefused."""
    choose_letters(actor_of_person(person_of(token), request_id=request_id), AlertMail.Frequency.NEVER)


def _signer() -> Signer:
    return Signer(salt=_PURPOSE, sep=".")
