"""What the environment says: the only differences between one running Sogdia and another."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """A variable as text. Without a default a missing or empty one stops the start, by its name."""
    value = os.environ.get(name, "").strip()
    if value:
        return value
    if default is None:
        raise ImproperlyConfigured(
            f"{name} is not set. Set {name} in the environment (docs/operations.md lists every "
            "variable), or start the embedded servers with `make run`."
        )
    return default


def flag(name: str, *, default: bool = False) -> bool:
    """A variable as yes or no; anything else stops the start."""
    value = os.environ.get(name)
    if value is None:
        return default
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")


def number(name: str, default: int) -> int:
    """A variable as a whole number of zero or more; anything else stops the start."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A variable as a list: values between commas, blanks dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def pairs(name: str) -> dict[str, str]:
    """A variable as names with values: `name=value` between commas; anything else stops the start."""
    found = dict(word.partition("=")[::2] for word in words(name))
    if not all(found.values()):
        raise ImproperlyConfigured(f"{name}: write name=value, several with commas between them.")
    return found


def database(url: str) -> dict[str, Any]:
    """Django's description of a PostgreSQL database.

    url: ``postgresql://user:password@host:port/name?host=/socket/folder&sslmode=require``, as
    libpq reads it, so that ``psql "$DATABASE_URL"`` opens the same database. Parameters other
    than host, port, user and password are passed to libpq.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(f"DATABASE_URL starts with {parts.scheme!r}: only postgresql:// is served.")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "sogdia",
        "USER": query.pop("user", unquote(parts.username or "")),
        "PASSWORD": query.pop("password", unquote(parts.password or "")),
        "HOST": query.pop("host", unquote(parts.hostname or "")),
        "PORT": query.pop("port", str(parts.port or "")),
        "OPTIONS": query,
    }


def redis(url: str) -> Mapping[str, str]:
    """The two addresses made from one: the broker's database is the one named (else 0), the cache's the next.

    url: ``redis://user:password@host:port/0``, ``rediss://`` likewise, or ``unix:///path/of/socket?db=0``.
    """
    parts = urlsplit(url)
    if parts.scheme == "unix":
        path, first = quote(unquote(parts.path)), _first_database(dict(parse_qsl(parts.query)).get("db", ""))
        return {
            "broker": f"redis+socket://{path}?virtual_host={first}",
            "cache": f"unix://{path}?db={first + 1}",
        }
    if parts.scheme not in {"redis", "rediss"}:
        raise ImproperlyConfigured(
            f"REDIS_URL starts with {parts.scheme!r}: only redis://, rediss:// and unix:// are served."
        )
    query = f"?{parts.query}" if parts.query else ""
    base, first = f"{parts.scheme}://{parts.netloc}", _first_database(parts.path.strip("/"))
    return {"broker": f"{base}/{first}{query}", "cache": f"{base}/{first + 1}{query}"}


def _first_database(word: str) -> int:
    if not word:
        return 0
    if not word.isascii() or not word.isdigit():
        raise ImproperlyConfigured(f"REDIS_URL names the database {word!r}: write a whole number.")
    return int(word)
