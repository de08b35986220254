"""The queue is away, forgets, or says things twice: the rows own the work, and each job is done once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from markets import refresh
from markets.models import Job, Release
from tests.config.checkout import CHECKOUT
from tests.factories import POPULATION, entry, page
from tests.faults import site as sites
from tests.faults.site import (
    REQUESTS,
    Servers,
    Staff,
    Undisturbed,
    Upstream,
    ended,
    lines,
    published,
    request,
    until,
)

pytestmark = pytest.mark.servers

_PRESSED = """
import time
import django
django.setup()
from django.db import transaction
from markets import jobs, refresh
for _press in range(2):  # the first pays for the imports of the process
    begun = time.monotonic()
    with transaction.atomic():
        job = refresh.request("worldbank", wanted=["SP.POP.TOTL"])
        jobs.wake_later(job)
print(job.pk, job.state, time.monotonic() - begun)
"""


def population(value: int) -> list[Any]:
    """A whole answer that states one value."""
    return page([entry(value, indicator=POPULATION)])


def file_refresh(value: int) -> Job:
    """A refresh from a file that nobody handed in before."""
    upload = (f"{value}.json", "application/json", json.dumps(population(value)).encode())
    return refresh.request("worldbank", uploads=[upload], wanted=[POPULATION])


def test_a_button_that_is_pressed_while_the_queue_is_away_answers_at_once_and_the_job_is_done_when_it_is_back(
    site: Servers, upstream: Upstream, staff: Staff
) -> None:
    with site.without("valkey", "SIGKILL"):
        pressed = subprocess.run(
            [sys.executable, "-c", _PRESSED],
            env=site.environment(),
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        key, state, seconds = pressed.stdout.split()
        assert state == Job.State.QUEUED
        assert float(seconds) < 1
        assert "waits for the next sweep" in pressed.stderr
        job = Job.objects.get(pk=key)
        assert (job.state, job.woken_at) == (Job.State.QUEUED, None)
    assert ended(job).state == Job.State.DONE
    assert upstream.asked == [f"{POPULATION} 1"]
    assert staff.worker.is_alive


def test_a_queue_that_forgets_and_is_started_anew_loses_none_of_fifty_jobs(site: Servers, staff: Staff) -> None:
    jobs = [file_refresh(1000 + number) for number in range(50)]
    assert len({job.pk for job in jobs}) == 50
    until(lambda: Job.objects.filter(state__in=(Job.State.DONE, Job.State.UNCHANGED)).count() >= 5, "some are done")
    site.flush()
    with site.without("valkey", "SIGKILL"):
        assert Job.objects.filter(state=Job.State.QUEUED).exists(), "not all of them were done before"

    def all_are_done() -> bool:
        staff.complete()  # as the supervisor does: a process that has ended is started anew
        return not Job.objects.filter(state__in=Job.OPEN).exists()

    # A worker that came back deaf notices it within a minute, and ends.
    until(all_are_done, "all are done", 150, staff.last_words)
    assert set(Job.objects.values_list("state", "attempts")) == {(Job.State.DONE, 1)}
    assert Release.objects.count() == 50
    assert published()[0] == 50
    assert staff.worker.is_alive


def test_a_message_that_comes_twenty_times_from_two_clocks_has_one_effect(
    undisturbed: Undisturbed, site: Servers, upstream: Upstream, staff: Staff
) -> None:
    second_clock = sites.beat(site, "second-beat", SOURCE_URLS=f"worldbank={upstream.address}")
    try:
        job = request()
        queue = site.queue()

        def wake(_time: int) -> None:
            queue.send_task("markets.tasks.run_refresh", args=[str(job.pk)])

        with ThreadPoolExecutor(20) as at_once:
            list(at_once.map(wake, range(20)))
        assert ended(job).state == Job.State.DONE
        queue.send_task("markets.tasks.run_refresh", args=[str(job.pk)])
        until(lambda: staff.worker.count("run_refresh", "succeeded") >= 21, "all messages are read")
    finally:
        second_clock.kill()
    job.refresh_from_db()
    assert lines(job) == ["asked 0", "begun 1", "published 1", "ended 1"]
    assert len(upstream.asked) == REQUESTS
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)


def test_a_clock_that_strikes_twice_asks_once(site: Servers, upstream: Upstream, staff: Staff) -> None:
    queue = site.queue()
    for _stroke in range(10):
        queue.send_task("markets.tasks.refresh_dataset", args=["worldbank"])
    until(lambda: staff.worker.count("refresh_dataset", "succeeded") >= 10, "all strokes are heard")
    (job,) = Job.objects.all()
    assert ended(job).state == Job.State.DONE
    assert max(Counter(upstream.asked).values()) == 1


def test_a_message_that_the_queue_hands_out_again_begins_no_second_run(
    undisturbed: Undisturbed, site: Servers, upstream: Upstream, staff: Staff
) -> None:
    staff.worker.kill()
    upstream.begin(upstream.told)
    impatient = sites.worker(
        site, DJANGO_SETTINGS_MODULE="tests.faults.impatient", SOURCE_URLS=f"worldbank={upstream.address}"
    )
    try:
        upstream.hold_at = 1
        job = request()
        upstream.wait_until_held()

        def times_received() -> int:
            received = re.findall(r"run_refresh\[([0-9a-f-]+)\] received", impatient.log.read_text())
            return max(Counter(received).values(), default=0)

        until(lambda: times_received() > 1, "it is handed out again")
        upstream.release()
        assert ended(job).attempts == 1
    finally:
        impatient.kill()
    assert "resumed 2" not in lines(job)
    assert len(upstream.asked) == REQUESTS
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)
