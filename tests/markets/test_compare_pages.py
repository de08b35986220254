"""The page of comparison and its place in the API: one address, the same numbers, and a form that loses nothing."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.profiles.comparison import READY_MADE
from markets.vocabulary import LANGUAGES
from tests.factories import GDP, POPULATION
from tests.markets.api_world import ROOT, asked, fill, publish_world
from tests.markets.page_text import main, page, words

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
SEVEN = "KAZ,UZB,TJK,TKM,KGZ,CHN,RUS"


def ticked(text: str) -> list[str]:
    """Codes of the markets whose boxes are ticked."""
    boxes = re.findall(r'<input[^>]*name="market"[^>]*>', text)
    return [re.findall(r'value="([^"]*)"', box)[0] for box in boxes if "checked" in box]


# ---------------------------------------------------------------- what is shown
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_chosen_shows_the_five_and_says_what_to_do(client: Client, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/compare/")
    assert tuple(ticked(text)) == READY_MADE
    assert 'class="compare-hint"' in text
    assert "262" in main(text)
    assert f'lang="{language}"' in text


def test_every_cell_has_its_year_and_leads_to_its_series(client: Client) -> None:
    publish_world()
    text = page(client, "/en/compare/?market=KAZ,UZB,TJK")
    row = words(text[text.index('id="figures-title"') :])
    assert "US$262.6 bn 2023, Highest" in row
    assert "US$89.8 bn 2022, Lowest" in row
    assert "— not loaded" in row
    assert "Years differ: 2022 to 2023" in row
    assert f'href="/en/markets/UZB/indicators/{GDP}/"' in text
    assert "US$0" not in text


def test_the_same_year_is_one_link_away_and_keeps_the_rest(client: Client) -> None:
    publish_world()
    text = page(client, "/en/compare/?market=KAZ,UZB&as_of=2025-12-31")
    link = "/en/compare/?market=KAZ,UZB&as_of=2025-12-31&basis=same_year"
    assert f'href="{link}#figures-title"' in text
    shared = main(page(client, link))
    assert "US$225.5 bn 2022, Highest" in shared
    assert "Years differ" not in shared


def test_what_is_computed_shows_what_it_is_made_of(client: Client) -> None:
    publish_world()
    text = page(client, "/en/compare/?market=KAZ,UZB&measure=per_head")
    told = main(text)
    assert "US$12,919 2023" in told
    assert "US$262.6 bn ÷ 20.3 million" in told
    assert f'href="/en/markets/KAZ/indicators/{POPULATION}/"' in text
    assert "— not divided" in told
    index = main(page(client, "/en/compare/?market=UZB,KAZ&measure=index&basis=same_year"))
    assert "index, Uzbekistan = 100" in index
    assert "251.1 2022, Highest US$225.5 bn" in index


def test_the_course_has_a_table_and_says_what_is_a_hundred(client: Client) -> None:
    _old, new = publish_world()
    fill(["KAZ", "UZB"], range(2010, 2015), new)
    text = page(client, f"/en/compare/?market=KAZ,UZB&chart={GDP}&chart_measure=index")
    course = text[text.index('id="course"') : text.index('id="access"')]
    assert "index, each market's value of 2010 = 100" in words(course)
    assert "<table" in course
    assert 'type="application/json"' in course


def test_an_earlier_day_is_said_and_kept_by_every_link(client: Client) -> None:
    publish_world()
    text = page(client, "/en/compare/?market=KAZ,UZB&as_of=2023-01-01")
    assert "As known on Jan 1, 2023" in words(text)
    assert "US$197.1 bn 2021" in main(text)
    assert f'href="/en/markets/KAZ/indicators/{GDP}/?as_of=2023-01-01"' in text


def test_six_markets_cost_no_more_questions_than_two(client: Client) -> None:
    publish_world()
    page(client, "/en/compare/")
    counts = []
    for markets in ("KAZ,UZB", "KAZ,UZB,TJK,TKM,KGZ,CHN"):
        with CaptureQueriesContext(connection) as queries:
            page(client, f"/en/compare/?market={markets}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


# ---------------------------------------------------------------- the form and the address
@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("market=KAZ&market=uzb&add=&group=&basis=newest&period=&measure=value&base=&as_of=", "market=KAZ,UZB"),
        ("market=KAZ&market=UZB&add=CHN&basis=same_year", "market=KAZ,UZB,CHN&basis=same_year"),
        ("add=CHN&market=KAZ", "market=KAZ,CHN"),
        (f"market=KAZ,UZB&indicator={GDP}&indicator={POPULATION}", f"market=KAZ,UZB&indicator={GDP},{POPULATION}"),
        ("group=&basis=newest", ""),
    ],
)
def test_a_form_as_it_is_sent_leads_to_a_short_address(client: Client, sent: str, plain: str) -> None:
    response = client.get(f"/en/compare/?{sent}")
    assert response.status_code == 302
    assert response.headers["Location"] == "/en/compare/" + (f"?{plain}" if plain else "")
    assert client.get(response.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "kept", "told"),
    [
        ("market=KAZ", ["KAZ"], "a comparison needs at least two markets"),
        (f"market={SEVEN}", SEVEN.split(","), "at most 6 markets fit"),
        ("market=KAZ,XYZ,UZB", ["KAZ", "XYZ", "UZB"], "market cannot be XYZ"),
        ("market=KAZ,UZB&period=lately", ["KAZ", "UZB"], "period cannot be lately"),
        ("market=KAZ,UZB&measure=guess&basis=x", ["KAZ", "UZB"], "measure cannot be guess"),
        ("market=KAZ,UZB&chart=NOPE", ["KAZ", "UZB"], "chart cannot be NOPE"),
        ("market=KAZ,UZB&indicator=NOPE", ["KAZ", "UZB"], "indicator cannot be NOPE"),
    ],
)
def test_a_wish_that_cannot_be_met_keeps_the_form_as_it_was(
    client: Client, query: str, kept: list[str], told: str
) -> None:
    text = page(client, f"/en/compare/?{query}", 400)
    assert ticked(text) == kept
    assert main(text).count(told) == 2, "in the summary and beside the field"
    assert "Error:" in words(text[text.index("<title") : text.index("</title>")])
    for target in re.findall(r'href="#(compare-[a-z_]+)"', text):
        assert f'id="{target}"' in text, target
    assert client.get(f"/en/compare/?{query}").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query", ["as_of=yesterday", "download=pdf", "market=KAZ&download=csv", "market=%00", "bom=7&download=csv"]
)
def test_what_no_form_can_put_right_is_a_page_of_its_own(client: Client, query: str) -> None:
    assert 'class="error-status">400' in page(client, f"/en/compare/?{query}", 400)


def test_endless_lists_are_refused(client: Client) -> None:
    page(client, "/en/compare/?indicator=" + ",".join(f"A{n}" for n in range(101)), 400)


def test_other_pages_lead_here_with_their_markets_chosen(client: Client) -> None:
    assert 'href="/en/compare/?market=TJK,KAZ,KGZ,TKM,UZB"' in page(client, "/en/markets/TJK/")
    assert 'href="/en/compare/?market=CHN,KAZ,KGZ,TJK,TKM,UZB"' in page(client, "/en/markets/CHN/")
    assert 'href="/en/compare/?as_of=2025-01-01&market=KAZ' in page(client, "/en/markets/KAZ/?as_of=2025-01-01")
    assert 'href="/en/compare/?market=KAZ,KGZ,TJK,TKM,UZB"' in page(client, "/en/markets/?group=CA5")
    assert page(client, "/en/markets/").count('href="/en/compare/"') == 3, "the list's own link, and the navigation's"


# ---------------------------------------------------------------- files and the API
def test_the_file_the_screen_and_the_api_hold_the_same_numbers(client: Client) -> None:
    publish_world()
    query = "market=KAZ,UZB,TJK&measure=per_head"
    response = client.get(f"/en/compare/?{query}&download=csv")
    assert "compare-kaz-uzb-tjk.csv" in response.headers["Content-Disposition"]
    lines = [line for line in response.content.decode().split("\r\n") if line and not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("\n".join(lines))))
    answer = asked(f"compare/?{query}")["data"]
    cells = [(row, cell) for row in answer["rows"] for cell in row["cells"]]
    assert len(rows) == len(cells) > 0
    for line, (row, cell) in zip(rows, cells, strict=True):
        assert line["indicator"] == row["indicator"]["code"]
        assert line["market"] == cell["market"]
        assert line["value"] == (cell["value"] or "")
        assert (line["period"], line["missing"], line["obs_status"]) == (
            cell["period"],
            cell["missing"],
            cell["status"],
        )
    gdp = next(line for line in rows if line["indicator"] == GDP and line["market"] == "KAZ")
    assert Decimal(gdp["value"]).quantize(Decimal(1)) == Decimal(12919)
    assert (gdp["stated_value"], gdp["population"]) == ("262642000000", "20330104")
    assert gdp["source"] == gdp["population_source"] == "World Bank"


@pytest.mark.parametrize("form", ["xlsx", "json"])
@pytest.mark.parametrize("table", ["", "course", "memberships", "themes"])
def test_every_table_comes_in_every_form(client: Client, form: str, table: str) -> None:
    publish_world()
    response = client.get(f"/en/compare/?market=KAZ,UZB&download={form}&table={table}".removesuffix("&table="))
    assert response.status_code == 200
    assert response.content


def test_the_api_answers_with_what_holds_for_the_whole() -> None:
    publish_world()
    answer = asked(f"compare/?market=KAZ,UZB&indicator={GDP}&as_of=2025-12-31")
    assert answer["meta"] == {"as_of": "2025-12-31T23:59:59.999999Z", "years_apart": 1}
    cell = answer["data"]["rows"][0]["cells"][1]
    assert (cell["value"], cell["period"], cell["end"]) == ("89800000000", "2022", "lowest")
    assert cell["stated"]["provenance"]["source"]["id"] == "worldbank"
    assert [market["iso3"] for market in asked("compare/")["data"]["markets"]] == list(READY_MADE)


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("market=KAZ", ["market"]),
        (f"market={SEVEN}", ["market"]),
        ("market=KAZ,XYZ&base=TJK", ["market", "base"]),
        ("basis=oldest", ["basis"]),
        ("market=kaz,uzb", ["market"]),
        ("markets=KAZ,UZB", ["markets"]),
        ("period=lately", ["period"]),
    ],
)
def test_the_api_refuses_nonsense_by_the_name_of_its_parameter(client: Client, query: str, faults: list[str]) -> None:
    response = client.get(f"{ROOT}compare/?{query}")
    assert response.status_code == 400
    body: dict[str, Any] = response.json()
    assert [error["parameter"] for error in body["errors"]] == faults
