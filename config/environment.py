"""What the environment says: the only differences between one running Sogdia and another."""

import os
import re
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


def limits(name: str, defaults: Mapping[str, str]) -> dict[str, str]:
    """How often each thing may be tried: `count/period/per` (30/m/ip), several for one thing parted by a comma.

    The variable changes some of them: `login=60/m/ip;signup=5/h/ip`. An unknown name stops the start.
    """
    given = os.environ.get(name, "")
    changed = dict(_halves(name, part) for part in given.split(";") if part.strip())
    if unknown := changed.keys() - defaults.keys():
        raise ImproperlyConfigured(f"{name}: {', '.join(sorted(unknown))} is none of {', '.join(defaults)}.")
    for text_of_limit in changed.values():
        for one in text_of_limit.split(","):
            if re.fullmatch(r"\d+/\d*[smhd]/(ip|user|key)", one.strip()) is None:
                raise ImproperlyConfigured(f"{name}: {one!r} is not of the form 30/m/ip.")
    return {**defaults, **changed}


def _halves(name: str, part: str) -> tuple[str, str]:
    key, equals, value = part.partition("=")
    if not (key.strip() and equals and value.strip()):
        raise ImproperlyConfigured(f"{name}: write name=30/m/ip, several with semicolons between them.")
    return key.strip(), value.strip()


def mail(url: str) -> dict[str, Any]:
    """How mail is sent: `console:` prints it, `smtp://user:password@host:587?tls=1` and `smtps://host:465` send it.

    tls=1: the connection begins plain and is encrypted before anything is said (STARTTLS).
    """
    parts = urlsplit(url)
    backend = {"console": "console", "smtp": "smtp", "smtps": "smtp"}.get(parts.scheme)
    if backend is None or (backend == "smtp" and not parts.hostname):
        raise ImproperlyConfigured(
            f"EMAIL_URL begins with {parts.scheme!r}: write console:, smtp://host or smtps://host."
        )
    query = dict(parse_qsl(parts.query))
    return {
        "backend": f"django.core.mail.backends.{backend}.EmailBackend",
        "host": parts.hostname or "localhost",
        "port": parts.port or (465 if parts.scheme == "smtps" else 25),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "ssl": parts.scheme == "smtps",
        "tls": query.get("tls", "").lower() in _TRUE,
    }
