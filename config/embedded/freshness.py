"""Whether what a start prepares is up to date: the static files and the content of the database."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from config.embedded.place import CHECKOUT

_STATIC = (
    "config/static",
    "config/settings.py",
    "markets/static",
    "companies/static",
    "frontend/dist",
    "frontend/package-lock.json",
    "requirements/embedded.lock",
)
_PREPARATION = ("config", "companies", "markets", "manage.py", "requirements/embedded.lock")
_SUFFIXES = {".py", ".csv", ".json", ".lock"}  # what migrations and facts are made of


def of_static_files() -> str:
    """Changes whenever a file that the browser may ask for does."""
    return _digest(file for name in _STATIC for file in _files(CHECKOUT / name))


def of_preparation() -> str:
    """Changes whenever the code or a file of facts does."""
    return _digest(file for name in _PREPARATION for file in _files(CHECKOUT / name) if file.suffix in _SUFFIXES)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file())


def _digest(files: Iterable[Path]) -> str:
    """Of names, sizes and times: reading every file would take longer than the start itself."""
    digest = hashlib.sha256()
    for file in files:
        state = file.stat()
        digest.update(f"{file}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
