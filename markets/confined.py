"""A program of ours that reads what strangers made, in a process of its own that may fail without us.

The child gets the file on its standard input, no settings and no secrets, and so much memory and time and no more; it
answers in lines. Run as `python -m markets.confined MEMORY_BYTES CPU_SECONDS PROGRAM [ARGUMENTS]` it is that child.
"""

from __future__ import annotations

import os
import resource
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from markets.errors import ReadingBroken

_HOME: Final = Path(__file__).parent.parent
_NO_MEMORY_LEFT: Final = 97


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may have: address space, time on a processor, time by the clock, bytes of answer."""

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float
    answer_bytes: int


def answered(program: str, arguments: Sequence[str], given: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """The lines a program answers to a file, as they come. program: a module's name, or the path of a file.

    given: a real file, read from where it stands. The child is dead when the iterator is closed.
    Raises ReadingBroken where it took too much, or ended otherwise than well.
    """
    command = [sys.executable, "-s", "-m", "markets.confined", str(limits.memory_bytes), str(limits.cpu_seconds)]
    child = subprocess.Popen(  # noqa: S603 our own program with arguments of ours
        [*command, program, *arguments],
        cwd=_HOME,
        env={"PYTHONHASHSEED": "0", "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", os.defpath)},
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert child.stdout is not None  # noqa: S101 asked for above
    clock = threading.Timer(limits.wall_seconds, child.kill)
    clock.start()
    try:
        is_whole = yield from _lines(child.stdout, limits.answer_bytes)
        _check_ended_well(child.wait(), limits)
        if not is_whole:
            raise ReadingBroken(limit="broken")
    finally:
        clock.cancel()
        child.kill()
        child.stdout.close()
        child.wait()


def main(arguments: Sequence[str]) -> None:
    """Limit this process, then be the program. Ends with 97 where memory ran out."""
    memory_bytes, cpu_seconds, program, *rest = arguments
    resource.setrlimit(resource.RLIMIT_AS, (int(memory_bytes), int(memory_bytes)))
    resource.setrlimit(resource.RLIMIT_CPU, (int(cpu_seconds), int(cpu_seconds) + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.argv = [program, *rest]
    try:
        if program.endswith(".py"):
            runpy.run_path(program, run_name="__main__")
        else:
            runpy.run_module(program, run_name="__main__", alter_sys=True)
    except MemoryError:
        os._exit(_NO_MEMORY_LEFT)


def _lines(answer: IO[bytes], most: int) -> Generator[bytes, None, bool]:
    """The whole lines, and whether the last one was: what was cut off while it was written says nothing."""
    left = most
    while line := answer.readline(left + 1):
        left -= len(line)
        if left < 0:
            raise ReadingBroken(limit="answer")
        if not line.endswith(b"\n"):
            return False
        yield line
    return True


def _check_ended_well(status: int, limits: Limits) -> None:
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ReadingBroken(limit="time", seconds=limits.wall_seconds)
    if status in (_NO_MEMORY_LEFT, -signal.SIGABRT, -signal.SIGSEGV):
        raise ReadingBroken(limit="memory")
    if status:
        raise ReadingBroken(limit="broken")


if __name__ == "__main__":
    main(sys.argv[1:])
