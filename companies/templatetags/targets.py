"""A target market in templates: kinds of notes and days in words."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from companies.profiles.target_words import ENTRY_WORDS
from markets import wording

register = template.Library()


@register.simple_tag
def note_kind(kind: str) -> str:
    """What a kind of note is called."""
    return str(ENTRY_WORDS[kind])


@register.filter
def day_told(day: dt.date) -> SafeString:
    """A day in words, and as programs read it."""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), wording.day_words(day))
