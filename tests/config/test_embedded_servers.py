"""PostgreSQL and Valkey of a checkout: leftovers, identities, refusals. Real servers, no site."""

import ctypes
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from config.embedded.place import EmbeddedError, Lock, Place, Sockets
from tests.config.checkout import (
    CHECKOUT,
    UNPRIVILEGED,
    answer,
    command,
    environment,
    processes,
)

pytestmark = pytest.mark.servers
_ASK = """
import sys, psycopg
from config.embedded.progress import Progress
from config.embedded.supervisor import checkout_servers
with checkout_servers("a question", Progress(is_quiet=True)) as servers:
    servers.start_servers()
    with psycopg.connect(servers.environment()["DATABASE_URL"]) as connection:
        cursor = connection.execute(sys.argv[1])
        if cursor.description:
            print(*cursor.fetchone())
"""


def ask(var: Path, sql: str, preparation: Callable[[], None] | None = None) -> str:
    """What the database of this folder answers, its servers started for this question alone.

    preparation: runs in the asking process before anything else.
    """
    told = subprocess.run(
        [sys.executable, "-c", _ASK, sql],
        env=environment(var),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=preparation,
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert processes(var) == []
    return told.stdout.strip()


def test_letters_of_all_three_languages_are_letters(tmp_path: Path) -> None:
    """In the locale that a missing LANG would choose, lower('Ж') stays 'Ж'."""
    assert ask(tmp_path, "select lower('Ж'), 'ХОЛОДИЛЬНИК' ilike 'холод%', '冰箱' ~ '^\\w+$'") == ("ж True True")


def test_leftovers_of_a_start_that_was_cut_short(tmp_path: Path) -> None:
    draft = tmp_path / "postgresql.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18")
    assert ask(tmp_path, "create table kept as select 42 as value") == ""
    # the note of a server whose number now belongs to a stranger
    note = tmp_path / "postgresql" / "postmaster.pid"
    note.write_text(f"{os.getpid()}\n{tmp_path}/postgresql\n1\n5432\n/nowhere\n\n0 0\nready\n")
    assert ask(tmp_path, "select value from kept") == "42"
    assert not draft.exists()


def test_a_backup_restores_what_was_there(tmp_path: Path) -> None:
    before, after, file = tmp_path / "before", tmp_path / "after", tmp_path / "a backup.dump"
    ask(before, "create table kept as select generate_series(1, 1000) as value, '冰箱' as name")
    told = answer(command("backup", str(file)), environment(before))
    assert told.returncode == 0, told.stderr
    ask(after, "create table kept as select 'in the way' as name")
    # a file cut short changes nothing
    short = tmp_path / "short.dump"
    short.write_bytes(file.read_bytes()[:-200])
    told = answer(command("restore", str(short)), environment(after))
    assert told.returncode == 1
    assert ask(after, "select name from kept") == "in the way"
    told = answer(command("restore", str(file)), environment(after))
    assert told.returncode == 0, told.stderr
    assert ask(after, "select count(*), sum(value), min(name) from kept") == "1000 500500 冰箱"


def test_data_of_another_major_version_are_refused_with_a_way_out(tmp_path: Path) -> None:
    data = tmp_path / "postgresql"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    told = answer(command("manage", "check"), environment(tmp_path))
    assert told.returncode == 1
    assert "docs/operations.md" in told.stderr
    assert processes(tmp_path) == []


def test_the_exit_code_of_the_command_is_passed_on(tmp_path: Path) -> None:
    env = environment(tmp_path)
    del env["VAR_DIR"]  # the servers of a test have a folder of their own anyway
    told = answer(command("test", sys.executable, "-c", "raise SystemExit(7)"), env)
    assert told.returncode == 7, told.stderr


def test_a_command_without_servers_says_how_to_start_them(tmp_path: Path) -> None:
    told = answer([sys.executable, "manage.py", "check"], environment(tmp_path))
    assert told.returncode == 1
    assert "make run" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none(tmp_path: Path, port: str) -> None:
    told = answer(command("run"), environment(tmp_path, PORT=port))
    assert told.returncode == 1
    assert f"PORT={port}" in told.stderr


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = answer(command("run"), environment(tmp_path, PORT=str(port)))
    assert told.returncode == 1
    assert f"Port {port}" in told.stderr
    assert "make run PORT=" in told.stderr


def test_a_folder_of_somebody_else_is_refused_by_name(tmp_path: Path) -> None:
    """Somebody without rights meets a folder that cannot be written."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    script = (
        "import os, pathlib\n"
        "from config.embedded.place import EmbeddedError, Place\n"
        "if os.geteuid() == 0: os.setuid(65534)\n"
        "try: Place(pathlib.Path(os.environ['VAR_DIR'])).prepare()\n"
        "except EmbeddedError as error: print(error)\n"
    )
    told = answer([sys.executable, "-c", script], environment(closed))
    assert str(closed) in told.stdout, told.stderr
    assert "VAR_DIR" in told.stdout


def test_the_lock_names_its_holder_and_goes_with_it(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.prepare()
    held = Lock(place, "make run")
    held.acquire()
    held.describe(address="http://localhost:8123")
    with pytest.raises(EmbeddedError, match=rf"process {os.getpid()} \(make run\) at http"):
        Lock(place, "make run").acquire()
    assert Lock.holder_of(place)["pid"] == os.getpid()
    held.release()
    assert Lock.holder_of(place) == {}
    Lock(place, "make run").acquire(patience_seconds=0)


def test_sockets_stay_within_what_the_kernel_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    sockets = Sockets.make()
    try:
        assert len(str(sockets.database)) < 104
        assert sockets.folder.stat().st_mode & 0o077 == 0
    finally:
        sockets.folder.rmdir()


def test_state_that_is_half_written_is_no_state(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write_state({"sockets": "/nowhere", "environment": {}})
    assert place.state()["sockets"] == "/nowhere"
    (tmp_path / "running.json").write_text(json.dumps({"sockets": "/nowhere"})[:-4])
    assert place.state() == {}


def _without_user_namespaces() -> None:
    """In this process and its children no user namespace can be made; root stays root.

    Where namespaces are denied already, the machine itself is the case under test.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    ready = os.pipe()
    outside = os.getpid()
    mapper = os.fork()
    if mapper == 0:  # only a process outside may map more than one user
        os.read(ready[0], 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{outside}/{name}").write_text("0 0 65536")
        os._exit(0)
    if libc.unshare(0x10000000) != 0:
        os.kill(mapper, 9)
        os.waitpid(mapper, 0)
        return
    os.write(ready[1], b"x")
    os.waitpid(mapper, 0)
    os.setgid(0)
    os.setuid(0)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def test_root_where_user_namespaces_are_denied(tmp_path: Path) -> None:
    """PostgreSQL runs as nobody, although nobody may enter the folders above its data."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    var = closed / "var"
    denied = _without_user_namespaces if os.geteuid() == 0 else None
    ask(var, "create table kept(n int)", denied)
    owner = (var / "postgresql").stat().st_uid
    assert owner == (UNPRIVILEGED if os.geteuid() == 0 else os.geteuid())
    # the data stay usable when namespaces come back, whoever owns them now
    assert ask(var, "select count(*) from kept") == "0"
