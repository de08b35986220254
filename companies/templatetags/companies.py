"""Words of companies on pages."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from companies.models import CompanyName, ExportRecord

register = template.Library()


@register.filter
def name_kind(kind: str) -> str:
    """What kind of name it is."""
    return _(CompanyName.Kind(kind).label)


@register.filter
def record_status(status: str) -> str:
    """Where a record stands on its way to approval."""
    return _(ExportRecord.Status(status).label)
