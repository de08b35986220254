"""Published sums and the change log in templates: amounts and moments in words."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from companies.profiles.publishing import PublicationState
from markets import wording

register = template.Library()
register.filter("moment_words", wording.moment_words)

STATE_WORDS: Final[dict[str, Promise]] = {
    PublicationState.IN_FORCE: _lazy("open to everybody"),
    PublicationState.REPLACED: _lazy("replaced by a newer one"),
    PublicationState.WITHDRAWN: _lazy("withdrawn"),
}


@register.filter
def publication_state_words(state: str) -> str:
    """What has become of a publication."""
    return str(STATE_WORDS[state])


@register.simple_tag
def money_of(value: Decimal | None, currency: str) -> str:
    """An amount, short, in its currency; nothing for none."""
    return wording.money(value, currency) if value is not None else ""


@register.simple_tag
def full_money_of(value: Decimal | None, currency: str) -> str:
    """An amount with every digit, and its currency; nothing for none."""
    return wording.full_money(value, currency) if value is not None else ""


@register.simple_tag
def local_moment(at: dt.datetime, zone: str) -> str:
    """A moment as day and time in a zone with its distance from UTC; in UTC where no zone is known."""
    there = at.astimezone(ZoneInfo(zone or "UTC"))
    words = {"day": wording.day_words(there.date()), "time": wording.local_time_words(zone or "UTC", at)}
    return _("%(day)s, %(time)s") % words
