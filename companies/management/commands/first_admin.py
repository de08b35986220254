"""`manage.py first_admin`: a link that makes the first admin of this installation."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.accounts.first_admin import VALID_FOR, new_first_admin_link
from companies.errors import AdminExists


class Command(BaseCommand):
    """Print the link; earlier ones are void from then on."""

    help = "Print a link that makes the first admin, once. Earlier links are void from then on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-none", action="store_true", help="say nothing where an admin exists already")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            address = new_first_admin_link()
        except AdminExists as exists:
            if not options["if_none"]:
                raise CommandError(str(exists)) from exists
            return
        hours = int(VALID_FOR.total_seconds() // 3600)
        self.stdout.write(f"\n  Nobody runs this Sogdia yet. Become its first admin (once, within {hours} hours):")
        self.stdout.write(f"  {address}\n")
