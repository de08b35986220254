"""Who asks the API: the program that holds a key, or the person who is signed in."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import PermissionDenied, Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from companies.accounts.keys import key_of
from companies.errors import PageTokenMissing, SignInNeeded
from companies.models import ApiKey, User
from markets.door.counting import counted, network, seconds_left, so_far

_BAD_KEYS: Final = "bad-keys"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sgd_<prefix>.<secret>`: in the header alone, where no log and no address keeps it.

    A header that holds no valid key is refused everywhere, also where none is needed. An address that sent
    `API_RATE_BAD_KEYS` of them in a minute is not listened to before the next. While the cache is away nobody is
    counted: a secret is too long to be found by trying, and everybody's programs would be shut out.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The member and the key; None where no key was sent. Raises SignInNeeded, Throttled."""
        given = request.headers.get("Authorization")
        if given is None:
            return None
        address = BaseThrottle().get_ident(request) or ""
        self._refuse_guessing(address)
        scheme, _blank, text = given.partition(" ")
        key = key_of(text.strip(), address) if scheme.lower() == "bearer" else None
        if key is None:
            if settings.API_RATE_BAD_KEYS:
                counted(_BAD_KEYS, network(address))
            raise SignInNeeded
        return key.membership.user, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 DRF's signature
        """What to send."""
        return 'Bearer realm="api"'

    def _refuse_guessing(self, address: str) -> None:
        most = settings.API_RATE_BAD_KEYS
        if most and (so_far(_BAD_KEYS, network(address)) or 0) >= most:
            raise Throttled(wait=seconds_left())


class PersonSession(SessionAuthentication):
    """The person who is signed in on the pages; what they write needs the page's token."""

    def enforce_csrf(self, request: Any) -> None:
        """Raises PageTokenMissing. Of the plain request: the body is read later, once it is known that it may be."""
        try:
            super().enforce_csrf(request._request)  # noqa: SLF001 the plain request below DRF's
        except PermissionDenied as refused:
            raise PageTokenMissing from refused
