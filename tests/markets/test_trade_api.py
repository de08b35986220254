"""`/trade-totals/`: filters, order, paging, vintages, and what a licence keeps back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from markets.models import Dataset
from tests.markets.api_world import asked
from tests.markets.trade_world import publish_small_world, state

pytestmark = pytest.mark.django_db


def refused(path: str) -> dict[str, Any]:
    answer = Client().get(f"/api/v1/{path}")
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"][0]


def keys(path: str) -> list[tuple[str, str, str, str]]:
    return [(r["reporter"]["iso3"], r["flow"], r["partner"]["iso3"], r["period"]) for r in asked(path)["data"]]


def test_a_record_stands_alone() -> None:
    publish_small_world()
    (record,) = asked("trade-totals/?reporter=KAZ&partner=CHN&period=2022")["data"]
    assert Decimal(record["value"]) == 8_000_000_000
    assert (record["currency"], record["valuation"], record["frequency"]) == ("USD", "", "A")
    assert (record["status"], record["obs_status_sdmx"], record["method"]) == ("r", "A", "as_published")
    assert (record["source"]["id"], record["vintage"]["title"]) == ("kaz-trade", "New")
    assert record["partner"] == {"iso3": "CHN", "name": "China", "is_aggregate": False}
    (total,) = asked("trade-totals/?reporter=KAZ&partner=WLD&period=2022")["data"]
    assert total["partner"]["is_aggregate"] is True


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("partner=CHN&period_from=2022", [("KAZ", "M", "CHN", "2022"), ("KAZ", "M", "CHN", "2023")]),
        ("partner=CHN&period_to=2018", [("KAZ", "M", "CHN", "2018")]),
        ("reporter=CHN&flow=M", [("CHN", "M", "TKM", "2024-03")]),
        ("reporter=CHN&partner=KAZ&period_to=2023", [("CHN", "X", "KAZ", "2023")]),
        ("dataset=china-trade&currency=USD&partner=KAZ", [("CHN", "X", "KAZ", "2023"), ("CHN", "X", "KAZ", "2024-09")]),
        ("reporter=CHN&period_from=2024&period_to=2024&partner=TKM", [("CHN", "M", "TKM", "2024-03")]),
        ("reporter=UZB", []),
    ],
)
def test_filters(query: str, wanted: list[tuple[str, str, str, str]]) -> None:
    publish_small_world()
    assert keys(f"trade-totals/?{query}") == wanted


@pytest.mark.parametrize("sort", ["reporter", "partner", "period", "-period", "-reporter"])
def test_paging_by_threes_gives_every_row_once_in_order(sort: str) -> None:
    publish_small_world()
    whole = keys(f"trade-totals/?limit=1000&sort={sort}")
    assert len(whole) == len(set(whole)) > 30
    paged, path = [], f"trade-totals/?limit=3&sort={sort}"
    while path:
        answer = asked(path)
        paged += [(r["reporter"]["iso3"], r["flow"], r["partner"]["iso3"], r["period"]) for r in answer["data"]]
        path = (answer["page"]["next"] or "").partition("/api/v1/")[2]
    assert paged == whole


def test_rows_that_differ_in_dataset_or_currency_alone_are_both_given() -> None:
    _old, new, _china = publish_small_world()
    state("CHN X KAZ 2024-01", 420, new)
    found = [
        (r["currency"], r["source"]["id"])
        for part in ("", "&currency=CNY", "&dataset=kaz-trade")
        for r in asked(f"trade-totals/?reporter=CHN&partner=KAZ&period=2024-01&limit=1{part}")["data"]
    ]
    assert found == [("CNY", "china-trade"), ("CNY", "china-trade"), ("USD", "kaz-trade")]
    assert asked("trade-totals/?reporter=CHN&partner=KAZ&period=2024-01&count=exact")["meta"]["total"] == 2


def test_as_of_gives_the_old_value_and_before_all_says_why_there_is_none() -> None:
    publish_small_world()
    (then,) = asked("trade-totals/?reporter=KAZ&partner=CHN&period=2022&as_of=2023-06-30")["data"]
    assert Decimal(then["value"]) == 7_900_000_000
    before = asked("trade-totals/?as_of=2001-01-01")
    assert (before["data"], before["meta"]["note"]) == ([], "not known then")


def test_updated_since_gives_what_a_later_vintage_brought() -> None:
    publish_small_world()
    assert ("KAZ", "M", "CHN", "2018") not in keys("trade-totals/?partner=CHN&updated_since=2023-01-01")
    assert ("KAZ", "M", "CHN", "2022") in keys("trade-totals/?partner=CHN&updated_since=2023-01-01")
    assert keys("trade-totals/?updated_since=2099-01-01") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("reporter=XYZ", "reporter"),
        ("reporter=WLD", "reporter"),
        ("reporter=EAEU", "reporter"),
        ("partner=EAEU", "partner"),
        ("flow=Z", "flow"),
        ("flow=RX", "flow"),
        ("period=20233", "period"),
        ("period_from=2024&period_to=2022", "period_from"),
        ("dataset=nothing", "dataset"),
        ("currency=XXQ", "currency"),
        ("currency=usd", "currency"),
        ("as_of=yesterday", "as_of"),
    ],
)
def test_what_names_nothing_is_refused(query: str, parameter: str) -> None:
    publish_small_world()
    assert refused(f"trade-totals/?{query}")["parameter"] == parameter


def test_a_licence_that_keeps_figures_back_keeps_them_back() -> None:
    publish_small_world()
    Dataset.objects.filter(pk="china-trade").update(redistribution="signed_in")
    answer = asked("trade-totals/?reporter=CHN,KAZ&limit=1000")
    assert {record["reporter"]["iso3"] for record in answer["data"]} == {"KAZ"}
    assert answer["meta"]["withheld_datasets"] == ["china-trade"]


def test_what_is_in_quarantine_never_leaves() -> None:
    _old, new, _china = publish_small_world()
    state("KGZ M CHN 2023", 5_350, new, obs_status="q")
    assert keys("trade-totals/?reporter=KGZ") == []
    assert asked("markets/KGZ/trade/")["side"]["basis"] == "none"


def test_a_list_asks_as_many_questions_for_many_rows_as_for_few(django_assert_num_queries: Any) -> None:
    publish_small_world()
    with django_assert_num_queries(4):
        asked("trade-totals/?limit=1")
    with django_assert_num_queries(4):
        asked("trade-totals/?limit=100")


@pytest.mark.parametrize("path", ["markets/KAZ/trade/", "markets/KAZ/trade/CHN/"])
def test_a_market_written_small_leads_to_its_own_address(path: str) -> None:
    answer = Client().get(f"/api/v1/{path.lower()}")
    assert answer.status_code == 308
    assert answer["Location"] == f"/api/v1/{path}"


def test_a_pair_is_told_with_every_vintage() -> None:
    publish_small_world()
    pair = asked("markets/KAZ/trade/CHN/")
    told = [v for v in pair["vintages"] if v["stated"]["period"] == "2022"]
    assert [(Decimal(v["stated"]["value"]), v["is_in_force"]) for v in told] == [
        (8_000_000_000, True),
        (7_900_000_000, False),
    ]
    assert Client().get("/api/v1/markets/KAZ/trade/KAZ/").status_code == 404
