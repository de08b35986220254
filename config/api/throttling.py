"""How many requests one key, one person or one address may make in a minute."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from markets.door.counting import WINDOW_SECONDS, counted, network, seconds_left


class RequestThrottle(BaseThrottle):
    """So many requests in each minute of the clock, told in RateLimit and RateLimit-Policy.

    `API_RATE_KEY` for each key and each person who is signed in, `API_RATE_ANON` for each address beside them.
    Without a limit (0) nothing is counted. When Valkey is away everybody is let through: a reader who is
    not counted does less harm than an API that is shut.
    """

    _wait_seconds: int = 0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count this request. The headers go through the view, for answers and refusals alike."""
        policy, most, who = self._policy(request)
        if not most:
            return True
        self._wait_seconds = seconds_left()
        count = counted(f"rate:{policy}", who)
        if count is None:
            return True
        view.headers["RateLimit-Policy"] = f'"{policy}";q={most};w={WINDOW_SECONDS}'
        view.headers["RateLimit"] = f'"{policy}";r={max(0, most - count)};t={self._wait_seconds}'
        return count <= most

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return self._wait_seconds

    def _policy(self, request: Request) -> tuple[str, int, str]:
        """Under which name, how many, and of whom."""
        if request.auth is not None:
            return "key", settings.API_RATE_KEY, str(request.auth.pk)
        if request.user.is_authenticated:
            return "person", settings.API_RATE_KEY, str(request.user.pk)
        return "anonymous", settings.API_RATE_ANON, network(self.get_ident(request))
