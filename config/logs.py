"""Log lines for people or, as JSON, for machines; each says which request or job it belongs to.

The ids live in a context variable: whatever is logged while a request is answered or a job runs carries
them, from whatever room it comes. Standard library alone, for the web server's own process loads it too.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

IDS: Final = ("request_id", "job_id", "task_id")

OF_REQUEST: Final = "_sogdia_log_ids"  # where a request keeps its ids

_OWN = frozenset(logging.LogRecord("", 0, "", 0, "", (), None).__dict__) | {
    "message",
    "asctime",
    "request",
    "taskName",
    "ids",
}
_current: ContextVar[Mapping[str, str]] = ContextVar("ids", default=MappingProxyType({}))


@contextmanager
def logged_as(**ids: str) -> Iterator[None]:
    """Every line logged inside carries these ids (of `IDS`), beside those of the blocks around it.

    A thread begins without ids; `contextvars.copy_context().run` takes them along.
    """
    before = _current.set({**_current.get(), **ids})
    try:
        yield
    finally:
        _current.reset(before)


class Ids(logging.Filter):
    """Puts the current ids on each record that does not bring its own. Lets everything pass.

    Django tells of a refused request only after the last of its layers; its record brings the request itself.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always true."""
        ids = _current.get() or getattr(getattr(record, "request", None), OF_REQUEST, {})
        for name, value in ids.items():
            if not hasattr(record, name):
                setattr(record, name, value)
        return True


class PlainLines(logging.Formatter):
    """Time (UTC), level, logger, the ids in brackets where there are any, message."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name}{ids}: {message}", style="{")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 logging's own
        """The moment in UTC, to the millisecond."""
        return _moment(record)

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the traceback if there is one."""
        known = [f"{name}={value}" for name in IDS if (value := getattr(record, name, ""))]
        record.ids = f" [{' '.join(known)}]" if known else ""
        return super().format(record)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 logging's own
        """What somebody sent begins no line of its own, and turns no direction of writing round."""
        return "".join(sign if sign.isprintable() else _escaped(sign) for sign in super().formatMessage(record))


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger, message, the ids, what `extra` added, and the traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a value that JSON cannot hold is written as its text."""
        line = {
            "at": _moment(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in record.__dict__.items() if name not in _OWN}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _escaped(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def chosen_lines() -> logging.Formatter:
    """The form that LOG_FORMAT asks for, for the web server, which knows no settings."""
    return JsonLines() if os.environ.get("LOG_FORMAT", "").strip() == "json" else PlainLines()


def _moment(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def configured(*, form: str, level: str) -> dict[str, Any]:
    """How everything is logged, for Django's LOGGING. form: `plain` or `json`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"()": "config.logs.PlainLines"},
            "json": {"()": "config.logs.JsonLines"},
        },
        "filters": {"ids": {"()": "config.logs.Ids"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "filters": ["ids"], "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # one line a request would drown the progress of a download; its faults are told by the refresh
            "httpx2": {"level": "WARNING"},
        },
    }
