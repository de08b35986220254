"""The database is restarted, crashes, is locked or full, and clocks differ: all or nothing is published, once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, connections

from markets import jobs, refresh
from markets.errors import StorageFull, told_again
from markets.ingest import publish
from markets.models import Job, Observation, Payload, Release
from markets.sources.base import UnmappedRow
from markets.sources.worldbank import CARD
from markets.vocabulary import Transport
from tests.config.servers_at_will import FAST, IMMEDIATE
from tests.factories import POPULATION, delivery, row
from tests.faults import site as sites
from tests.faults.site import (
    FOUR,
    REQUESTS,
    Servers,
    Staff,
    Undisturbed,
    Upstream,
    ended,
    holder,
    lines,
    published,
    request,
    series,
    until,
    waits_for_a_lock,
)

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("how", [FAST, IMMEDIATE], ids=["in good order", "as in a crash"])
def test_a_database_that_is_restarted_while_a_worker_publishes_has_the_job_done_in_the_end(
    how: str, undisturbed: Undisturbed, site: Servers, upstream: Upstream, staff: Staff
) -> None:
    with site.locked("markets_observation"):
        job = request()
        until(waits_for_a_lock, "it publishes")
        with site.without("postgresql", how):
            connection.close()
            time.sleep(1)
    assert ended(job).state == Job.State.DONE
    assert job.attempts == 2
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)
    assert Release.objects.count() == 1
    assert len(upstream.asked) == REQUESTS, "what was answered before the restart is not asked again"
    assert staff.worker.is_alive
    assert staff.beat.is_alive


def test_a_database_that_keeps_a_publication_waiting_too_long_has_it_done_later(
    undisturbed: Undisturbed, site: Servers, upstream: Upstream
) -> None:
    with site.locked("markets_observation"):
        job = request()
        until(lambda: any(line.startswith("broken_off") for line in lines(job)), "it is broken off")
        job.refresh_from_db()
        assert (job.state, job.problems) == (Job.State.QUEUED, [])
    assert ended(job).state == Job.State.DONE
    assert lines(job)[-3:] == ["resumed 2", "published 2", "ended 2"]
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)
    assert len(upstream.asked) == REQUESTS


# ---------------------------------------------------------------- clocks
@pytest.fixture(params=[600, -600], ids=["ten minutes ahead", "ten minutes behind"])
def clock_off(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """The environment of a process whose clock is wrong."""
    (tmp_path / "sitecustomize.py").write_text(
        "import time_machine, datetime\n"
        f"moved = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds={request.param})\n"
        "time_machine.travel(moved, tick=True).start()\n"
    )
    return {"PYTHONPATH": str(tmp_path)}


def test_a_worker_whose_clock_is_wrong_neither_takes_nor_loses_a_job(
    clock_off: dict[str, str], undisturbed: Undisturbed, site: Servers, upstream: Upstream, staff: Staff
) -> None:
    def stays_held(job: Job) -> None:
        """A sweep by each worker and the length of a lease change nothing."""
        upstream.wait_until_held()
        held_by = holder(job)
        staff.complete()
        site.queue().send_task("markets.tasks.run_refresh", args=[str(job.pk)])
        time.sleep(sites.LEASE_S + sites.SWEEP_S)
        assert holder(job) == held_by
        upstream.release()
        assert ended(job).attempts == 1

    upstream.hold_at = 2
    job = request()
    upstream.wait_until_held()
    stranger = sites.worker(site, SOURCE_URLS=f"worldbank={upstream.address}", **clock_off)
    try:
        stays_held(job)
        assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)
        staff.worker.kill()
        upstream.begin(series(1))
        upstream.hold_at = 2
        stays_held(request())
    finally:
        stranger.kill()
    newest = Release.objects.order_by("-known_from")[0]
    assert newest.pk == Release.objects.order_by("-pk")[0].pk, "vintages are ordered by the database's clock"


# ---------------------------------------------------------------- two publishers
def test_two_publishers_of_overlapping_series_wait_for_each_other_and_never_for_both(site: Servers) -> None:  # noqa: ARG001
    strangers = [UnmappedRow("area", f"X{number:02}", "") for number in range(30)]
    start = threading.Barrier(2)
    told: list[BaseException] = []

    def publishing(order: int) -> None:
        try:
            for number in range(12):
                rows = [row(100 + number, indicator=key, period=2000 + order) for key in FOUR[:3]][::order]
                told_in = strangers[::order]
                bodies = b"%d" % number
                start.wait(30)
                publish(delivery(*rows, unmapped=told_in, transport=Transport.HTTP, body=bodies), CARD)
        except BaseException as failure:  # noqa: BLE001 the other thread would wait for ever
            told.append(failure)
            start.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=publishing, args=(order,)) for order in (1, -1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    assert Release.objects.count() == 24
    assert Observation.objects.filter(known_to=None).count() == 6


# ---------------------------------------------------------------- no room
@contextmanager
def full(table: str) -> Iterator[None]:
    """A disk without room for one table: its writes fail as those of PostgreSQL on a full disk do."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device';"
            " END $$"
        )
        cursor.execute(f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION no_room CASCADE")


@pytest.mark.parametrize("table", ["markets_observation", "markets_payload"])
def test_a_disk_without_room_fails_the_job_by_name_and_a_second_try_does_it(
    table: str,
    undisturbed: Undisturbed,
    site: Servers,  # noqa: ARG001
) -> None:
    with full(table):
        job = ended(request())
        assert (job.state, [problem["code"] for problem in job.problems]) == (Job.State.FAILED, ["storage_full"])
        assert "There is no room left to store" in told_again(job.problems[0])
        assert not Observation.objects.exists()
        assert not Release.objects.exists()
    jobs.retry(job)
    assert ended(job).state == Job.State.DONE
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)


def test_a_file_there_is_no_room_for_is_refused_and_leaves_no_job(site: Servers) -> None:  # noqa: ARG001
    with full("markets_payload"), pytest.raises(StorageFull):
        refresh.request("worldbank", uploads=[("a.json", "application/json", b"[]")], wanted=[POPULATION])
    assert not Job.objects.exists()
    assert not Payload.objects.exists()
