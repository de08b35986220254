"""A job that runs is followed without reloading; pages of jobs, holds and data status in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from markets.errors import HeldMoved, stored
from markets.jobs.lines import Line, write_line
from markets.models import HeldRow, Job, JobEvent, Release
from tests.browser.conftest import Visit, committed
from tests.factories import GDP, JobFactory, ReleaseFactory
from tests.markets.job_world import AREAS, queued, running

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

SERIOUS = ("serious", "critical")
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
PHONE = {"viewport": {"width": 360, "height": 780}}


def wipe() -> None:
    """Take away what a test has really written."""
    JobEvent.objects.all().delete()
    Job.objects.all().delete()
    HeldRow.objects.all().delete()
    Release.objects.filter(state__in=("held", "discarded")).delete()
    get_user_model().objects.all().delete()
    Session.objects.all().delete()


def hold() -> Release:
    """A release that waits for a decision."""
    why = HeldMoved(dataset=f"worldbank/{GDP}", moved=12, before=13, share="92%", most="30%")
    release = ReleaseFactory(state="held", title="Odd figures", problems=[{"slice": GDP, **stored(why)}])
    HeldRow.objects.bulk_create(
        HeldRow(
            release=release,
            slice=GDP,
            subject=area,
            period="2023",
            frequency="A",
            value=300 + place,
            old_value=100 + place,
            verdict="revised",
        )
        for place, area in enumerate(AREAS)
    )
    return release


def sign_in() -> str:
    """The session of a member of staff."""
    client = Client()
    client.force_login(get_user_model().objects.create_user("aigul", is_staff=True))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(autouse=True)
def clean(world: LiveServer) -> Iterator[None]:  # noqa: ARG001 the tables first
    """Nothing of a test is left to the next."""
    yield
    committed(wipe)


@pytest.fixture
def held() -> Release:
    """A release that waits for a decision."""
    return committed(hold)


@pytest.fixture
def signed_in(visit: Visit) -> Visit:
    """A window in which a member of staff has signed in."""
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": committed(sign_in), "url": visit.address}
    visit.page.context.add_cookies([cookie])
    return visit


def change(job: Job, **values: Any) -> None:
    """What a worker would write."""
    committed(lambda: Job.objects.filter(pk=job.pk).update(**values))


def problems(visit: Visit, path: str) -> list[tuple[str, str]]:
    """What is too wide, or shuts somebody out, on a page of ours."""
    page = visit.to(path)
    found = Axe().run(page).response["violations"]
    wide = [("too wide", f"{visit.overflow()} px")] if visit.overflow() > 0 else []
    return wide + [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS]


def mark(page: Page) -> None:
    """Something that a reload would wipe out."""
    page.evaluate("window.isTheSamePage = true")


def is_unreloaded(page: Page) -> bool:
    return bool(page.evaluate("window.isTheSamePage === true"))


def test_a_job_is_followed_to_its_end_without_reloading(visit: Visit) -> None:
    job = committed(queued)
    page = visit.to(f"/en/jobs/{job.pk}/")
    state = page.locator("#job-live .job-state")
    expect(state).to_contain_text("Waiting")
    mark(page)
    now = timezone.now()
    change(job, state="running", attempts=1, started_at=now, lease_until=now, progress_total=3, progress_note=GDP)
    committed(lambda: write_line(job, Line.BEGUN))
    expect(state).to_contain_text("Running", timeout=8000)
    expect(page.locator("#job-live")).to_contain_text("step 1 of 3")
    expect(page.locator("#job-log")).to_contain_text("A worker has begun.")
    change(job, progress_done=2)
    expect(page.locator("progress")).to_have_attribute("value", "2", timeout=8000)
    expect(page.locator("#job-said")).to_contain_text("Running, step 3 of 3", timeout=12_000)
    change(job, state="done", finished_at=timezone.now(), counts={"added": 1234}, lease_until=None)
    expect(page.locator("#job")).to_contain_text("1,234 values added", timeout=8000)
    expect(state).to_contain_text("Done")
    expect(page.locator("#job-said")).to_contain_text("It came through", timeout=12_000)
    left = page.locator("main [hx-get]").evaluate_all("found => found.map(each => each.outerHTML)")
    assert left == [], "nothing is asked for any more"
    assert is_unreloaded(page)
    page.reload()
    expect(page.locator("#job")).to_contain_text("1,234 values added")
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_script_a_link_looks_again(visit: Visit) -> None:
    job = committed(lambda: running(progress_total=3))
    page = visit.to(f"/en/jobs/{job.pk}/")
    change(job, state="done", finished_at=timezone.now(), lease_until=None)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#job-live")).to_contain_text("Done")


def test_a_refresh_is_asked_for_cancelled_and_seen_to_wait(signed_in: Visit) -> None:
    page = signed_in.to("/en/data/worldbank/")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.locator("#job-live")).to_contain_text("Waiting")
    cancel = page.get_by_role("button", name="Cancel")
    cancel.focus()
    page.wait_for_timeout(2500)
    expect(cancel).to_be_focused()
    cancel.click()
    expect(page.locator("#job-live")).to_contain_text("Cancelled")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    assert signed_in.complaints == []


def three_jobs() -> list[Job]:
    """One that runs, one that waits, one that failed with a long word to say."""
    long = {"slice": GDP, "code": "X", "message": "y" * 200}
    ended = JobFactory(state="failed", counts={"added": 1}, problems=[long])
    write_line(ended, Line.ASKED)
    return [running(progress_done=1, progress_total=66, progress_note=GDP), queued(dataset_id="unctad"), ended]


@pytest.mark.parametrize("visit", [PHONE, DESK], indirect=True, ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_is_too_wide_or_shuts_anybody_out(signed_in: Visit, held: Release, language: str) -> None:
    shown = committed(three_jobs)
    addresses = [
        "jobs/",
        *(f"jobs/{job.pk}/" for job in shown),
        "data/",
        "data/worldbank/",
        "data/worldbank/refresh/",
        f"releases/{held.pk}/",
        f"releases/{held.pk}/review/",
    ]
    found = {path: problems(signed_in, f"/{language}/{path}") for path in addresses}
    assert {path: told for path, told in found.items() if told} == {}
    assert signed_in.complaints == []


def test_a_decision_is_made_with_the_keyboard_alone(signed_in: Visit, held: Release) -> None:
    page = signed_in.to(f"/en/releases/{held.pk}/review/")
    page.get_by_label("Why?").focus()
    page.keyboard.type("The publisher took it back.")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Discard it?")
    page.get_by_role("button", name="Discard").press("Enter")
    expect(page.locator("main")).to_contain_text("It is discarded.")
    assert Release.objects.get(pk=held.pk).state == Release.State.DISCARDED
