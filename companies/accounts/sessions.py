"""Signing a person out everywhere."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session

from companies.models import User


def end_sessions(user: User, addresses: Collection[str] = ()) -> int:
    """Delete every session of a person, so that their next request is a stranger's: how many there were.

    addresses: sessions half-way through a sign-in that hold one of them go too. All sessions are looked through, for
    whose they are stands in them alone.
    """
    UserSession.objects.filter(user=user).delete()
    ended = [row.pk for row in Session.objects.iterator() if _belongs(row.get_decoded(), str(user.pk), addresses)]
    return Session.objects.filter(pk__in=ended).delete()[0]


def _belongs(kept: dict[str, Any], number: str, addresses: Collection[str]) -> bool:
    if kept.get(SESSION_KEY) == number:
        return True
    text = json.dumps(kept, ensure_ascii=False).lower() if addresses else ""
    return any(address.lower() in text for address in addresses)
