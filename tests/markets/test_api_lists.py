"""The lists and things of the API: one envelope, one set of words, the same records as the pages."""

from __future__ import annotations

import dataclasses

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from config.api.rendering import to_json
from markets.models import Category, Product, Release
from markets.profiles import (
    category_page,
    country_profile,
    dataset_page,
    indicator_page,
    product_page,
    release_page,
    series_page,
)
from markets.vocabulary import AsOf
from tests.factories import GDP, ReleaseFactory
from tests.markets.api_world import NEW_AT, asked, fill, publish_trade_and_rates, publish_world

pytestmark = pytest.mark.django_db

LISTS = (
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
)


@pytest.mark.parametrize("name", LISTS)
def test_every_list_has_one_envelope(name: str) -> None:
    _old, new = publish_world()
    publish_trade_and_rates(new)
    answer = asked(f"{name}/?limit=2&count=exact")
    assert set(answer) == {"data", "page", "meta"}
    assert set(answer["page"]) == {"next", "prev", "limit"}
    assert answer["page"]["limit"] == 2
    assert answer["meta"]["total"] >= len(answer["data"]) > 0


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_paged_through_in_each_order(name: str) -> None:
    _old, new = publish_world()
    publish_trade_and_rates(new)
    client = Client()
    orders = next(
        parameter["schema"]["enum"]
        for parameter in asked("openapi.json")["paths"][f"/api/v1/{name}/"]["get"]["parameters"]
        if parameter["name"] == "sort"
    )
    for order in orders:
        answer = asked(f"{name}/?limit=1000&sort={order}", client)
        whole = list(answer["data"])
        while answer["page"]["next"]:
            answer = client.get(answer["page"]["next"]).json()
            whole += answer["data"]
        size = min(max(1, len(whole) // 5), 900)
        answer, found = asked(f"{name}/?limit={size}&sort={order}", client), []
        while True:
            found += answer["data"]
            if not answer["page"]["next"]:
                break
            answer = client.get(answer["page"]["next"]).json()
        assert found == whole


@pytest.mark.parametrize("name", LISTS)
def test_fifty_rows_cost_as_many_questions_as_one(name: str) -> None:
    _, new = publish_world()
    ReleaseFactory.create_batch(50)
    Category.objects.bulk_create(Category(slug=f"made-{n}", name_en=f"Made {n}", sort=n) for n in range(50))
    fill(["KAZ", "CHN"], range(1960, 1990), new, "SP.DYN.LE00.IN")
    counts = []
    for limit in (1, 50):
        with CaptureQueriesContext(connection) as queries:
            asked(f"{name}/?limit={limit}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 7


@pytest.mark.usefixtures("search_index")
def test_markets_are_found_by_group_and_name_in_any_language() -> None:
    assert [m["iso3"] for m in asked("markets/?group=CA5")["data"]] == ["KAZ", "KGZ", "TJK", "TKM", "UZB"]
    for words in ("kazakstan", "哈萨克斯坦", "казахстан", "KAZ"):
        assert asked(f"markets/?search={words}")["data"][0]["iso3"] == "KAZ"
    assert asked("markets/?search=zzzzqqqq")["data"] == []
    assert asked("markets/?group=WLD&limit=1000")["data"] == asked("markets/?limit=1000")["data"]


def test_a_market_names_its_codes_currency_and_groups() -> None:
    market = asked("markets/KAZ/")
    assert market["groups"] == ["CA5", "EAEU", "SCO", "UMC", "WTO"]
    assert (market["iso2"], market["m49"], market["currency"], market["is_focus"]) == ("KZ", "398", "KZT", True)
    assert asked("markets/KAZ/?lang=ru")["name"] == "Казахстан"
    assert asked("markets/KAZ/?fields=iso3,name") == {"iso3": "KAZ", "name": "Kazakhstan"}


@pytest.mark.usefixtures("search_index")
def test_products_are_found_by_words_best_first_and_by_their_place_in_the_tree() -> None:
    for words in ("fridge", "冰箱", "холодильник", "8418"):
        assert asked(f"products/?search={words}")["data"][0]["code"] == "8418"
    below = asked("products/?parent=8418&limit=100")["data"]
    assert {node["level"] for node in below} == {6}
    assert all(node["code"].startswith("8418") for node in below)
    assert asked("products/?level=2&count=exact")["meta"]["total"] == Product.objects.filter(parent=None).count()
    assert {n["code"][:2] for n in asked("products/?search=fridge&parent=84")["data"]} <= {"84"}


@pytest.mark.usefixtures("search_index")
def test_a_search_can_be_paged_through() -> None:
    client = Client()
    whole = [n["code"] for n in asked("products/?search=steel&limit=1000", client)["data"]]
    answer, found = asked("products/?search=steel&limit=9", client), []
    while True:
        found += [n["code"] for n in answer["data"]]
        if not answer["page"]["next"]:
            break
        answer = client.get(answer["page"]["next"]).json()
    assert found == whole


def test_indicators_tell_their_coverage() -> None:
    publish_world()
    gdp = asked("indicators/?dataset=worldbank&group=size&fields=code,markets,oldest,newest")["data"][0]
    assert gdp == {"code": GDP, "markets": 2, "oldest": "2021", "newest": "2023"}
    then = asked("indicators/?group=size&as_of=2023-01-01")["data"][0]
    assert (then["markets"], then["newest"]) == (1, "2021")


def test_releases_are_newest_first_and_held_ones_only_when_asked_for() -> None:
    old, new = publish_world()
    held = ReleaseFactory(state=Release.State.HELD)
    assert [r["id"] for r in asked("releases/?dataset=worldbank")["data"]] == [new.pk, old.pk]
    assert [r["id"] for r in asked("releases/?sort=known_from")["data"]] == [old.pk, new.pk]
    assert [r["id"] for r in asked("releases/?state=held")["data"]] == [held.pk]


@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_a_thing_is_the_very_dataclass_its_page_shows(language: str) -> None:
    _, new = publish_world()
    with translation.override(language):
        same = {
            "markets/KAZ/profile/": country_profile("KAZ"),
            "products/8418/": product_page("8418"),
            "categories/appliances/": category_page("appliances"),
            f"indicators/{GDP}/?market=KAZ,UZB": indicator_page(GDP, compared=("KAZ", "UZB")),
            f"markets/KAZ/indicators/{GDP}/": series_page("KAZ", GDP),
            "datasets/worldbank/": dataset_page("worldbank"),
            f"releases/{new.pk}/": release_page(new.pk),
        }
        expected = {path: orjson.loads(to_json(page)) for path, page in same.items()}
    for path, page in expected.items():
        assert asked(path, **{"Accept-Language": language}) == page


def test_a_profile_before_any_vintage_says_not_known_then() -> None:
    publish_world()
    profile = asked("markets/KAZ/profile/?as_of=1990-01-01")
    assert profile["as_of"].startswith("1990-01-01")
    assert {figure["missing"] for figure in profile["headline"]} == {"not_known_then"}
    assert {figure["value"] for figure in profile["headline"]} == {None}


def test_a_profile_as_of_then_holds_the_old_value() -> None:
    publish_world()
    then = asked("markets/KAZ/profile/?as_of=2023-01-01&fields=headline")["headline"]
    figure = next(f for f in then if f["indicator"]["code"] == GDP)
    assert (figure["value"], figure["provenance"]["vintage"]) == ("197112000000", "Old")
    assert AsOf.parse("2023-01-01").at < NEW_AT


@pytest.mark.parametrize(
    "path",
    [
        "markets/XXX/",
        "markets/EAEU/",
        "markets/WLD/profile/",
        f"markets/XXX/indicators/{GDP}/",
        "markets/KAZ/indicators/NO.SUCH/",
        "products/0000/",
        "products/x/",
        "categories/nothing/",
        "indicators/NO.SUCH/",
        "datasets/nothing/",
        "releases/0/",
        "releases/99999999999999999999999999/",
        "problems/nothing/",
    ],
)
def test_what_there_is_not_is_404(path: str) -> None:
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "not_found"


def test_the_index_names_every_list() -> None:
    index = asked("")
    private = {resource["name"] for resource in index["resources"] if resource["needs_key"]}
    assert {resource["name"] for resource in index["resources"]} - private == {*LISTS, "flows", "published-sums"}
    for resource in index["resources"]:
        assert Client().get(resource["url"]).status_code == (401 if resource["needs_key"] else 200)
    assert Client().get(index["openapi"]).status_code == 200
    assert Client().get(index["problems"]).status_code == 200


def test_no_record_is_cut_by_its_schema() -> None:
    """A new member of a dataclass shows in the answer without a word here."""
    publish_world()
    profile = asked("markets/KAZ/profile/")
    assert set(profile) == {field.name for field in dataclasses.fields(country_profile("KAZ"))}
