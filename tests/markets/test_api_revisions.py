"""`/api/v1/revisions/`: what later vintages changed, for those who keep a copy in step."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets import sources
from markets.ingest import publish
from markets.models import Dataset
from tests.factories import GDP, POPULATION, ReleaseFactory, delivery, row
from tests.markets.api_world import NEW_AT, OLD_AT, asked, publish_world, state

pytestmark = pytest.mark.django_db

CARD = sources.card("worldbank")
MARKETS = ("KAZ", "KGZ", "TJK", "TKM", "UZB")


def keys(answer: Any) -> list[tuple[str, str, str]]:
    return [(r["indicator"]["code"], r["market"]["iso3"], r["period"]) for r in answer["data"]]


def revise(periods: range, at: dt.datetime = NEW_AT) -> None:
    old, new = ReleaseFactory(known_from=OLD_AT), ReleaseFactory(known_from=at)
    for market in MARKETS:
        for period in periods:
            state(market, str(period), Decimal(1), old, superseded_by=new)
            state(market, str(period), Decimal(2), new)


def test_a_revision_holds_both_values_with_their_vintages() -> None:
    old, new = publish_world()
    (revision,) = asked("revisions/")["data"]
    assert revision["kind"] == "revised"
    assert (revision["market"]["iso3"], revision["indicator"]["code"], revision["period"]) == ("KAZ", GDP, "2021")
    assert (revision["old"]["value"], revision["old"]["status"]) == ("197112000000", "")
    assert (revision["new"]["value"], revision["new"]["status"]) == ("197112255360.5", "r")
    assert (revision["old"]["vintage"]["release"], revision["new"]["vintage"]["release"]) == (old.pk, new.pk)
    assert revision["difference"] == {
        "since": "2021",
        "value": "0.000130",
        "kind": "pct",
        "is_across_vintages": False,
    }
    assert (revision["unit"], revision["source"]["id"]) == ("usd", "worldbank")
    assert revision["known_from"] == revision["published_at"] == "2025-06-30T00:00:00Z"


def test_a_withdrawal_has_no_new_value_and_no_difference() -> None:
    others = [row(7, period=year) for year in range(2010, 2020)]
    publish(delivery(row(100), *others), CARD)
    publish(delivery(row(None), *others), CARD)
    (revision,) = asked("revisions/?kind=withdrawn")["data"]
    assert (revision["old"]["value"], revision["new"]["value"], revision["new"]["status"]) == ("100", None, "x")
    assert revision["difference"] is None
    assert asked("revisions/?kind=revised")["data"] == []


def test_updated_since_goes_by_when_it_was_recorded_and_not_by_when_it_was_public() -> None:
    recorded = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    first = ReleaseFactory(known_from=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    bundled = ReleaseFactory(known_from=OLD_AT, published_at=recorded, transport="bundled")
    state("KAZ", "2021", Decimal(1), first, superseded_by=bundled)
    state("KAZ", "2021", Decimal(2), bundled)
    for since in ("2026-03-01", "2026-03-01T12:00:00Z", "2026-03-01T20:00:00%2B08:00"):
        (revision,) = asked(f"revisions/?updated_since={since}")["data"]
        assert revision["published_at"] == "2026-03-01T12:00:00Z"
        assert revision["known_from"] == "2022-04-08T00:00:00Z"
    for since in ("2026-03-02", "2026-03-01T12:00:01Z"):
        assert asked(f"revisions/?updated_since={since}")["data"] == []
    assert len(asked("revisions/?as_of=2022-04-08")["data"]) == 1
    assert asked("revisions/?as_of=2022-04-07")["data"] == []


def test_whoever_asks_again_from_the_moment_of_completeness_misses_nothing() -> None:
    copy: dict[tuple[str, str, str], str | None] = {}
    since = ""
    for value in (1, 2, 3):
        publish(delivery(row(value), row(value + 1, area="UZB")), CARD)
        answer = asked(f"revisions/?sort=published_at&updated_since={quote(since)}" if since else "revisions/")
        for revision, key in zip(answer["data"], keys(answer), strict=True):
            copy[key] = revision["new"]["value"]
        since = answer["meta"]["complete_until"]
    assert copy == {(GDP, "KAZ", "2023"): "3", (GDP, "UZB", "2023"): "4"}
    again = asked(f"revisions/?updated_since={quote(since)}")
    assert {revision["published_at"] for revision in again["data"]} == {since}


def test_filters_narrow() -> None:
    revise(range(2018, 2022))
    assert len(asked("revisions/?market=KAZ,UZB")["data"]) == 8
    assert asked(f"revisions/?indicator={POPULATION}")["data"] == []
    assert asked("revisions/?dataset=unctad")["data"] == []
    assert {key[2] for key in keys(asked("revisions/?period=2019"))} == {"2019"}
    assert {key[2] for key in keys(asked("revisions/?period_from=2019&period_to=2020"))} == {"2019", "2020"}


@pytest.mark.parametrize("sort", ["published_at", "-published_at"])
def test_paging_meets_every_revision_once_while_releases_are_published(sort: str) -> None:
    revise(range(2018, 2022))
    revise(range(2010, 2012), NEW_AT + dt.timedelta(days=1))
    whole = keys(asked(f"revisions/?limit=1000&sort={sort}"))
    client = Client()
    answer = asked(f"revisions/?limit=7&sort={sort}", client)
    met = keys(answer)
    for value in range(1, 100):
        if not answer["page"]["next"]:
            break
        publish(delivery(row(value, area="CHN")), CARD)
        answer = client.get(answer["page"]["next"]).json()
        met += keys(answer)
    assert len(met) == len(set(met)) + max(0, met.count((GDP, "CHN", "2023")) - 1)
    assert [key for key in met if key[1] != "CHN"] == whole
    back = keys(answer)
    while answer["page"]["prev"]:
        answer = client.get(answer["page"]["prev"]).json()
        back = keys(answer) + back
    assert [key for key in back if key[1] != "CHN"] == whole


def test_one_revision_and_fifty_cost_the_same_number_of_questions() -> None:
    revise(range(2000, 2020))
    counts = []
    for limit in (1, 50):
        with CaptureQueriesContext(connection) as made:
            assert len(asked(f"revisions/?limit={limit}")["data"]) == limit
        counts.append(len(made))
    assert counts[0] == counts[1] <= 6


def test_what_may_not_be_passed_on_is_left_out_and_named() -> None:
    publish_world()
    Dataset.objects.filter(pk="worldbank").update(redistribution="signed_in")
    answer = asked("revisions/")
    assert answer["data"] == []
    assert answer["meta"]["withheld_datasets"] == ["worldbank"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("market=XXX", "market"),
        ("indicator=NO.SUCH", "indicator"),
        ("dataset=nobody", "dataset"),
        ("kind=added", "kind"),
        ("updated_since=yesterday", "updated_since"),
        ("period_from=2024&period_to=2020", "period_from"),
        ("sort=value", "sort"),
        ("from=2020-01-01", "from"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(query: str, parameter: str) -> None:
    response = Client().get(f"/api/v1/revisions/?{query}")
    assert response.status_code == 400
    assert [fault["parameter"] for fault in response.json()["errors"]] in ([parameter], [])
    assert parameter in response.json()["detail"]


# ---------------------------------------------------------------- the difference of two moments
@pytest.mark.parametrize("path", [f"indicators/{GDP}/", f"markets/KAZ/indicators/{GDP}/"])
def test_two_days_are_told_with_the_indicator_and_with_the_series(path: str) -> None:
    publish_world()
    assert asked(path)["difference"] is None
    told = asked(f"{path}?from=2022-12-31&to=2025-12-31")["difference"]
    assert (told["start"], told["end"]) == ("2022-12-31T23:59:59.999999Z", "2025-12-31T23:59:59.999999Z")
    assert told["records"][0]["kind"] == "revised"
    assert told["records"][0]["old"]["value"] == "197112000000"
    assert {record["kind"] for record in told["records"][1:]} == {"added"}
    assert all(record["old"] is None for record in told["records"][1:])
    (counted,) = told["counts"]
    assert counted["revised"] == 1
    assert counted["added"] == len(told["records"]) - 1


@pytest.mark.parametrize("query", ["from=2025-01-02&to=2025-01-01", "from=soon"])
def test_two_days_that_make_no_sense_are_refused(query: str) -> None:
    response = Client().get(f"/api/v1/indicators/{GDP}/?{query}")
    assert response.status_code == 400
    assert "from" in response.json()["detail"]
