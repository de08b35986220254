"""What programs look for at fixed addresses of every site: what may be crawled, and the picture of the site."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

_A_DAY_SECONDS: Final = 86_400


@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """RFC 9309: pages may be crawled; not the staff's, nor the files made of the very tables the pages show."""
    staff = [f"Disallow: /{language}/staff/" for language, _name in settings.LANGUAGES]
    files = ["Disallow: /*?download=", "Disallow: /*&download="]
    lines = ["User-agent: *", "Disallow: /staff/", *staff, *files, "Allow: /"]
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=_A_DAY_SECONDS)
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """The way to the picture for those who ask without reading a page; its name changes with its content."""
    response = HttpResponseRedirect(static("sogdia.svg"))
    patch_cache_control(response, public=True, max_age=_A_DAY_SECONDS)
    return response
