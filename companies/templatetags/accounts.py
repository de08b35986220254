"""Accounts in templates: whether letters are sent or only printed."""

from __future__ import annotations

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def mail_is_printed() -> bool:
    """Whether this installation prints its letters instead of sending them."""
    return str(settings.EMAIL_BACKEND).endswith(".console.EmailBackend")
