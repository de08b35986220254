"""Brings a database up to date before the first page: tables, then the bundled facts.

Runs as a process of its own beside the starting servers: loading Django takes as long as they do.
"""

import sys
import time

import django
from django.core.management import call_command
from django.db import OperationalError, connection

from config.embedded.progress import Progress

_PATIENCE_SECONDS = 90


def main() -> int:
    """Migrate and load; the exit code."""
    progress = Progress()
    django.setup()
    _wait_for_database()
    call_command("migrate", interactive=False, verbosity=0)
    progress.step("Tables are up to date")
    call_command("load_facts")
    progress.step("Bundled facts are loaded")
    return 0


def _wait_for_database() -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            connection.ensure_connection()
        except OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
