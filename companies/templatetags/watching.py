"""What a visitor wished to watch, told while they make an account."""

from __future__ import annotations

from typing import Any

from django import template

from companies.access import NOBODY
from companies.accounts.wishes import kept_wish as wish_in
from companies.profiles.watching import WatchPage, watch_page

register = template.Library()


@register.simple_tag(takes_context=True)
def kept_wish(context: dict[str, Any]) -> WatchPage | None:
    """The wish of this visit; None where there is none."""
    wish = wish_in(context["request"].session)
    return watch_page(NOBODY, wish) if wish else None
