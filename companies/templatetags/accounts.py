"""Accounts in templates: whether letters are sent or only printed."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.conf import settings
from django.utils.translation import gettext as _

register = template.Library()

# The first that matches is told: browsers name those they came from, too.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone|iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@register.simple_tag
def mail_is_printed() -> bool:
    """Whether this installation prints its letters instead of sending them."""
    return str(settings.EMAIL_BACKEND).endswith(".console.EmailBackend")


@register.filter
def browser_words(user_agent: str) -> str:
    """A browser and its system by name; as it calls itself, shortened, where neither is known."""
    browser, system = (_first(names, user_agent) for names in (_BROWSERS, _SYSTEMS))
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or user_agent[:60] or _("unknown")


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for sign, name in names if re.search(sign, user_agent)), "")
