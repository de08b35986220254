"""`manage.py demo`: a sample organisation to try the product with, and its end."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies.models import User
from companies.records.sample import NAME, make_sample, wipe_sample


class Command(BaseCommand):
    """Make the sample organisation for somebody who has an account, or wipe it. Safe to repeat."""

    help = "Make a sample organisation with three companies of published documents; --wipe takes it away."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--for", dest="email", default="", metavar="EMAIL", help="who becomes its admin")
        parser.add_argument("--wipe", action="store_true", help="delete it with all it holds")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["wipe"]:
            self.stdout.write("Wiped." if wipe_sample() else "There was none.")
            return
        person = _person(options["email"])
        is_new = make_sample(person)
        self.stdout.write(f"{NAME}: {'made' if is_new else 'there already'}, for {person.email}")


def _person(email: str) -> User:
    people = User.objects.filter(is_active=True)
    if email:
        found = people.filter(email=email.strip().lower()).first()
    else:
        found = people.filter(is_superuser=True).order_by("pk").first()
    if found is None:
        whom = email or "a superuser"
        raise CommandError(f"There is no account of {whom}. Name one that exists: manage.py demo --for you@example.com")
    return found
