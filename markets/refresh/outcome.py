"""What a refresh did, summed over its deliveries."""

from __future__ import annotations

from dataclasses import dataclass, field

from markets.errors import IngestError
from markets.ingest import PublishOutcome, summed
from markets.models import Release
from markets.sources.base import Delivery, SliceProblem


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
