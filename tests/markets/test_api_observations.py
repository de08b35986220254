"""Observations over the API: every value with its certificate, in any vintage, page by page without a gap."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from config.api.rendering import to_json
from markets.models import Area, Dataset, Observation
from tests.config.checkout import CHECKOUT
from tests.factories import GDP, POPULATION, ReleaseFactory
from tests.markets.api_world import NEW_AT, OLD_AT, asked, fill, publish_world, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world() -> None:
    publish_world()


def keys(answer: dict) -> list[tuple[str, str, str]]:
    return [(row["indicator"]["code"], row["market"]["iso3"], row["period"]) for row in answer["data"]]


def test_a_value_stands_alone_with_its_unit_source_and_vintage() -> None:
    row = asked(f"observations/?indicator={GDP}&market=KAZ&period=2023")["data"][0]
    vintage = row["vintage"]
    assert row["market"] == {"iso3": "KAZ", "name": "Kazakhstan", "is_aggregate": False}
    assert row["indicator"] == {"code": GDP, "name": "GDP"}
    assert (row["period"], row["frequency"], row["unit"], row["decimals"]) == ("2023", "A", "usd", 0)
    assert (row["status"], row["obs_status_sdmx"], row["method"]) == ("", "A", "as_published")
    assert row["source"]["id"] == "worldbank"
    assert row["source"]["publisher"] == "World Bank"
    assert row["source"]["url"].startswith("https://")
    assert (row["source"]["licence"], row["source"]["redistribution"]) == ("CC BY 4.0", "open")
    assert (vintage["title"], vintage["transport"], vintage["released_on"]) == ("New", "file", None)
    assert vintage["released_note"] == "date unknown, at latest 2025-06"
    assert vintage["known_from"] == row["published_at"] == "2025-06-30T00:00:00Z"
    assert "retrieved_at" in row


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (f"indicator={GDP}&market=KAZ&period=2023", "262642000000"),
        (f"indicator={GDP}&market=KAZ&period=2021", "197112255360.5"),
        (f"indicator={GDP}&market=WLD&period=2023", "106000000000000"),
        (f"indicator={POPULATION}&market=KAZ&period=2020", "0.000001"),
    ],
)
def test_a_value_is_a_string_of_every_printed_digit_without_exponent(query: str, value: str) -> None:
    assert asked(f"observations/?{query}")["data"][0]["value"] == value


def test_a_missing_value_is_null_with_its_status_and_never_zero() -> None:
    row = asked(f"observations/?indicator={GDP}&market=UZB&period=2023")["data"][0]
    assert row["value"] is None
    assert (row["status"], row["obs_status_sdmx"]) == ("x", "M")


def test_a_value_in_quarantine_never_leaves() -> None:
    state("TJK", "2023", Decimal(-5), ReleaseFactory(known_from=NEW_AT), obs_status="q")
    assert asked("observations/?market=TJK")["data"] == []


def test_names_are_in_the_language_asked_for() -> None:
    query = f"observations/?indicator={GDP}&market=KAZ&period=2023"
    assert asked(f"{query}&lang=ru")["data"][0]["market"]["name"] == "Казахстан"
    assert asked(query, **{"Accept-Language": "zh-CN,en;q=0.5"})["data"][0]["market"]["name"] == "哈萨克斯坦"
    assert asked(f"{query}&lang=en", **{"Accept-Language": "ru"})["data"][0]["market"]["name"] == "Kazakhstan"


def test_a_revised_value_keeps_its_old_one_as_of_then() -> None:
    query = f"observations/?indicator={GDP}&market=KAZ&period=2021"
    now, then = asked(query), asked(f"{query}&as_of=2023-01-01")
    assert (now["data"][0]["value"], now["data"][0]["status"]) == ("197112255360.5", "r")
    assert (then["data"][0]["value"], then["data"][0]["vintage"]["title"]) == ("197112000000", "Old")
    assert then["meta"]["as_of"].startswith("2023-01-01T23:59:59")


def test_before_any_vintage_the_answer_is_empty_and_says_so() -> None:
    answer = asked("observations/?as_of=1990-01-01")
    assert answer["data"] == []
    assert answer["meta"]["note"] == "not known then"
    assert answer["page"]["next"] is None


def test_updated_since_asks_for_what_later_vintages_brought() -> None:
    after_old = OLD_AT.date() + dt.timedelta(days=1)
    assert {row["vintage"]["title"] for row in asked(f"observations/?updated_since={after_old}")["data"]} == {"New"}
    day = NEW_AT.date()
    assert asked(f"observations/?updated_since={day}")["data"]
    assert asked(f"observations/?updated_since={day + dt.timedelta(days=1)}")["data"] == []


def test_filters_narrow_and_never_widen() -> None:
    assert keys(asked(f"observations/?indicator={POPULATION}")) == [
        (POPULATION, "KAZ", "2020"),
        (POPULATION, "KAZ", "2023"),
    ]
    assert {key[1] for key in keys(asked("observations/?market=KAZ,UZB"))} == {"KAZ", "UZB"}
    assert {key[2] for key in keys(asked("observations/?period_from=2022&period_to=2022"))} == {"2022"}
    assert {key[1] for key in keys(asked("observations/?group=CA5"))} == {"KAZ", "UZB"}
    assert {key[1] for key in keys(asked("observations/?group=EAEU"))} == {"KAZ"}
    assert {key[1] for key in keys(asked("observations/?group=WLD"))} == {"KAZ", "UZB"}


def test_period_to_a_year_holds_the_months_of_that_year() -> None:
    state("KAZ", "2023-04", Decimal(1), ReleaseFactory(known_from=NEW_AT), frequency="M")
    assert "2023-04" in {key[2] for key in keys(asked("observations/?period_to=2023"))}


def test_the_order_is_the_one_asked_for() -> None:
    periods = [key[2] for key in keys(asked(f"observations/?indicator={GDP}&market=KAZ&sort=-period"))]
    assert periods == ["2023", "2022", "2021"]
    found = keys(asked("observations/"))
    assert found == sorted(found)


def test_only_the_wanted_fields_are_sent() -> None:
    rows = asked("observations/?fields=value,period&limit=2")["data"]
    assert [set(row) for row in rows] == [{"period", "value"}] * 2


def test_paging_through_meets_every_value_once_in_both_directions() -> None:
    client = Client()
    fill(["CHN", "KGZ", "TKM"], range(1990, 2024), ReleaseFactory(known_from=NEW_AT))
    whole = keys(asked("observations/?limit=1000"))
    for sort in ("indicator", "-market", "period", "-period"):
        answer = asked(f"observations/?limit=7&sort={sort}", client)
        forward = keys(answer)
        while answer["page"]["next"]:
            answer = client.get(answer["page"]["next"]).json()
            forward += keys(answer)
        assert len(forward) == len(set(forward)) == len(whole)
        assert set(forward) == set(whole)
        back = keys(answer)
        while answer["page"]["prev"]:
            answer = client.get(answer["page"]["prev"]).json()
            back = keys(answer) + back
        assert back == forward


def test_the_link_header_names_the_neighbours() -> None:
    client = Client()
    first = client.get("/api/v1/observations/?limit=2")
    page = first.json()["page"]
    assert first["Link"] == f'<{page["next"]}>; rel="next"'
    second = client.get(page["next"])
    assert second["Link"] == ", ".join(f'<{second.json()["page"][word]}>; rel="{word}"' for word in ("next", "prev"))


def test_a_value_revised_between_two_pages_is_met_once() -> None:
    """The place in the order is the indicator, market and period, which a revision does not change."""
    client = Client()
    first = asked("observations/?limit=2", client)
    last_met = keys(first)[-1]
    row = Observation.objects.get(known_to=None, indicator_id=last_met[0], area_id=last_met[1], period=last_met[2])
    newest = ReleaseFactory(known_from=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    row.known_to, row.superseded_by = newest.known_from, newest
    row.save()
    state(row.area_id, row.period, Decimal(7), newest, obs_status="r", indicator_id=row.indicator_id)
    met = keys(first)
    answer = first
    while answer["page"]["next"]:
        answer = client.get(answer["page"]["next"]).json()
        met += keys(answer)
    assert len(met) == len(set(met)) == Observation.objects.filter(known_to=None).exclude(obs_status="q").count()


def test_the_total_is_counted_only_when_asked_for() -> None:
    assert "total" not in asked("observations/?limit=1")["meta"]
    assert asked("observations/?limit=1&count=exact")["meta"]["total"] == 8


def test_one_row_and_fifty_cost_the_same_number_of_questions() -> None:
    markets = list(Area.objects.filter(is_aggregate=False).values_list("code", flat=True)[:60])
    fill(markets, range(1970, 1972), ReleaseFactory(known_from=NEW_AT))
    counts = []
    for limit in (1, 50):
        with CaptureQueriesContext(connection) as queries:
            assert len(asked(f"observations/?period=1970&limit={limit}")["data"]) == limit
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 3


@pytest.mark.parametrize("rule", ["signed_in", "none"])
def test_what_may_not_be_passed_on_is_left_out_and_named(rule: str) -> None:
    Dataset.objects.filter(pk="worldbank").update(redistribution=rule)
    answer = asked("observations/")
    assert answer["data"] == []
    assert answer["meta"]["withheld_datasets"] == ["worldbank"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("market=XXX", "market"),
        ("market=EAEU", "market"),
        ("market=KAZ,", "market"),
        ("market=kaz", "market"),
        ("market=" + ",".join(f"A{n:03}" for n in range(301)), "market"),
        ("indicator=NO.SUCH", "indicator"),
        ("group=XYZ", "group"),
        ("group=KAZ", "group"),
        ("period=next", "period"),
        ("period=2023-13", "period"),
        ("period=2023-02-30", "period"),
        ("period_from=2024&period_to=2020", "period_from"),
        ("updated_since=yesterday", "updated_since"),
        ("sort=value", "sort"),
        ("fields=value,password", "fields"),
        ("count=estimate", "count"),
    ],
)
def test_a_filter_that_names_nothing_is_refused(query: str, parameter: str) -> None:
    response = Client().get(f"/api/v1/observations/?{query}")
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_value"
    assert [fault["parameter"] for fault in response.json()["errors"]] == [parameter]


@pytest.mark.parametrize("change", ["sort=period", "market=KAZ", "period=2023"])
def test_a_cursor_is_good_for_its_own_question_alone(change: str) -> None:
    cursor = asked("observations/?limit=1")["page"]["next"].split("cursor=")[1]
    refused = Client().get(f"/api/v1/observations/?limit=1&cursor={cursor}&{change}")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "cursor")
    assert Client().get(f"/api/v1/observations/?limit=5&lang=ru&fields=value&cursor={cursor}").status_code == 200
    assert Client().get(f"/api/v1/markets/?limit=1&cursor={cursor}").status_code == 400


def test_a_cursor_cannot_be_bent() -> None:
    cursor = asked("observations/?limit=1")["page"]["next"].split("cursor=")[1]
    body, signature = cursor.split(".")
    for bent in (
        body,
        f"{body}.",
        f"x{cursor}",
        f"{body}.{signature[::-1]}",
        "0",
        "-1",
        "1000",
        "%20",
        "💥" * 9,
        "a." * 40,
    ):
        response = Client().get(f"/api/v1/observations/?limit=1&cursor={quote(bent)}")
        assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "cursor")


@pytest.mark.parametrize(
    "path",
    ["markets/KAZ/profile/", "markets/KAZ/indicators/NY.GDP.MKTP.CD/", "indicators/NY.GDP.MKTP.CD/", "observations/"],
)
def test_the_letter_of_a_value_has_one_name_in_every_answer(path: str) -> None:
    body = Client().get(f"/api/v1/{path}").content
    assert b'"status":' in body
    assert b'"obs_status":' not in body


def test_only_names_of_members_are_put_into_other_words() -> None:
    assert to_json({"obs_status": 'it says "obs_status": e'}) == b'{"status":"it says \\"obs_status\\": e"}'


def test_the_members_of_every_list_are_documented_for_fields() -> None:
    text = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
    for name in (
        "markets",
        "products",
        "categories",
        "indicators",
        "observations",
        "revisions",
        "exchange-rates",
        "trade-totals",
        "datasets",
        "releases",
    ):
        record = resolve(f"/api/v1/{name}/").func.cls.record
        members = ", ".join(f"`{field.name}`" for field in dataclasses.fields(record))
        assert f"| `{name}` | {members} |" in text
