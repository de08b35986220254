"""The feed of revisions: what later vintages changed, the newest first, vintage by vintage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from markets import queries
from markets.errors import InvalidValue
from markets.models import Area, Dataset, Indicator
from markets.profiles.observations import AreaKey, IndicatorKey
from markets.profiles.provenance import ReleaseLine, release_line
from markets.profiles.revisions import RevisionRecord, records_table, revision_records, sources_of
from markets.profiles.tables import Table
from markets.queries import Place, RevisionScope
from markets.vocabulary import AsOf, RevisionKind

REVISIONS_SHOWN = 100
# Digits that any number of a release has room for.
LONGEST_NUMBER = 18


@dataclass(frozen=True, slots=True)
class Choices:
    """What revisions may be asked for: markets by name, indicators in the registry's order, datasets."""

    markets: tuple[AreaKey, ...]
    indicators: tuple[IndicatorKey, ...]
    datasets: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RevisionQuestion:
    """Whose revisions are asked for, by code, and of which kind; what is empty asks for all."""

    market: str = ""
    indicator: str = ""
    dataset: str = ""
    kind: str = ""

    def scope(self) -> RevisionScope:
        """The same for the tables."""
        return RevisionScope(
            indicators=(self.indicator,) if self.indicator else (),
            areas=(self.market,) if self.market else (),
            dataset=self.dataset,
        )


@dataclass(frozen=True, slots=True)
class RevisionGroup:
    """What one vintage changed, as far as it is shown."""

    release: ReleaseLine
    records: tuple[RevisionRecord, ...]


@dataclass(frozen=True, slots=True)
class RevisionFeed:
    """Revisions that match, the newest first, by the vintage that made them.

    since: only those recorded from then on. is_first: no newer ones lie before these. after: the place of the last
    one, by which older ones are asked for; empty when there are none.
    """

    question: RevisionQuestion
    since: dt.datetime | None
    choices: Choices
    groups: tuple[RevisionGroup, ...]
    is_first: bool
    after: str

    @property
    def records(self) -> tuple[RevisionRecord, ...]:
        """All revisions shown, in their order."""
        return tuple(record for group in self.groups for record in group.records)

    def table(self) -> Table:
        """One revision a row."""
        records = self.records
        notes = (_("There are older ones: ask with limit=1000, or ask the API."),) if self.after else ()
        return records_table("revisions", _("Revisions"), records, sources_of(records), notes)


def revision_feed(
    question: RevisionQuestion,
    *,
    since: AsOf | None = None,
    after: str = "",
    limit: int = REVISIONS_SHOWN,
    withheld: Sequence[str] = (),
) -> RevisionFeed:
    """The newest revisions that match. Raises InvalidValue for a code, kind or place that names nothing.

    since: only those recorded from then on. withheld: datasets left out.
    """
    choices = asked_choices(question)
    rows = queries.revisions(replace(question.scope(), withheld=withheld))
    if question.kind:
        rows = rows.filter(kind=question.kind)
    if since is not None:
        rows = rows.filter(published_at__gte=since.at)
    found = queries.newest_revisions(rows, limit + 1, _place(after) if after else None)
    records = revision_records(found[:limit])
    return RevisionFeed(
        question=question,
        since=since.at if since else None,
        choices=choices,
        groups=_groups(records),
        is_first=not after,
        after=_written(records[-1]) if len(found) > limit else "",
    )


def asked_choices(question: RevisionQuestion) -> Choices:
    """What may be asked for. Raises InvalidValue where the question names something else."""
    areas = sorted(
        Area.objects.filter(kind__in=("country", "world")), key=lambda area: (not area.is_aggregate, area.name)
    )
    choices = Choices(
        markets=tuple(AreaKey(area.code, area.name, area.is_aggregate) for area in areas),
        indicators=tuple(IndicatorKey(found.code, found.name) for found in Indicator.objects.all()),
        datasets=tuple(Dataset.objects.filter(indicators__isnull=False).distinct().values_list("id", "name")),
    )
    expected = {
        "market": _("there is no market with that code"),
        "indicator": _("there is no indicator with that code"),
        "dataset": _("there is no dataset of indicators with that code"),
        "kind": _("choose one of %(choices)s") % {"choices": ", ".join(kind.value for kind in queries.KINDS)},
    }
    known: dict[str, set[str]] = {
        "market": {market.iso3 for market in choices.markets},
        "indicator": {indicator.code for indicator in choices.indicators},
        "dataset": {key for key, _name in choices.datasets},
        "kind": {kind.value for kind in RevisionKind},
    }
    for name, codes in known.items():
        asked = getattr(question, name)
        if asked and asked not in codes:
            raise InvalidValue(parameter=name, value=asked, expected=expected[name])
    return choices


def _groups(records: Sequence[RevisionRecord]) -> tuple[RevisionGroup, ...]:
    releases = queries.releases_by_id(record.new.vintage.release for record in records)
    return tuple(
        RevisionGroup(release_line(releases[key]), tuple(held))
        for key, held in groupby(records, key=lambda record: record.new.vintage.release)
    )


def _written(record: RevisionRecord) -> str:
    """A place as an address holds it: moment, release, indicator, market and period between commas."""
    moment = record.published_at.isoformat().replace("+00:00", "Z") if record.published_at else ""
    return f"{moment},{record.new.vintage.release},{record.indicator.code},{record.market.iso3},{record.period}"


def _place(text: str) -> Place:
    """Raises InvalidValue."""
    try:
        moment, release, indicator, market, period = text.split(",")
        return Place(AsOf.parse(moment).at, int(release[:LONGEST_NUMBER]), indicator, market, period)
    except (InvalidValue, ValueError) as unknown:
        expected = _("take it from the link to older revisions, or leave it out")
        raise InvalidValue(parameter="after", value=text, expected=expected) from unknown
