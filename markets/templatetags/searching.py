"""The search in templates: what the first page offers to try."""

from __future__ import annotations

from django import template
from django.utils.translation import pgettext

register = template.Library()


@register.simple_tag
def search_examples() -> tuple[str, ...]:
    """A few searches in the active language: goods by their everyday names, an HS code, a market."""
    return (
        pgettext("an example of a search", "refrigerator"),
        pgettext("an example of a search", "makeup brush"),
        pgettext("an example of a search", "polyurethane"),
        "8418",
        pgettext("an example of a search", "Uzbekistan"),
    )
