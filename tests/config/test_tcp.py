"""PostgreSQL and Valkey addressed by URL over TCP, as on any server of somebody else's: password, port, rights."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from config import environment as told_by
from config.celery import app
from tests.config.checkout import answer, command, environment

_SHOW = "import json, os, sys; json.dump({n: os.environ[n] for n in ('DATABASE_URL', 'REDIS_URL')}, sys.stdout)"


@pytest.mark.integration
@pytest.mark.django_db
def test_database_queue_and_cache_answer_at_their_addresses() -> None:
    """Run on the sockets as well; over TCP the password holds every sign that an address escapes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, inet_server_port()")
        version, port = cursor.fetchone()
    assert version >= 180000
    assert str(port or "") == str(settings.DATABASES["default"]["PORT"])
    cache.set("over-tcp", "冰箱", 10)
    assert cache.get("over-tcp") == "冰箱"
    with app.connection_for_write() as broker:
        queue = broker.SimpleQueue("test-tcp")
        queue.put({"job_id": "1"})
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == {"job_id": "1"}
        queue.close()
    assert Client().get("/readyz").json()["checks"] == {"database": "ok", "migrations": "ok", "valkey": "ok"}


@pytest.mark.integration
@pytest.mark.django_db
def test_no_right_of_a_superuser_is_needed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (is_superuser,) = cursor.fetchone()
    assert is_superuser == ("127.0.0.1" not in os.environ["DATABASE_URL"])


@pytest.mark.servers
def test_servers_over_tcp_ask_for_their_password_and_are_gone_afterwards(tmp_path: Path) -> None:
    env = environment(tmp_path)
    asked = (
        "import os, psycopg, redis\n"
        "from urllib.parse import urlsplit\n"
        "url = urlsplit(os.environ['DATABASE_URL'])\n"
        "try: psycopg.connect(host='127.0.0.1', port=url.port, user=url.username, password='wrong', dbname='sogdia')\n"
        "except psycopg.OperationalError as refused: print('database', 'password' in str(refused))\n"
        "try: redis.Redis(port=urlsplit(os.environ['REDIS_URL']).port).ping()\n"
        "except redis.AuthenticationError: print('queue', True)\n"
    )
    told = answer(command("test", "--tcp", sys.executable, "-c", f"{asked}{_SHOW}"), env)
    assert told.returncode == 0, told.stderr
    *refusals, addresses = told.stdout.splitlines()
    assert refusals == ["database True", "queue True"]
    url = urlsplit(json.loads(addresses)["DATABASE_URL"])
    assert {"@", ":", "/", "?", "#", "%", " ", "é"} <= set(unquote(url.password or ""))
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(json.loads(addresses)["DATABASE_URL"], connect_timeout=2)


@pytest.mark.servers
def test_servers_named_in_the_environment_are_used_as_they_are(tmp_path: Path) -> None:
    """`make test-tcp DATABASE_URL=... REDIS_URL=...`"""
    named = {
        "DATABASE_URL": "postgresql://ann:p%40ss@db.example:6432/market",
        "REDIS_URL": "redis://:p%2Fss@queue.example:6380/4",
    }
    told = answer(command("test", "--tcp", sys.executable, "-c", _SHOW), environment(tmp_path, STATIC_ROOT="", **named))
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout) == named


@pytest.mark.parametrize(
    ("url", "broker", "cache_address"),
    [
        ("redis://:p%2Fss@q.example:6380/4", "redis://:p%2Fss@q.example:6380/4", "redis://:p%2Fss@q.example:6380/5"),
        ("rediss://q.example?ssl_cert_reqs=none", "rediss://q.example/0?ssl_cert_reqs=none", None),
        ("unix:///run/q.sock?db=2", "redis+socket:///run/q.sock?virtual_host=2", "unix:///run/q.sock?db=3"),
    ],
)
def test_the_cache_is_the_database_after_that_of_the_queue(url: str, broker: str, cache_address: str | None) -> None:
    addresses = told_by.redis(url)
    assert addresses["broker"] == broker
    assert cache_address is None or addresses["cache"] == cache_address
