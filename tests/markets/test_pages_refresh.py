"""Staff asks for a refresh: by download or from files, once for a double click, and with the queue away too."""

from __future__ import annotations

import io
import re
import socket
import time
import uuid
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as product
from django.contrib.auth import get_user_model
from django.test import Client

from markets.jobs import waking
from markets.models import Job, Payload
from tests.markets.job_world import staff
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db


def form_key(client: Client, dataset: str = "worldbank") -> str:
    found = re.search(r'name="key"\s+value="(\w+)"', page(client, f"/en/data/{dataset}/refresh/"))
    assert found is not None
    return found[1]


def test_only_staff_asks_for_a_refresh(client: Client) -> None:
    assert "Refresh now" not in page(client, "/en/data/worldbank/")
    assert client.post("/en/data/worldbank/refresh/").headers["Location"].startswith("/en/staff/login/?next=")
    client.force_login(get_user_model().objects.create_user("reader"))
    assert client.post("/en/data/worldbank/refresh/").status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff().cookies
    assert strict.post("/en/data/worldbank/refresh/", {"key": uuid.uuid4().hex}).status_code == 403
    assert not Job.objects.exists()


def test_a_double_click_is_one_job() -> None:
    client = staff()
    assert "Refresh now" in page(client, "/en/data/worldbank/")
    key = form_key(client)
    first = client.post("/en/data/worldbank/refresh/", {"key": key})
    again = client.post("/en/data/worldbank/refresh/", {"key": key})
    (job,) = Job.objects.all()
    assert first.headers["Location"] == again.headers["Location"] == f"/en/jobs/{job.pk}/"
    assert (job.state, job.transport, str(job.requested_by)) == ("queued", "http", "aigul")
    told = main(client.get(first.headers["Location"]).content.decode())
    assert "The refresh is asked for." in told
    other = client.post("/en/data/worldbank/refresh/", {"key": form_key(client)}, follow=True)
    assert "this is that job" in main(other.content.decode())
    assert Job.objects.count() == 1


def test_without_the_queue_the_answer_comes_at_once_and_the_job_waits(
    django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    nobody_there = Celery("away", broker=f"redis://127.0.0.1:{closed}/0")
    nobody_there.conf.broker_transport_options = product.CELERY_BROKER_TRANSPORT_OPTIONS
    monkeypatch.setattr(waking, "current_app", nobody_there)
    client = staff()
    key = form_key(client)
    began = time.monotonic()
    with django_capture_on_commit_callbacks(execute=True) as asked:
        response = client.post("/en/data/worldbank/refresh/", {"key": key})
    assert time.monotonic() - began < 2
    assert len(asked) == 1
    assert "Waiting" in main(client.get(response.headers["Location"]).content.decode())
    assert Job.objects.get().state == Job.State.QUEUED


def test_a_worker_is_woken_when_the_request_is_committed(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(waking.current_app, "send_task", lambda _name, args, **_more: sent.append(args[0]))
    client = staff()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/en/data/worldbank/refresh/", {"key": form_key(client)})
    assert sent == [str(Job.objects.get().pk)]


@pytest.mark.parametrize("dataset", ["gapminder", "unctad", "china-trade"])
def test_what_comes_with_the_product_alone_cannot_be_refreshed(dataset: str) -> None:
    client = staff()
    assert "comes with the product only" in main(page(client, f"/en/data/{dataset}/refresh/"))
    response = client.post(f"/en/data/{dataset}/refresh/", {"key": uuid.uuid4().hex})
    assert response.status_code == 502
    assert not Job.objects.exists()
    assert client.post("/en/data/nothing/refresh/").status_code == 404
    assert client.post("/en/data/worldbank/refresh/", {"key": "nonsense"}).status_code == 404


def upload(name: str = "gdp.json", body: bytes = b"[1]") -> io.BytesIO:
    file = io.BytesIO(body)
    file.name = name
    return file


def test_files_are_handed_in_and_kept_as_they_are() -> None:
    client = staff()
    sent = {"key": form_key(client), "by": "files", "delivered": [upload(), upload("pop.JSON", b"<not read here>")]}
    response = client.post("/en/data/worldbank/refresh/", sent)
    job = Job.objects.get()
    assert response.headers["Location"] == f"/en/jobs/{job.pk}/"
    assert job.transport == "file"
    assert [file["name"] for file in job.parameters["files"]] == ["gdp.json", "pop.JSON"]
    assert {payload.body for payload in Payload.objects.all()} == {b"[1]", b"<not read here>"}
    shown = page(client, f"/en/jobs/{job.pk}/")
    assert "pop.JSON" in shown
    assert f"/en/jobs/{job.pk}/payloads/" in shown
    assert "/payloads/" not in page(Client(), f"/en/jobs/{job.pk}/")


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([], "Choose at least one file."),
        ([upload(body=b"")], "A file is empty."),
        ([upload(), upload("b.json", b"")], "A file is empty."),
        ([upload("a.exe")], "a.exe is not read here: only files that end in .json."),
        ([upload("a.json.zip")], "is not read here"),
        ([upload(f"{'a' * 300}.json")], "at most 200 characters"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_a_reason(files: list[io.BytesIO], told: str) -> None:
    client = staff()
    for file in files:
        file.seek(0)
    response = client.post("/en/data/worldbank/refresh/", {"key": form_key(client), "by": "files", "delivered": files})
    assert response.status_code == 422
    text = main(response.content.decode())
    assert told in text
    assert "There is a problem" in text
    assert not Job.objects.exists()
    assert not Payload.objects.exists()


def test_too_many_bytes_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    client = staff()
    monkeypatch.setattr("markets.views.refreshing.MOST_UPLOAD_BYTES", 1000)
    monkeypatch.setattr("markets.door.bodies.AROUND_FILES", 1000)
    sent = {"key": form_key(client), "by": "files", "delivered": [upload(body=b"x" * 5000)]}
    response = client.post("/en/data/worldbank/refresh/", sent)
    assert response.status_code == 413
    assert "together; at most 64.0\xa0MB are taken" in response.content.decode()
    monkeypatch.setattr("markets.forms.uploads.MOST_UPLOAD_BYTES", 10)
    monkeypatch.undo()
    monkeypatch.setattr("markets.forms.uploads.MOST_UPLOAD_BYTES", 10)
    sent["delivered"] = [upload(body=b"x" * 11)]
    assert client.post("/en/data/worldbank/refresh/", sent).status_code == 422
    assert not Payload.objects.exists()
