"""Health: what a load balancer asks, and that it learns nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from config import health
from markets.models import Job


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks for the migrations anew."""
    monkeypatch.setattr(health, "_migrations_known_applied", False)


def fails(*_args: object, **_options: object) -> None:
    raise OperationalError("connection to 10.0.0.1 with password hunter2 failed")


def test_alive_asks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", fails)
    response = Client().get("/livez")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_ready_when_all_servers_answer() -> None:
    response = Client().get("/readyz")
    body = response.json()
    assert response.status_code == 200
    assert body["status"] == "ok"
    assert body["checks"] == {"database": "ok", "migrations": "ok", "valkey": "ok"}
    assert set(body["data"]) == {"published_at", "checked_at", "age_seconds"}


@pytest.mark.django_db
def test_what_waits_in_the_queue_is_told_and_not_judged() -> None:
    nothing = {"waiting": 0, "running": 0, "dead": 0, "oldest_waiting_seconds": None}
    assert Client().get("/readyz").json()["jobs"] == nothing
    now = timezone.now()
    for state, minutes in (("queued", -90), ("queued", -5), ("queued", 60), ("dead", -600), ("done", -600)):
        Job.objects.create(state=state, run_after=now + timedelta(minutes=minutes))
    Job.objects.create(state="running", lease_until=now + timedelta(minutes=1))
    response = Client().get("/readyz")
    told = response.json()["jobs"]
    assert (response.status_code, response.json()["status"]) == (200, "ok")
    assert 5400 <= told.pop("oldest_waiting_seconds") < 5500
    assert told == {"waiting": 2, "running": 1, "dead": 1}


@pytest.mark.django_db
def test_without_valkey_pages_are_served_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches["default"], "get", fails)
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["checks"]["valkey"] == "failed"


@pytest.mark.django_db
def test_without_the_database_it_is_not_ready_and_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", fails)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "failed", "migrations": "failed", "valkey": "ok"}
    assert "hunter2" not in response.content.decode()


@pytest.mark.django_db
def test_with_migrations_to_apply_it_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: ["0002_later"])
    response = Client().get("/readyz")
    assert (response.status_code, response.json()["checks"]["migrations"]) == (503, "failed")


def test_health_is_only_read() -> None:
    assert Client().post("/livez").status_code == 405
    assert Client().post("/readyz").status_code == 405
