"""One refresh a dataset at a time: refused while another runs, let go when its process dies, and never silent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import DataError, connection, connections, transaction

from markets.errors import RefreshRunning, SourceChanged
from markets.jobs import claimed
from markets.models import Job, Observation
from markets.refresh import refresh
from markets.vocabulary import Transport
from tests.factories import SPECIMENS, JobFactory

ROOT = Path(__file__).resolve().parents[2]
FIRST = SPECIMENS / "worldbank" / "first"

HOLD = """
import django, sys
django.setup()
from markets.jobs import claimed
from markets.vocabulary import Transport
with claimed("worldbank", Transport.HTTP):
    print("held", flush=True)
    sys.stdin.read()
"""


def database_url() -> str:
    """The address of the very database that this test uses, for another process."""
    known = connection.settings_dict
    person = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
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


# ---------------------------------------------------------------- what becomes of a run
@pytest.mark.django_db
class TestOutcome:
    def test_a_run_that_ends_is_done(self) -> None:
        with claimed("worldbank", Transport.FILE) as job:
            assert Job.objects.get().state == Job.State.RUNNING
            job.counts = {"added": 3}
        job = Job.objects.get()
        assert (job.state, job.counts, job.problems) == (Job.State.DONE, {"added": 3}, [])
        assert job.finished_at is not None
        assert job.finished_at >= job.started_at

    def test_the_block_may_say_how_it_went(self) -> None:
        with claimed("worldbank", Transport.FILE) as job:
            job.state = Job.State.HELD
        assert Job.objects.get().state == Job.State.HELD

    @pytest.mark.parametrize(
        ("failure", "code"),
        [
            (SourceChanged(source="worldbank", reason="\x00 in the form"), "source_changed"),
            (ValueError("a\x00b"), "ValueError"),
            (KeyboardInterrupt(), "KeyboardInterrupt"),
        ],
        ids=["foreseen", "unforeseen", "interrupted"],
    )
    def test_a_run_that_fails_says_why_and_lets_go(self, failure: BaseException, code: str) -> None:
        with pytest.raises(type(failure)), claimed("worldbank", Transport.FILE):
            raise failure
        job = Job.objects.get()
        assert (job.state, job.problems[0]["code"]) == (Job.State.FAILED, code)
        assert "\x00" not in job.problems[0]["message"]
        with claimed("worldbank", Transport.FILE):
            assert Job.objects.filter(state=Job.State.RUNNING).count() == 1

    def test_a_run_whose_transaction_broke_says_so_too(self) -> None:
        def broken() -> None:
            with claimed("worldbank", Transport.FILE), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE markets_job SET counts = '{\"half\": true}'")
                cursor.execute("SELECT 1 / 0")

        with pytest.raises(DataError):
            broken()
        assert (Job.objects.get().state, Job.objects.get().counts) == (Job.State.FAILED, {})

    def test_a_row_left_behind_is_marked_lost(self) -> None:
        left = JobFactory(state=Job.State.RUNNING)
        other = JobFactory(state=Job.State.RUNNING, dataset_id="gapminder")
        with claimed("worldbank", Transport.FILE):
            left.refresh_from_db()
            other.refresh_from_db()
            assert (left.state, other.state) == (Job.State.LOST, Job.State.RUNNING)
            assert left.finished_at is not None


# ---------------------------------------------------------------- two at once
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("reference_facts")
class TestTwoAtOnce:
    def test_the_second_is_refused_while_another_process_runs_and_welcome_after_it(self) -> None:
        with held_elsewhere() as process:
            with pytest.raises(RefreshRunning) as refusal:
                refresh("worldbank", path=FIRST)
            (running,) = Job.objects.all()
            assert f"already running since {running.started_at:%Y-%m-%d %H:%M} UTC" in str(refusal.value)
            assert not Observation.objects.exists()
            with claimed("gapminder", Transport.FILE):
                pass  # another dataset is not in the way
            process.communicate(input="", timeout=20)
        assert Job.objects.get(dataset="worldbank").state == Job.State.DONE
        assert refresh("worldbank", path=FIRST).is_clean

    def test_a_process_that_is_killed_lets_go_at_once_and_its_run_is_lost(self) -> None:
        with held_elsewhere() as process:
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=20)
            self.wait_until_let_go()
        assert refresh("worldbank", path=FIRST).is_clean
        assert sorted(Job.objects.values_list("state", flat=True)) == [Job.State.DONE, Job.State.LOST]

    def test_of_many_at_once_one_publishes_and_the_table_holds_each_value_once(self) -> None:
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

        threads = [threading.Thread(target=run) for _each in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert told.count("published") == 1
        assert set(told) <= {"published", "refused", "nothing new"}
        assert len(told) == 4
        assert Observation.objects.count() == 12
        assert not Job.objects.filter(state=Job.State.RUNNING).exists()

    @staticmethod
    def wait_until_let_go() -> None:
        """PostgreSQL notices within moments that the other side is gone."""
        locks = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        for _attempt in range(200):
            with connection.cursor() as cursor:
                cursor.execute(locks)
                if cursor.fetchone()[0] == 0:
                    return
            threading.Event().wait(0.05)
        pytest.fail("the lock of a dead process is still held")
