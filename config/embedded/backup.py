"""A database written to one file, and read back from it."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from config.embedded import running_environment
from config.embedded.place import EmbeddedError, Place
from config.embedded.progress import Progress
from config.embedded.servers import postgresql_programs, server_environment
from config.embedded.supervisor import checkout_servers


def backup(file: Path) -> None:
    """Everything of the database as of one moment, in PostgreSQL's own compressed form.

    Runs beside a running Sogdia; the file is there only when it is whole.
    """
    draft = file.with_name(f"{file.name}.draft")
    words = ["pg_dump", "--format=custom", "--no-owner", "--file", str(draft)]
    addresses = _addresses()
    if addresses is not None:
        _run([*words, "--dbname", addresses])
    else:
        with checkout_servers("make backup", Progress(is_quiet=True)) as supervisor:
            supervisor.start_servers()
            _run([*words, "--dbname", supervisor.environment()["DATABASE_URL"]])
    draft.rename(file)


def restore(file: Path) -> None:
    """The database as it was when the file was written; what is there now is replaced.

    In one transaction: a file that cannot be read to its end changes nothing.
    """
    if not file.is_file():
        raise EmbeddedError(f"There is no file {file}.")
    words = [
        "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
    ]  # fmt: skip
    if os.environ.get("DATABASE_URL"):
        _run([*words, "--dbname", os.environ["DATABASE_URL"], str(file)])
        return
    if running_environment() is not None:
        raise EmbeddedError("Sogdia is running: stop it first with Ctrl-C or `make stop`.")
    with checkout_servers("make restore", Progress(is_quiet=True)) as supervisor:
        supervisor.start_servers()
        # the next start brings an older database up to date again
        (Place.of_checkout().var / "prepared").unlink(missing_ok=True)
        _run([*words, "--dbname", supervisor.environment()["DATABASE_URL"], str(file)])


def _addresses() -> str | None:
    return os.environ.get("DATABASE_URL") or (running_environment() or {}).get("DATABASE_URL")


def _run(words: Sequence[str]) -> None:
    """One of PostgreSQL's own programs."""
    program, *rest = words
    result = subprocess.run(  # noqa: S603 - a program of the wheel
        [postgresql_programs() / program, *rest],
        env=server_environment(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedError(f"{program} failed:\n{result.stderr}")
