"""The commands: run, test, manage, env, stop, backup, prove, restore."""

import argparse
import os
import shlex
import signal
import sys
import tempfile
import time
from pathlib import Path

from config.embedded import running_environment
from config.embedded.backup import backup, prove, restore
from config.embedded.place import CHECKOUT, EmbeddedError, Lock, Place, Ports, is_alive
from config.embedded.progress import Progress
from config.embedded.site import collect_static, run_site
from config.embedded.supervisor import (
    StopRequested,
    Supervisor,
    checkout_servers,
    python,
    stoppable,
)

# The tests all come from one address, and benchmarks may publish invented figures.
_FOR_TESTS = {"API_RATE_ANON": "0", "API_RATE_KEY": "0", "API_RATE_BAD_KEYS": "0", "SYNTHETIC_DATA": "1"}


def run() -> int:
    """Everything, until Ctrl-C."""
    progress = Progress()
    try:
        with checkout_servers("make run", progress) as supervisor:
            run_site(supervisor)
    except StopRequested:
        progress.say("Stopped. Nothing is left running; the data stay in var/.")
    return 0


def manage(words: list[str]) -> int:
    """One management command on the running servers, or on servers started for it alone."""
    command = python("manage.py", *words)
    if os.environ.get("DATABASE_URL") or running_environment() is not None:
        os.chdir(CHECKOUT)
        os.execv(command[0], command)  # noqa: S606 - our own interpreter
    with checkout_servers(f"manage.py {shlex.join(words)}", Progress(is_quiet=True)) as supervisor:
        supervisor.start_servers()
        supervisor.publish("")
        return supervisor.run_to_end(command, supervisor.environment())


def test(words: list[str], *, over_tcp: bool) -> int:
    """A command on servers of its own that are gone afterwards; beside a running Sogdia too.

    over_tcp: they are addressed as somebody else's are, by host, port and password.
    """
    with tempfile.TemporaryDirectory(prefix="sogdia-test-", ignore_cleanup_errors=True) as folder:
        place = Place(Path(folder).resolve())
        place.prepare()
        static_root = Place.of_checkout().var / "test-static"
        ports = Ports.choose() if over_tcp else None
        with stoppable(), Supervisor(place, Progress(is_quiet=True), ports=ports, is_throwaway=True) as servers:
            static = collect_static(servers, static_root)
            servers.start_servers()
            if static is not None:
                servers.wait_for_task(static)
            return servers.run_to_end(
                words,
                servers.environment(STATIC_ROOT=str(static_root), DETECT_REPEATED_QUERIES="1", **_FOR_TESTS),
            )


def env() -> int:
    """The addresses of the running servers as lines for `eval` in a shell."""
    addresses = running_environment()
    if addresses is None:
        raise EmbeddedError("No servers of this checkout are running: start them with `make run`.")
    for name, value in addresses.items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


def stop() -> int:
    """Ask the running Sogdia of this checkout to end, and wait until it has."""
    holder = Lock.holder_of(Place.of_checkout())
    pid = holder.get("pid", 0)
    if not is_alive(pid):
        sys.stderr.write("Nothing of this checkout is running.\n")
        return 0
    os.kill(pid, signal.SIGTERM)
    for _ in range(600):
        if not is_alive(pid):
            return 0
        time.sleep(0.1)
    raise EmbeddedError(f"Process {pid} is still stopping after a minute.")


def _obeyed(chosen: argparse.Namespace) -> int:
    """Do what the command line says; the exit code."""
    match chosen.command:
        case "test":
            return test(chosen.words, over_tcp=chosen.tcp)
        case "manage":
            return manage(chosen.words)
        case "prove":
            sys.stdout.write(prove(chosen.file.absolute()))
            return 0
        case "backup" | "restore":
            {"backup": backup, "restore": restore}[chosen.command](chosen.file.absolute())
            return 0
        case _:
            return {"run": run, "env": env, "stop": stop}[chosen.command]()


def main() -> int:
    """Read the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, about in (
        ("run", run.__doc__),
        ("env", env.__doc__),
        ("stop", stop.__doc__),
    ):
        commands.add_parser(name, help=about)
    commands.add_parser("manage", help=manage.__doc__).add_argument("words", nargs=argparse.REMAINDER)
    testing = commands.add_parser("test", help=test.__doc__)
    testing.add_argument("--tcp", action="store_true", help="servers addressed by host, port and password")
    testing.add_argument("words", nargs=argparse.REMAINDER)
    for name, about in (("backup", backup.__doc__), ("prove", prove.__doc__), ("restore", restore.__doc__)):
        commands.add_parser(name, help=about).add_argument("file", type=Path)
    chosen = parser.parse_args()
    try:
        return _obeyed(chosen)
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except (StopRequested, KeyboardInterrupt):
        return 130


if __name__ == "__main__":
    sys.exit(main())
