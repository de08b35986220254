"""Background work on pages and in the API: what is told of a job, to whom, and what staff may do to it."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.conf import settings as product
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from markets import jobs
from markets.errors import SourceUnavailable, UnknownCode, stored
from markets.jobs import waking
from markets.jobs.lines import Line, write_line
from markets.models import Job, Payload
from markets.models.provenance import payload_row
from tests.factories import GDP, JobFactory, ReleaseFactory
from tests.markets.job_world import queued, running, staff
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in product.LANGUAGES]


def job_page(client: Client, job: Job, language: str = "en") -> str:
    return main(page(client, f"/{language}/jobs/{job.pk}/"))


# ---------------------------------------------------------------- one job
@pytest.mark.parametrize("state", Job.State.values)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_job_in_any_state_has_a_page_in_every_language(client: Client, state: str, language: str) -> None:
    began = {"started_at": None, "finished_at": None} if state == Job.State.QUEUED else {}
    page(client, f"/{language}/jobs/{JobFactory(state=state, **began).pk}/")


def test_a_running_job_tells_how_far_it_is(client: Client) -> None:
    job = running(progress_done=2, progress_total=66, progress_note="NY.GDP.MKTP.CD", attempts=2)
    write_line(job, Line.RESUMED, kept=2)
    text = page(client, f"/en/jobs/{job.pk}/")
    told = main(text)
    for words in (
        "Refresh of World Development Indicators",
        "Download from the publisher",
        "Running",
        "step 3 of 66",
        "NY.GDP.MKTP.CD",
        "2 of at most 3",
        "A worker goes on where the one before stopped; 2 answers are kept.",
        "UTC",
    ):
        assert words in told
    assert '<progress max="66" value="2"' in " ".join(text.split())


def test_a_job_that_ended_tells_what_it_did_and_met(client: Client) -> None:
    kept = payload_row(b"<html>Busy</html>", "text/html")
    kept.save()
    job = JobFactory(
        counts={"added": 1200, "revised": 2, "withdrawn": 0, "refined": 0, "unchanged": 5, "unmapped_rows": 3},
        problems=[
            {"slice": GDP, **stored(UnknownCode(dataset="worldbank", scheme="indicator", code="X")), "payloads": []},
            {"slice": "SP.POP.TOTL", **stored(SourceUnavailable(source="a", reason="b")), "payloads": [kept.pk]},
        ],
        started_at=timezone.now() - dt.timedelta(seconds=192),
        finished_at=timezone.now(),
    )
    published, held = ReleaseFactory(job=job, title="New figures"), ReleaseFactory(job=job, state="held", title="Odd")
    text = page(client, f"/en/jobs/{job.pk}/")
    told = main(text)
    assert "1,200 values added, 2 revised, 0 withdrawn" in told
    assert "3 rows have codes that are not known here." in told
    assert "GDP. worldbank uses the indicator code X" in told
    assert "Population. The source a does not answer: b." in told
    assert "3 min 12 sec" in told
    assert kept.pk[:16] in told
    for release in (published, held):
        assert f'href="/en/releases/{release.pk}/"' in text
    assert "/payloads/" not in text
    assert "hx-get" not in text, "nothing changes any more"


def test_once_everything_held_is_decided_the_job_says_so(client: Client) -> None:
    job = JobFactory(state="held", finished_at=timezone.now())
    release = ReleaseFactory(job=job, state="held")
    assert "a person decides on them" in main(page(client, f"/en/jobs/{job.pk}/"))
    release.state = "published"
    release.save()
    told = main(page(client, f"/en/jobs/{job.pk}/"))
    assert "A person has decided on them since." in told
    assert "What was in force stays" not in told.split("Asked for")[0].split("Held for review")[-1]


def test_the_public_reads_no_name_of_a_person_or_machine_and_no_fault_that_nobody_foresaw(client: Client) -> None:
    person = get_user_model().objects.create_user("bolat")
    job = running(requested_by=person, worker="host-7/1/2")
    failed = JobFactory(
        state="failed", requested_by=person, problems=[{"code": "KeyError", "message": "/srv/sogdia/secret"}]
    )
    for shown in (job, failed):
        for text in (page(client, f"/en/jobs/{shown.pk}/"), client.get(f"/api/v1/jobs/{shown.pk}/").content.decode()):
            for secret in ("bolat", "host-7", "/srv/sogdia", "KeyError"):
                assert secret not in text
    assert "A fault that nobody foresaw" in job_page(client, failed)
    insider = staff()
    assert "by bolat; only staff reads this" in job_page(insider, job)
    assert "host-7/1/2" in job_page(insider, job)
    assert "/srv/sogdia/secret" in job_page(insider, failed)


def test_problems_are_told_in_the_readers_language(client: Client) -> None:
    job = JobFactory(state="failed", problems=[stored(SourceUnavailable(source="worldbank", reason="HTTP 503"))])
    told = job_page(client, job, "ru")
    assert "HTTP 503" in told
    assert "does not answer" not in told


@pytest.mark.parametrize("address", ["jobs/11111111-1111-4111-8111-111111111111/", "jobs/nothing/", "jobs/1/"])
def test_there_is_no_page_of_a_job_that_does_not_exist(client: Client, address: str) -> None:
    page(client, f"/en/{address}", 404)


def test_a_job_of_no_dataset_is_nobody_elses_affair(client: Client) -> None:
    job = JobFactory(dataset_id=None, kind="import")
    page(client, f"/en/jobs/{job.pk}/", 404)
    assert client.get(f"/api/v1/jobs/{job.pk}/").status_code == 404
    assert str(job.pk) not in page(client, "/en/jobs/")
    assert staff().post(f"/en/jobs/{job.pk}/cancel/").status_code == 404


# ---------------------------------------------------------------- live
def test_what_is_open_is_asked_for_again_and_never_kept(client: Client) -> None:
    job = running(progress_total=3)
    response = client.get(f"/en/jobs/{job.pk}/")
    assert response.headers["Cache-Control"] == "no-store"
    text = response.content.decode()
    assert 'hx-trigger="every 2s"' in text
    assert 'hx-trigger="every 5s"' in text
    assert "Look again" in text
    live = client.get(f"/en/jobs/{job.pk}/?part=live", headers={"HX-Request": "true"})
    assert live.headers["Cache-Control"] == "no-store"
    assert "<html" not in live.content.decode()
    assert 'hx-swap-oob="true"' in live.content.decode()
    assert "HX-Retarget" not in live.headers


def test_at_its_end_the_whole_of_the_job_takes_the_place_of_what_was_live(client: Client) -> None:
    job = JobFactory(counts={"added": 3})
    live = client.get(f"/en/jobs/{job.pk}/?part=live", headers={"HX-Request": "true"})
    assert (live.headers["HX-Retarget"], live.headers["HX-Reswap"]) == ("#job", "outerHTML")
    assert "3 values added" in live.content.decode()
    assert "hx-get" not in live.content.decode()


def test_nothing_is_spoken_twice(client: Client) -> None:
    job = running(progress_done=1, progress_total=3)
    address = f"/en/jobs/{job.pk}/?part=said"
    said = client.get(address).content.decode()
    assert "Running, step 2 of 3" in said
    heard = re.search(r"heard=([\w-]+)", said)
    assert heard is not None
    again = client.get(f"{address}&heard={heard[1]}")
    assert (again.status_code, again.content) == (204, b"")
    Job.objects.filter(pk=job.pk).update(progress_done=2)
    assert "step 3 of 3" in client.get(f"{address}&heard={heard[1]}").content.decode()


# ---------------------------------------------------------------- the list
def test_who_waits_stands_first_with_how_long_and_who_ended_last(client: Client) -> None:
    JobFactory(dataset_id="gapminder", transport="file")
    running(dataset_id="unctad")
    queued(run_after=timezone.now() - dt.timedelta(minutes=4, seconds=5))
    told = main(page(client, "/en/jobs/"))
    assert told.index("has waited 4 min 5 sec") < told.index("▶ Running") < told.index("Jobs that ended")
    assert "The queue is slow or away; the job starts by itself when it is back." in told


def test_a_job_that_waits_for_another_of_its_dataset_does_not_blame_the_queue(client: Client) -> None:
    running()
    job = queued(run_after=timezone.now() - dt.timedelta(minutes=4))
    assert "for another job of the same dataset" in job_page(client, job)
    assert "slow or away" not in job_page(client, job)
    assert "slow or away" not in main(page(client, "/en/jobs/"))


def test_a_silent_source_is_asked_again_at_a_stated_time(client: Client) -> None:
    job = queued(run_after=timezone.now() + dt.timedelta(minutes=4), attempts=1)
    told = job_page(client, job)
    assert "may begin from" in told
    assert "slow or away" not in told


def test_the_list_is_filtered_by_dataset_and_state(client: Client) -> None:
    bank, unctad, waits = JobFactory(), JobFactory(dataset_id="unctad", state="failed"), queued()
    for query, shown in (
        ("", {bank, unctad, waits}),
        ("?dataset=worldbank", {bank, waits}),
        ("?state=failed", {unctad}),
        ("?state=queued", {waits}),
        ("?dataset=unctad&state=queued", set()),
    ):
        text = page(client, f"/en/jobs/{query}")
        assert {job for job in (bank, unctad, waits) if f"/en/jobs/{job.pk}/" in text} == shown, query
    for wrong in ("?dataset=nothing", "?state=nothing", "?before=yesterday", f"?before=2024-01-01~{'x' * 36}"):
        page(client, f"/en/jobs/{wrong}", 400)


def test_all_jobs_are_met_once_page_by_page_even_of_one_moment(client: Client) -> None:
    moment = timezone.now()
    made = {str(JobFactory(created_at=moment).pk) for _each in range(120)}
    seen: list[str] = []
    address = "/en/jobs/"
    while address:
        text = page(client, address)
        seen += re.findall(r'href="/en/jobs/([0-9a-f-]{36})/"', text)
        onward = re.search(r'href="([^"]+)"\s+rel="next"', text)
        address = onward[1] if onward else ""
    assert len(seen) == 120
    assert set(seen) == made


def test_many_jobs_ask_no_more_than_few(client: Client) -> None:
    job = running(problems=[{"slice": GDP, **stored(SourceUnavailable(source="a", reason="b"))}])
    page(client, "/en/jobs/")
    with CaptureQueriesContext(connection) as few:
        page(client, "/en/jobs/")
    for _each in range(20):
        JobFactory()
        queued()
    with CaptureQueriesContext(connection) as many:
        page(client, "/en/jobs/")
    assert len(many) == len(few) <= 6
    with CaptureQueriesContext(connection) as one:
        page(client, f"/en/jobs/{job.pk}/")
    assert len(one) <= 8


# ---------------------------------------------------------------- what staff may do
@pytest.mark.parametrize("what", ["cancel", "retry", f"payloads/{'0' * 64}"])
def test_only_staff_acts_on_a_job(client: Client, what: str) -> None:
    job = queued()
    address = f"/en/jobs/{job.pk}/{what}/"
    assert client.post(address).headers["Location"].startswith("/en/staff/login/?next=")
    client.force_login(get_user_model().objects.create_user("reader"))
    assert client.post(address).status_code == 403
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff().cookies
    assert strict.post(address).status_code == 403
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_a_waiting_job_is_cancelled_and_tried_again(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(waking.current_app, "send_task", lambda _name, args, **_more: woken.append(args[0]))
    client, job = staff(), queued()
    assert "Cancel" in job_page(client, job)
    assert "Cancel" not in job_page(Client(), job)
    with django_capture_on_commit_callbacks(execute=True):
        told = main(client.post(f"/en/jobs/{job.pk}/cancel/", follow=True).content.decode())
    assert "The job was asked to stop." in told
    assert "Cancelled" in told
    assert "Try again" in told
    assert woken == []
    with django_capture_on_commit_callbacks(execute=True):
        told = main(client.post(f"/en/jobs/{job.pk}/retry/", follow=True).content.decode())
    assert "The job waits for a worker again." in told
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED
    assert woken == [str(job.pk)]


def test_a_running_job_stops_at_its_next_step() -> None:
    client, job = staff(), running()
    told = main(client.post(f"/en/jobs/{job.pk}/cancel/", follow=True).content.decode())
    assert "stops at its next step" in told
    assert "A person asked to cancel." in told


def test_what_comes_too_late_changes_nothing() -> None:
    client, job = staff(), JobFactory()
    told = main(client.post(f"/en/jobs/{job.pk}/cancel/", follow=True).content.decode())
    assert "the job has ended already" in told
    assert "only a job that failed" in main(client.post(f"/en/jobs/{job.pk}/retry/", follow=True).content.decode())
    assert client.get(f"/en/jobs/{job.pk}/retry/").status_code == 302, "a plain link leads to the job"


def test_staff_reads_what_came_instead_of_figures() -> None:
    client = staff()
    payload_row(b"<script>1</script>", "text/html").save()
    (kept,) = Payload.objects.all()
    job = JobFactory(state="failed", problems=[{"code": "source_changed", "message": "x", "payloads": [kept.pk]}])
    response = client.get(f"/en/jobs/{job.pk}/payloads/{kept.pk}/")
    assert b"".join(response.streaming_content) == b"<script>1</script>"  # type: ignore[attr-defined]
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "no-store" in response.headers["Cache-Control"]
    other = JobFactory()
    assert client.get(f"/en/jobs/{other.pk}/payloads/{kept.pk}/").status_code == 404


# ---------------------------------------------------------------- the API
def test_the_api_tells_the_same_and_when_to_ask_again(client: Client) -> None:
    job = running(progress_done=2, progress_total=66, progress_note=GDP)
    response = client.get(f"/api/v1/jobs/{job.pk}/")
    told = response.json()
    assert (told["state"], told["kind"], told["dataset"], told["attempts"]) == ("running", "refresh", "worldbank", 1)
    assert told["progress"] == {"done": 2, "total": 66, "note": GDP}
    assert (told["counts"], told["problems"], told["releases"]) == (None, [], [])
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Retry-After"] == "2"


def test_the_api_tells_the_end(client: Client) -> None:
    problem = {"slice": GDP, **stored(SourceUnavailable(source="a", reason="b"))}
    job = JobFactory(state="held", problems=[problem], counts={"added": 4})
    release = ReleaseFactory(job=job, state="held", title="Odd")
    response = client.get(f"/api/v1/jobs/{job.pk}/?lang=ru")
    told = response.json()
    (shown,) = told["problems"]
    assert (shown["slice"], shown["code"]) == (GDP, "source_unavailable")
    assert "does not answer" not in shown["detail"]
    assert told["counts"]["added"] == 4
    assert told["releases"] == [{"id": release.pk, "vintage": "Odd", "state": "held"}]
    assert "Retry-After" not in response.headers
    assert response.headers["Cache-Control"] == "no-store"
    few = client.get(f"/api/v1/jobs/{job.pk}/?fields=state,progress").json()
    assert set(few) == {"state", "progress"}


def test_the_api_knows_no_other_jobs(client: Client) -> None:
    assert client.get(f"/api/v1/jobs/{uuid.uuid4()}/").json()["code"] == "not_found"
    assert client.get("/api/v1/jobs/7/").status_code == 404
    assert jobs.sweep() == []
