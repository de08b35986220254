"""`/datasets/` and `/releases/`: where the numbers come from, and what each vintage changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet

from markets import queries
from markets.api.series import known_dataset
from markets.door.address import FIGURES_SECONDS, ListView, RecordView, list_parameters, record_parameters
from markets.door.parameters import SLUG_FORM, Parameter, choice, code, sort
from markets.models import Dataset, Release
from markets.profiles import dataset_page, release_page
from markets.profiles.datasets import DatasetLine, DatasetPage, dataset_lines
from markets.profiles.provenance import ReleaseLine, ReleasePage, release_line


class DatasetListView(ListView):
    """Datasets: what one publisher says in one place on one licence, and how fresh it is here."""

    record = DatasetLine
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {"id": ("id",)}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(DatasetLine, sort("id"))

    def rows(self) -> QuerySet[Dataset]:
        """All datasets."""
        return queries.datasets()

    def records(self, rows: Sequence[Dataset]) -> Sequence[DatasetLine]:
        """The datasets with their freshness."""
        return dataset_lines(rows)


class DatasetView(RecordView):
    """One dataset with its indicators, its newest releases, and the codes of its publisher that are not known here."""

    record = DatasetPage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(DatasetPage)
    fresh_seconds = FIGURES_SECONDS

    def found(self, **codes: Any) -> DatasetPage:
        """The same as the dataset's page. Raises NotFound."""
        return dataset_page(codes["id"])


class ReleaseListView(ListView):
    """Releases: the vintages of all datasets with what each added, revised and withdrew."""

    record = ReleaseLine
    fresh_seconds = FIGURES_SECONDS
    sorts: ClassVar = {"known_from": ("known_from", "id")}
    parameters: ClassVar[Sequence[Parameter]] = list_parameters(
        ReleaseLine,
        code("dataset", "Only releases of this dataset.", "worldbank", SLUG_FORM),
        choice("state", "Only releases in this state.", Release.State.values, Release.State.PUBLISHED.value),
        choice("sort", "Order of the records; a minus: newest first.", ("-known_from", "known_from"), "-known_from"),
    )

    def rows(self) -> QuerySet[Release]:
        """Releases that match."""
        found = queries.releases(published_only=False).filter(state=self.asked["state"])
        return found.filter(dataset_id=known_dataset(self.asked["dataset"])) if self.asked["dataset"] else found

    def records(self, rows: Sequence[Release]) -> list[ReleaseLine]:
        """The releases as lines."""
        return [release_line(release) for release in rows]


class ReleaseView(RecordView):
    """One release: what was asked of the publisher, the payloads, the licence, and the changes by series."""

    record = ReleasePage
    parameters: ClassVar[Sequence[Parameter]] = record_parameters(ReleasePage)
    fresh_seconds = FIGURES_SECONDS

    def found(self, **codes: Any) -> ReleasePage:
        """The same as the release's page, held ones too. Raises NotFound."""
        return release_page(codes["id"])
