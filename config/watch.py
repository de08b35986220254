"""The watch of a worker over itself: idle while messages wait means that it no longer hears the queue.

A consumer may come back from a restart of the broker connected and deaf. Nothing of it looks dead: the process lives,
its pool answers, the broker answers. Whoever waits in the queue tells.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable

from celery import Celery
from celery.worker import state
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

LOOK_EVERY_S = 15.0
# So many looks in a row must find messages that nobody takes.
LOOKS_BEFORE_END = 4
# How long a worker that was told to end may take before it is ended.
LAST_WORDS_S = 20.0


class Watch(threading.Thread):
    """Looks every few seconds, and ends the worker once it is deaf: its supervisor starts another one.

    messages: how many messages wait; None while the queue is away. taken: how many tasks were taken so far, and
    whether any of them is still being done.
    """

    def __init__(
        self,
        messages: Callable[[], int | None],
        taken: Callable[[], tuple[int, bool]],
        *,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        super().__init__(name="watch", daemon=True)
        self._messages = messages
        self._taken = taken
        self._look_every_s = look_every_s
        self._ended = threading.Event()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def run(self) -> None:
        """Look until the worker ends, or must be ended."""
        deaf, before = 0, self._taken()[0]
        while not self._ended.wait(self._look_every_s):
            now, is_busy = self._taken()
            waiting = self._messages()
            deaf = deaf + 1 if waiting and now == before and not is_busy else 0
            before = now
            if deaf >= LOOKS_BEFORE_END:
                log.critical("%s messages wait and this idle worker takes none: it ends, to be started anew", waiting)
                self._end()
                return

    def _end(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        if not self._ended.wait(LAST_WORDS_S):
            os._exit(os.EX_TEMPFAIL)


def watch_of(app: Celery) -> Watch:
    """The watch of a worker of this application."""
    return Watch(lambda: waiting_messages(app), tasks_taken)


def waiting_messages(app: Celery) -> int | None:
    """How many messages wait in the queue; None while it is away."""
    with app.connection_for_read() as queue:
        try:
            return int(queue.default_channel.queue_declare(app.conf.task_default_queue, passive=True).message_count)
        except (*queue.connection_errors, *queue.channel_errors, OperationalError, OSError):
            return None


def tasks_taken() -> tuple[int, bool]:
    """How many tasks this worker has taken, and whether it is at work on one."""
    return sum(state.total_count.values()), bool(state.active_requests or state.reserved_requests)
