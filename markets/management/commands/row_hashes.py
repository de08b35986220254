"""`manage.py row_hashes [--snapshot NAME] [--compare FILE]`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from markets.queries.fingerprints import Fingerprint, differences, fingerprints


class Command(BaseCommand):
    """Print one line a table: hash, rows, name. Exit code 1 when compared with a file and different."""

    help = "What each table holds, as a hash that is the same in every copy of the database."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--snapshot", default="", metavar="NAME", help="as of a snapshot held open elsewhere")
        parser.add_argument("--compare", type=Path, metavar="FILE", help="with the lines that were printed before")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            found = list(fingerprints(options["snapshot"]))
        except DatabaseError as fault:
            raise CommandError(f"The database cannot be read: {fault}") from fault
        if options["compare"] is None:
            for each in found:
                self.stdout.write(str(each))
            return
        self._compare(_read(options["compare"]), found)

    def _compare(self, expected: list[Fingerprint], found: list[Fingerprint]) -> None:
        told = differences(expected, found)
        rows = {each.table: each.rows for each in found}
        for table, difference in told.items():
            self.stdout.write(
                f"{'DIFFERS' if difference else 'equal':<8}{table}: {difference or f'{rows[table]} rows'}"
            )
        different = sum(map(bool, told.values()))
        if different or not told:
            raise CommandError(f"{different} of {len(told)} tables are different.")
        self.stdout.write(f"All {len(told)} tables are equal.")


def _read(file: Path) -> list[Fingerprint]:
    try:
        return [Fingerprint.parse(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as fault:
        raise CommandError(f"{file} does not hold what row_hashes prints: {fault}") from fault
