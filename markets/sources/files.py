"""Payload files kept aside: found by their endings and read as bytes. What they say is their source's affair."""

from __future__ import annotations

import datetime as dt
import mimetypes
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from markets.errors import NoPayload, SourceRefused
from markets.sources.base import RawPayload, SliceProblem


def payload_files(source: str, path: Path, endings: tuple[str, ...]) -> list[Path]:
    """The file, or all files of these endings below the directory, in order. Raises NoPayload when there is none."""
    found = (p for p in path.rglob("*") if p.is_file() and p.suffix.lower() in endings) if path.is_dir() else (path,)
    files = sorted(found)
    if not path.exists() or not files:
        raise NoPayload(source=source, path=path, endings=", ".join(f"*{ending}" for ending in endings))
    return files


def payloads_of(
    source: str, folder: Path, files: Iterable[Path], unreadable: list[SliceProblem]
) -> Iterator[RawPayload]:
    """The files of a folder one by one, named from there. Those that cannot be read are added to `unreadable`."""
    for file in files:
        name = os.fsencode(file.relative_to(folder).as_posix()).decode("utf-8", "replace")
        try:
            yield _payload(file, name)
        except OSError as fault:
            refused = SourceRefused(source=source, reason=f"{name} cannot be read ({fault.strerror})")
            unreadable.append(SliceProblem(name, refused))


def _payload(file: Path, name: str) -> RawPayload:
    return RawPayload(
        request=name,
        body=file.read_bytes(),
        content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream",
        retrieved_at=dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC),
    )
