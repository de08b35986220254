"""`manage.py translations --update | --check`."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from markets.management import messages


class Command(BaseCommand):
    """Bring the catalogues of translations up to date with the code, or say what they lack (exit code 1)."""

    help = "Collect every message into the catalogues of translations, or check that each is translated."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--update", action="store_true", help="write the catalogues; known translations stay")
        what.add_argument("--check", action="store_true", help="write nothing; exit code 1 when something is missing")

    def handle(self, *_args: Any, **options: Any) -> None:
        found = messages.project_messages()
        if options["update"]:
            self._update(found)
        else:
            self._check(found)

    def _update(self, found: messages.Catalog) -> None:
        for locale, path in messages.catalogue_paths().items():
            catalogue = messages.updated(messages.read_catalogue(path, locale), found)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(messages.as_text(catalogue))
            faults = sum(1 for _problem in messages.problems(catalogue, found))
            self.stdout.write(f"{locale}: {len(catalogue)} messages, {faults} of them need a translator")

    def _check(self, found: messages.Catalog) -> None:
        count = 0
        for locale, path in messages.catalogue_paths().items():
            for problem in messages.problems(messages.read_catalogue(path, locale), found):
                self.stderr.write(f"{locale}: {problem}")
                count += 1
        if count:
            raise CommandError(f"The translations have {count} problems; the lines above name them.", returncode=1)
        self.stdout.write(f"{len(found)} messages, all translated")
