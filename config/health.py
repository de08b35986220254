"""Health for machines: is the process alive, and can it serve. Nothing secret, and no cache in between."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from markets.models import Job, Release, Slice

log = logging.getLogger(__name__)

OK, FAILED = "ok", "failed"
_migrations_known_applied = False


@require_safe
def alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """The process answers; it asks nobody else."""
    return _answer(200, {"status": OK})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Whether requests can be served: 503 without the database or with migrations to apply.

    Without Valkey pages and API still answer, so that is 200 and `degraded`. Age of the data and what waits in the
    queue are told, not judged.
    """
    checks = {"database": _checked("database", _ask_database)}
    checks["migrations"] = _checked("migrations", _check_migrations) if checks["database"] == OK else FAILED
    checks["valkey"] = _checked("valkey", _ask_valkey)
    can_serve = checks["database"] == OK and checks["migrations"] == OK
    body: dict[str, Any] = {
        "checks": checks,
        "data": _age_of_data() if can_serve else None,
        "jobs": _state_of_jobs() if can_serve else None,
    }
    if not can_serve:
        return _answer(503, {"status": FAILED, **body})
    return _answer(200, {"status": OK if checks["valkey"] == OK else "degraded", **body})


def _checked(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as fault:  # noqa: BLE001 the door: one word here, the truth in the log
        log.warning("not ready: %s: %s", name, fault)
        return FAILED
    return OK


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _check_migrations() -> None:
    """Raises DatabaseError while migrations wait. Reading them takes long, and applied ones stay applied."""
    global _migrations_known_applied  # noqa: PLW0603 a memory of this process
    if _migrations_known_applied:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise DatabaseError("migrations wait to be applied")
    _migrations_known_applied = True


def _ask_valkey() -> None:
    """A read over the wire; that nothing is there is an answer too."""
    cache.get("health")


def _age_of_data() -> dict[str, Any]:
    """When the newest vintage was published here, when a source was last read, and the seconds since."""
    published_at = Release.objects.filter(state=Release.State.PUBLISHED).aggregate(at=Max("published_at"))["at"]
    checked_at = Slice.objects.aggregate(at=Max("checked_at"))["at"]
    newest = max((moment for moment in (published_at, checked_at) if moment), default=None)
    return {
        "published_at": published_at,
        "checked_at": checked_at,
        "age_seconds": int((timezone.now() - newest).total_seconds()) if newest else None,
    }


def _state_of_jobs() -> dict[str, Any]:
    """Jobs that wait though their time has come, that run, and that were given up.

    oldest_waiting_seconds: since the one that waits longest might have begun; None: none waits. What grows here
    while the rest is well says that no worker takes the jobs.
    """
    waiting = Q(state=Job.State.QUEUED, run_after__lte=Now())
    found = Job.objects.aggregate(
        waiting=Count("id", filter=waiting),
        running=Count("id", filter=Q(state=Job.State.RUNNING)),
        dead=Count("id", filter=Q(state=Job.State.DEAD)),
        oldest=Max(Now() - F("run_after"), filter=waiting),
    )
    oldest: timedelta | None = found.pop("oldest")
    return {**found, "oldest_waiting_seconds": int(oldest.total_seconds()) if oldest is not None else None}


def _answer(status: int, body: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body, option=orjson.OPT_UTC_Z), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    return response
