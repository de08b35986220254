"""`manage.py refresh [dataset ...] [--from FILE|DIR] [--series CODE ...] [--bundled] [--plan]`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from markets import refresh as refreshing
from markets.errors import MarketsError


class Command(BaseCommand):
    """Fetch figures, check them, publish them as a release. Exit code 1 when something was held or failed."""

    help = "Refresh datasets from their providers, or from payload files kept aside."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "datasets",
            nargs="*",
            metavar="dataset",
            help="all downloadable ones when none is named",
        )
        origin = parser.add_mutually_exclusive_group()
        origin.add_argument("--from", dest="path", type=Path, metavar="FILE|DIR", help="read payload files instead")
        origin.add_argument("--bundled", action="store_true", help="load the facts that come with the product")
        parser.add_argument("--series", nargs="+", metavar="CODE", help="only these series")
        parser.add_argument("--plan", action="store_true", help="say what would be asked, and ask nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["path"] and len(options["datasets"]) != 1:
            raise CommandError("--from needs exactly one dataset: say whose payloads these are.")
        try:
            planned = refreshing.plan(
                options["datasets"], bundled=options["bundled"], path=options["path"], wanted=options["series"]
            )
        except MarketsError as error:
            raise CommandError(str(error)) from error
        if options["plan"]:
            self._show(planned)
            return
        results = [self._refresh(piece.dataset, options) for piece in planned]
        if not all(results):
            raise CommandError("Not everything was published; the lines above say what and why.", returncode=1)

    def _show(self, planned: list[refreshing.PlannedRefresh]) -> None:
        for piece in planned:
            due = "due" if piece.is_due else "not due"
            self.stdout.write(
                f"{piece.dataset}: {due} ({piece.reason}), {piece.transport.value}, {len(piece.slices)} series"
            )

    def _refresh(self, dataset: str, options: dict[str, Any]) -> bool:
        try:
            outcome = refreshing.refresh(
                dataset,
                bundled=options["bundled"],
                path=options["path"],
                wanted=options["series"],
                progress=self._bar if self.stdout.isatty() else None,
            )
        except MarketsError as error:
            self.stderr.write(str(error))
            return False
        for problem in outcome.problems:
            self.stderr.write(f"{problem.key}: {problem.error}")
        for why in outcome.held.values():
            self.stderr.write(str(why))
        self.stdout.write(outcome.summary)
        return outcome.is_clean

    def _bar(self, done: int, total: int, key: str) -> None:
        width = 30
        filled = width * done // max(total, 1)
        ending = "\r" if done < total else "\n"
        self.stdout.write(f"[{'#' * filled}{'.' * (width - filled)}] {done}/{total} {key[:30]:<30}", ending=ending)
