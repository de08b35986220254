"""Where the embedded servers of one checkout live: data, logs, sockets, lock and state.

Standard library alone, so that `manage.py` can ask before anything else is imported.
"""

import errno
import fcntl
import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROLE = "sogdia"  # name of the database and of its owner
# Over TCP an ordinary role owns the database, with the rights that a hosted server gives.
TCP_ROLE = "sogdia_over_tcp"
# Every sign that an address must escape: what reads the addresses has to read any password.
_AWKWARD = "@:/?#[]%&=+ '\"\\é$"
CHECKOUT = Path(__file__).resolve().parent.parent.parent
# The kernel refuses a socket address longer than this many bytes (macOS: 104, Linux: 108).
_SOCKET_ADDRESS_LIMIT = 103
_LONGEST_SOCKET = ".s.PGSQL.5432.lock"
_SOCKETS_PREFIX = "sogdia-"


class EmbeddedError(Exception):
    """The embedded servers cannot do what was asked; the message says why and what helps."""


@dataclass(frozen=True)
class Place:
    """The folder that keeps everything the embedded servers write."""

    var: Path

    @classmethod
    def of_checkout(cls) -> "Place":
        """`var/` of this checkout, or the folder named by VAR_DIR."""
        return cls(Path(os.environ.get("VAR_DIR") or CHECKOUT / "var").resolve())

    @property
    def database(self) -> Path:
        """Data folder of PostgreSQL."""
        return self.var / "postgresql"

    @property
    def queue(self) -> Path:
        """Data folder of Valkey."""
        return self.var / "valkey"

    @property
    def logs(self) -> Path:
        """One log file for each process."""
        return self.var / "log"

    def prepare(self) -> None:
        """Make the folders; EmbeddedError where they belong to somebody else."""
        try:
            for folder in (self.var, self.queue, self.logs):
                folder.mkdir(parents=True, exist_ok=True)
        except PermissionError as error:
            raise EmbeddedError(
                f"{error.filename} cannot be written by this user. Start as the user it belongs "
                "to, or set VAR_DIR to a folder of your own."
            ) from error
        if not os.access(self.var, os.W_OK | os.X_OK):
            raise EmbeddedError(
                f"{self.var} belongs to another user (uid {self.var.stat().st_uid}). Start as "
                "that user, or set VAR_DIR to a folder of your own."
            )

    def secret_key(self) -> str:
        """The key of this checkout, made once and readable by its owner alone."""
        path = self.var / "secret-key"
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(50))
            draft.rename(path)
        return path.read_text()

    # ------------------------------------------------------------ state of the running servers
    @property
    def _state(self) -> Path:
        return self.var / "running.json"

    def write_state(self, state: Mapping[str, Any]) -> None:
        """Say what runs, whole or not at all."""
        draft = self._state.with_suffix(".draft")
        draft.write_text(json.dumps(state))
        draft.rename(self._state)

    def state(self) -> dict[str, Any]:
        """What the last start wrote; empty when nothing was ever started."""
        try:
            state = json.loads(self._state.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def clear_leftovers(self) -> None:
        """Drop what a start left behind that was ended with its guard, by force."""
        folder = Path(str(self.state().get("sockets", "")))
        if folder.name.startswith(_SOCKETS_PREFIX) and folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder, ignore_errors=True)
        self.clear_state()

    def clear_state(self) -> None:
        """Nothing runs any more."""
        self._state.unlink(missing_ok=True)


@dataclass(frozen=True)
class Sockets:
    """A short private folder for the sockets: the path of a checkout may be too long for one."""

    folder: Path

    @classmethod
    def make(cls) -> "Sockets":
        """A new folder, mode 0700, under the temporary folder or /tmp when that is too long."""
        parent = tempfile.gettempdir()
        longest = Path(parent) / f"{_SOCKETS_PREFIX}12345678" / _LONGEST_SOCKET
        if len(os.fsencode(longest)) > _SOCKET_ADDRESS_LIMIT:
            parent = "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it
        return cls(Path(tempfile.mkdtemp(prefix=_SOCKETS_PREFIX, dir=parent)))

    @classmethod
    def at(cls, folder: str) -> "Sockets":
        """The sockets of servers that another process started."""
        return cls(Path(folder))

    @property
    def database(self) -> Path:
        """The socket PostgreSQL listens on."""
        return self.folder / ".s.PGSQL.5432"

    @property
    def queue(self) -> Path:
        """The socket Valkey listens on."""
        return self.folder / "valkey.sock"

    def environment(self) -> dict[str, str]:
        """The two addresses in the words of the settings."""
        return {
            "DATABASE_URL": f"postgresql:///{ROLE}?host={quote(str(self.folder), safe='')}&user={ROLE}",
            "REDIS_URL": f"unix://{quote(str(self.queue))}",
        }


@dataclass(frozen=True)
class Ports:
    """Two ports of the loopback address and the password of both servers that listen there."""

    database: int
    queue: int
    password: str

    @classmethod
    def choose(cls) -> "Ports":
        """Ports that nobody uses now, and a new password."""
        with socket.socket() as first, socket.socket() as second:
            for probe in (first, second):
                probe.bind(("127.0.0.1", 0))
            return cls(
                database=first.getsockname()[1],
                queue=second.getsockname()[1],
                password=f"{secrets.token_urlsafe(12)}{_AWKWARD}",
            )

    def environment(self) -> dict[str, str]:
        """The two addresses in the words of the settings."""
        password = quote(self.password, safe="")
        return {
            "DATABASE_URL": f"postgresql://{TCP_ROLE}:{password}@127.0.0.1:{self.database}/{ROLE}",
            "REDIS_URL": f"redis://:{password}@127.0.0.1:{self.queue}",
        }


def is_listening(path: Path) -> bool:
    """Whether a server answers on a unix socket."""
    try:
        if not stat.S_ISSOCK(path.stat().st_mode):
            return False
    except OSError:
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


class Lock:
    """One start at a time for each checkout: a lock of the kernel's, gone with its holder."""

    def __init__(self, place: Place, purpose: str) -> None:
        self._path = place.var / "lock"
        self._purpose = purpose
        self._file = -1

    def acquire(self, patience_seconds: float = 15.0) -> None:
        """Take the lock, or raise EmbeddedError saying who holds it.

        Waits only for a holder that is already gone and whose servers are still stopping.
        """
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        deadline = time.monotonic() + patience_seconds
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in {errno.EAGAIN, errno.EACCES}:
                    raise
            else:
                break
            holder = self._holder()
            if is_alive(holder.get("pid", 0)) or time.monotonic() > deadline:
                raise EmbeddedError(_held_by(holder))
            time.sleep(0.1)
        self.describe()

    def describe(self, **more: str) -> None:
        """Write who holds the lock, for the next one who asks."""
        about = {
            "pid": os.getpid(),
            "purpose": self._purpose,
            "since": time.strftime("%Y-%m-%d %H:%M:%S"),
            **more,
        }
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, json.dumps(about).encode(), 0)

    def release(self) -> None:
        """Let the next one in."""
        os.ftruncate(self._file, 0)
        os.close(self._file)

    def _holder(self) -> dict[str, Any]:
        return _described(os.pread(self._file, 4096, 0))

    @classmethod
    def holder_of(cls, place: Place) -> dict[str, Any]:
        """Who holds the lock, as it described itself; empty when nobody does."""
        try:
            file = os.open(place.var / "lock", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return {}
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return _described(os.pread(file, 4096, 0))
        finally:
            os.close(file)
        return {}


def _described(text: bytes) -> dict[str, Any]:
    try:
        holder = json.loads(text)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _held_by(holder: Mapping[str, Any]) -> str:
    pid = holder.get("pid", "unknown")
    address = f" at {holder['address']}" if holder.get("address") else ""
    return (
        f"The servers of this checkout are already in use: process {pid}"
        f" ({holder.get('purpose', 'starting')}){address}, since {holder.get('since', 'just now')}."
        " Use that one, or stop it first with Ctrl-C in its terminal or with `make stop`."
    )


def is_alive(pid: int) -> bool:
    """Whether a process with this number exists."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
