"""A running Sogdia whose PostgreSQL or Valkey is stopped, crashes, freezes or is full, and comes back.

Real servers over TCP, the real web process; nothing of it is restarted by anybody.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.config.checkout import (
    READY,
    collected_static_files,
    command,
    environment,
    free_port,
    terminal,
    wait_for_line,
    wait_until_gone,
)
from tests.config.servers_at_will import FAST, IMMEDIATE, ServersAtWill, servers_at_will
from tests.config.test_connections import BUDGET

pytestmark = pytest.mark.servers

PAGE, API = "/ru/markets/KAZ/", "/api/v1/markets/KAZ/?lang=ru"
NOT_NOW = "Сейчас недоступно"
LONGEST_S = 20.0  # a reader waits no longer for an answer, whatever became of the servers


@dataclass(frozen=True)
class Answer:
    """One answer of the site. seconds: how long it took."""

    path: str
    status: int
    headers: dict[str, str]
    body: str
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.status == 200 and ("KAZ" in self.body)

    @property
    def says_come_back(self) -> bool:
        """503 in the form of its door, in the reader's language, with the time to come back."""
        if self.status != 503 or int(self.headers.get("retry-after", "0")) <= 0:
            return False
        if self.path == PAGE:
            return NOT_NOW in self.body and self.headers["cache-control"] == "no-store"
        problem = json.loads(self.body)
        return problem["code"] == "unavailable" and problem["request_id"] == self.headers["x-request-id"]


@dataclass
class Site:
    """The running product and its servers."""

    port: int
    var: Path
    servers: ServersAtWill
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self, path: str, **headers: str) -> Answer:
        """One request on a connection of its own."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers={"Host": "localhost", **headers})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(path, answer.status, told, answer.read().decode(), time.monotonic() - began)
        finally:
            connection.close()

    @contextlib.contextmanager
    def readers(self, number: int = 6) -> Iterator[list[Answer]]:
        """Readers who ask for page and API in turn for as long as the block lasts; all they were told."""
        answers: list[Answer] = []
        ended = threading.Event()

        def read(first: int) -> None:
            turn = first
            while not ended.is_set():
                answers.append(self.ask((PAGE, API)[turn % 2]))
                turn += 1

        with ThreadPoolExecutor(number) as pool:
            reading = [pool.submit(read, reader) for reader in range(number)]
            try:
                yield answers
            finally:
                ended.set()
            for one in reading:
                one.result()

    def log(self) -> str:
        return (self.var / "log" / "web.log").read_text()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One start for all faults: that it outlives each of them is the point."""
    servers_var, var = tmp_path_factory.mktemp("servers"), tmp_path_factory.mktemp("site")
    collected_static_files(var)
    port = free_port()
    with servers_at_will(servers_var) as servers:
        env = environment(
            var, PORT=str(port), API_RATE_ANON="1000000", LOG_FORMAT="json", LOG_REQUESTS="1", **servers.addresses
        )
        with terminal(command("run"), env) as program:
            program.read_until(READY, 180)
            yield Site(port, var, servers)
            assert "started again" not in program.shown
            program.press_ctrl_c()
            program.wait()
        assert wait_until_gone(var) == []


@pytest.fixture
def well(site: Site) -> Iterator[Site]:
    """The site before and after a fault: both doors answer, at once and without help."""
    assert site.ask(PAGE).is_good
    assert site.ask(API).is_good
    yield site
    assert site.ask(PAGE).is_good
    assert site.ask(API).is_good


def await_good(site: Site, seconds: float) -> None:
    """Return when both doors answer again; AssertionError when that takes longer."""
    deadline = time.monotonic() + seconds
    while not (site.ask(PAGE).is_good and site.ask(API).is_good):
        assert time.monotonic() < deadline, "it does not come back by itself"
        time.sleep(0.1)


def neither_good_nor_told(answers: list[Answer]) -> list[tuple[str, int, str]]:
    """What a reader was told that is neither what was asked for nor that it will come."""
    return [
        (each.path, each.status, each.body[:300]) for each in answers if not each.is_good and not each.says_come_back
    ]


@pytest.mark.parametrize("way", [FAST, IMMEDIATE])
def test_a_restart_of_the_database_under_load_costs_some_readers_a_moment(well: Site, way: str) -> None:
    with well.readers() as answers:
        time.sleep(1)
        with well.servers.without("postgresql", way):
            time.sleep(5)
        await_good(well, 10)
        time.sleep(1)
        back_from = len(answers)
        time.sleep(1)
    assert {answer.path for answer in answers if answer.says_come_back} == {PAGE, API}
    assert neither_good_nor_told(answers) == []
    assert max(answer.seconds for answer in answers) < LONGEST_S
    assert all(answer.is_good for answer in answers[back_from + 6 :])


def test_health_tells_the_outage_and_that_it_is_over(well: Site) -> None:
    with well.servers.without("postgresql"):
        assert well.ask("/livez").status == 200
        ready = well.ask("/readyz")
        assert (ready.status, json.loads(ready.body)["checks"]["database"]) == (503, "failed")
        # the map of addresses and the staff's pages are no pages of ours, and still no fault of ours
        paths = ("/ru/staff/", "/ru/data/", "/ru/", "/api/v1/indicators/")
        signed_in = "sessionid=0123456789abcdefghijklmnopqrstuv"
        with ThreadPoolExecutor(len(paths)) as pool:
            answers = list(pool.map(lambda path: well.ask(path, Cookie=signed_in), paths))
        assert [answer.status for answer in answers] == [503] * len(paths)
    await_good(well, 10)
    assert well.ask("/readyz").status == 200


def test_after_a_long_outage_the_pool_does_not_wait_longer_still(well: Site) -> None:
    """A pool left to itself doubles its pause after each attempt that failed."""
    with well.servers.without("postgresql"):
        until = time.monotonic() + 20
        while time.monotonic() < until:
            assert well.ask(API).says_come_back
    await_good(well, 5)


def test_a_database_with_no_connection_left_refuses_and_nobody_hangs(well: Site) -> None:
    with well.servers.without("postgresql"):  # as it was, afterwards
        well.servers.start("postgresql", max_connections=8)
        with contextlib.ExitStack() as taken:
            with contextlib.suppress(psycopg.OperationalError):
                while True:
                    taken.enter_context(psycopg.connect(well.servers.addresses["DATABASE_URL"]))
            with well.readers(16) as answers:
                time.sleep(4)
            assert neither_good_nor_told(answers) == []
            assert any(answer.says_come_back for answer in answers)
            assert max(answer.seconds for answer in answers) < LONGEST_S
        await_good(well, 10)
    await_good(well, 10)


def test_without_valkey_pages_and_api_answer_and_nobody_is_counted(well: Site) -> None:
    assert "ratelimit" in well.ask(API).headers
    with well.servers.without("valkey", "SIGKILL"):
        with well.readers() as answers:
            time.sleep(3)
        assert {answer.path for answer in answers} == {PAGE, API}
        assert [answer.status for answer in answers if not answer.is_good] == []
        assert "ratelimit" not in well.ask(API).headers
        assert max(answer.seconds for answer in answers) < LONGEST_S
        ready = well.ask("/readyz")
        assert (ready.status, json.loads(ready.body)["status"]) == (200, "degraded")
    assert "ratelimit" in well.ask(API).headers
    assert json.loads(well.ask("/readyz").body)["status"] == "ok"


def test_a_valkey_that_hangs_slows_readers_down_and_stops_none(well: Site) -> None:
    with well.servers.frozen("valkey"), well.readers(2) as answers:
        time.sleep(5)
    assert answers
    assert [answer.status for answer in answers if not answer.is_good] == []
    assert max(answer.seconds for answer in answers) < LONGEST_S


def test_no_process_takes_more_connections_than_its_share(well: Site) -> None:
    with well.readers(24):
        time.sleep(2)
        with psycopg.connect(well.servers.addresses["DATABASE_URL"]) as connection:
            taken = dict(
                connection.execute(
                    "select application_name, count(*) from pg_stat_activity"
                    " where application_name like 'sogdia-%' group by 1"
                ).fetchall()
            )
    shares = {f"sogdia-{name.partition(',')[0]}": 0 for name in BUDGET}
    for name, (_, _, together) in BUDGET.items():
        shares[f"sogdia-{name.partition(',')[0]}"] += together
    assert "sogdia-web" in taken
    assert {name: number for name, number in taken.items() if number > shares[name]} == {}


def test_the_id_of_a_request_is_in_its_answer_and_its_lines(well: Site) -> None:
    own = "reader-1.0_abc"
    assert well.ask(API, **{"X-Request-ID": own}).headers["x-request-id"] == own
    made = well.ask("/ru/no-such-page/", **{"X-Request-ID": "two\twords and more"}).headers["x-request-id"]
    assert made.isalnum()
    assert len(made) == 32
    wait_for_line(well.var / "log" / "web.log", made)
    lines = [json.loads(line) for line in well.log().splitlines()]  # the web server's own are objects too
    asked = [line for line in lines if line["logger"] == "config.requests"]
    assert {"method": "GET", "path": "/api/v1/markets/KAZ/", "status": 200}.items() <= next(
        line for line in asked if line["request_id"] == own
    ).items()
    of_made = [line for line in lines if line.get("request_id") == made]
    assert {line["logger"] for line in of_made} >= {"config.requests", "django.request"}
    assert not any("lang=ru" in json.dumps(line) for line in asked)
