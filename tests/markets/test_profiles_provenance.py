"""Where numbers come from, as pages show it: releases published and held, payloads, series, and how fresh all is."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.utils import translation

from markets import sources
from markets.errors import NotFound, SourceUnavailable, stored
from markets.ingest import publish
from markets.models import Dataset, Job, Release
from markets.profiles import data_page, dataset_page, payload_body, release_page, series_page
from markets.profiles.datasets import DatasetLine
from markets.profiles.figures import provenance
from markets.profiles.observations import certificates
from markets.sources.base import UnmappedRow
from markets.vocabulary import Transport
from tests.factories import GDP, POPULATION, JobFactory, ReleaseFactory, delivery, row

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
WEEK = dt.timedelta(days=7)


def line(dataset: str = "worldbank") -> DatasetLine:
    """The line of a dataset, which its own page and the page of all datasets agree on."""
    (listed,) = (each for each in data_page().datasets if each.id == dataset)
    assert dataset_page(dataset).dataset == listed
    return listed


# ---------------------------------------------------------------- releases
def test_a_release_page_is_the_birth_certificate_of_its_figures() -> None:
    people = row(7, indicator=POPULATION, period=2022)
    first = publish(
        delivery(row(100), row(1, indicator=POPULATION), people, released_on=dt.date(2025, 7, 1)), CARD
    ).release
    second = publish(delivery(row(105), row(None, indicator=POPULATION), people, body=b"second"), CARD).release
    assert first is not None
    assert second is not None
    page = release_page(second.pk)
    assert page.request == "a file"
    assert page.held_reasons == ()
    assert [(s.indicator, s.name, s.revised, s.withdrawn) for s in page.slices] == [
        (GDP, "GDP", 1, 0),
        (POPULATION, "Population", 0, 1),
    ]
    (payload,) = page.payloads
    assert (payload.size_bytes, payload.is_open) == (6, True)
    assert payload_body(second.pk, payload.sha256).body == b"second"
    with pytest.raises(NotFound):
        payload_body(first.pk, payload.sha256)
    assert release_page(first.pk).release.provenance.released_on == dt.date(2025, 7, 1)


def test_a_held_release_says_why_and_is_no_newest_release() -> None:
    published = publish(delivery(row(100)), CARD).release
    held = publish(delivery(row(105), row(106)), CARD).held_release
    assert published is not None
    assert held is not None
    page = release_page(held.pk)
    assert page.release.state == Release.State.HELD
    assert "two different values for KAZ 2023" in page.held_reasons[0]
    assert [s.indicator for s in page.slices] == [GDP]
    assert [release.id for release in data_page().releases] == [published.pk]
    assert [release.id for release in dataset_page("worldbank").releases] == [held.pk, published.pk]


def test_a_payload_that_may_not_be_passed_on_is_not() -> None:
    release = publish(delivery(row(100)), CARD).release
    assert release is not None
    (payload,) = release_page(release.pk).payloads
    Dataset.objects.filter(pk="worldbank").update(redistribution=Dataset.Redistribution.SIGNED_IN)
    assert not release_page(release.pk).payloads[0].is_open
    with pytest.raises(NotFound):
        payload_body(release.pk, payload.sha256)


def test_unknown_codes_are_shown_with_their_number() -> None:
    publish(delivery(row(100), row(1, area="XYZ"), unmapped=[UnmappedRow("country", "XX", "Not classified")]), CARD)
    assert dataset_page("worldbank").unmapped == (("area", "XYZ", "", 1), ("country", "XX", "Not classified", 1))


@pytest.mark.parametrize("key", [0, 10**9])
def test_there_is_no_page_of_what_does_not_exist(key: int) -> None:
    with pytest.raises(NotFound):
        release_page(key)
    with pytest.raises(NotFound):
        payload_body(key, "0" * 64)
    with pytest.raises(NotFound):
        dataset_page("nonsense")


def test_a_series_shows_every_vintage_of_every_period_newest_first() -> None:
    publish(delivery(row(100), row(90, period=2022)), CARD)
    publish(delivery(row(105)), CARD)
    publish(delivery(row(None), row(90, period=2022)), CARD)
    page = series_page("KAZ", GDP.lower())
    assert [(v.period, v.value, v.obs_status, v.is_in_force) for v in page.vintages] == [
        ("2023", None, "x", True),
        ("2023", 105, "r", False),
        ("2023", 100, "", False),
        ("2022", 90, "", True),
    ]
    stated = [point.period for point in page.line.points if point.value is not None]
    assert stated == ["2022"], "a gap is a gap, not a zero"
    for newer, older in zip(page.vintages[:2], page.vintages[1:3], strict=True):
        assert older.known_to == newer.known_from
        assert older.superseded_by == newer.source
    table = page.table()
    assert [row[3] for row in table.rows] == [v.value for v in page.vintages]


# ---------------------------------------------------------------- freshness
def test_nothing_loaded_is_not_loaded() -> None:
    assert (line().freshness, line().newest) == ("not_loaded", None)


def test_what_came_with_the_product_says_so() -> None:
    release = publish(delivery(row(100), transport=Transport.BUNDLED, released_on=dt.date(2022, 4, 8)), CARD).release
    assert release is not None
    assert (line().freshness, line().since) == ("bundled", release.known_from)
    JobFactory(transport="bundled")
    assert line().freshness == "bundled"


@pytest.mark.parametrize("state", ["done", "unchanged", "held"])
def test_a_download_that_came_through_is_current_until_two_turns_are_missed(state: str) -> None:
    ReleaseFactory()
    job = JobFactory(state=state)
    assert (line().freshness, line().since) == ("current", job.started_at)
    assert line().next_expected_at == job.started_at + WEEK
    with time_machine.travel(job.started_at + 2 * WEEK - dt.timedelta(hours=1)):
        assert line().freshness == "current"
    with time_machine.travel(job.started_at + 2 * WEEK + dt.timedelta(hours=1)):
        assert (line().freshness, line().since) == ("late", job.started_at + WEEK)


@pytest.mark.parametrize("state", ["failed", "dead"])
def test_a_download_that_failed_says_since_when_and_why(state: str) -> None:
    ReleaseFactory()
    JobFactory()
    failed = JobFactory(state=state, problems=[{"code": "source_unavailable", "message": "HTTP 503"}])
    assert (line().freshness, line().since, line().last_error) == ("failing", failed.started_at, "HTTP 503")


def test_why_a_download_failed_is_told_in_the_readers_language() -> None:
    ReleaseFactory()
    JobFactory(state="failed", problems=[stored(SourceUnavailable(source="worldbank", reason="HTTP 503."))])
    assert line().last_error.startswith("The source worldbank does not answer: HTTP 503. The last good")
    with translation.override("ru"):
        told = line().last_error
    assert "worldbank" in told
    assert "HTTP 503." in told
    assert not told.startswith("The source")


def test_the_address_of_a_licence_is_not_lent_to_another_one() -> None:
    dataset = Dataset.objects.get(pk="worldbank")
    Dataset.objects.filter(pk="worldbank").update(licence_url="https://example.org/terms")
    same, other = ReleaseFactory(licence=dataset.licence), ReleaseFactory(licence="Some other terms")
    for release, url in ((same, "https://example.org/terms"), (other, "")):
        release.refresh_from_db()
        assert provenance(release).source.licence_url == url
        assert certificates({release.pk})[release.pk][0].licence_url == url


def test_files_of_a_source_that_is_not_downloaded_do_not_make_it_current() -> None:
    ReleaseFactory()
    job = JobFactory(transport="file")
    assert line().freshness == "current", "its downloads are looked at on a schedule"
    Dataset.objects.update(refresh_every=None)
    assert (line().freshness, line().since) == ("from_files", job.started_at)
    assert line().next_expected_at is None


def test_a_file_that_could_not_be_read_says_nothing_of_the_source() -> None:
    ReleaseFactory()
    JobFactory()
    JobFactory(transport="file", state="failed", problems=[stored(SourceUnavailable(source="a", reason="/a/path"))])
    assert (line().freshness, line().last_error) == ("current", "")


@pytest.mark.parametrize(("state", "freshness"), [("failed", "failing"), ("dead", "failing"), ("running", "bundled")])
def test_only_a_download_that_came_through_makes_a_dataset_current(state: str, freshness: str) -> None:
    ReleaseFactory()
    JobFactory(state=state)
    JobFactory(transport="bundled")
    assert line().freshness == freshness, "what is loaded from here says nothing of the source"
    assert Job.objects.count() == 2
