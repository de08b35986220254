"""A running Sogdia of this checkout in a folder of its own, started as a person would."""

import contextlib
import http.client
import os
import pty
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import psutil

CHECKOUT = Path(__file__).resolve().parent.parent.parent
UNPRIVILEGED = 65534
READY = "Sogdia is ready"
# What the tests' own servers put into the environment must not reach the ones under test.
_NOT_INHERITED = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SITE_URL",
    "STATIC_ROOT",
    "DETECT_REPEATED_QUERIES",
    "API_RATE_ANON",
    "API_RATE_BAD_KEYS",
    "API_RATE_KEY",
    "STARTED_AT",
    "MAKELEVEL",
    "MAKEFLAGS",
    "MFLAGS",
    "ARGS",
    "DJANGO_SETTINGS_MODULE",
}


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of a person who keeps the data in `var`."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in _NOT_INHERITED and not name.startswith("PYTEST_")
    }
    return {**inherited, "VAR_DIR": str(var), "PYTHONDONTWRITEBYTECODE": "1", **more}


def as_unprivileged(command: Sequence[str]) -> list[str]:
    """The command as a user without rights: another one when root asks, else the same one.

    Root keeps the right to read, since a checkout may stand where nobody else can enter.
    """
    if os.geteuid() != 0:
        return list(command)
    ids = f"{UNPRIVILEGED}"
    rights = "+dac_read_search"
    return [
        "setpriv", f"--reuid={ids}", f"--regid={ids}", "--clear-groups",
        f"--inh-caps={rights}", f"--ambient-caps={rights}", *command,
    ]  # fmt: skip


def collected_static_files(var: Path) -> None:
    """Copy the static files that the tests' own servers use: they are the same, and it is quicker."""
    shutil.copytree(os.environ["STATIC_ROOT"], var / "static")


def free_port() -> int:
    """A port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a program may listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def processes(var: Path) -> list[str]:
    """Every living process that was started for, or works in, this folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_ours = process.environ().get("VAR_DIR") == str(var)
            is_there = Path(process.cwd()).is_relative_to(var)
            if (is_ours or is_there) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid} {' '.join(process.cmdline())[:120]}")
    return found


def wait_until_gone(var: Path, seconds: float = 20) -> list[str]:
    """The processes still there after waiting for them to go; empty when all went."""
    deadline = time.monotonic() + seconds
    while (left := processes(var)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left


def wait_for_line(log: Path, text: str, seconds: float = 30) -> None:
    """Return when the log holds the text; AssertionError when it does not come."""
    deadline = time.monotonic() + seconds
    while not (log.exists() and text in log.read_text()):
        assert time.monotonic() < deadline, f"{text!r} is not in {log}"
        time.sleep(0.1)


def command(*words: str) -> list[str]:
    """A command of the embedded default."""
    return [sys.executable, "-m", "config.embedded", *words]


def answer(words: Sequence[str], env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """A command that comes to an end, with what it said."""
    return subprocess.run(words, env=env, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)


class Terminal:
    """A program on a terminal of its own, so that Ctrl-C is the real one."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str]) -> None:
        self.shown = ""
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(CHECKOUT)
                os.execvpe(words[0], list(words), dict(env))
            finally:
                os._exit(127)
        self._code: int | None = None

    def read_until(self, text: str, seconds: float = 90) -> str:
        """What has been shown once `text` is there; AssertionError when it does not come."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            if not self._read(0.5) and self._has_ended():
                break
            if time.monotonic() > deadline:
                break
        assert text in self.shown, self.shown
        return self.shown

    def press_ctrl_c(self) -> None:
        """The interrupt key of the terminal."""
        os.write(self._terminal, b"\x03")

    def wait(self, seconds: float = 30) -> int:
        """The exit code, once it has ended."""
        deadline = time.monotonic() + seconds
        while not self._has_ended():
            self._read(0.1)
            assert time.monotonic() < deadline, f"still running:\n{self.shown}"
        while self._read(0):
            pass
        assert self._code is not None
        return self._code

    def close(self) -> None:
        """End it in any case."""
        if not self._has_ended():
            os.kill(self.pid, signal.SIGTERM)
            with contextlib.suppress(AssertionError):
                self.wait()
        os.close(self._terminal)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], seconds)
        if not ready:
            return False
        try:
            piece = os.read(self._terminal, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += piece.decode(errors="replace")
        return bool(piece)

    def _has_ended(self) -> bool:
        if self._code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code is not None


@contextlib.contextmanager
def terminal(words: Sequence[str], env: Mapping[str, str]) -> Iterator[Terminal]:
    """A program on a terminal, ended afterwards whatever happens."""
    program = Terminal(words, env)
    try:
        yield program
    finally:
        program.close()


def supervisor_pid(shown_by_second_start: str) -> int:
    """The process number in the message of a refused second start."""
    found = re.search(r"process (\d+)", shown_by_second_start)
    assert found, shown_by_second_start
    return int(found[1])


def first_page(port: int) -> int:
    """The status of the first page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", "/en/")
        return connection.getresponse().status
    finally:
        connection.close()
