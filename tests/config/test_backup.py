"""A backup taken while others write, proved by its row hashes, and restored: real servers over TCP."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.config.checkout import answer, command, environment
from tests.config.servers_at_will import servers_at_will

pytestmark = pytest.mark.servers

_CONTENT = """
    create extension pg_trgm;
    create table entry(id bigint generated always as identity primary key, name text, at timestamptz default now());
    insert into entry(name) select '冰箱 ' || n from generate_series(1, 5000) n;
    create table odd(data bytea, amount numeric, ratio float8, told jsonb, days interval, nothing int);
    insert into odd values ('\\x00ff', 12.340, 0.1::float8 + 0.2, '{"Ж": [1, null]}', '1 month', null),
        ('', 'NaN', 'infinity', 'null', '-3 days', null);
    create table "Empty one"(i int);
"""


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A server of somebody else's, with a role that may create databases and no more."""
    with servers_at_will(tmp_path_factory.mktemp("servers")) as servers:
        yield environment(tmp_path_factory.mktemp("client"), **servers.addresses)


@pytest.fixture(autouse=True)
def content(env: dict[str, str]) -> None:
    """The same content before each test."""
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        connection.execute("drop owned by current_user")
        connection.execute("create schema if not exists public")
        connection.execute(_CONTENT)


def asked(env: dict[str, str], statement: str) -> object:
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        row = connection.execute(statement).fetchone()
        return row[0] if row else None


def databases(env: dict[str, str]) -> object:
    return asked(env, "select string_agg(datname, ' ' order by datname) from pg_database where not datistemplate")


def done(env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    told = answer(command(*words), env)
    assert told.returncode == 0, told.stdout + told.stderr
    return told


@contextlib.contextmanager
def writing(env: dict[str, str]) -> Iterator[None]:
    """Somebody who writes all the time."""
    ended = threading.Event()

    def write() -> None:
        with psycopg.connect(env["DATABASE_URL"], autocommit=True) as connection:
            while not ended.is_set():
                connection.execute("insert into entry(name) values ('written meanwhile')")
                connection.execute("update odd set nothing = coalesce(nothing, 0) + 1")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        ended.set()
        writer.join()


def test_a_backup_beside_writers_is_one_moment_and_is_proved_table_by_table(
    env: dict[str, str], tmp_path: Path
) -> None:
    file, before = tmp_path / "a backup.dump", databases(env)
    with writing(env):
        time.sleep(0.5)
        done(env, "backup", str(file))
        proved = done(env, "prove", str(file))
        at_the_proof = int(str(asked(env, "select count(*) from entry")))
    lines = proved.stdout.splitlines()
    assert lines[-1] == "All 3 tables are equal."
    assert [line.split(":")[0] for line in lines[:-1]] == ["equal   Empty one", "equal   entry", "equal   odd"]
    rows = int(lines[1].split(": ")[1].split()[0])
    assert 5000 < rows < at_the_proof
    assert databases(env) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a backup.dump", "a backup.dump.rows"]


def test_a_file_with_other_rows_is_found_out_and_not_restored(env: dict[str, str], tmp_path: Path) -> None:
    """The hashes of one moment beside the file of another."""
    file, later = tmp_path / "x.dump", tmp_path / "later.dump"
    done(env, "backup", str(file))
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        connection.execute("update entry set name = 'other' where id = 7")
        connection.execute("delete from odd where ratio = 'infinity'")
        connection.execute('create table later(i int); drop table "Empty one"')
    done(env, "backup", str(later))
    shutil.copy(tmp_path / "later.dump.rows", tmp_path / "x.dump.rows")
    for word in ("prove", "restore"):
        refused = answer(command(word, str(file)), env)
        assert refused.returncode == 1
        for told in (
            "DIFFERS Empty one: not expected",
            "DIFFERS entry: other rows",
            "DIFFERS later: missing",
            "DIFFERS odd: 1 rows expected, 2 found",
            "4 of 4 tables are different",
        ):
            assert told in refused.stderr
    assert asked(env, "select to_regclass('later') is not null")
    assert databases(env) == "postgres sogdia"


def test_a_restore_replaces_everything_and_nobody_may_be_connected(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "x.dump"
    done(env, "backup", str(file))
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        connection.execute("create table later(i int); delete from entry; drop table odd")
        connection.commit()
        refused = answer(command("restore", str(file)), env)
        assert refused.returncode == 1
        assert "Somebody is connected" in refused.stderr
    assert asked(env, "select count(*) from entry") == 0
    done(env, "restore", str(file))
    assert asked(env, "select count(*) from entry where name = '冰箱 ' || id") == 5000
    assert asked(env, "select to_regclass('later')") is None
    assert asked(env, "insert into entry(name) values ('next') returning id") == 5001
    assert databases(env) == "postgres sogdia"


def test_a_file_that_is_cut_short_or_missing(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "x.dump"
    assert f"There is no file {file}" in answer(command("prove", str(file)), env).stderr
    done(env, "backup", str(file))
    file.write_bytes(file.read_bytes()[:-200])
    for word in ("prove", "restore"):
        refused = answer(command(word, str(file)), env)
        assert refused.returncode == 1
        assert "pg_restore failed" in refused.stderr
    assert asked(env, "select count(*) from entry") == 5000
    assert databases(env) == "postgres sogdia"
    (tmp_path / "x.dump.rows").unlink()
    assert "x.dump.rows" in answer(command("prove", str(file)), env).stderr


def test_a_server_that_does_not_answer_is_told_in_a_sentence(env: dict[str, str], tmp_path: Path) -> None:
    away = {**env, "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/x"}
    told = answer(command("backup", str(tmp_path / "x.dump")), away)
    assert told.returncode == 1
    assert "PostgreSQL refused" in told.stderr
    assert "Traceback" not in told.stderr
    assert list(tmp_path.iterdir()) == []
