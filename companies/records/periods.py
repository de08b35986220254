"""The time a record is about: how it is written, its first and last day, and the same time a year before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from companies.queries.records import days_of
from companies.records.amounts import Unreadable
from markets.errors import InvalidValue
from markets.vocabulary import Frequency, Period


@dataclass(frozen=True, slots=True)
class Span:
    """A period with its days, both of them in it."""

    period: Period
    first: dt.date
    last: dt.date

    def meets(self, other: Span) -> bool:
        """Whether any day is in both."""
        return self.first <= other.last and other.first <= self.last


def span(text: str) -> Span:
    """Reads `2025`, `2025-Q1`, `2025-04`, `2025-01/2025-04` and `2025-04-17`. Raises Unreadable for anything else."""
    plain = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text if not sign.isspace())
    try:
        return _spanned(plain.upper())
    except InvalidValue as wrong:
        raise Unreadable(_("write 2025, 2025-04, 2025-01/2025-04 for January to April, or 2025-04-17")) from wrong


@lru_cache(maxsize=4096)  # the months and days of some years: thousands of records name the same ones
def _spanned(text: str) -> Span:
    """Raises InvalidValue."""
    period = Period.parse(text)
    return Span(period, *days_of(period.text))


def year_before(period: Period) -> str:
    """The same months of the year before, as a period; empty for a day, which has no such counterpart."""
    if period.frequency is Frequency.AS_OF:
        return ""
    return period.text.replace(str(period.year), f"{period.year - 1:04d}")
