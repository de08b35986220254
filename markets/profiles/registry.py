"""The indicators there are, with how much is known of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import gettext as _

from markets import queries
from markets.models import Indicator
from markets.profiles.figures import IndicatorRef, indicator_ref
from markets.profiles.tables import Column, Table
from markets.vocabulary import AsOf


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """An indicator with its dataset and coverage. markets 0: nothing is loaded, and the periods are empty."""

    indicator: IndicatorRef
    dataset_name: str
    publisher: str
    markets: int
    oldest: str
    newest: str


@dataclass(frozen=True, slots=True)
class IndicatorSubject:
    """The indicators on one subject."""

    key: str
    lines: tuple[IndicatorLine, ...]


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """All indicators by subject."""

    as_of: dt.datetime | None
    subjects: tuple[IndicatorSubject, ...]
    count: int

    def table(self) -> Table:
        """One indicator a row."""
        columns = [
            Column("group", _("Subject")),
            Column("indicator", _("Code")),
            Column("name", _("Indicator")),
            Column("unit", _("Unit")),
            Column("dataset", _("Dataset")),
            Column("publisher", _("Publisher")),
            Column("markets", _("Markets"), is_number=True),
            Column("oldest", _("First period")),
            Column("newest", _("Latest period")),
        ]
        rows = [
            (
                subject.key,
                line.indicator.code,
                line.indicator.name,
                line.indicator.unit,
                line.dataset_name,
                line.publisher,
                line.markets,
                line.oldest,
                line.newest,
            )
            for subject in self.subjects
            for line in subject.lines
        ]
        return Table("indicators", _("Indicators"), columns, rows)


def indicator_list(as_of: AsOf | None = None) -> IndicatorList:
    """All indicators by subject, subjects in the order of the registry."""
    coverage = queries.coverage(as_of)
    indicators = list(queries.indicators())
    order = list(dict.fromkeys(indicator.group for indicator in indicators))
    by_subject = groupby(
        sorted(indicators, key=lambda indicator: order.index(indicator.group)), key=lambda indicator: indicator.group
    )
    lines = {key: [_line(indicator, coverage.get(indicator.code)) for indicator in held] for key, held in by_subject}
    return IndicatorList(
        as_of=as_of.at if as_of else None,
        subjects=tuple(IndicatorSubject(key, tuple(held)) for key, held in lines.items()),
        count=len(indicators),
    )


def _line(indicator: Indicator, covered: queries.Coverage | None) -> IndicatorLine:
    return IndicatorLine(
        indicator=indicator_ref(indicator),
        dataset_name=indicator.dataset.name,
        publisher=indicator.dataset.publisher,
        markets=covered.markets if covered else 0,
        oldest=covered.oldest if covered else "",
        newest=covered.newest if covered else "",
    )
