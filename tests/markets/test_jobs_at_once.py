"""Several processes and threads at once: one refresh a dataset, and a process that dies lets go."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection, connections

from markets import jobs
from markets.errors import RefreshRunning
from markets.models import Job, Observation
from markets.refresh import refresh
from tests.factories import SPECIMENS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("reference_facts")]

ROOT = Path(__file__).resolve().parents[2]
FIRST = SPECIMENS / "worldbank" / "first"

HOLD = """
import django, sys
django.setup()
from markets import jobs
from markets.models import Job
with jobs.begun_here("refresh", dataset="worldbank", transport="http") as held:
    print("held", flush=True)
    sys.stdin.readline()
    held.end(Job.State.DONE, {}, [])
"""


def database_url() -> str:
    """The address of the very database that this test uses, for another process."""
    known = connection.settings_dict
    person = quote(known["USER"]) + (f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else "")
    port = f"&port={known['PORT']}" if known["PORT"] else ""
    return f"postgresql://{person}@/{known['NAME']}?host={quote(known['HOST'], safe='')}{port}"


@contextmanager
def held_elsewhere() -> Iterator[subprocess.Popen[str]]:
    """Another process that refreshes the World Bank until it is told to end, or killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": database_url()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def test_the_second_is_refused_while_another_process_runs_and_welcome_after_it() -> None:
    with held_elsewhere() as process:
        with pytest.raises(RefreshRunning) as refusal:
            refresh("worldbank", path=FIRST)
        (running,) = Job.objects.all()
        assert f"already running since {running.started_at:%Y-%m-%d %H:%M} UTC" in str(refusal.value)
        assert not Observation.objects.exists()
        process.communicate(input="", timeout=20)
    assert Job.objects.get().state == Job.State.DONE
    assert refresh("worldbank", path=FIRST).is_clean


def test_who_has_time_waits_for_the_other() -> None:
    with held_elsewhere() as process:

        def end() -> None:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()

        ending = threading.Timer(1, end)
        ending.start()
        assert refresh("worldbank", path=FIRST, wait_s=30).is_clean
        ending.join()
    assert list(Job.objects.values_list("state", flat=True)) == [Job.State.DONE] * 2


def test_a_process_that_is_killed_lets_go_at_once_and_its_run_is_given_up() -> None:
    with held_elsewhere() as process:
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=20)
        assert refresh("worldbank", path=FIRST).is_clean
    assert sorted(Job.objects.values_list("state", flat=True)) == [Job.State.DEAD, Job.State.DONE]


def test_of_many_at_once_one_publishes_and_the_table_holds_each_value_once() -> None:
    told: list[str] = []
    start = threading.Barrier(4)

    def run() -> None:
        try:
            start.wait()
            told.append("published" if refresh("worldbank", path=FIRST).releases else "nothing new")
        except RefreshRunning:
            told.append("refused")
        finally:
            connections.close_all()

    at_once(run, 4)
    assert told.count("published") == 1
    assert set(told) <= {"published", "refused", "nothing new"}
    assert len(told) == 4
    assert Observation.objects.count() == 12
    assert not Job.objects.filter(state__in=Job.OPEN).exists()


def test_of_many_that_ask_at_once_all_get_the_same_job_and_one_holds_it() -> None:
    keys: list[object] = []
    holds: list[object] = []
    start = threading.Barrier(8)

    def run() -> None:
        try:
            start.wait()
            job = jobs.ask("refresh", task="markets.tasks.run_refresh", dataset="worldbank", transport="http")
            keys.append(job.pk)
            holds.append(jobs.claim(job.pk))
        finally:
            connections.close_all()

    at_once(run, 8)
    assert (len(keys), len(set(keys))) == (8, 1)
    assert sum(held is not None for held in holds) == 1


def test_of_many_sweeps_at_once_each_lost_job_is_handed_out_by_one() -> None:
    for number in range(20):
        jobs.ask("refresh", task="a task", dataset="worldbank", transport="http", parameters={"n": number})
    woken: list[object] = []
    start = threading.Barrier(4)

    def run() -> None:
        try:
            start.wait()
            woken.extend(job.pk for job in jobs.sweep())
        finally:
            connections.close_all()

    at_once(run, 4)
    assert (len(woken), len(set(woken))) == (20, 20)


def at_once(run: Callable[[], None], times: int) -> None:
    threads = [threading.Thread(target=run) for _each in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
