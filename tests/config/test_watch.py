"""A worker that no longer hears the queue ends itself; one that is busy, unasked or without a queue does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings

from config import watch
from config.watch import LOOKS_BEFORE_END, Watch, waiting_messages

ROOT = Path(__file__).resolve().parents[2]
QUEUE = "a-queue-nobody-hears"

# A process with a watch and no ears: the signal ends it, as it ends a worker that is idle.
DEAF = f"""
import time
from celery import Celery
from config.watch import Watch, tasks_taken, waiting_messages
app = Celery("deaf", broker={{broker!r}})
app.conf.task_default_queue = {QUEUE!r}
Watch(lambda: waiting_messages(app), tasks_taken, look_every_s=0.1).start()
print("looking", flush=True)
time.sleep(60)
"""


def looks(messages: list[int | None], taken: list[tuple[int, bool]]) -> int:
    """How often a watch looked before it ended its worker, or ran out of things to look at."""
    seen = 0

    def next_messages() -> int | None:
        nonlocal seen
        seen += 1
        if seen > len(messages):
            looking.stop()
            return None
        return messages[seen - 1]

    told: Iterator[tuple[int, bool]] = chain(taken, repeat(taken[-1]))
    looking = Watch(next_messages, lambda: next(told), look_every_s=0.001)
    looking._end = looking.stop  # type: ignore[method-assign]  # noqa: SLF001 the process itself lives on
    looking.run()
    return seen


IDLE = [(7, False)]


def test_messages_that_an_idle_worker_does_not_take_end_it() -> None:
    assert looks([3] * 50, IDLE) == LOOKS_BEFORE_END


@pytest.mark.parametrize(
    ("messages", "taken"),
    [
        ([0] * 20, IDLE),
        ([None] * 20, IDLE),
        ([3] * 20, [(7, True)]),
        ([3] * 20, [(number, False) for number in range(40)]),
        ([3, 3, 3, 0] * 5, IDLE),
    ],
    ids=["nothing waits", "the queue is away", "busy", "it takes them", "they go in time"],
)
def test_a_worker_that_is_well_is_left_alone(messages: list[int | None], taken: list[tuple[int, bool]]) -> None:
    assert looks(messages, taken) == len(messages) + 1


def test_a_deaf_process_is_ended_once_a_message_waits() -> None:
    app = Celery("door", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.conf.task_default_queue = QUEUE
    script = DEAF.format(broker=settings.CELERY_BROKER_URL)
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=os.environ, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"looking\n"
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1.5)
        app.send_task("a.task.of.nobody")
        assert waiting_messages(app) == 1
        assert process.wait(timeout=20) == -signal.SIGTERM
    finally:
        process.kill()
        process.communicate()
        with app.connection_for_write() as queue:
            queue.default_channel.queue_purge(QUEUE)


def test_a_queue_that_is_away_is_nothing_to_end_for() -> None:
    app = Celery("door", broker="redis://127.0.0.1:1/0", set_as_current=False)
    assert waiting_messages(app) is None


def test_a_worker_is_given_time_before_it_is_ended() -> None:
    assert watch.LOOK_EVERY_S * LOOKS_BEFORE_END >= 45
