"""Signing a person out everywhere."""

from __future__ import annotations

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone

from companies.models import User


def end_sessions(user: User) -> int:
    """Delete every session of a person; their next request is a stranger's. How many there were."""
    signed_in = (
        row.pk
        for row in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if row.get_decoded().get(SESSION_KEY) == str(user.pk)
    )
    ended, _of_each = Session.objects.filter(pk__in=list(signed_in)).delete()
    return ended
