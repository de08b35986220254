"""The difference of two moments: what one would have read of a value then and later, with both vintages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from django.utils import timezone
from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue
from markets.models import Indicator
from markets.profiles.figures import Provenance
from markets.profiles.observations import IndicatorKey
from markets.profiles.revision_feed import Choices, RevisionQuestion, asked_choices
from markets.profiles.revisions import RevisionRecord, records_table, revision_records, sources_of
from markets.profiles.tables import Column, Table
from markets.vocabulary import AsOf, RevisionKind

DIFFERENCES_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Between:
    """Two moments of knowledge, the earlier one first."""

    start: AsOf
    end: AsOf

    @classmethod
    def of(cls, start: AsOf | None, end: AsOf | None) -> Self | None:
        """None where neither is given; the later one is now where only the earlier one is. Raises InvalidValue."""
        if start is None:
            if end is None:
                return None
            raise InvalidValue(parameter="from", value='""', expected=_("write the earlier day beside the later one"))
        end = end or AsOf(timezone.now())
        if start.at > end.at:
            day = start.at.date().isoformat()
            raise InvalidValue(parameter="from", value=day, expected=_("it is later than the day in `to`"))
        return cls(start, end)


@dataclass(frozen=True, slots=True)
class DifferenceCount:
    """How many values of one indicator read differently at the two moments.

    refined: the same figure printed to more digits or under another letter, which is no change of the value.
    """

    indicator: IndicatorKey
    revised: int
    withdrawn: int
    added: int
    refined: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Values that read differently at two moments: those revised first, then withdrawn, then added.

    start, end: the moments. records: empty where neither a market nor an indicator was asked for: the counts say
    where to look. after: the place of the last record, by which the next ones are asked for; empty for the last.
    """

    start: dt.datetime
    end: dt.datetime
    question: RevisionQuestion
    counts: tuple[DifferenceCount, ...]
    records: tuple[RevisionRecord, ...]
    sources: tuple[Provenance, ...]
    after: str

    @property
    def is_summary(self) -> bool:
        """Neither a market nor an indicator was asked for: only numbers are told."""
        return not (self.question.market or self.question.indicator)

    @property
    def total(self) -> DifferenceCount:
        """All indicators together."""
        return DifferenceCount(
            IndicatorKey("", _("All indicators")),
            revised=sum(count.revised for count in self.counts),
            withdrawn=sum(count.withdrawn for count in self.counts),
            added=sum(count.added for count in self.counts),
            refined=sum(count.refined for count in self.counts),
        )

    def table(self) -> Table:
        """One value a row; one indicator a row where only numbers are told."""
        days = [moment.date().isoformat() for moment in (self.start, self.end)]
        title = _("What was read differently on %(start)s and on %(end)s") % {"start": days[0], "end": days[1]}
        name = "-".join(filter(None, ("difference", *days, self.question.indicator, self.question.market))).lower()
        if not self.is_summary:
            notes = (
                (_("There are more: ask with limit=1000, for the next ones, or for one kind."),) if self.after else ()
            )
            return records_table(name, title, self.records, self.sources, notes)
        numbers = [Column(key, label, is_number=True) for key, label in _labels()]
        columns = [Column("indicator", _("Code")), Column("name", _("Indicator")), *numbers]
        rows = [(c.indicator.code, c.indicator.name, c.revised, c.withdrawn, c.added, c.refined) for c in self.counts]
        return Table(name, title, columns, rows)


@dataclass(frozen=True, slots=True)
class DifferencePage:
    """The difference of two moments, and what else may be asked for."""

    difference: Difference
    choices: Choices

    def table(self) -> Table:
        """The table of the difference."""
        return self.difference.table()


def difference_page(
    question: RevisionQuestion, between: Between, *, after: str = "", limit: int = DIFFERENCES_SHOWN
) -> DifferencePage:
    """The difference of two moments over what is asked for. Raises InvalidValue for what names nothing."""
    choices = asked_choices(question)
    return DifferencePage(difference(question, between, after=after, limit=limit), choices)


def difference(
    question: RevisionQuestion, between: Between, *, after: str = "", limit: int = DIFFERENCES_SHOWN
) -> Difference:
    """What read differently at two moments, of codes that are known. Raises InvalidValue for a place that is none."""
    place = _place(after) if after else None
    start, end = between.start, between.end
    counts = _counts(queries.difference_counts(question.scope(), start, end))
    rows = []
    if question.market or question.indicator:
        rows = queries.differences(question.scope(), start, end, limit=limit + 1, kind=question.kind, after=place)
    records = tuple(revision_records(rows[:limit]))
    return Difference(
        start=start.at,
        end=end.at,
        question=question,
        counts=counts,
        records=records,
        sources=sources_of(records),
        after=_written(records[-1]) if len(rows) > limit else "",
    )


def _counts(found: list[tuple[str, str, int]]) -> tuple[DifferenceCount, ...]:
    """By indicator, in the registry's order; those whose values all read the same are left out."""
    by_code: dict[str, dict[str, int]] = {}
    for code, kind, number in found:
        by_code.setdefault(code, {})[kind] = number
    indicators = Indicator.objects.filter(code__in=by_code)
    return tuple(
        DifferenceCount(
            IndicatorKey(indicator.code, indicator.name),
            revised=by_code[indicator.code].get(RevisionKind.REVISED, 0),
            withdrawn=by_code[indicator.code].get(RevisionKind.WITHDRAWN, 0),
            added=by_code[indicator.code].get(RevisionKind.ADDED, 0),
            refined=by_code[indicator.code].get("refined", 0),
        )
        for indicator in indicators
    )


def _labels() -> tuple[tuple[str, str], ...]:
    return (
        ("revised", _("Revised")),
        ("withdrawn", _("Withdrawn")),
        ("added", _("Added")),
        ("refined", _("Refined")),
    )


def _written(record: RevisionRecord) -> str:
    """A place as an address holds it: kind, indicator, market and period between commas."""
    return f"{record.kind},{record.indicator.code},{record.market.iso3},{record.period}"


def _place(text: str) -> tuple[str, str, str, str]:
    """Raises InvalidValue."""
    kind, *rest = text.split(",")
    if kind not in set(RevisionKind) or len(rest) != 3:
        expected = _("take it from the link to the next values, or leave it out")
        raise InvalidValue(parameter="after", value=text, expected=expected)
    return kind, rest[0], rest[1], rest[2]
