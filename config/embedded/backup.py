"""A database written to one file, the proof that the file restores to the same rows, and the way back."""

import os
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.embedded import running_environment
from config.embedded.place import CHECKOUT, ROLE, EmbeddedError, Place
from config.embedded.progress import Progress
from config.embedded.servers import postgresql_programs, server_environment
from config.embedded.supervisor import checkout_servers, python

_Environment = Mapping[str, str]


def backup(file: Path) -> None:
    """Everything of the database as of one moment, in PostgreSQL's own compressed form; its row hashes beside it.

    Both see the same snapshot. Runs beside a running Sogdia; the file is there only when it is whole.
    """
    draft, hashes = file.with_name(f"{file.name}.draft"), _hashes_of(file)
    with _database("make backup") as environment, _refusals(), psycopg.connect(environment["DATABASE_URL"]) as holder:
        holder.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        (snapshot,) = holder.execute("select pg_export_snapshot()").fetchone() or ("",)
        told = _row_hashes(environment, "--snapshot", snapshot)
        words = ["pg_dump", "--format=custom", "--no-owner", "--snapshot", snapshot, "--file", str(draft)]
        _run(words, environment["DATABASE_URL"])
    hashes.write_text(told, encoding="utf-8")
    draft.rename(file)


def prove(file: Path) -> str:
    """Restore the file into a new database beside the one in use and compare every table; what was compared.

    Nothing of the database in use is read or changed. EmbeddedError when the file does not hold the rows that were
    there when it was written, or when its row hashes are missing.
    """
    _refuse_missing(file, _hashes_of(file))
    with _database("make prove-backup") as environment, _restored(file, environment) as copy:
        return _row_hashes(copy, "--compare", str(_hashes_of(file)))


def restore(file: Path) -> None:
    """The database as it was when the file was written; what is there now is replaced.

    Restored beside the one in use first, and proved where the row hashes are there: a file that cannot be read to
    its end, or that holds other rows, changes nothing. Nobody may be connected meanwhile.
    """
    _refuse_missing(file)
    if not os.environ.get("DATABASE_URL") and running_environment() is not None:
        raise EmbeddedError("Sogdia is running: stop it first with Ctrl-C or `make stop`.")
    with _database("make restore") as environment, _restored(file, environment) as copy:
        if _hashes_of(file).is_file():
            _row_hashes(copy, "--compare", str(_hashes_of(file)))
        # the next start brings an older database up to date again
        (Place.of_checkout().var / "prepared").unlink(missing_ok=True)
        _replace(_name(environment["DATABASE_URL"]), _name(copy["DATABASE_URL"]), copy["DATABASE_URL"])


def _hashes_of(file: Path) -> Path:
    return file.with_name(f"{file.name}.rows")


def _refuse_missing(*files: Path) -> None:
    for file in files:
        if not file.is_file():
            raise EmbeddedError(f"There is no file {file}.")


@contextmanager
def _database(purpose: str) -> Iterator[_Environment]:
    """The environment of a command on the database: the one named, the running one, or one started for this."""
    base = {"SECRET_KEY": secrets.token_hex(), **os.environ}  # nothing is signed with it here
    running = None if base.get("DATABASE_URL") else running_environment()
    if base.get("DATABASE_URL") or running is not None:
        yield {**base, **(running or {})}
        return
    with checkout_servers(purpose, Progress(is_quiet=True)) as supervisor:
        supervisor.start_servers()
        yield supervisor.environment()


@contextmanager
def _restored(file: Path, environment: _Environment) -> Iterator[_Environment]:
    """The environment of a new database, restored from the file beside the one in use; dropped afterwards."""
    address = environment["DATABASE_URL"]
    copy = sql.Identifier(f"{_name(address)}_restored")
    drop = sql.SQL("drop database if exists {}").format(copy)
    with _refusals(), _caretaker(address) as caretaker:
        caretaker.execute(drop)  # left by a restore that was ended by force; refused while another one is at work
        caretaker.execute(sql.SQL("create database {} template template0").format(copy))
    renamed = _address_of_copy(address)
    try:
        words = ["pg_restore", "--no-owner", "--single-transaction", "--exit-on-error", str(file)]
        _run(words, renamed)
        yield {**environment, "DATABASE_URL": renamed}
    finally:
        with _refusals(), _caretaker(address) as caretaker:
            caretaker.execute(drop)


def _replace(name: str, copy: str, address: str) -> None:
    """The copy takes the name of the database in use, which goes: both or neither."""
    before = f"{name}_replaced"
    with _refusals(), _caretaker(address) as caretaker:
        caretaker.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(before)))
        with caretaker.transaction():
            for old, new in ((name, before), (copy, name)):
                renaming = sql.SQL("alter database {} rename to {}")
                caretaker.execute(renaming.format(sql.Identifier(old), sql.Identifier(new)))
        caretaker.execute(sql.SQL("drop database {}").format(sql.Identifier(before)))


def _caretaker(address: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection beside the database in use, from which that one may be renamed."""
    return psycopg.connect(address, dbname="postgres", autocommit=True)


@contextmanager
def _refusals() -> Iterator[None]:
    """What PostgreSQL refuses, as a sentence."""
    try:
        yield
    except psycopg.errors.ObjectInUse as busy:
        raise EmbeddedError(f"Somebody is connected ({busy}): stop web, worker and beat first.") from busy
    except psycopg.errors.InsufficientPrivilege as refused:
        raise EmbeddedError(f"This role may not create and rename databases: {refused}") from refused
    except psycopg.Error as fault:
        raise EmbeddedError(f"PostgreSQL refused: {fault}") from fault


def _address_of_copy(address: str) -> str:
    """The same server, another database. Put together by hand: urllib drops the // before an empty host."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(_name(address), safe='')}_restored{query}"


def _name(address: str) -> str:
    return unquote(urlsplit(address).path.lstrip("/")) or ROLE


def _row_hashes(environment: _Environment, *words: str) -> str:
    """What `manage.py row_hashes` says; EmbeddedError with all of it when it ends with a fault."""
    told = subprocess.run(  # noqa: S603 - our own command
        python("manage.py", "row_hashes", *words),
        env=dict(environment),
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        raise EmbeddedError(f"{told.stdout}{told.stderr}".strip())
    return told.stdout


def _run(words: Sequence[str], address: str) -> None:
    """One of PostgreSQL's own programs. The password goes by the environment: anyone may read the words."""
    program, *rest = words
    known = conninfo_to_dict(address)
    password = known.pop("password", None)
    result = subprocess.run(  # noqa: S603 - a program of the wheel
        [postgresql_programs() / program, "--dbname", make_conninfo("", **known), *rest],
        env={**server_environment(), **({"PGPASSWORD": str(password)} if password else {})},
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise EmbeddedError(f"{program} failed:\n{result.stderr}")
