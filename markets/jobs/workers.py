"""Who holds a job: the machine, the worker, the process; and whether that process still lives."""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path


@cache
def this_place() -> str:
    """This machine, and within it this world of process numbers: containers may share a name."""
    try:
        world = Path("/proc/self/ns/pid").readlink().name
    except OSError:
        world = ""
    return f"{socket.gethostname()}:{world}"


def this_process() -> str:
    """Place, parent and process. A worker knows its children by the first two."""
    return f"{this_place()}/{os.getppid()}/{os.getpid()}"[:200]


def as_parent() -> str:
    """How the jobs of this process's children begin."""
    return f"{this_place()}/{os.getpid()}/"


def is_gone(worker: str) -> bool:
    """Whether the process is dead beyond doubt: it was of this very place, and no process has its number.

    False says nothing; then the lease decides.
    """
    place, _parent, number = worker.rsplit("/", 2) if worker.count("/") >= 2 else ("", "", "")
    if place != this_place() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
