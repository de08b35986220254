"""Datasets with their freshness, releases with what they changed, and raw deliveries."""

from __future__ import annotations

import datetime as dt
import hashlib
import zlib

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from markets.models import Dataset, Job, Payload, Release, ReleaseSlice, Slice, UnmappedCode
from tests.factories import GDP, JobFactory, ReleaseFactory
from tests.markets.api_world import NEW_AT, publish_world
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]

DOUBTED = {"code": "release_held", "message": "12 of 40 values are gone"}


def delivered(release: Release, body: bytes, content_type: str = "application/json") -> str:
    """Keep a raw payload of the release; its SHA-256."""
    sha256 = hashlib.sha256(body).hexdigest()
    payload = Payload.objects.create(
        sha256=sha256, content_type=content_type, size_bytes=len(body), compressed=zlib.compress(body)
    )
    release.payloads.add(payload)
    return sha256


def joined(response: object) -> bytes:
    """The body of a streamed answer."""
    return b"".join(response.streaming_content)  # type: ignore[attr-defined] # a file is streamed


# ---------------------------------------------------------------- datasets
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_dataset_stands_with_licence_and_newest_vintage(client: Client, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/data/")
    for dataset in Dataset.objects.all():
        assert f'href="/{language}/data/{dataset.id}/"' in text
        assert dataset.licence in text
    assert "New" in main(text)


def test_freshness_is_told_in_words_beside_its_sign(client: Client) -> None:
    release = ReleaseFactory(known_from=NEW_AT)
    assert "▣ As it came with the product, known Jun 30, 2025" in main(page(client, "/en/data/"))
    job = JobFactory()
    assert "✓ Current: read " in main(page(client, "/en/data/"))
    Job.objects.filter(pk=job.pk).update(started_at=timezone.now() - dt.timedelta(days=30))
    assert "! Late: expected " in main(page(client, "/en/data/"))
    silent = {"code": "source_unavailable", "message": "The source does not answer."}
    JobFactory(state=Job.State.FAILED, problems=[silent])
    failing = main(page(client, "/en/data/"))
    assert "✕ Source failing since " in failing
    assert "The source does not answer." in failing
    release.delete()
    assert "— Not loaded" in main(page(client, "/en/data/"))


def test_the_next_day_is_told_where_there_is_one(client: Client) -> None:
    publish_world()
    text = main(page(client, "/en/data/worldbank/"))
    assert "Next expected at the next scheduled download" in text
    assert "Next expected with a later version of the product" in main(page(client, "/en/data/unctad/"))
    JobFactory()
    expected = timezone.now() + Dataset.objects.get(pk="worldbank").refresh_every
    assert f"Next expected {expected:%b} {expected.day}, {expected.year}" in main(page(client, "/en/data/worldbank/"))


def test_a_dataset_lists_its_series_its_vintages_and_codes_that_are_not_known(client: Client) -> None:
    publish_world()
    dataset = Dataset.objects.get(pk="worldbank")
    assert "None: every code of every delivery was understood." in main(page(client, "/en/data/worldbank/"))
    UnmappedCode.objects.create(
        dataset=dataset, scheme="area", code="QQQ", label="Nowhere", rows=12, last_seen_at=timezone.now()
    )
    text = page(client, "/en/data/worldbank/")
    assert "QQQ area Nowhere 12" in main(text)
    assert f'href="/en/indicators/{GDP}/"' in text
    assert "54 series" in main(text)


def test_held_vintages_are_listed_as_such(client: Client) -> None:
    ReleaseFactory(
        title="Doubtful",
        state=Release.State.HELD,
        problems=[DOUBTED],
    )
    assert "Doubtful read from files of the publisher's ! Held for review" in main(page(client, "/en/data/worldbank/"))
    told = main(page(client, "/en/data/"))
    assert told.index("1 vintage waits for a decision") < told.index("Doubtful") < told.index("Newest vintages")
    assert "Doubtful" not in told[told.index("Newest vintages") :]


def test_an_unknown_dataset_has_no_page(client: Client) -> None:
    page(client, "/en/data/nothing/", 404)


# ---------------------------------------------------------------- releases
def test_a_release_is_the_birth_certificate_of_its_figures(client: Client) -> None:
    old, _new = publish_world()
    part = Slice.objects.create(dataset_id="worldbank", key=GDP)
    ReleaseSlice.objects.create(release=old, slice=part, added=1500, revised=3)
    Release.objects.filter(pk=old.pk).update(added=1500, revised=3, request="https://example.org/GDP")
    told = main(page(client, f"/en/releases/{old.pk}/"))
    assert "State Published" in told
    assert "Released by the publisher Apr 8, 2022" in told
    assert "How it came came with the product" in told
    assert "What was asked https://example.org/GDP" in told
    assert "CC BY 4.0" in told
    assert "1,500 values added, 3 revised, 0 withdrawn" in told
    assert "GDP 1,500 3 0 0 0" in told
    assert "No raw bytes were kept of this vintage." in told


def test_a_held_release_says_why_and_that_its_values_are_not_in_force(client: Client) -> None:
    held = ReleaseFactory(
        state=Release.State.HELD,
        problems=[DOUBTED],
        published_at=None,
    )
    told = main(page(client, f"/en/releases/{held.pk}/"))
    assert "Held for review. The values of this vintage are not in force" in told
    assert "12 of 40 values are gone" in told
    assert "Published here not published" in told


@pytest.mark.parametrize("key", ["0", "999999", "9" * 30])
def test_an_unknown_release_has_no_page(client: Client, key: str) -> None:
    page(client, f"/en/releases/{key}/", 404)


# ---------------------------------------------------------------- raw deliveries
def test_a_raw_delivery_is_an_attachment_that_no_browser_runs(client: Client) -> None:
    release = ReleaseFactory()
    body = b"<script>alert(1)</script>"
    sha256 = delivered(release, body, "text/html; charset=utf-8")
    text = page(client, f"/en/releases/{release.pk}/")
    assert f'href="/en/releases/{release.pk}/payloads/{sha256}/"' in text
    response = client.get(f"/en/releases/{release.pk}/payloads/{sha256}/")
    assert joined(response) == body
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="sogdia-{sha256[:12]}.bin"')
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Length"] == str(len(body))


def test_a_raw_delivery_in_a_known_form_keeps_it_and_is_not_sent_twice(client: Client) -> None:
    release = ReleaseFactory()
    sha256 = delivered(release, b"[]")
    address = f"/en/releases/{release.pk}/payloads/{sha256}/"
    response = client.get(address)
    assert response.headers["Content-Type"] == "application/json"
    assert '.json"' in response.headers["Content-Disposition"]
    assert client.get(address, headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


def test_what_the_licence_keeps_here_is_not_handed_out(client: Client) -> None:
    release = ReleaseFactory()
    sha256 = delivered(release, b"secret")
    Dataset.objects.filter(pk="worldbank").update(redistribution=Dataset.Redistribution.NONE)
    assert "its licence does not let us pass it on" in main(page(client, f"/en/releases/{release.pk}/"))
    page(client, f"/en/releases/{release.pk}/payloads/{sha256}/", 404)


def test_a_payload_belongs_to_its_release_alone(client: Client) -> None:
    sha256 = delivered(ReleaseFactory(), b"[1]")
    other = ReleaseFactory()
    page(client, f"/en/releases/{other.pk}/payloads/{sha256}/", 404)
    page(client, f"/en/releases/{other.pk}/payloads/nothing/", 404)


# ---------------------------------------------------------------- all of them
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_listed_can_be_downloaded(client: Client, form: str) -> None:
    old, _new = publish_world()
    for address in ("data/", "data/worldbank/", f"releases/{old.pk}/"):
        response = client.get(f"/en/{address}?download={form}")
        assert response.status_code == 200
        assert response.headers["Content-Disposition"].startswith("attachment")


def test_many_releases_ask_no_more_than_few(client: Client) -> None:
    publish_world()
    for address in ("data/", "data/worldbank/"):
        page(client, f"/en/{address}")
        with CaptureQueriesContext(connection) as few:
            page(client, f"/en/{address}?again=1")
        for _each in range(20):
            ReleaseFactory()
        with CaptureQueriesContext(connection) as many:
            page(client, f"/en/{address}?again=2")
        assert len(many) == len(few) <= 12
