"""`/revisions/`: values that a later vintage revised or withdrew, old and new, for those who keep a copy in step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from markets import queries
from markets.api.series import known_dataset, periods_asked, refuse_unknown_codes
from markets.door.address import FIGURES_SECONDS, ListView, list_parameters
from markets.door.parameters import (
    AS_OF,
    INDICATOR_FORM,
    MARKET_FORM,
    SLUG_FORM,
    Parameter,
    choice,
    code,
    codes,
    moment,
    period,
)
from markets.profiles.revisions import RevisionRecord, revision_records
from markets.queries import RevisionRow, RevisionScope
from markets.vocabulary import RevisionKind


class RevisionListView(ListView):
    """Revisions: values that a later vintage revised or withdrew, each with what was stated before and in its place.

    `updated_since` compares with `published_at`, the moment the change was recorded here, not with `known_from`, the
    moment it was public: a vintage that comes with the product may have been public for years when it is recorded.
    To keep a copy in step, ask again with `updated_since` set to the last answer's `meta.complete_until`: nothing is
    missed, and what is met again has the same `published_at`.
    """

    record = RevisionRecord
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {"published_at": ("published_at", "indicator_id", "area_id", "period", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        RevisionRecord,
        codes("indicator", "Only these indicators, commas between them.", "NY.GDP.MKTP.CD,SP.POP.TOTL", INDICATOR_FORM),
        codes("market", "Only these markets, commas between them; WLD is the World.", "KAZ,UZB", MARKET_FORM),
        code("dataset", "Only indicators of this dataset.", "worldbank", SLUG_FORM),
        choice("kind", "Only values that became so.", (RevisionKind.REVISED.value, RevisionKind.WITHDRAWN.value)),
        period("period", "Only this period.", "2023"),
        period("period_from", "Only this period and later ones.", "2019"),
        period("period_to", "Only this period and earlier ones.", "2023"),
        moment(
            "updated_since",
            "Only what was recorded here since then, by `published_at`: a day (its start, UTC) or a moment, itself"
            " included.",
            "2022-12-31",
            from_start=True,
        ),
        AS_OF,
        choice(
            "sort",
            "Order of the records by when they were recorded; a minus: newest first.",
            ("-published_at", "published_at"),
            "-published_at",
        ),
    )
    complete_until: dt.datetime | None

    def rows(self) -> QuerySet[Any, Any]:
        """Revisions that match, as plain rows."""
        asked = self.asked
        refuse_unknown_codes(asked["indicator"] or (), asked["market"] or ())
        # Before the rows are read: what is committed between the two is told, and asked for once more.
        self.complete_until = queries.complete_until()
        self.withheld = queries.withheld_datasets()
        scope = RevisionScope(
            indicators=asked["indicator"] or (),
            areas=asked["market"] or (),
            dataset=known_dataset(asked["dataset"]) if asked["dataset"] else "",
            withheld=self.withheld,
        )
        found = queries.revisions(scope, as_of=asked["as_of"]).filter(**periods_asked(asked))
        if asked["kind"]:
            found = found.filter(kind=asked["kind"])
        if asked["updated_since"]:
            found = found.filter(published_at__gte=asked["updated_since"].at)
        return found.values_list(*RevisionRow._fields, named=True)

    def records(self, rows: Sequence[Any]) -> list[RevisionRecord]:
        """The revisions with both vintages."""
        return revision_records([RevisionRow(*row) for row in rows])

    def meta(self, *, is_empty: bool) -> dict[str, Any]:  # noqa: ARG002 an empty answer says enough
        """From when to ask again, and what the licence keeps back."""
        meta: dict[str, Any] = {}
        if self.complete_until is not None:
            meta["complete_until"] = self.complete_until
        if self.asked["as_of"] is not None:
            meta["as_of"] = self.asked["as_of"].at
        if self.withheld:
            meta["withheld_datasets"] = self.withheld
        return meta
