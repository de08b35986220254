"""Words of companies on pages."""

from __future__ import annotations

from django import template

from companies.profiles.companies import NAME_KINDS

register = template.Library()


@register.filter
def name_kind(kind: str) -> str:
    """What kind of name it is."""
    return str(NAME_KINDS[kind])
