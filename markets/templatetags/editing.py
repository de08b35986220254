"""The editor's pages in templates."""

from __future__ import annotations

import datetime as dt

from django import template

register = template.Library()


@register.filter
def moment(value: dt.datetime) -> str:
    """A moment as `as_of` takes it, exact to the last digit that is stored."""
    return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
