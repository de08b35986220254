"""Collects the static files for the web process, only when one of them has changed."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from config.embedded.children import Child
from config.embedded.place import CHECKOUT
from config.embedded.supervisor import Supervisor, python

_SOURCES = (
    "config/static",
    "config/settings.py",
    "markets/static",
    "companies/static",
    "frontend/dist",
    "frontend/package-lock.json",
    "requirements/embedded.lock",
)


def _files() -> Iterator[Path]:
    for name in _SOURCES:
        path = CHECKOUT / name
        yield from (file for file in sorted(path.rglob("*")) if file.is_file())
        if path.is_file():
            yield path


def _fingerprint() -> str:
    """Names, sizes and times: reading every file would take as long as collecting them."""
    digest = hashlib.sha256()
    for file in _files():
        state = file.stat()
        digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect_static(supervisor: Supervisor, root: Path) -> Child | None:
    """Start collecting into `root`; None when what is there is up to date.

    The stamp is written by the same process after it has succeeded.
    """
    fingerprint = _fingerprint()
    stamp = root / ".fingerprint"
    if stamp.exists() and stamp.read_text() == fingerprint:
        return None
    stamp.unlink(missing_ok=True)
    script = (
        "import sys, pathlib, django\n"
        "from django.core.management import call_command\n"
        "django.setup()\n"
        "call_command('collectstatic', interactive=False, verbosity=0)\n"
        "pathlib.Path(sys.argv[1]).write_text(sys.argv[2])\n"
    )
    child = Child(
        name="collecting the static files",
        command=python("-c", script, str(stamp), fingerprint),
        environment=supervisor.environment(STATIC_ROOT=str(root)),
        log=supervisor.place.logs / "static.log",
        folder=CHECKOUT,
        is_task=True,
    )
    os.makedirs(root, exist_ok=True)  # noqa: PTH103
    supervisor.start(child)
    return child
