"""The headers that every answer carries, whether page, file or error."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class SecurityHeaders:
    """Adds the content security policy and the permissions policy of the settings.

    Outermost of all middleware, so that static files and errors carry them as well. A view that
    needs a policy of its own sets the header itself and keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {
            "Content-Security-Policy": "; ".join(
                f"{directive} {sources}" for directive, sources in settings.CONTENT_SECURITY_POLICY.items()
            ),
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in settings.PERMISSIONS_REFUSED),
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the inner layers with the headers added."""
        response = self.get_response(request)
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        return response
