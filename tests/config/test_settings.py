"""Settings: what the environment decides, and what no environment can switch off."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from config import environment
from config.logs import JsonLines
from tests.config.checkout import CHECKOUT

_SHOW = (
    "import json\n"
    "from config import settings as s\n"
    "print(json.dumps({n: getattr(s, n) for n in dir(s) if n.isupper()}, default=str))"
)


def load(**variables: str) -> "subprocess.CompletedProcess[str]":
    """Settings loaded by a fresh process with these variables alone."""
    base = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", _SHOW],
        env={**base, "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def loaded(**variables: str) -> dict:
    shown = load(**{"SECRET_KEY": "k" * 50, "DATABASE_URL": "postgresql://db.example/sogdia"} | variables)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_secret_stops_the_start_by_its_name(name: str, value: str | None) -> None:
    variables = {"SECRET_KEY": "k" * 50, "DATABASE_URL": "postgresql:///sogdia"}
    del variables[name]
    if value is not None:
        variables[name] = value
    shown = load(**variables)
    assert shown.returncode != 0
    assert f"{name} is not set" in shown.stderr.splitlines()[-1]


def test_only_the_web_process_keeps_a_pool() -> None:
    job = loaded()["DATABASES"]["default"]
    web = loaded(DATABASE_POOL_SIZE="8", DATABASE_STATEMENT_TIMEOUT_SECONDS="15")["DATABASES"]["default"]
    assert "pool" not in job["OPTIONS"]
    assert web["OPTIONS"]["pool"]["max_size"] == 8
    assert "statement_timeout=15s" in web["OPTIONS"]["options"]
    for database in (job, web):
        assert database["CONN_HEALTH_CHECKS"] is True
        assert "lock_timeout" in database["OPTIONS"]["options"]
        assert "idle_in_transaction_session_timeout" in database["OPTIONS"]["options"]


def test_cookies_and_transport_are_strict_where_the_address_is_https() -> None:
    safe = loaded(SITE_URL="https://sogdia.example.org/")
    assert safe["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert safe["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert safe["SESSION_COOKIE_SECURE"] is safe["CSRF_COOKIE_SECURE"] is True
    assert safe["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert safe["CSRF_TRUSTED_ORIGINS"] == ["https://sogdia.example.org"]
    plain = loaded(SITE_URL="http://localhost:8123")
    assert plain["SECURE_HSTS_SECONDS"] == 0
    assert plain["SESSION_COOKIE_NAME"] == "sessionid"
    assert plain["SESSION_COOKIE_SECURE"] is False


def test_forwarded_headers_are_believed_only_of_our_own_proxies() -> None:
    assert loaded().get("SECURE_PROXY_SSL_HEADER") is None
    assert loaded(TRUSTED_PROXIES="1")["SECURE_PROXY_SSL_HEADER"] is not None


def test_queue_and_cache_do_not_share_a_database() -> None:
    plain = loaded(REDIS_URL="redis://user:pass@queue.example:6380")
    assert plain["CELERY_BROKER_URL"] == "redis://user:pass@queue.example:6380/0"
    assert plain["CACHES"]["default"]["LOCATION"] == "redis://user:pass@queue.example:6380/1"
    socket = loaded(REDIS_URL="unix:///run/a%20b/valkey.sock")
    assert socket["CELERY_BROKER_URL"] == "redis+socket:///run/a%20b/valkey.sock?virtual_host=0"
    assert socket["CACHES"]["default"]["LOCATION"] == "unix:///run/a%20b/valkey.sock?db=1"


def test_a_task_is_never_handed_out_twice_while_it_runs() -> None:
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < visibility
    assert settings.CELERY_TASK_ACKS_LATE
    assert not settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert settings.CELERY_WORKER_PREFETCH_MULTIPLIER == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:p%40ss@db.example:6432/market",
            {"USER": "ann", "PASSWORD": "p@ss", "HOST": "db.example", "PORT": "6432"},
        ),
        (
            "postgresql:///sogdia?host=%2Ftmp%2Fa%20b&user=sogdia",
            {"USER": "sogdia", "HOST": "/tmp/a b", "NAME": "sogdia", "OPTIONS": {}},
        ),
        (
            "postgres://db.example/x?sslmode=require",
            {"NAME": "x", "OPTIONS": {"sslmode": "require"}},
        ),
    ],
)
def test_database_addresses(url: str, expected: dict) -> None:
    assert expected.items() <= environment.database(url).items()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("console:", {"backend": "django.core.mail.backends.console.EmailBackend"}),
        (
            "smtp://ann:p%40ss@mail.example:587?tls=1",
            {"host": "mail.example", "port": 587, "user": "ann", "password": "p@ss", "tls": True, "ssl": False},
        ),
        ("smtps://mail.example", {"port": 465, "ssl": True, "tls": False, "user": ""}),
    ],
)
def test_mail_servers(url: str, expected: dict) -> None:
    assert expected.items() <= environment.mail(url).items()


@pytest.mark.parametrize("url", ["http://mail.example", "smtp:", "mail.example"])
def test_other_ways_of_mail_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
        environment.mail(url)


def test_limits_of_attempts_are_changed_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = {"login": "30/m/ip", "signup": "20/h/ip"}
    assert environment.limits("ACCOUNT_LIMITS", usual) == usual
    monkeypatch.setenv("ACCOUNT_LIMITS", "login=5/10m/ip,9/d/key; ")
    assert environment.limits("ACCOUNT_LIMITS", usual) == {**usual, "login": "5/10m/ip,9/d/key"}


@pytest.mark.parametrize("text", ["logon=5/m/ip", "login", "login=many", "login=5/m/planet"])
def test_limits_that_cannot_be_read_stop_the_start(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ACCOUNT_LIMITS", text)
    with pytest.raises(ImproperlyConfigured, match="ACCOUNT_LIMITS"):
        environment.limits("ACCOUNT_LIMITS", {"login": "30/m/ip"})


def test_addresses_of_other_servers_are_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="mysql"):
        environment.database("mysql://db/x")
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        environment.redis("amqp://queue")


@pytest.mark.parametrize(("word", "expected"), [("1", True), ("yes", True), ("off", False), ("", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, word: str, *, expected: bool) -> None:
    monkeypatch.setenv("DEBUG", word)
    assert environment.flag("DEBUG") is expected


def test_values_that_mean_nothing_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        environment.flag("DEBUG")
    monkeypatch.setenv("TRUSTED_PROXIES", "-1")
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        environment.number("TRUSTED_PROXIES", 0)


def test_the_content_policy_allows_nothing_unsafe() -> None:
    policy = settings.CONTENT_SECURITY_POLICY
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in " ".join(policy.values())
    assert policy["script-src"] == policy["style-src"] == "'self'"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/en/", "/en/no-such-page/", "/static/no-such-file.css", "/"])
def test_every_answer_carries_the_security_headers(path: str, client: Client) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_log_lines_are_objects_of_json() -> None:
    record = logging.LogRecord("sogdia", logging.WARNING, "x.py", 1, "грузы %s", ("货物",), None)
    record.dataset = "worldbank"
    record.request = RequestFactory().get("/")
    line = json.loads(JsonLines().format(record))
    assert line["message"] == "грузы 货物"
    assert line["dataset"] == "worldbank"
    assert line["level"] == "WARNING"
    assert "request" not in line


def test_every_variable_is_documented() -> None:
    """Each name that the settings or the embedded default read stands in docs/operations.md."""
    reads = re.compile(r"""environ(?:ment\.(?:text|flag|number|words)\(|\.get\(|\.setdefault\(|\[)["']([A-Z_]+)""")
    read = {name for file in [*(CHECKOUT / "config").rglob("*.py")] for name in reads.findall(file.read_text())}
    read -= {"DJANGO_SETTINGS_MODULE", "PATH", "MAKELEVEL"}
    documented = set(re.findall(r"`([A-Z_]+)`", (CHECKOUT / "docs" / "operations.md").read_text()))
    assert {"SECRET_KEY", "PORT", "PG_BIN", "VAR_DIR", "DATABASE_POOL_SIZE"} <= read
    assert read - documented == set()
