"""The product on its servers: prepared, served, with worker and beat, watched until the end."""

import http.client
import os
import socket
import time
from pathlib import Path

from config.embedded import freshness
from config.embedded.children import Child
from config.embedded.place import CHECKOUT, EmbeddedError
from config.embedded.supervisor import Supervisor, python

_DEFAULT_PORT = 8000
_FIRST_PAGE = "/en/"
_FIRST_PAGE_SECONDS = 60


def run_site(supervisor: Supervisor) -> None:
    """Start everything in order, say the address when the first page answers, then watch."""
    progress = supervisor.progress
    host, port = os.environ.get("HOST") or "127.0.0.1", _port()
    _refuse_taken_port(host, port)
    address = os.environ.get("SITE_URL") or f"http://127.0.0.1:{port}"
    environment = supervisor.environment(SITE_URL=address)
    static = collect_static(supervisor, supervisor.place.var / "static")
    preparation = prepare_database(supervisor, environment)
    supervisor.start_servers()
    supervisor.publish(address, SITE_URL=address)
    if static is not None:
        supervisor.wait_for_task(static)
        progress.step("Static files are collected")
    if preparation is not None:
        supervisor.wait_for_task(preparation)
    supervisor.start(_web(environment, host, port, supervisor.place.logs))
    progress.step("The web process is started")
    status = _first_page(supervisor, host, port)
    progress.step(f"The first page answers with {status}: {address}{_FIRST_PAGE}")
    # only now: beside it they would make the first page wait
    supervisor.start(_worker(environment, supervisor.place.logs))
    supervisor.start(_beat(environment, supervisor.place.logs))
    progress.step("Worker and beat are started")
    logs = supervisor.place.logs
    if status < http.client.BAD_REQUEST:
        progress.say(f"\n  Sogdia is ready: {address}\n  Logs: {logs}\n  Stop: Ctrl-C\n")
        supervisor.start(_first_admin(environment))
    else:
        progress.say(
            f"\n  Sogdia runs, but its first page is an error: {logs / 'web.log'} says more.\n  Stop: Ctrl-C\n"
        )
    supervisor.watch()


def collect_static(supervisor: Supervisor, root: Path) -> Child | None:
    """Start collecting the static files into `root`; None when nothing has changed."""
    return _unless_fresh(
        supervisor,
        Child(
            name="collecting the static files",
            command=python("-m", "config.embedded.prepare", "static"),
            environment=supervisor.environment(STATIC_ROOT=str(root)),
            log=supervisor.place.logs / "static.log",
            folder=CHECKOUT,
            is_task=True,
        ),
        stamp=root / ".fingerprint",
        fingerprint=freshness.of_static_files(),
    )


def prepare_database(supervisor: Supervisor, environment: dict[str, str]) -> Child | None:
    """Start preparing the database, which may still be starting itself; None when nothing changed.

    A database of somebody else's is always prepared: it may have been restored meanwhile.
    """
    stamp = supervisor.place.var / "prepared"
    if os.environ.get("DATABASE_URL") or not supervisor.place.database.exists():
        stamp.unlink(missing_ok=True)
    return _unless_fresh(
        supervisor,
        Child(
            name="preparing the database",
            command=python("-m", "config.embedded.prepare", "database"),
            environment=environment,
            log=None,
            folder=CHECKOUT,
            is_task=True,
        ),
        stamp=stamp,
        fingerprint=freshness.of_preparation(),
    )


def _unless_fresh(supervisor: Supervisor, task: Child, *, stamp: Path, fingerprint: str) -> Child | None:
    """Start a task that leaves `fingerprint` in `stamp` when it succeeds, unless it stands there."""
    if stamp.exists() and stamp.read_text() == fingerprint:
        return None
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.unlink(missing_ok=True)
    task.command = [*task.command, str(stamp), fingerprint]
    supervisor.start(task)
    return task


def _port() -> int:
    word = os.environ.get("PORT") or str(_DEFAULT_PORT)
    if not word.isascii() or not word.isdigit() or not 0 < int(word) < 65536:
        raise EmbeddedError(f"PORT={word}: a port is a number from 1 to 65535.")
    return int(word)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise EmbeddedError(
                f"Port {port} of {host} cannot be used ({error.strerror}): choose another, for "
                f"example `make run PORT={port + 1 if port < 65535 else 8000}`."
            ) from error


def _web(environment: dict[str, str], host: str, port: int, logs: Path) -> Child:
    return Child(
        name="web",
        command=python(
            "-m", "granian", "config.wsgi:application", "--interface", "wsgi",
            "--host", host, "--port", str(port), "--no-ws",
            "--workers", "2", "--blocking-threads", "4",
            "--respawn-failed-workers", "--workers-kill-timeout", "5",
            "--log-config", str(CHECKOUT / "config" / "granian.json"),
        ),
        environment={**environment, "PROCESS_NAME": "sogdia-web"},
        log=logs / "web.log",
        folder=CHECKOUT,
    )  # fmt: skip


def _worker(environment: dict[str, str], logs: Path) -> Child:
    return Child(
        name="worker",
        command=python(
            "-m", "celery", "--app", "config", "worker",
            "--concurrency", "2", "--loglevel", "INFO", "--without-mingle", "--without-gossip",
        ),
        environment={**environment, "PROCESS_NAME": "sogdia-worker"},
        log=logs / "worker.log",
        folder=CHECKOUT,
        is_needed=False,
    )  # fmt: skip


def _beat(environment: dict[str, str], logs: Path) -> Child:
    return Child(
        name="beat",
        command=python("-m", "celery", "--app", "config", "beat", "--loglevel", "INFO", "--pidfile="),
        environment={**environment, "PROCESS_NAME": "sogdia-beat"},
        log=logs / "beat.log",
        folder=CHECKOUT,
        is_needed=False,
    )  # fmt: skip


def _first_admin(environment: dict[str, str]) -> Child:
    """Says where the first admin is made, as long as there is none."""
    return Child(
        name="the link of the first admin",
        command=python("manage.py", "first_admin", "--if-none"),
        environment=environment,
        log=None,
        folder=CHECKOUT,
        is_task=True,
    )


def _first_page(supervisor: Supervisor, host: str, port: int) -> int:
    """The status of the first page, as soon as there is an answer."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    deadline = time.monotonic() + _FIRST_PAGE_SECONDS
    while time.monotonic() < deadline:
        supervisor.check()
        connection = http.client.HTTPConnection(target, port, timeout=_FIRST_PAGE_SECONDS)
        try:
            connection.request("GET", _FIRST_PAGE, headers={"Host": f"127.0.0.1:{port}"})
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise EmbeddedError(f"The first page does not answer: {supervisor.place.logs / 'web.log'} says more.")
