"""How a job ends beside the straight way: cancelled while its source is silent, given up, asked for again."""

from __future__ import annotations

import datetime as dt

import pytest

from markets import jobs
from markets.errors import SourceUnavailable
from markets.ingest import keep_payloads
from markets.jobs import Held, Line, holding
from markets.models import Job, Payload, Release
from markets.refresh import request
from markets.refresh.outcome import RefreshOutcome
from markets.refresh.running import _report
from markets.sources.base import RawPayload
from markets.tasks import run_refresh
from tests.factories import JobFactory, ReleaseFactory
from tests.markets.job_world import running

pytestmark = pytest.mark.django_db

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def claimed(**more: object) -> Held:
    job = request("worldbank")
    Job.objects.filter(pk=job.pk).update(**more)
    held = jobs.claim(job.pk)
    assert held is not None
    return held


def answered(held: Held, body: bytes = b"an answer") -> str:
    """The hash of an answer the job was given."""
    answer = RawPayload("https://api.example/1", body, "text/plain", dt.datetime.now(dt.UTC))
    held.answers.remember(answer)
    return answer.sha256


def lines(job: Job) -> list[str]:
    return [event.code for event in job.events.all()]


# ---------------------------------------------------------------- cancelled
def test_cancelled_while_its_source_is_silent_is_cancelled() -> None:
    held = claimed()
    with jobs.held_to_the_end(held):
        jobs.cancel(held.job)
        raise SourceUnavailable(source="worldbank", reason="silence")
    held.job.refresh_from_db()
    assert held.job.state == Job.State.CANCELLED
    assert Line.SILENT not in lines(held.job)


def test_cancelled_before_a_former_holder_was_found_lost_is_cancelled_without_a_fault() -> None:
    held = claimed()
    jobs.cancel(held.job)
    Job.objects.filter(pk=held.job.pk).update(lease_until=LONG_AGO)
    run_refresh(str(held.job.pk))
    held.job.refresh_from_db()
    assert held.job.state == Job.State.CANCELLED


def test_a_former_holder_says_nothing_more() -> None:
    held = claimed()
    Job.objects.filter(pk=held.job.pk).update(fence=held.fence + 1)
    held.wait_again(Line.YIELDED, used_up=False)
    held.job.refresh_from_db()
    assert (held.job.state, held.job.attempts) == (Job.State.RUNNING, 1)
    assert Line.YIELDED not in lines(held.job)


# ---------------------------------------------------------------- what is kept of it
def test_given_up_it_keeps_no_answers() -> None:
    held = claimed(attempts_most=1)
    body = answered(held)
    Job.objects.filter(pk=held.job.pk).update(lease_until=LONG_AGO)
    jobs.sweep()
    held.job.refresh_from_db()
    assert held.job.state == Job.State.DEAD
    assert not held.job.answers.exists()
    assert not Payload.objects.filter(pk=body).exists()


def test_cancelled_while_it_waits_it_keeps_no_answers() -> None:
    held = claimed()
    answered(held)
    held.wait_again(Line.YIELDED, used_up=False)
    jobs.cancel(held.job)
    assert not held.job.answers.exists()


def test_bytes_that_a_problem_of_another_job_shows_stay() -> None:
    held = claimed()
    body = answered(held, b"<html>Maintenance</html>")
    JobFactory(state=Job.State.FAILED, problems=[{"code": "source_changed", "message": "", "payloads": [body]}])
    held.end(Job.State.FAILED, {}, [])
    assert Payload.objects.filter(pk=body).exists()


def test_an_uploaded_file_that_waits_stays() -> None:
    request("worldbank", uploads=[("page.json", "application/json", b"[1]")])
    held = claimed()
    body = answered(held, b"[1]")
    held.end(Job.State.FAILED, {}, [])
    assert Payload.objects.filter(pk=body).exists()


def test_bytes_nobody_speaks_of_go() -> None:
    (stray,) = keep_payloads([RawPayload("stray", b"of nobody", "text/plain", LONG_AGO)])
    held = claimed()
    body = answered(held)
    held.end(Job.State.DONE, {}, [])
    assert not Payload.objects.filter(pk=body).exists()
    assert Payload.objects.filter(pk=stray.pk).exists(), "only its own are looked at"


# ---------------------------------------------------------------- asked for again
def test_tried_again_it_begins_anew() -> None:
    held = claimed()
    held.end(Job.State.FAILED, {}, [])
    Job.objects.filter(pk=held.job.pk).update(started_at=LONG_AGO)
    jobs.retry(held.job)
    again = jobs.claim(held.job.pk)
    assert again is not None
    assert again.job.started_at is not None
    assert again.job.started_at > LONG_AGO


def test_the_key_of_a_request_that_joined_a_job_leads_to_it_afterwards() -> None:
    first = request("worldbank")
    assert request("worldbank", idempotency_key="form 7").pk == first.pk
    held = jobs.claim(first.pk)
    assert held is not None
    held.end(Job.State.DONE, {}, [])
    assert request("worldbank", idempotency_key="form 7").pk == first.pk
    assert request("worldbank", idempotency_key="form 8").pk != first.pk


def test_a_wait_that_is_interrupted_leaves_no_job(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    running(kind="refresh", dataset_id="worldbank", lease_until=dt.datetime(2100, 1, 1, tzinfo=dt.UTC))
    monkeypatch.setattr(holding.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt), jobs.begun_here("refresh", dataset="worldbank", transport="http", wait_s=5):
        pass
    assert not Job.objects.filter(state=Job.State.QUEUED).exists()


def test_what_an_earlier_attempt_published_is_never_counted_below_nothing() -> None:
    held = claimed()
    release: Release = ReleaseFactory(job=held.job, added=100)
    _report(held, RefreshOutcome("worldbank"))
    held.job.refresh_from_db()
    assert (held.job.counts["added"], held.job.counts["unchanged"]) == (release.added, 0)
