"""Starts the servers and processes of one checkout, watches them and ends them."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Self

from config.embedded.children import Child, Guard, end
from config.embedded.place import CHECKOUT, EmbeddedError, Lock, Place, Ports, Sockets
from config.embedded.progress import Progress
from config.embedded.servers import PostgreSQL, valkey, wait_for_valkey

_RESTARTS = 5  # of one process, before it is left alone,
_RESTART_SECONDS = 60  # within this time


class StopRequested(BaseException):
    """Ctrl-C, a signal to end, or the death of the `make` that started us."""


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _request_stop(_number: int, _frame: FrameType | None) -> None:
    # Asked once is enough: a second signal would interrupt the stopping itself and leave half of it undone.
    _ignore_further_requests()
    raise StopRequested


def _ignore_further_requests() -> None:
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def stoppable() -> Iterator[None]:
    """Inside, the first Ctrl-C or signal to end raises StopRequested, at any point but in `stop`."""
    wanted = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to survive the terminal
        wanted.append(signal.SIGHUP)
    before = {number: signal.signal(number, _request_stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Supervisor:
    """The servers and processes of one place, in the order they were started."""

    def __init__(
        self,
        place: Place,
        progress: Progress,
        *,
        lock: Lock | None = None,
        ports: Ports | None = None,
        is_throwaway: bool = False,
    ) -> None:
        self.place = place
        self.progress = progress
        self._lock = lock
        self._ports = ports
        self._is_throwaway = is_throwaway
        self._children: list[Child] = []
        self._guard: Guard | None = None
        self._parent = os.getppid()
        self._addresses: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._guard = Guard()
        self.sockets = Sockets.make()
        self._guard.remove_at_end(self.sockets.folder)
        if self._lock is not None:
            # Told before anything is in it: the next start removes what an end by force left.
            self.place.write_state({"sockets": str(self.sockets.folder)})
        own = (self._ports or self.sockets).environment()
        self._addresses = {name: os.environ.get(name) or address for name, address in own.items()}
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def child(self, name: str) -> Child:
        """The child of this name that was started last. Raises KeyError."""
        return {child.name: child for child in self._children}[name]

    # ------------------------------------------------------------ start
    def start_servers(self) -> None:
        """PostgreSQL and Valkey, each unless the environment names one of its own."""
        queue: Child | None = None
        if not os.environ.get("REDIS_URL"):
            queue = valkey(self.place, self.sockets, ports=self._ports, is_throwaway=self._is_throwaway)
            self.start(queue)
        if not os.environ.get("DATABASE_URL"):
            server = PostgreSQL(self.place, self.sockets, ports=self._ports, is_throwaway=self._is_throwaway)
            server.clear_leftovers()
            if server.create():
                self.progress.step("PostgreSQL: new data folder")
            database = server.child()
            self.start(database)
            server.wait_until_ready(database)
            self.progress.step("PostgreSQL is up")
        if queue is not None:
            wait_for_valkey(queue, self._addresses["REDIS_URL"])
            self.progress.step("Valkey is up")

    def environment(self, **more: str) -> dict[str, str]:
        """For the product's own processes: the caller's environment and where the servers are."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
            "VAR_DIR": str(self.place.var),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or self.place.secret_key(),
            **self._addresses,
            **self.progress.environment(),
            **more,
        }

    def publish(self, address: str, **more: str) -> None:
        """Let `manage.py` in another terminal find the servers, and a second start the address."""
        if self._lock is not None:
            self._lock.describe(address=address)
        self.place.write_state(
            {
                "sockets": str(self.sockets.folder),
                "environment": {**self._addresses, **more},
            }
        )

    def start(self, child: Child) -> None:
        """Start one more child in the care of the guard."""
        if self._guard is None:
            raise RuntimeError("a supervisor starts children only inside its `with`")
        child.start(self._guard)
        if child not in self._children:
            self._children.append(child)

    def run_to_end(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> int:
        """A command in the foreground, with our terminal; its exit code.

        It stays in our process group, so that it gets Ctrl-C itself.
        """
        process = subprocess.Popen(  # noqa: S603 - the caller's own command
            [os.fspath(word) for word in command], env=dict(environment), cwd=CHECKOUT
        )
        try:
            return process.wait()
        except StopRequested:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise

    def wait_for_task(self, task: Child) -> None:
        """Until a task has ended; EmbeddedError when it failed or a server is lost meanwhile."""
        while not task.has_ended():
            self.check()
            time.sleep(0.05)
        if task.process is not None and task.process.returncode != 0:
            words = f"\n{task.last_words()}" if task.log else ""
            raise EmbeddedError(f"{task.name} failed (exit code {task.process.returncode}).{words}")

    # ------------------------------------------------------------ watch
    def watch(self) -> None:
        """Until asked to stop: start again what ended by itself; EmbeddedError when it cannot be."""
        while True:
            self.check()
            time.sleep(0.25)

    def check(self) -> None:
        """One look at all children and at who started us."""
        if os.environ.get("MAKELEVEL") and os.getppid() != self._parent:
            raise StopRequested
        for child in self._children:
            if child.has_ended() and not child.is_task:
                self._start_again(child)

    def _start_again(self, child: Child) -> None:
        if self._guard is None or child.process is None:
            return
        self._guard.drop(child.group)
        end([child.group], reap=lambda: None)  # what it left behind in its group
        now = time.monotonic()
        child.ends = [moment for moment in child.ends if now - moment < _RESTART_SECONDS] + [now]
        if len(child.ends) < _RESTARTS:
            self.progress.say(f"{child.name} ended (exit code {child.process.returncode}): started again.")
            self.start(child)
        elif child.is_needed:
            raise EmbeddedError(
                f"{child.name} ended {_RESTARTS} times within a minute. The end of {child.log}:\n{child.last_words()}"
            )
        else:
            self.progress.say(
                f"{child.name} ended {_RESTARTS} times within a minute and stays off until the "
                f"next start. The end of {child.log}:\n{child.last_words()}"
            )
            child.process = None

    # ------------------------------------------------------------ stop
    def stop(self) -> None:
        """End all children, servers last, then drop their sockets; nothing interrupts this."""
        if self._guard is None:
            return
        _ignore_further_requests()
        started = [child for child in self._children if child.process is not None]

        def reap() -> None:
            for child in started:
                child.has_ended()

        end([child.group for child in reversed(started)], reap)
        self._guard.dismiss()
        self._guard = None
        # The guard has done it, unless it was ended itself.
        shutil.rmtree(self.sockets.folder, ignore_errors=True)
        if self._lock is not None:
            self.place.clear_state()  # last: until here the state names the folder to whoever cleans up


@contextmanager
def checkout_servers(purpose: str, progress: Progress) -> Iterator[Supervisor]:
    """The lasting servers of this checkout, held alone; stopped at the end."""
    place = Place.of_checkout()
    place.prepare()
    lock = Lock(place, purpose)
    lock.acquire()
    place.clear_leftovers()
    with stoppable():
        try:
            with Supervisor(place, progress, lock=lock) as supervisor:
                yield supervisor
        finally:
            lock.release()


def python(*words: str) -> list[str]:
    """A command for the interpreter that runs us."""
    return [sys.executable, *words]
