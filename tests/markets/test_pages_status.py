"""How each dataset stands: last success and attempt, coverage, what is held, and why; on pages and in the API."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as product
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from markets import queries
from markets.errors import SourceUnavailable, stored
from markets.models import ExchangeRate, Job, Slice
from markets.profiles import data_page, dataset_page
from markets.profiles.datasets import CoverageLine, DatasetLine
from tests.factories import GDP, JobFactory, ReleaseFactory
from tests.markets.api_world import asked, publish_world, state
from tests.markets.job_world import held_observations, held_trade, queued, running
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in product.LANGUAGES]
DAY = dt.timedelta(days=1)


def line(dataset: str = "worldbank") -> DatasetLine:
    return dataset_page(dataset).dataset


def rates() -> None:
    """Two days of the yuan."""
    release = ReleaseFactory(dataset_id="ecb-rates", title="History")
    Slice.objects.create(dataset_id="ecb-rates", key="CNY/EUR/reference", current=release, checked_at=timezone.now())
    for day in ("2024-01-02", "2024-01-03"):
        ExchangeRate.objects.create(
            dataset_id="ecb-rates", currency_id="CNY", base_id="EUR", kind="reference", period=day,
            value=Decimal("7.8"), release=release, known_from=release.known_from,
        )  # fmt: skip


# ---------------------------------------------------------------- attempts
def test_the_last_success_and_the_last_attempt_are_told_apart(client: Client) -> None:
    ReleaseFactory()
    now = timezone.now()
    good = JobFactory(started_at=now - 9 * DAY)
    first = JobFactory(
        started_at=now - 3 * DAY, state="failed", problems=[stored(SourceUnavailable(source="a", reason="b"))]
    )
    last = JobFactory(started_at=now - DAY, state="failed", problems=first.problems)
    stands = line()
    assert stands.last_success_at == good.finished_at
    assert stands.last_attempt is not None
    assert (stands.last_attempt.id, stands.last_attempt.problems) == (str(last.pk), 1)
    assert (stands.freshness, stands.since) == ("failing", first.started_at), "since the first of the failures"
    assert data_page().datasets[[d.id for d in data_page().datasets].index("worldbank")] == stands
    text = page(client, "/en/data/")
    assert f'href="/en/jobs/{last.pk}/"' in text
    assert ": Failed 1 problem" in main(text)
    assert "The source a does not answer: b." in main(text)


def test_a_refresh_under_way_is_told(client: Client) -> None:
    ReleaseFactory()
    job = queued()
    assert "A refresh is under way" in main(page(client, "/en/data/worldbank/"))
    assert f'href="/en/jobs/{job.pk}/"' in page(client, "/en/data/")
    Job.objects.all().delete()
    running()
    assert line().open_job is not None
    assert "none yet" not in main(page(client, "/en/data/worldbank/"))


def test_what_was_never_read_says_so(client: Client) -> None:
    ReleaseFactory(transport="bundled")
    told = main(page(client, "/en/data/worldbank/"))
    assert "Last read in full not yet; it has what came with the product" in told
    assert "Last attempt none yet" in told


# ---------------------------------------------------------------- coverage
def test_coverage_counts_what_is_in_force_without_groups_and_gaps(client: Client) -> None:
    publish_world()
    stands = line()
    # two markets; the World is none; a withdrawn value and a replaced one are not in force
    assert stands.coverage == CoverageLine(markets=2, partners=0, currencies=0, oldest="2020", newest="2023")
    assert stands.values == 7
    told = main(page(client, "/en/data/worldbank/"))
    assert "Values in force 7 2 markets, 2020 to 2023" in told


def test_trade_and_rates_are_covered_in_their_own_words(client: Client) -> None:
    held_trade()
    rates()
    assert "Values in force 2 1 market, 1 trading partner, 2022" in main(page(client, "/en/data/china-trade/"))
    told = main(page(client, "/en/data/ecb-rates/"))
    assert "Values in force 2 1 currency, Jan 2, 2024 to Jan 3, 2024" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_has_no_series_shows_its_parts_in_words(client: Client, language: str) -> None:
    held_trade()
    rates()
    trade = main(page(client, f"/{language}/data/china-trade/"))
    rate = main(page(client, f"/{language}/data/ecb-rates/"))
    assert "KAZ/M" not in trade, "the reasons name it in words too"
    assert "CNY/EUR" not in rate
    if language == "en":
        assert "1 part" in trade
        assert "Kazakhstan, imports, US Dollar A file of the office" in trade
        assert "Chinese yuan for one Euro, reference rate History" in rate
        assert "series" not in trade.lower()
    file = client.get(f"/{language}/data/china-trade/?download=csv").content.decode()
    assert "KAZ/M/USD/" in file


def test_counting_is_not_repeated_until_something_is_published(settings: Any) -> None:
    settings.PAGE_CACHE_SECONDS = 60
    _old, new = publish_world()
    before = queries.dataset_coverages()["worldbank"]
    with CaptureQueriesContext(connection) as few:
        assert queries.dataset_coverages()["worldbank"] == before
    assert len(few) == 1
    state("UZB", "2019", Decimal(1), new)
    ReleaseFactory()
    assert queries.dataset_coverages()["worldbank"].values == before.values + 1


# ---------------------------------------------------------------- held
def test_what_waits_for_a_decision_is_listed_with_its_reasons(client: Client) -> None:
    observed, traded = held_observations(), held_trade()
    text = page(client, "/en/data/")
    told = main(text)
    assert "2 vintages wait for a decision" in told
    assert "values moved by more than half" in told
    assert "a total moved by 200%" in told
    for release in (observed, traded):
        assert f'href="/en/releases/{release.pk}/"' in text
        assert f"/en/releases/{release.pk}/review/" not in text
    assert line().held == 1
    assert "1 vintage waits for a decision" in main(page(client, "/en/data/china-trade/"))


# ---------------------------------------------------------------- all of it
def test_the_api_tells_the_same() -> None:
    publish_world()
    held_trade()
    job = JobFactory()
    listed = {d["id"]: d for d in asked("datasets/")["data"]}
    bank = listed["worldbank"]
    assert bank["last_attempt"]["id"] == str(job.pk)
    assert bank["last_success_at"] == bank["last_attempt_at"]
    assert bank["coverage"] == {"markets": 2, "partners": 0, "currencies": 0, "oldest": "2020", "newest": "2023"}
    assert (bank["values"], bank["held"], listed["china-trade"]["held"]) == (7, 0, 1)
    assert asked("datasets/china-trade/")["slices"][0]["slice"]["name"] == "Kazakhstan, imports, US Dollar"
    russian = asked("datasets/china-trade/?lang=ru")["slices"][0]["slice"]["name"]
    assert "Казахстан" in russian


def test_no_page_of_the_data_asks_more_than_twelve_questions(client: Client) -> None:
    publish_world()
    release = held_trade()
    rates()
    for number in range(10):
        JobFactory(state="failed" if number % 2 else "done")
        queued()
        ReleaseFactory(state="held", problems=[{"slice": GDP, "code": "held_empty", "message": "x"}])
    for address in ("data/", "data/worldbank/", "data/china-trade/", "data/ecb-rates/", f"releases/{release.pk}/"):
        page(client, f"/en/{address}")
        with CaptureQueriesContext(connection) as made:
            page(client, f"/en/{address}?{uuid.uuid4()}")
        assert len(made) <= 12, address
