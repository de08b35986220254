"""A PostgreSQL and a Valkey over TCP that a test stops, freezes and starts again whenever it likes.

As a program: prints the two addresses, then obeys one line of standard input after the other and answers `done`.
Nobody starts again what was stopped, as the supervisor of a running Sogdia would.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.embedded.place import Place, Ports
from config.embedded.progress import Progress
from config.embedded.servers import PostgreSQL, valkey, wait_for_valkey
from config.embedded.supervisor import Supervisor, stoppable
from tests.config.checkout import CHECKOUT, environment

# How `pg_ctl stop` ends the server: connections closed in order, or everything dropped as in a crash.
FAST, IMMEDIATE = "SIGINT", "SIGQUIT"


class ServersAtWill:
    """The servers as the test sees them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin
        assert process.stdout
        self._asked, self._told = process.stdin, process.stdout
        self.addresses: dict[str, str] = json.loads(self._told.readline())

    def stop(self, server: str, signal_name: str = FAST) -> None:
        """End `postgresql` or `valkey`, and wait until it has ended."""
        self._do(f"stop {server} {signal_name}")

    def start(self, server: str, **options: int) -> None:
        """Start it again, as something else where it still runs, and wait until it answers.

        options: `max_connections` of PostgreSQL.
        """
        self._do(f"start {server} {json.dumps(options)}")

    @contextlib.contextmanager
    def without(self, server: str, signal_name: str = FAST) -> Iterator[None]:
        """Inside, it does not run; afterwards it does again, whatever happened."""
        self.stop(server, signal_name)
        try:
            yield
        finally:
            self.start(server)

    @contextlib.contextmanager
    def frozen(self, server: str) -> Iterator[None]:
        """Inside, it holds its connections and answers nothing; afterwards it goes on."""
        self._do(f"signal {server} SIGSTOP")
        try:
            yield
        finally:
            self._do(f"signal {server} SIGCONT")

    def _do(self, line: str) -> None:
        self._asked.write(f"{line}\n")
        self._asked.flush()
        assert self._told.readline() == "done\n", line


@contextlib.contextmanager
def servers_at_will(var: Path) -> Iterator[ServersAtWill]:
    """Both servers with their data in `var`; gone afterwards."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.config.servers_at_will", str(var)],
        env=environment(var),
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield ServersAtWill(process)
        finally:
            process.communicate()  # no more orders: it ends


def obey(folder: Path) -> None:
    """Read orders until there are no more."""
    place, ports = Place(folder), Ports.choose()
    place.prepare()
    with stoppable(), Supervisor(place, Progress(is_quiet=True), ports=ports, is_throwaway=True) as servers:
        servers.start_servers()
        tell(json.dumps(ports.environment()))
        for line in sys.stdin:
            what, name, more = line.split(maxsplit=2)
            if what == "start":
                signalled(servers, name, FAST)
                start(servers, place, ports, name, json.loads(more))
            else:
                signalled(servers, name, more.strip())
            tell("done")


def signalled(servers: Supervisor, name: str, signal_name: str) -> None:
    """Send one of the two a signal, unless it has ended; wait for its end where the signal asks for that."""
    child = servers.child(name)
    if child.has_ended() or child.process is None:
        return
    os.killpg(child.process.pid, signal.Signals[signal_name])
    if signal_name not in {"SIGSTOP", "SIGCONT"}:
        child.process.wait(30)


def start(servers: Supervisor, place: Place, ports: Ports, name: str, options: dict[str, int]) -> None:
    """Start one of the two and wait until it answers."""
    if name == "valkey":
        queue = valkey(place, servers.sockets, ports=ports, is_throwaway=True)
        servers.start(queue)
        wait_for_valkey(queue, ports.environment()["REDIS_URL"])
        return
    server = PostgreSQL(place, servers.sockets, ports=ports, is_throwaway=True, **options)
    database = server.child()
    servers.start(database)
    server.wait_until_ready(database)


def tell(line: str) -> None:
    """One line to whoever asked."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    obey(Path(sys.argv[1]))
