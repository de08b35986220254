"""Jobs as rows: asked for once, held by one, lost by the dead, cancelled, tried again, never silent."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection, transaction
from django.utils.translation import override

from markets import jobs
from markets.errors import InvalidRequest, JobStopped, JobTakenOver, RefreshRunning, SourceChanged, SourceUnavailable
from markets.jobs import Held, Line
from markets.jobs.lines import SENTENCES
from markets.jobs.workers import as_parent, is_gone, this_place, this_process
from markets.models import Job, JobEvent
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db(transaction=True)

TASK = "markets.tasks.run_refresh"


@pytest.fixture(autouse=True)
def _datasets(reference_facts: None) -> None:
    """The datasets that jobs are of."""


def asked(dataset: str | None = "worldbank", kind: str = "refresh", **more: Any) -> Job:
    return jobs.ask(kind, task=TASK, dataset=dataset, transport="http", **more)


def claimed(job: Job | None = None) -> Held:
    held = jobs.claim((job or asked()).pk)
    assert held is not None
    return held


def done(held: Held) -> None:
    held.end(Job.State.DONE, {"added": 3}, [])


def codes(job: Job) -> list[str]:
    return [event.code for event in job.events.all()]


def expire(job: Job) -> None:
    """The lease has run out, and nobody knows the process that had it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE markets_job SET lease_until = clock_timestamp() - interval '1 second', worker = 'elsewhere/1/2'"
            " WHERE id = %s",
            [job.pk],
        )


# ---------------------------------------------------------------- asking
class TestAsking:
    def test_the_same_while_it_is_open_is_one_job(self) -> None:
        first = asked()
        assert asked() == first
        claimed(first)
        assert asked() == first
        assert codes(first) == ["asked", "joined", "begun", "joined"]

    def test_another_thing_is_another_job(self) -> None:
        assert len({asked().pk, asked(parameters={"wanted": ["A"]}).pk, asked("gapminder").pk, asked(kind="x").pk}) == 4

    def test_what_is_asked_after_the_end_is_another_job(self) -> None:
        first = asked()
        done(claimed(first))
        assert asked() != first

    def test_what_is_asked_while_it_is_being_cancelled_is_another_job(self) -> None:
        first = asked()
        claimed(first)
        jobs.cancel(first)
        assert asked() != first

    def test_a_key_leads_to_its_job_for_ever(self) -> None:
        first = asked(idempotency_key="a click")
        done(claimed(first))
        assert asked(idempotency_key="a click").pk == first.pk
        assert asked(idempotency_key="another click").pk != first.pk


# ---------------------------------------------------------------- holding
class TestHolding:
    def test_a_job_is_held_by_one(self) -> None:
        held = claimed()
        assert jobs.claim(held.job.pk) is None
        held.job.refresh_from_db()
        assert (held.job.state, held.job.attempts, held.job.worker) == (Job.State.RUNNING, 1, this_process())

    def test_a_dataset_has_one_job_of_a_kind_at_a_time(self) -> None:
        first, second = asked(), asked(parameters={"wanted": []})
        held = claimed(first)
        assert jobs.claim(second.pk) is None
        assert jobs.claim(asked("gapminder").pk) is not None
        assert jobs.claim(asked(kind="other").pk) is not None
        done(held)
        assert jobs.claim(second.pk) is not None

    def test_nothing_is_held_before_its_time_nor_after_its_end(self) -> None:
        job = asked()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE markets_job SET run_after = clock_timestamp() + interval '1 minute'")
        assert jobs.claim(job.pk) is None
        done(claimed(asked("gapminder")))
        assert jobs.claim(Job.objects.get(dataset="gapminder").pk) is None
        assert jobs.claim(uuid.uuid4()) is None

    def test_the_next_in_line_is_woken_when_one_has_ended(self) -> None:
        first, second, third = asked(), asked(parameters={"n": 2}), asked(parameters={"n": 3})
        asked("gapminder")
        held = claimed(first)
        done(held)
        assert jobs.next_in_line(held.job) == second
        second.refresh_from_db()
        assert second.woken_at is not None
        done(claimed(second))
        done(claimed(third))
        assert jobs.next_in_line(held.job) is None

    def test_whose_lease_ran_out_can_do_nothing_more(self) -> None:
        former = claimed()
        expire(former.job)
        now = claimed(former.job)
        assert now.fence == former.fence + 1
        for attempt in (former.step, former.guard, lambda: done(former)):
            with pytest.raises(JobTakenOver), transaction.atomic():
                attempt()
        former.progress(9, 9, "nothing")
        former.wait_again(Line.SILENT, seconds=1)
        now.job.refresh_from_db()
        assert (now.job.state, now.job.progress_note) == (Job.State.RUNNING, "")
        done(now)

    def test_a_beating_heart_moves_the_lease_on(self, settings: Any) -> None:
        settings.JOB_LEASE_SECONDS = 1
        held = claimed()
        with held.beating():
            time.sleep(1.6)
            assert jobs.sweep() == []
            assert jobs.claim(held.job.pk) is None
        held.job.refresh_from_db()
        assert held.job.heartbeat_at is not None
        assert held.job.lease_until is not None
        done(held)

    def test_a_heart_goes_on_beating_when_a_beat_is_lost(self, settings: Any) -> None:
        settings.JOB_LEASE_SECONDS = 1
        held = claimed()
        with held.beating():
            with transaction.atomic():
                held.guard()  # the row is locked: beats wait
                time.sleep(1.2)
            time.sleep(0.5)
            held.job.refresh_from_db()
            with connection.cursor() as cursor:
                cursor.execute("SELECT lease_until > clock_timestamp() FROM markets_job")
                assert cursor.fetchone() == (True,)
        done(held)


# ---------------------------------------------------------------- what becomes of it
class TestOutcome:
    def test_what_was_done_is_written(self) -> None:
        held = claimed()
        with jobs.held_to_the_end(held):
            held.progress(1, 2, "half")
            done(held)
        job = held.job
        assert (job.state, job.counts, job.problems, job.progress_done) == (Job.State.DONE, {"added": 3}, [], 2)
        assert job.finished_at is not None
        assert job.started_at is not None
        assert job.finished_at >= job.started_at
        assert codes(job) == ["asked", "begun", "ended"]

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
        held = claimed()
        with pytest.raises(type(failure)), jobs.held_to_the_end(held):
            raise failure
        assert (held.job.state, held.job.problems[0]["code"]) == (Job.State.FAILED, code)
        assert "\x00" not in held.job.problems[0]["message"]
        assert jobs.claim(asked().pk) is not None

    def test_a_run_whose_transaction_broke_says_so_too(self) -> None:
        held = claimed()

        def broken() -> None:
            with jobs.held_to_the_end(held), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("UPDATE markets_job SET counts = '{\"half\": true}'")
                cursor.execute("SELECT 1 / 0")

        with pytest.raises(DataError):
            broken()
        held.job.refresh_from_db()
        assert (held.job.state, held.job.counts) == (Job.State.FAILED, {})

    def test_a_silent_source_is_asked_again_until_the_attempts_are_used_up(self) -> None:
        job = asked()
        for attempt in range(1, 3):
            held = claimed(job)
            with jobs.held_to_the_end(held):
                raise SourceUnavailable(source="worldbank", reason="HTTP 503", retry_after_s=0.0)
            job.refresh_from_db()
            assert (job.state, job.attempts, job.lease_until) == (Job.State.QUEUED, attempt, None)
            Job.objects.update(run_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        held = claimed(job)
        with pytest.raises(SourceUnavailable), jobs.held_to_the_end(held):
            raise SourceUnavailable(source="worldbank", reason="HTTP 503")
        assert held.job.state == Job.State.FAILED

    def test_a_database_that_was_away_is_no_failure_until_the_attempts_are_used_up(self) -> None:
        job = asked()
        for _attempt in range(2):
            with jobs.held_to_the_end(claimed(job)):
                raise OperationalError("server closed the connection unexpectedly")
            job.refresh_from_db()
            assert (job.state, job.problems, codes(job)[-1]) == (Job.State.QUEUED, [], "broken_off")
            Job.objects.update(run_after=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        with pytest.raises(OperationalError), jobs.held_to_the_end(claimed(job)):
            raise OperationalError("server closed the connection unexpectedly")
        job.refresh_from_db()
        assert (job.state, job.problems[0]["code"]) == (Job.State.FAILED, "OperationalError")


# ---------------------------------------------------------------- here, in a terminal
class TestBegunHere:
    def test_it_is_held_by_this_process_and_ended_by_it(self) -> None:
        with jobs.begun_here("refresh", dataset="worldbank", transport="file") as held:
            assert Job.objects.get().state == Job.State.RUNNING
            held.end(Job.State.HELD, {}, [])
        assert Job.objects.get().state == Job.State.HELD

    def test_another_is_refused_while_it_runs_and_leaves_no_row(self) -> None:
        with jobs.begun_here("refresh", dataset="worldbank", transport="file") as held:
            with (
                pytest.raises(RefreshRunning, match="already running since"),
                jobs.begun_here("refresh", dataset="worldbank", transport="http"),
            ):
                pytest.fail("two at once")
            with jobs.begun_here("refresh", dataset="gapminder", transport="file") as other:
                done(other)  # another dataset is not in the way
            done(held)
        assert Job.objects.count() == 2

    def test_a_row_left_behind_is_out_of_the_way_when_its_lease_has_run_out(self) -> None:
        left = JobFactory(state=Job.State.RUNNING, attempts=1, attempts_most=1, worker="elsewhere/1/2")
        other = JobFactory(state=Job.State.RUNNING, dataset_id="gapminder", attempts=1, worker="elsewhere/1/2")
        expire(left)
        with jobs.begun_here("refresh", dataset="worldbank", transport="file") as held:
            done(held)
        left.refresh_from_db()
        other.refresh_from_db()
        assert (left.state, other.state) == (Job.State.DEAD, Job.State.RUNNING)
        assert left.problems[0]["code"] == "job_given_up"

    def test_who_is_asked_to_stop_here_is_told(self) -> None:
        def stopped() -> None:
            with jobs.begun_here("refresh", dataset="worldbank", transport="file") as held:
                jobs.cancel(held.job)
                held.step()

        with pytest.raises(JobStopped):
            stopped()
        assert Job.objects.get().state == Job.State.CANCELLED


# ---------------------------------------------------------------- stopping and beginning again
class TestStopping:
    def test_a_waiting_job_is_cancelled_at_once(self) -> None:
        job = jobs.cancel(asked())
        assert (job.state, jobs.claim(job.pk)) == (Job.State.CANCELLED, None)
        with pytest.raises(InvalidRequest):
            jobs.cancel(job)

    def test_a_running_job_is_cancelled_at_its_next_step(self) -> None:
        held = claimed()
        with jobs.held_to_the_end(held):
            jobs.cancel(held.job)
            held.step()
            pytest.fail("it went on")
        held.job.refresh_from_db()
        assert held.job.state == Job.State.CANCELLED
        assert codes(held.job) == ["asked", "begun", "cancel_asked", "ended"]

    def test_a_job_that_is_asked_to_stop_and_then_dies_is_cancelled(self) -> None:
        held = claimed()
        jobs.cancel(held.job)
        expire(held.job)
        jobs.sweep()
        held.job.refresh_from_db()
        assert held.job.state == Job.State.CANCELLED

    def test_who_lets_go_for_another_uses_up_no_attempt(self) -> None:
        held = claimed()
        with jobs.held_to_the_end(held):
            Job.objects.update(worker=f"{as_parent()}1")
            assert jobs.let_go_of_children() == 1
            held.step()
        held.job.refresh_from_db()
        assert (held.job.state, held.job.attempts, held.job.stop_wanted) == (Job.State.QUEUED, 0, "")

    @pytest.mark.parametrize("state", [Job.State.FAILED, Job.State.DEAD, Job.State.CANCELLED])
    def test_what_came_to_no_good_end_can_be_tried_again(self, state: Job.State) -> None:
        job = asked()
        Job.objects.update(state=state, attempts=3, problems=[{"code": "x"}], stop_wanted="cancel")
        again = jobs.retry(job)
        assert (again.state, again.attempts, again.problems) == (Job.State.QUEUED, 0, [])
        done(claimed(job))
        with pytest.raises(InvalidRequest):
            jobs.retry(job)


# ---------------------------------------------------------------- the sweep
class TestSweep:
    def test_what_was_lost_waits_again_and_is_given_up_after_the_last_attempt(self) -> None:
        job = asked()
        for attempt in range(1, 4):
            claimed(job)
            expire(job)
            woken = jobs.sweep()
            job.refresh_from_db()
            assert (bool(woken), job.attempts) == (attempt < 3, attempt)
        assert (job.state, job.problems[0]["code"]) == (Job.State.DEAD, "job_given_up")
        assert codes(job) == ["asked", "begun", "lost", "resumed", "lost", "resumed", "given_up"]

    def test_a_dead_process_of_this_very_place_is_known_at_once(self) -> None:
        held = claimed()
        gone = f"{this_place()}/1/4194305"  # beyond any number the kernel gives
        assert is_gone(gone)
        assert not is_gone(this_process())
        assert not is_gone(gone.replace(this_place(), "elsewhere"))
        assert not is_gone("")
        Job.objects.update(worker=gone)
        assert [job.pk for job in jobs.sweep()] == [held.job.pk]

    def test_who_waits_is_woken_once_in_a_while(self) -> None:
        job = asked()
        assert jobs.sweep() == [job]
        assert jobs.sweep() == []
        jobs.not_woken(job)
        assert jobs.sweep() == [job]
        with connection.cursor() as cursor:
            cursor.execute("UPDATE markets_job SET woken_at = clock_timestamp() - interval '1 minute'")
        assert jobs.sweep() == [job]

    def test_a_terminal_is_woken_by_nobody(self) -> None:
        JobFactory(state=Job.State.QUEUED, task="")
        assert jobs.sweep() == []


# ---------------------------------------------------------------- what is told
def test_each_line_has_a_sentence_that_its_facts_fill() -> None:
    assert set(SENTENCES) == set(Line)
    job = JobFactory()
    facts = {
        "kept": 2, "release": 7, "added": 1, "revised": 0, "gone": 0, "slice": "A", "seconds": 60, "attempts": 3,
        "state": "done", "year": "2021", "read": 10, "published": 9, "rejected": 1, "repeated": 0,
    }  # fmt: skip
    JobEvent.objects.bulk_create(JobEvent(job=job, code=line.value, context=facts) for line in Line)
    with override("en"):
        told = [sentence for _event, sentence in jobs.log_lines(job)]
    assert all("{" not in sentence and sentence.endswith(".") for sentence in told)
