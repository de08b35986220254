"""What a refresh did, summed over its deliveries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from markets.errors import IngestError
from markets.ingest import PublishOutcome, summed
from markets.ingest.cubes import CubeOutcome, Reason
from markets.models import Release
from markets.sources.base import Delivery, SliceProblem
from markets.sources.cubes import CubeYear


@dataclass
class RefreshOutcome:
    """What a refresh did, summed over its deliveries."""

    dataset: str
    releases: list[Release] = field(default_factory=list)
    held: dict[str, IngestError] = field(default_factory=dict)
    problems: list[SliceProblem] = field(default_factory=list)
    slices_read: int = 0
    added: int = 0
    revised: int = 0
    withdrawn: int = 0
    refined: int = 0
    unchanged: int = 0
    unmapped_rows: int = 0

    @property
    def is_clean(self) -> bool:
        """Nothing was held and nothing failed."""
        return not self.held and not self.problems

    @property
    def summary(self) -> str:
        """One line for a terminal or a log."""
        told = (
            f"{self.dataset}: {self.slices_read} series read, {self.added} added, {self.revised} revised,"
            f" {self.withdrawn} withdrawn, {self.refined} refined, {self.unchanged} unchanged,"
            f" {len(self.releases)} published, {len(self.held)} held, {len(self.problems)} failed"
        )
        return told + (f", {self.unmapped_rows} rows with unknown codes" if self.unmapped_rows else "")

    @property
    def values(self) -> int:
        """How many values the deliveries spoke of."""
        return self.added + self.revised + self.withdrawn + self.refined + self.unchanged

    def add(self, delivery: Delivery, published: PublishOutcome) -> None:
        """Add what became of one delivery."""
        self.problems += delivery.problems
        self.slices_read += len(delivery.slices)
        self.held |= published.held
        self.unmapped_rows += published.unmapped_rows
        if published.release:
            self.releases.append(published.release)
        for name, number in summed(published.slices).items():
            setattr(self, name, getattr(self, name) + number)


@dataclass
class CubeRefreshOutcome(RefreshOutcome):
    """What a refresh of product-level trade did, summed over its years. Values are rows.

    same, older: years that wrote nothing, since the very same text is in force, or a newer vintage.
    """

    rows_read: int = 0
    repeated: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    same: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)

    @property
    def summary(self) -> str:
        """One line for a terminal or a log."""
        told = (
            f"{self.dataset}: {self.slices_read} years, {self.rows_read} rows read, {self.added} published,"
            f" {sum(self.rejected.values())} rejected, {len(self.releases)} releases,"
            f" {len(self.held)} held, {len(self.problems)} failed"
        )
        reasons = ", ".join(f"{reason} {rows}" for reason, rows in self.rejected.most_common())
        told += f"; rejected: {reasons}" if reasons else ""
        told += f"; {self.repeated} repeated rows left out" if self.repeated else ""
        told += f"; already in force, nothing written: {', '.join(self.same)}" if self.same else ""
        return told + (f"; older than what is in force, nothing written: {', '.join(self.older)}" if self.older else "")

    def add_year(self, year: CubeYear, published: CubeOutcome) -> None:
        """Add what became of one year."""
        self.slices_read += 1
        self.rows_read += published.rows_read
        self.added += published.published
        self.repeated += published.repeated
        self.rejected.update(published.rejected)
        self.unmapped_rows += published.rejected.get(Reason.UNKNOWN_AREA, 0)
        self.unmapped_rows += published.rejected.get(Reason.UNKNOWN_PRODUCT, 0)
        if published.release:
            self.releases.append(published.release)
        elif published.is_older:
            self.older.append(year.key)
        else:
            self.same.append(year.key)
