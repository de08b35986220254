"""Sogdia's own servers, worker and beat for the tests of faults: real processes, killed by their real numbers."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import redis
from celery import Celery
from django.db import connection
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from config import environment as read_environment
from config.embedded import site as product
from config.embedded.children import Child
from config.embedded.place import ROLE
from markets import refresh
from markets.models import Job
from tests.config.checkout import CHECKOUT, environment
from tests.config.servers_at_will import ServersAtWill
from tests.factories import GDP, GDP_GROWTH, POPULATION, entry, page, pages

INFLATION = "FP.CPI.TOTL.ZG"
FOUR = [GDP, POPULATION, GDP_GROWTH, INFLATION]
LEASE_S, SWEEP_S = 4, 2
# Of each series with an answer: GDP has two pages.
REQUESTS = 5

_PREPARE = """
import django
django.setup()
from django.core.management import call_command
from markets.curation import load_reference
call_command("migrate", interactive=False, verbosity=0)
load_reference()
"""
_FACTS = "markets_job, markets_release, markets_slice, markets_observation, markets_payload, markets_unmappedcode"
# Values, periods and letters of every row, in force or not; neither numbers of rows nor moments.
_HASH = """
    SELECT count(*), md5(coalesce(string_agg(told, ';' ORDER BY told), '')) FROM (
        SELECT concat_ws('|', indicator_id, area_id, period, trim_scale(value), obs_status, last_digit_exponent,
                         known_to IS NULL) AS told
        FROM markets_observation
    ) rows
"""
_DOUBLED = """
    SELECT count(*) FROM (
        SELECT 1 FROM markets_observation WHERE known_to IS NULL
        GROUP BY indicator_id, area_id, period HAVING count(*) > 1
    ) doubled
"""


class Servers:
    """PostgreSQL and Valkey of one test process, which a test may end and start again."""

    def __init__(self, folder: Path, at_will: ServersAtWill) -> None:
        self.folder = folder
        self.addresses = at_will.addresses
        self.without = at_will.without

    def environment(self, **more: str) -> dict[str, str]:
        """For a process of the product on these servers, impatient enough for a test."""
        ours = {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "SECRET_KEY": "of a test",
            "JOB_LEASE_SECONDS": str(LEASE_S),
            "JOB_SWEEP_SECONDS": str(SWEEP_S),
        }
        return environment(self.folder, **self.addresses, **ours | more)

    def queue(self) -> Celery:
        """The queue as a door sees it, for messages that are sent by hand."""
        door = Celery(
            "door", broker=read_environment.redis(self.addresses["REDIS_URL"])["broker"], set_as_current=False
        )
        door.conf.task_default_queue = "sogdia"
        return door

    def messages(self) -> int:
        """How many wait in the queue."""
        with redis.Redis.from_url(self.addresses["REDIS_URL"]) as client:
            return int(client.llen("sogdia"))

    def flush(self) -> None:
        """The queue forgets all it holds."""
        with redis.Redis.from_url(self.addresses["REDIS_URL"]) as client:
            client.flushall()

    def database(self) -> dict[str, Any]:
        """Where the database is, in Django's words."""
        return read_environment.database(self.addresses["DATABASE_URL"])

    def prepare(self) -> None:
        """Tables and reference facts. What is committed outlives a crash of the server, unlike in other tests."""
        with psycopg.connect(self.addresses["DATABASE_URL"], autocommit=True) as owner:
            owner.execute(f"ALTER DATABASE {ROLE} SET synchronous_commit = on")
        subprocess.run([sys.executable, "-c", _PREPARE], env=self.environment(), cwd=CHECKOUT, check=True)

    def clear(self) -> None:
        """Jobs and figures as on the first day."""
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {_FACTS} RESTART IDENTITY CASCADE")

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Nobody else writes to a table while the block runs, or until the server is gone."""
        with contextlib.closing(psycopg.connect(self.addresses["DATABASE_URL"])) as other:
            other.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
            yield


class Process:
    """A process of the product as its supervisor starts it, in a group of its own."""

    _started = itertools.count(1)

    def __init__(self, child: Child, name: str) -> None:
        self.log = Path(str(child.log)).with_name(f"{name}-{next(self._started)}.log")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [os.fspath(word) for word in child.command],
                env=dict(child.environment),
                cwd=CHECKOUT,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """The whole group at once, as when the machine takes the container away."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(20)

    def terminate(self) -> None:
        """Ask it to end, as a deploy does."""
        self._process.terminate()

    def wait(self, seconds: float = 30) -> int:
        return self._process.wait(seconds)

    def count(self, *words: str) -> int:
        """How many lines of its log hold all the words."""
        return sum(all(word in line for word in words) for line in self.log.read_text(errors="replace").splitlines())

    def has_said(self, text: str) -> bool:
        return text in self.log.read_text(errors="replace")


def worker(servers: Servers, name: str = "worker", **more: str) -> Process:
    """A worker of two pool processes, ready."""
    started = Process(product._worker(servers.environment(**more), servers.folder / "log"), name)  # noqa: SLF001
    until(lambda: started.has_said(f"celery@{socket.gethostname()} ready."), "the worker is ready", 90)
    return started


def web(servers: Servers, port: int, name: str = "web", **more: str) -> Process:
    """A web process of two workers that answers on this port of 127.0.0.1, with the static files of this test run."""
    static = {name: os.environ[name] for name in ("STATIC_ROOT",) if name in os.environ}
    surroundings = servers.environment(**{"SITE_URL": f"http://127.0.0.1:{port}"} | static | more)
    started = Process(product._web(surroundings, "127.0.0.1", port, servers.folder / "log"), name)  # noqa: SLF001
    until(lambda: _accepts(port), "the web process answers", 90)
    return started


def beat(servers: Servers, name: str = "beat", **more: str) -> Process:
    """A beat whose memory is its own."""
    child = product._beat(servers.environment(VAR_DIR=str(servers.folder / name), **more), servers.folder / "log")  # noqa: SLF001
    (servers.folder / name).mkdir(exist_ok=True)
    return Process(child, name)


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Staff:
    """A worker and a beat, replaced when a test has ended one."""

    def __init__(self, servers: Servers, **more: str) -> None:
        self._servers, self._more = servers, more
        self.beat = beat(servers, **more)
        self.worker = worker(servers, **more)

    def complete(self) -> None:
        """Start anew what is not alive."""
        if not self.beat.is_alive:
            self.beat = beat(self._servers, **self._more)
        if not self.worker.is_alive:
            self.replace_worker()

    def replace_worker(self) -> None:
        """A new worker beside or after the one before."""
        self.worker = worker(self._servers, **self._more)

    def close(self) -> None:
        self.worker.kill()
        self.beat.kill()

    def last_words(self) -> str:
        """The ends of both logs."""
        return "\n".join(each.log.read_text(errors="replace")[-3000:] for each in (self.beat, self.worker))


def until(true: Callable[[], Any], told: str, seconds: float = 40, and_say: Callable[[], str] = str) -> None:
    """Return once it is so; AssertionError, with what there is to say, when it does not become so."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"in vain: {told}\n{and_say()}"
        time.sleep(0.05)


# ---------------------------------------------------------------- what is asked, and of whom
def series(number: int = 0) -> dict[str, list[Any]]:
    """What the provider knows of four series; each number is a later state, in which everything has moved a little."""
    updated = f"2025-07-{number + 1:02}"
    gdp = [entry(100 + year + number, date=year, area=area) for year in range(2000, 2020) for area in ("KAZ", "UZB")]
    others = {
        POPULATION: [entry(1000 + year + number, date=year, indicator=POPULATION) for year in range(2000, 2020)],
        GDP_GROWTH: [entry(year / 1000 + number, date=year, indicator=GDP_GROWTH) for year in range(2000, 2020)],
        INFLATION: [entry(year / 500 + number, date=year, indicator=INFLATION) for year in range(2000, 2020)],
    }
    return {GDP: pages(gdp, 30, updated=updated)} | {key: page(rows, updated=updated) for key, rows in others.items()}


@dataclass(frozen=True)
class Undisturbed:
    """What a refresh leaves that nobody disturbed: its rows by number and hash, and what its job counts."""

    rows: tuple[int, str]
    counts: dict[str, int]


class Upstream:
    """The World Bank on this machine. It may hold its answer to the n-th request until it is let go.

    told: by series, an answer's only page, all its pages, or what makes the response from the number of the page.
    """

    def __init__(self, server: HTTPServer) -> None:
        self._server = server
        self.address = server.url_for("").rstrip("/")
        self._let_go = threading.Event()
        self.told: Mapping[str, Any] = {}
        self.asked: list[str] = []
        self.hold_at = 0
        self.on_request: Callable[[], None] = lambda: None

    def begin(self, told: Mapping[str, Any]) -> None:
        """Forget what was asked, and answer with this from now on."""
        self.release()
        self._server.clear()
        self.told, self.asked, self.hold_at, self.on_request = told, [], 0, lambda: None
        self._let_go = threading.Event()
        self._server.expect_request(re.compile(r"/v2/country/all/indicator/.+")).respond_with_handler(self._answer)

    def release(self) -> None:
        """Answer what is held, and hold nothing more."""
        self.hold_at = 0
        self._let_go.set()

    def wait_until_held(self) -> None:
        until(lambda: self.hold_at and len(self.asked) >= self.hold_at, f"request {self.hold_at} is asked")

    def _answer(self, request: Request) -> Response:
        indicator, number = request.path.rpartition("/")[2], int(request.args["page"])
        self.asked.append(f"{indicator} {number}")
        self.on_request()
        if self.hold_at and len(self.asked) >= self.hold_at:
            self._let_go.wait(60)
        document = self.told.get(indicator, [{"message": [{"id": "175"}]}])
        if callable(document):
            return document(number)
        document = document[number - 1] if isinstance(document[0], list) else document
        return Response(json.dumps(document), content_type="application/json")


# ---------------------------------------------------------------- what becomes of it
def request(wanted: list[str] | None = None) -> Job:
    """A refresh asked for by a person."""
    return refresh.request("worldbank", wanted=wanted or FOUR)


def holder(job: Job) -> int:
    """The process that holds a job; 0 for none."""
    job.refresh_from_db()
    return int(job.worker.rpartition("/")[2] or 0) if job.state == Job.State.RUNNING else 0


def ended(job: Job, seconds: float = 60) -> Job:
    """The job, once it has ended."""

    def is_over() -> bool:
        job.refresh_from_db()
        return not job.is_open

    until(is_over, f"job {job.pk} ends", seconds)
    return job


def lines(job: Job) -> list[str]:
    """The log of a job by its codes, each with its attempt."""
    return [f"{event.code} {event.attempt}" for event in job.events.all()]


def published() -> tuple[int, str]:
    """How many rows there are, and a hash of what they say. AssertionError when one key is in force twice."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLED)
        assert cursor.fetchone() == (0,)
        cursor.execute(_HASH)
        return cursor.fetchone()


def waits_for_a_lock() -> bool:
    """Whether somebody's statement waits for a lock on a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def kill(pid: int) -> None:
    """SIGKILL, and wait until the process is gone or a zombie."""
    process = psutil.Process(pid)
    process.kill()
    until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE, "it is gone", 10)
