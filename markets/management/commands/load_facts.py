"""`manage.py load_facts`: the bundled facts into the database, as far as they are not there yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from markets import curation, search, sources
from markets.errors import FactsInvalid, RefreshRunning
from markets.refresh import refresh


class Command(BaseCommand):
    """Load reference tables, figures, demand profiles and the search index. Safe to repeat at every start.

    A fault in a table stops it; a vintage that is held for review does not, since the last good figures stay.
    """

    help = "Load the facts that come with the product; what is unchanged is left alone."

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            self._timed("Reference tables", lambda: _told(curation.load_reference()))
            self._timed("Figures", self._load_figures)
            self._timed("Demand profiles", lambda: _told(curation.load_demand_profiles()))
            self._timed("Search index", lambda: f"{search.rebuild_index()} terms")
        except FactsInvalid as wrong:
            raise CommandError(str(wrong)) from wrong

    def _timed(self, step: str, work: Callable[[], str]) -> None:
        started = time.monotonic()
        result = work()
        self.stdout.write(f"{step}: {result} ({time.monotonic() - started:.1f} s)")

    def _load_figures(self) -> str:
        if curation.observations_are_loaded():
            return "unchanged"
        # A list: a fault in one dataset keeps no other from loading.
        is_clean = all([self._load_dataset(card.id) for card in sources.cards()])  # noqa: C419 see above
        if is_clean:
            curation.remember_observations()
        return "loaded" if is_clean else "loaded in part"

    def _load_dataset(self, dataset: str) -> bool:
        try:
            outcome = refresh(dataset, bundled=True, wait_s=2 * settings.JOB_LEASE_SECONDS)
        except RefreshRunning as running:
            self.stderr.write(str(running))
            return False
        for problem in outcome.problems:
            self.stderr.write(f"{dataset} {problem.key}: {problem.error}")
        for key, reason in outcome.held.items():
            self.stderr.write(f"{dataset} {key}: held, {reason}")
        self.stdout.write(outcome.summary)
        return outcome.is_clean


def _told(outcome: curation.LoadOutcome) -> str:
    if not outcome.is_changed:
        return "unchanged"
    return ", ".join(f"{number} {kind}" for kind, number in outcome.counts.items())
