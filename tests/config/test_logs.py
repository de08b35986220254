"""Whose line it is: requests, jobs and messages of the queue name themselves on every line logged meanwhile."""

from __future__ import annotations

import contextvars
import json
import logging
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client, RequestFactory

from config.celery import app
from config.logs import Ids, JsonLines, PlainLines, chosen_lines, logged_as
from config.requests import RequestIds

log = logging.getLogger("a.room")


class Lines(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self, form: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(form)
        self.addFilter(Ids())
        self.written: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(self.format(record))


@pytest.fixture(params=[PlainLines, JsonLines])
def lines(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    handler = Lines(request.param())
    root = logging.getLogger()
    root.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler.written
    root.removeHandler(handler)


@pytest.fixture
def objects() -> Iterator[list[str]]:
    handler = Lines(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    yield handler.written
    root.removeHandler(handler)


def test_lines_carry_the_ids_of_the_blocks_around_them_and_no_others(lines: list[str]) -> None:
    log.info("before")
    with logged_as(request_id="r-1"):
        with logged_as(job_id="j-1"):
            log.info("inside")
        log.info("beside")
        log.info("own", extra={"request_id": "mine"})
    log.info("after")
    held = [
        ({"r-1", "j-1", "mine"} & set(line.replace('"', " ").replace("=", " ").replace("]", " ").split()))
        for line in lines
    ]
    assert held == [set(), {"r-1", "j-1"}, {"r-1"}, {"mine"}, set()]


def test_a_plain_line_can_be_read_and_tells_utc() -> None:
    record = logging.LogRecord("sogdia", logging.WARNING, "x.py", 1, "грузы %s", ("货物",), None)
    record.created, record.request_id, record.job_id = 1772366420.1234, "r-1", "j-1"
    assert PlainLines().format(record) == (
        "2026-03-01T12:00:20.123+00:00 WARNING sogdia [request_id=r-1 job_id=j-1]: грузы 货物"
    )


def test_a_thread_takes_the_ids_along_when_it_is_given_the_context(objects: list[str]) -> None:
    with logged_as(job_id="j-2"):
        here = contextvars.copy_context()
        beat = threading.Thread(target=here.run, args=(log.warning, "heartbeat"))
        beat.start()
        beat.join()
    assert json.loads(objects[-1])["job_id"] == "j-2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/en/", "/en/no-such-page/", "/api/v1/markets/", "/api/v1/nothing/", "/livez", "/", "/static/none.css"]
)
def test_every_answer_names_its_request(path: str) -> None:
    assert Client().get(path, headers={"X-Request-ID": "proxy-0001"})["X-Request-ID"] == "proxy-0001"
    first, second = (Client().get(path, headers={"X-Request-ID": "bad\nid 1234"})["X-Request-ID"] for _ in range(2))
    assert first != second
    assert first.isalnum()


@pytest.mark.django_db
def test_a_problem_its_header_and_its_lines_name_the_same_request(objects: list[str]) -> None:
    answer = Client().get("/api/v1/markets/XXX/")
    assert answer.json()["request_id"] == answer["X-Request-ID"]
    told = [json.loads(line) for line in objects]
    assert {line["request_id"] for line in told if line["logger"] == "django.request"} == {answer["X-Request-ID"]}


def test_a_line_a_request_tells_neither_query_nor_address(objects: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LOG_REQUESTS", True)
    logging.getLogger("config.requests").setLevel(logging.INFO)
    Client(REMOTE_ADDR="192.0.2.77").get("/livez", {"q": "a-secret-wish"})
    line = json.loads(objects[-1])
    assert {"logger": "config.requests", "method": "GET", "path": "/livez", "status": 200}.items() <= line.items()
    assert line["duration_ms"] >= 0
    assert "secret" not in objects[-1]
    assert "192.0.2.77" not in objects[-1]


def test_ids_end_with_the_request_even_when_it_fails(objects: list[str]) -> None:
    def broken(_request: object) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestIds(broken)(RequestFactory().get("/"))  # type: ignore[arg-type]
    log.warning("afterwards")
    assert "request_id" not in json.loads(objects[-1])


def test_a_task_names_its_message_and_the_job_it_was_given(objects: list[str]) -> None:
    @app.task(name="tests.with_a_job", shared=False)
    def with_a_job(job_id: str, more: int = 0) -> str:  # noqa: ARG001 the signature is what matters
        log.warning("at work")
        return str(app.current_task.request.id)

    @app.task(name="tests.bound", bind=True, shared=False)
    def bound(self: object, dataset: str) -> None:  # noqa: ARG001 see above
        log.warning("at other work")

    try:
        task_id = with_a_job.apply(("j-3",)).get()
        line = json.loads(next(one for one in objects if "at work" in one))
        assert (line["job_id"], line["task_id"]) == ("j-3", task_id)
        bound.apply(("worldbank",))
        line = json.loads(next(one for one in objects if "at other work" in one))
        assert "task_id" in line
        assert "job_id" not in line
        with_a_job(job_id="j-4")  # called as a function: there is no message
        line = json.loads([one for one in objects if "at work" in one][-1])
        assert (line["job_id"], line.get("task_id")) == ("j-4", None)
    finally:
        for name in ("tests.with_a_job", "tests.bound"):
            app.tasks.pop(name)


def test_the_web_server_writes_in_the_same_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_FORMAT", "json")
    assert isinstance(chosen_lines(), JsonLines)
    monkeypatch.delenv("LOG_FORMAT")
    assert isinstance(chosen_lines(), PlainLines)
