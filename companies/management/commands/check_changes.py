"""Check the change log: every row as it was written, none missing between two others."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.queries.changes import first_broken_row


class Command(BaseCommand):
    """`manage.py check_changes` ends with 0 when every chain of hashes holds, else names the first broken row."""

    help = "Check the chain of hashes of every organisation's change log."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 Django's signature
        """Look at all rows, in the database."""
        count, broken = first_broken_row()
        if broken is not None:
            place = f"row {broken.id} of organisation {broken.organisation or '(none)'}"
            if broken.is_altered:
                raise CommandError(f"{place} is not as it was written: somebody altered it")
            raise CommandError(f"{place} does not follow the one written before it: a row between them is gone")
        self.stdout.write(f"{count} rows, every chain holds")
