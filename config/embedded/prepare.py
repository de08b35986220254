"""What has to be done before the first page: static files collected, tables made, facts loaded.

Runs as processes of their own beside the starting servers: loading Django takes as long as they do.
"""

import sys
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import OperationalError, connection

from config.embedded.progress import Progress

_PATIENCE_SECONDS = 90


def main() -> int:
    """Do `static` or `database`, then leave the fingerprint in the stamp file; the exit code."""
    what, stamp, fingerprint = sys.argv[1:]
    django.setup()
    if what == "static":
        call_command("collectstatic", interactive=False, verbosity=0)
    else:
        prepare_database()
    Path(stamp).write_text(fingerprint)
    return 0


def prepare_database() -> None:
    """Migrate and load the bundled facts."""
    progress = Progress()
    _wait_for_database()
    call_command("migrate", interactive=False, verbosity=0)
    progress.step("Tables are up to date")
    call_command("load_facts")
    progress.step("Bundled facts are loaded")


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
