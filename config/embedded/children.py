"""Child processes that never outlive the one who started them.

Each child leads a session and process group of its own, so that Ctrl-C reaches the supervisor
alone and a whole group can be ended. Two things stand ready for the death of the supervisor: the
kernel's own signal (Linux), and the guard, a fork that holds the other end of a pipe and ends
every group when the pipe closes.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from config.embedded.identity import Identity, die_with_parent
from config.embedded.place import is_alive

_LOG_LIMIT_BYTES = 10 * 1024 * 1024
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Group:
    """A process group and how it is asked to end."""

    pid: int
    stop_signal: int
    patience_seconds: int
    is_server: bool  # servers end last: the others still write to them

    def is_empty(self) -> bool:
        """Whether no process of the group is left."""
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False

    def send(self, signal_number: int) -> None:
        """Signal the leader; the whole group where the leader is gone or the end is forced."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if signal_number == signal.SIGKILL or not is_alive(self.pid):
                os.killpg(self.pid, signal_number)
            else:
                os.kill(self.pid, signal_number)


def end(groups: Sequence[Group], reap: Callable[[], None]) -> None:
    """End all groups, servers last, each with patience and then by force.

    reap: collects dead children of the caller, which would otherwise still look alive.
    """
    for is_server in (False, True):
        batch = [group for group in groups if group.is_server is is_server]
        for group in batch:
            group.send(group.stop_signal)
        started = time.monotonic()
        while True:
            reap()
            batch = [group for group in batch if not group.is_empty()]
            if not batch:
                break
            waited = time.monotonic() - started
            for group in batch:
                if waited > group.patience_seconds or not is_alive(group.pid):
                    group.send(signal.SIGKILL)
            if waited > max(group.patience_seconds for group in batch) + 5:
                break  # only what nobody collects is left: it runs no more
            time.sleep(0.02)


class Guard:
    """The fork that ends the children when the supervisor dies without doing so itself."""

    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        # Held back until the fork ignores them: a Ctrl-C in between would end the guard.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        self.pid = os.fork()
        if self.pid == 0:
            # The child never returns from here, whatever happens.
            try:
                for number in _ENDING:
                    signal.signal(number, signal.SIG_IGN)
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
                os.close(self._writer)
                self._watch(reader)
            finally:
                os._exit(0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(reader)

    def add(self, group: Group) -> None:
        """Take a group into care."""
        self._say(f"+ {group.pid} {int(group.stop_signal)} {group.patience_seconds} {int(group.is_server)}")

    def drop(self, group: Group) -> None:
        """The group has ended."""
        self._say(f"- {group.pid}")

    def remove_at_end(self, folder: Path) -> None:
        """Delete this folder after the last child."""
        self._say(f"rm {folder}")

    def dismiss(self) -> None:
        """All children are gone; remove the folders and end the guard itself."""
        os.close(self._writer)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _say(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writer, f"{line}\n".encode())

    @staticmethod
    def _watch(reader: int) -> None:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nothing, stream)
        groups: dict[int, Group] = {}
        folders: list[str] = []
        with os.fdopen(reader) as lines:
            for line in lines:
                word, rest = line.rstrip("\n").split(" ", 1)
                if word == "+":
                    pid, stop_signal, patience, is_server = map(int, rest.split())
                    groups[pid] = Group(pid, stop_signal, patience, is_server=bool(is_server))
                elif word == "-":
                    groups.pop(int(rest), None)
                else:
                    folders.append(rest)
        end(list(groups.values()), reap=lambda: None)
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


@dataclass
class Child:
    """One process of the embedded default: what it is, how it starts and how it ends."""

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path | None  # without one it writes where the supervisor does
    stop_signal: int = signal.SIGTERM
    patience_seconds: int = 10
    is_server: bool = False
    is_needed: bool = True  # without it there is nothing to show
    is_task: bool = False  # comes to an end by itself
    identity: Identity | None = None
    folder: Path | None = None
    ends: list[float] = field(default_factory=list)  # when it ended unasked, monotonic seconds
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, guard: Guard) -> None:
        """Start it, its output in its log, in the care of the guard."""
        parent = os.getpid()

        def become_child() -> None:
            if self.identity is not None:
                self.identity.enter()
            die_with_parent(self.stop_signal)  # after the change of user, which forgets it
            if os.getppid() != parent:
                os._exit(1)

        with self._open_log() as log:
            self.process = subprocess.Popen(  # noqa: S603 - commands of our own
                [os.fspath(word) for word in self.command],
                env=dict(self.environment),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=become_child,  # noqa: PLW1509 - no threads are running
            )
        guard.add(self.group)

    @property
    def group(self) -> Group:
        """The process group it leads."""
        if self.process is None:
            raise RuntimeError(f"{self.name} was never started")
        return Group(self.process.pid, self.stop_signal, self.patience_seconds, self.is_server)

    def has_ended(self) -> bool:
        """Whether it was started and is gone."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        if self.log is None or not self.log.exists():
            return ""
        text = self.log.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def _open_log(self) -> BinaryIO:
        if self.log is None:
            return os.fdopen(os.dup(2), "wb")
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")
