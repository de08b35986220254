"""The whole product started by one command, with real processes on a real terminal."""

import os
import signal
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.config.checkout import (
    READY,
    UNPRIVILEGED,
    answer,
    as_unprivileged,
    collected_static_files,
    command,
    environment,
    first_page,
    free_port,
    is_free,
    processes,
    supervisor_pid,
    terminal,
    wait_for_line,
    wait_until_gone,
)

pytestmark = pytest.mark.servers


def database_url(env: dict[str, str]) -> str:
    shown = answer(command("env"), env)
    assert shown.returncode == 0, shown.stderr
    lines = dict(line.removeprefix("export ").split("=", 1) for line in shown.stdout.splitlines())
    return lines["DATABASE_URL"].strip("'")


def test_two_lives_of_a_checkout(tmp_path: Path) -> None:
    """Start, second start, kill -9, start again, Ctrl-C."""
    port = free_port()
    env = environment(tmp_path, PORT=str(port))

    with terminal(command("run"), env) as first:
        shown = first.read_until(READY)
        assert "PostgreSQL is up" in shown
        assert "s] " in shown  # seconds beside each step
        assert f"http://127.0.0.1:{port}" in shown
        assert first_page(port) == 200
        first.read_until("/en/first-admin/?secret=")  # as long as nobody runs it

        second = answer(command("run"), environment(tmp_path, PORT=str(free_port())))
        assert second.returncode == 1
        assert f"http://127.0.0.1:{port}" in second.stderr
        holder = supervisor_pid(second.stderr)
        assert holder == first.pid

        told = answer([str(command()[0]), "manage.py", "showmigrations", "companies"], env)
        assert "[X] 0001_user" in told.stdout, told.stderr

        url = database_url(env)
        with psycopg.connect(url) as connection:
            connection.execute("create table kept as select 42 as value")
        sockets = Path(url.split("host=")[1].split("&")[0].replace("%2F", "/"))
        assert sockets.is_dir()
        os.kill(first.pid, signal.SIGKILL)
        assert wait_until_gone(tmp_path) == []
        assert is_free(port)
        assert not sockets.exists()

    with terminal(["make", "run"], env) as again:
        shown = again.read_until(READY)
        assert "new data folder" not in shown
        assert "facts" not in shown  # nothing changed, so nothing is prepared a second time
        with psycopg.connect(database_url(env)) as connection:
            assert connection.execute("select value from kept").fetchone() == (42,)
        wait_for_line(tmp_path / "log" / "worker.log", "ready")
        wait_for_line(tmp_path / "log" / "beat.log", "beat: Starting")
        again.press_ctrl_c()
        again.wait()
        assert "Nothing is left running" in again.shown
    assert processes(tmp_path) == []
    assert is_free(port)


def test_an_unprivileged_user_in_a_long_path_with_spaces() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        parent = Path(folder).resolve()
        parent.chmod(0o755)
        var = parent / "a path with spaces" / ("and a very long name " * 6).strip()
        var.mkdir(parents=True)
        collected_static_files(var)
        if os.geteuid() == 0:
            for path in (var, *var.rglob("*")):
                os.chown(path, UNPRIVILEGED, UNPRIVILEGED)
        assert len(str(var)) > 107
        port = free_port()
        env = environment(var, PORT=str(port), HOME=str(var))
        with terminal(as_unprivileged(["make", "run"]), env) as program:
            program.read_until(READY)
            assert first_page(port) == 200
            owners = {path.stat().st_uid for path in var.rglob("*") if path.exists()}
            assert owners == {var.stat().st_uid}
            os.kill(program.pid, signal.SIGTERM)  # as a service manager would
            program.wait()
            assert "Nothing is left running" in program.shown
        assert processes(var) == []
        assert is_free(port)


def test_death_of_the_make_that_started_it_ends_it(tmp_path: Path) -> None:
    env = environment(tmp_path, PORT=str(free_port()))
    with terminal(["make", "run"], env) as program:
        program.read_until("PostgreSQL is up")
        os.kill(program.pid, signal.SIGKILL)
        assert wait_until_gone(tmp_path) == []
