"""Around each request of a person who signed in: how long a session lives, what is refused, how figures read."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from smtplib import SMTPException
from typing import Final

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from companies.models import User
from markets.door.failures import away_page
from markets.vocabulary import Reader, reading_as

log = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]
# Where a session keeps when it began and when it was last used, in seconds since the epoch.
BEGAN, USED = "began_at", "used_at"
# A session in use is written down this often, not with every request.
_NOTED_EVERY_SECONDS: Final = 300
_OF_ACCOUNTS: Final = re.compile(r"^[a-z-]+/accounts/")


class SessionLimits:
    """A session that was not used for a while, or is old, is nobody's any more."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            self._hold(request)
        return self.answer(request)

    @staticmethod
    def _hold(request: HttpRequest) -> None:
        now = int(time.time())
        began = request.session.setdefault(BEGAN, now)
        used = request.session.get(USED, now)
        if now - began > settings.SESSION_COOKIE_AGE or now - used > settings.SESSION_IDLE_SECONDS:
            logout(request)
        elif USED not in request.session or now - used > _NOTED_EVERY_SECONDS:
            request.session[USED] = now
            UserSession.objects.filter(session_key=request.session.session_key).update(
                last_seen_at=Now(), ip=get_adapter().get_client_ip(request)
            )


class AccountPages:
    """Pages of accounts are kept by nobody.

    Who tries how often is counted in Valkey: while it is away nobody can try at all, 503, and nothing was done.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.answer(request)
        if _is_of_accounts(request):
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page that says when to come back: without the count, or without the mail server, nobody comes in."""
        is_mail = isinstance(exception, SMTPException | OSError) and _is_of_accounts(request)
        if not (is_mail or isinstance(exception, RedisError)):
            return None
        log.warning("%s is not answered: %s", request.path, type(exception).__name__)
        return away_page()


def _is_of_accounts(request: HttpRequest) -> bool:
    return request.resolver_match is not None and _OF_ACCOUNTS.search(request.resolver_match.route) is not None


class ReadAsTheyLike:
    """A person's own number style, time zone and currency; who they are is asked only where a figure is shown."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.answer(request)
        with reading_as(lambda: _reader(request)):
            return self.answer(request)


def _reader(request: HttpRequest) -> Reader:
    user = request.user
    if not isinstance(user, User):
        return Reader()
    return Reader(user.number_style, user.time_zone, user.currency_id or "")
