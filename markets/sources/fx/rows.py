"""Rates of several answers, gathered by slice, and which days to ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from markets.errors import DuplicateRow, InvalidValue, MarketsError, SourceChanged
from markets.sources.base import ExchangeRateRow, SliceDelivery, SliceProblem
from markets.vocabulary import Period, PrintedNumber

# Holidays put together: so long may a bank publish nothing, and so far before the newest known day it is asked anew.
MARGIN_DAYS: Final = 10


class Gathered:
    """Rates by slice. One said twice alike counts once; said twice differently, or badly, its slice is a problem.

    Answers overlap by nature: a piece begins at the working day before it, and a holiday is answered with another day.
    """

    def __init__(self, dataset: str) -> None:
        self.dataset = dataset
        self._rows: dict[str, dict[str, ExchangeRateRow]] = {}
        self._refused: dict[str, MarketsError] = {}

    def add(self, row: ExchangeRateRow) -> None:
        """One rate more."""
        of_slice = self._rows.setdefault(row.slice_key, {})
        known = of_slice.setdefault(row.period, row)
        if known.value != row.value:
            self.refuse(row.slice_key, DuplicateRow(dataset=self.dataset, key=f"{row.slice_key} {row.period}"))

    def refuse(self, key: str, why: MarketsError) -> None:
        """A slice that cannot be believed; the first reason is told."""
        self._refused.setdefault(key, why)

    @property
    def newest(self) -> dt.date | None:
        """The last day with a rate that is believed; None where there is none."""
        days = [day for key, rows in self._rows.items() if key not in self._refused for day in rows]
        return dt.date.fromisoformat(max(days)) if days else None

    def slices(self) -> list[SliceDelivery]:
        """The slices without a problem, each from its first day on."""
        return [
            SliceDelivery(key, [rows[day] for day in sorted(rows)])
            for key, rows in sorted(self._rows.items())
            if key not in self._refused
        ]

    def problems(self) -> list[SliceProblem]:
        """The slices that are not believed."""
        return [SliceProblem(key, why) for key, why in sorted(self._refused.items())]


def rate_of(source: str, text: str, place: str) -> PrintedNumber:
    """A rate as printed. Raises SourceChanged for what is no number, and for nought or less, which no rate is."""
    try:
        printed = PrintedNumber.parse(text)
    except InvalidValue as wrong:
        raise SourceChanged(source=source, reason=f"{place}: {text!r} is not a rate") from wrong
    if printed.value <= 0:
        raise SourceChanged(source=source, reason=f"{place}: a rate cannot be {text}")
    return printed


def newest_told(wanted: Iterable[str]) -> dt.date | None:
    """The newest day that is known already, where the wanted slices are days; None when nothing was told."""
    days = [Period.parse(text).text for text in wanted]
    return dt.date.fromisoformat(max(days)) if days else None
