"""Workers that are killed or sent away in the middle of a refresh: another goes on, and the figures are the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from markets import refresh
from markets.models import Job, JobAnswer, Release
from tests.factories import GDP, POPULATION
from tests.faults.site import (
    FOUR,
    REQUESTS,
    Servers,
    Staff,
    Undisturbed,
    Upstream,
    ended,
    holder,
    kill,
    lines,
    published,
    request,
    series,
    until,
    waits_for_a_lock,
)

pytestmark = pytest.mark.servers

# Where a worker can stand when it is killed, and how often the provider is asked in all: what was on its way when the
# worker died is asked once more.
CHECKPOINTS = {
    "before the first answer": REQUESTS + 1,
    "after three answers": REQUESTS + 1,
    "inside the publication": REQUESTS,
    "after the publication, before the end": REQUESTS,
}


@contextmanager
def standing(checkpoint: str, site: Servers, upstream: Upstream) -> Iterator[Job]:
    """A job whose worker stands at the checkpoint, and can do so no longer when the block ends."""
    if checkpoint == "inside the publication":
        with site.locked("markets_observation"):
            job = request()
            until(waits_for_a_lock, "it publishes")
            yield job
        return
    upstream.hold_at = 4 if checkpoint == "after three answers" else 1
    job = request()
    upstream.wait_until_held()
    if checkpoint.startswith("after the publication"):
        with site.locked("markets_jobevent"):
            upstream.release()
            until(Release.objects.exists, "it is published")
            until(waits_for_a_lock, "it writes its log")
            yield job
    else:
        yield job
        upstream.release()


def check_nothing_is_lost(job: Job, expected: Undisturbed, upstream: Upstream, checkpoint: str) -> None:
    """The figures and the counts of the job are those of an undisturbed run; only the rest was asked."""
    assert ended(job).state == Job.State.DONE
    assert job.attempts == 2
    assert lines(job)[-1] == "ended 2"
    assert {"lost 1", "resumed 2"} <= set(lines(job))
    assert published() == expected.rows
    assert job.counts == expected.counts
    assert Release.objects.count() == 1
    assert len(upstream.asked) == CHECKPOINTS[checkpoint]
    assert not JobAnswer.objects.exists()


@pytest.mark.parametrize("checkpoint", CHECKPOINTS)
class TestKilled:
    def test_the_process_that_holds_the_job(
        self, checkpoint: str, undisturbed: Undisturbed, site: Servers, upstream: Upstream
    ) -> None:
        with standing(checkpoint, site, upstream) as job:
            kill(holder(job))
        check_nothing_is_lost(job, undisturbed, upstream, checkpoint)

    def test_the_whole_worker(
        self, checkpoint: str, undisturbed: Undisturbed, site: Servers, upstream: Upstream, staff: Staff
    ) -> None:
        with standing(checkpoint, site, upstream) as job:
            staff.worker.kill()
        staff.replace_worker()
        check_nothing_is_lost(job, undisturbed, upstream, checkpoint)


def test_a_worker_that_is_sent_away_finishes_its_step_and_another_goes_on(
    undisturbed: Undisturbed, upstream: Upstream, staff: Staff
) -> None:
    upstream.hold_at = 3
    job = request()
    upstream.wait_until_held()
    leaving = staff.worker
    leaving.terminate()
    until(lambda: Job.objects.get(pk=job.pk).stop_wanted == Job.Stop.YIELD, "the job is asked to stop")
    upstream.release()
    assert leaving.wait() == 0
    staff.replace_worker()
    assert ended(job).state == Job.State.DONE
    assert lines(job) == ["asked 0", "begun 1", "yielded 1", "resumed 1", "published 1", "ended 1"]
    assert job.attempts == 1, "who leaves in good order uses up no attempt"
    assert len(upstream.asked) == REQUESTS, "the answer that was on its way is kept"
    assert (published(), job.counts) == (undisturbed.rows, undisturbed.counts)


def test_a_job_that_kills_its_worker_each_time_is_given_up_and_others_go_on_meanwhile(
    site: Servers,  # noqa: ARG001 empty tables
    upstream: Upstream,
    staff: Staff,
) -> None:
    other_is_done = threading.Event()

    def poison() -> None:
        running = Job.objects.get(pk=poisonous.pk)
        if running.attempts == running.attempts_most:
            other_is_done.wait(40)
        kill(holder(running))
        connection.close()

    upstream.on_request = poison
    poisonous = request([GDP])
    until(lambda: upstream.asked, "the first worker is killed")
    files = [(f"{key}.json", "application/json", json.dumps(series()[key]).encode()) for key in FOUR if key != GDP]
    other = refresh.request("worldbank", uploads=files, wanted=FOUR)
    # Of one kind one runs for a dataset at a time; this one runs beside it.
    Job.objects.filter(pk=other.pk).update(kind="files")
    assert ended(other).state == Job.State.DONE
    other_is_done.set()
    assert ended(poisonous).state == Job.State.DEAD
    assert poisonous.attempts == 3
    assert [problem["code"] for problem in poisonous.problems] == ["job_given_up"]
    assert lines(poisonous)[-1] == "given_up 3"
    assert upstream.asked == [f"{GDP} 1"] * 3
    assert staff.worker.is_alive
    assert published()[0] == 60, f"all of {POPULATION} and the others"
