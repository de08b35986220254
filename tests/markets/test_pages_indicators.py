"""The list of indicators, one indicator with its tabs, and one series with its vintages."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Area, Indicator
from markets.queries import FOCUS_MARKETS
from markets.vocabulary import ObsStatus
from tests.factories import GDP, GDP_GROWTH, POPULATION, AreaCaveatFactory
from tests.markets.api_world import fill, publish_world, state
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
VIEWS = ("chart", "table", "map", "revisions")
MOST_QUERIES = 14
ADDRESS = f"/en/indicators/{GDP}/"


# ---------------------------------------------------------------- the list
def test_the_list_gives_unit_source_periods_and_coverage_by_subject(client: Client) -> None:
    publish_world()
    text = main(page(client, "/en/indicators/"))
    assert f"{Indicator.objects.count()} series that describe demand" in text
    assert "GDP current US dollars World Development Indicators World Bank 2021 to 2023 2 markets" in text
    assert "Size of the economy" in text


def test_an_indicator_without_values_is_said_to_be_not_loaded(client: Client) -> None:
    publish_world()
    assert "GDP growth per cent World Development Indicators World Bank not loaded —" in main(
        page(client, "/en/indicators/")
    )
    assert "not known then" in main(page(client, "/en/indicators/?as_of=1990-01-01"))


def test_the_list_asks_few_questions(client: Client) -> None:
    publish_world()
    with CaptureQueriesContext(connection) as asked:
        page(client, "/en/indicators/")
    assert len(asked) <= 3


# ---------------------------------------------------------------- one indicator
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", VIEWS)
def test_every_tab_has_an_address_of_its_own_and_names_itself(client: Client, view: str, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/indicators/{GDP}/?view={view}")
    address = f"/{language}/indicators/{GDP}/" + ("" if view == "chart" else f"?view={view}")
    assert f'href="{address}#tabs" aria-current="page"' in " ".join(text.split())
    assert text.count('aria-current="page"') == 1
    assert Indicator.objects.get(code=GDP).code in text


def test_the_page_says_what_is_measured_in_which_unit_and_how_to_read_it(client: Client) -> None:
    publish_world()
    indicator = Indicator.objects.get(code=GDP)
    text = main(page(client, ADDRESS))
    assert indicator.definition_en in text
    assert f"Read with care. {indicator.caveat_en}" in text
    assert "Unit current US dollars" in text
    assert "The highest value ranks first." in text


def test_the_chart_is_of_the_focus_markets_until_others_are_asked_for(client: Client) -> None:
    publish_world()
    text = page(client, ADDRESS)
    for market in FOCUS_MARKETS:
        assert f'href="/en/markets/{market}/indicators/{GDP}/"' in text
    assert "No value is loaded for: Kyrgyzstan; Tajikistan; Turkmenistan; China" in main(text)
    chosen = main(page(client, f"{ADDRESS}?market=KAZ,FRA"))
    assert "Kazakhstan × Take Kazakhstan out of the chart France" in chosen
    assert "No value is loaded for: France" in chosen


def test_a_market_is_added_at_an_address_that_names_it(client: Client) -> None:
    publish_world()
    response = client.get(f"{ADDRESS}?market=KAZ&view=chart&add=uzb")
    assert response.status_code == 302
    assert response.headers["Location"] == f"{ADDRESS}?market=KAZ,UZB&view=chart"
    assert client.get(f"{ADDRESS}?add=").headers["Location"] == ADDRESS


def test_a_market_is_taken_out_but_never_the_last_one(client: Client) -> None:
    publish_world()
    assert f'href="{ADDRESS}?market=UZB#tabs"' in page(client, f"{ADDRESS}?market=KAZ,UZB")
    assert "out of the chart" not in page(client, f"{ADDRESS}?market=KAZ")


def test_markets_may_be_repeated_or_stand_between_commas(client: Client) -> None:
    publish_world()
    assert main(page(client, f"{ADDRESS}?market=KAZ&market=UZB")).count("out of the chart") == 2
    assert main(page(client, f"{ADDRESS}?market=kaz,%20UZB")).count("out of the chart") == 2


def test_twelve_markets_fit_and_no_more(client: Client) -> None:
    publish_world()
    codes = list(Area.objects.filter(is_aggregate=False).values_list("code", flat=True)[:13])
    assert "No more than twelve fit" in main(page(client, f"{ADDRESS}?market={','.join(codes[:12])}"))
    assert "at most 12 markets" in main(page(client, f"{ADDRESS}?market={','.join(codes)}", 400))


def test_markets_far_apart_in_size_have_a_scale_each(client: Client) -> None:
    _old, new = publish_world()
    assert "scale of its own" not in main(page(client, ADDRESS))
    state("TJK", "2023", Decimal("1.2E+10"), new)
    state("CHN", "2023", Decimal("1.8E+13"), new)
    text = page(client, ADDRESS)
    assert "scale of its own" in main(text)
    assert text.count('<figure class="chart"') == 4
    assert "current US dollars; US$262.6 bn in 2023" in main(text)


def test_more_lines_than_can_be_told_apart_make_another_picture(client: Client) -> None:
    _old, new = publish_world()
    codes = ["KAZ", "UZB", "FRA", "DEU", "POL", "TUR", "IND"]
    fill(codes[2:], range(2021, 2022), new, indicator=GDP_GROWTH)
    fill(codes[:2], range(2021, 2022), new, indicator=GDP_GROWTH)
    text = page(client, f"/en/indicators/{GDP_GROWTH}/?market={','.join(codes)}")
    assert text.count('<figure class="chart"') == 2
    assert "GDP growth, picture 2 of 2" in text


def test_the_ranking_says_place_among_how_many_and_why_somebody_is_left_out(client: Client) -> None:
    _old, new = publish_world()
    state("TJK", "2022", Decimal("1.06E+10"), new)
    AreaCaveatFactory(area_id="TJK", is_rankable=False, indicators=[GDP], text_en="A rate nobody trades at.")
    text = main(page(client, f"{ADDRESS}?view=table&period=2022"))
    assert "Kazakhstan 1 of 2" in text
    assert "Uzbekistan 2 of 2" in text
    assert "Tajikistan not ranked" in text
    assert "A rate nobody trades at." in text
    assert "GDP, 2022, current US dollars" in text


def test_the_world_stands_beside_the_ranking_and_not_in_it(client: Client) -> None:
    publish_world()
    text = main(page(client, f"{ADDRESS}?view=table&period=2023"))
    assert "— World US$106 tn not ranked with its members" in text.replace("US$106.0", "US$106")
    assert "Kazakhstan 1 of 1" in text


def test_markets_without_a_value_are_named_with_the_newest_they_have(client: Client) -> None:
    publish_world()
    text = main(page(client, f"{ADDRESS}?view=table&period=2023"))
    silent = Area.objects.filter(is_aggregate=False).count() - 1
    assert f"{silent} markets have no value for 2023" in text
    assert "Uzbekistan : last value 2022" in text
    assert "China: not loaded" in text.replace("China :", "China:")


def test_the_map_is_of_the_chosen_period(client: Client) -> None:
    publish_world()
    text = page(client, f"{ADDRESS}?view=map&period=2022")
    assert "GDP, 2022" in text
    spec = json.loads(text[text.index('type="application/json">') :].partition(">")[2].partition("</script>")[0])
    by_name = {area["name"]: area for area in spec["areas"]}
    assert by_name["Kazakhstan"]["class"] is not None
    assert by_name["China"]["class"] is None
    assert by_name["China"]["value"] is None


def test_a_revision_shows_old_and_new_value_with_both_vintages(client: Client) -> None:
    old, new = publish_world()
    state("TJK", "2021", Decimal("8.1E+9"), old, superseded_by=new)
    state("TJK", "2021", Decimal("8.9E+9"), new, obs_status=ObsStatus.REVISED)
    text = page(client, f"{ADDRESS}?view=revisions")
    assert "Tajikistan 2021 US$8.10 bn Apr 8, 2022 US$8.90 bn Jun 30, 2025 +9.9%" in main(text)
    assert f'href="/en/releases/{old.pk}/"' in text
    assert f'href="/en/releases/{new.pk}/"' in text


def test_a_small_revision_shows_that_it_is_one(client: Client) -> None:
    old, new = publish_world()
    state("TJK", "2021", Decimal(8100000000), old, superseded_by=new)
    state("TJK", "2021", Decimal(8100040000), new, obs_status=ObsStatus.REVISED)
    assert "+0.0005%" in main(page(client, f"{ADDRESS}?view=revisions"))


def test_an_earlier_page_knows_no_later_revision(client: Client) -> None:
    old, new = publish_world()
    state("TJK", "2021", Decimal("8.1E+9"), old, superseded_by=new)
    state("TJK", "2021", Decimal("8.9E+9"), new, obs_status=ObsStatus.REVISED)
    text = main(page(client, f"{ADDRESS}?view=revisions&as_of=2023-01-01"))
    assert "No vintage loaded here has changed a value" in text
    assert "As known on Jan 1, 2023" in text


def test_before_the_first_vintage_nothing_was_known(client: Client) -> None:
    publish_world()
    for view in VIEWS:
        text = main(page(client, f"{ADDRESS}?view={view}&as_of=1999-01-01"))
        assert "Not known then" in text, view


def test_the_citation_holds_the_vintages_and_the_day(client: Client) -> None:
    publish_world()
    text = main(page(client, f"{ADDRESS}?as_of=2025-12-31"))
    assert f"GDP ({GDP}). World Bank. New." in text
    assert f"http://testserver{ADDRESS}?as_of=2025-12-31" in text
    assert "@misc{sogdia-ny-gdp-mktp-cd-" in text
    assert "author = {{World Bank}}," in text
    assert "year = {2025}," in text


@pytest.mark.parametrize("view", VIEWS)
def test_each_tab_downloads_what_it_shows(client: Client, view: str) -> None:
    old, new = publish_world()
    state("TJK", "2021", Decimal("8.1E+9"), old, superseded_by=new)
    state("TJK", "2021", Decimal("8.9E+9"), new, obs_status=ObsStatus.REVISED)
    response = client.get(f"{ADDRESS}?view={view}&period=2022&download=csv")
    assert response.status_code == 200
    rows = list(csv.DictReader(io.StringIO(response.content.decode().partition("\r\n\r\n")[0])))
    first = next(row for row in rows if view != "revisions" or row["area"] == "TJK")
    if view == "chart":
        assert (first["area"], first["period"], first["value"]) == ("KAZ", "2021", "197112255360.5")
        assert "WLD" in {row["area"] for row in rows}
    elif view == "revisions":
        assert (first["area"], first["old_value"], first["value"]) == ("TJK", "8100000000", "8900000000")
    else:
        assert [(row["market"], row["rank"]) for row in rows] == [("KAZ", "1"), ("UZB", "2")]


@pytest.mark.parametrize("view", VIEWS)
def test_a_tab_asks_the_same_few_questions_for_many_markets(client: Client, view: str) -> None:
    _old, new = publish_world()
    page(client, f"{ADDRESS}?view={view}")
    with CaptureQueriesContext(connection) as few:
        page(client, f"{ADDRESS}?view={view}")
    codes = Area.objects.filter(is_aggregate=False).exclude(code__in=("KAZ", "UZB")).values_list("code", flat=True)
    fill(list(codes), range(2015, 2023), new)
    with CaptureQueriesContext(connection) as many:
        page(client, f"{ADDRESS}?view={view}")
    assert len(many) == len(few) <= MOST_QUERIES


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("?view=pie", 400, "choose one of chart, table, map, revisions"),
        ("?period=1800", 400, "no market has a value for that period"),
        ("?period=%27%3B--", 400, "no market has a value for that period"),
        ("?market=XXX", 400, "there is no market with that code"),
        ("?market=WLD", 400, "there is no market with that code"),
        ("?as_of=soon", 400, "write a day such as"),
        ("?download=pdf", 400, "choose csv, xlsx or json"),
        ("?add=%00", 400, "cannot be printed"),
    ],
)
def test_nonsense_is_answered_with_what_would_be_right(client: Client, asked: str, status: int, told: str) -> None:
    publish_world()
    assert told in main(page(client, ADDRESS + asked, status))


def test_an_unknown_indicator_has_no_page(client: Client) -> None:
    page(client, "/en/indicators/NO.SUCH/", 404)
    page(client, "/en/markets/KAZ/indicators/NO.SUCH/", 404)
    page(client, f"/en/markets/XXX/indicators/{GDP}/", 404)
    page(client, f"/en/markets/WLD/indicators/{GDP}/", 404)


def test_a_code_in_another_case_leads_to_the_right_address(client: Client) -> None:
    response = client.get(f"/en/indicators/{GDP.lower()}/?view=table")
    assert (response.status_code, response.headers["Location"]) == (301, f"{ADDRESS}?view=table")
    response = client.get(f"/en/markets/kaz/indicators/{GDP}/")
    assert response.headers["Location"] == f"/en/markets/KAZ/indicators/{GDP}/"


# ---------------------------------------------------------------- one series
def test_a_series_shows_every_vintage_with_the_days_it_was_known(client: Client) -> None:
    old, new = publish_world()
    state("TJK", "2021", Decimal("8.1E+9"), old, superseded_by=new)
    state("TJK", "2021", Decimal("8.9E+9"), new, obs_status=ObsStatus.REVISED)
    text = page(client, f"/en/markets/TJK/indicators/{GDP}/")
    told = main(text)
    assert "2021 US$8.90 bn r ✓ in force since Jun 30, 2025 at the latest New World Bank" in told
    assert "2021 US$8.10 bn Apr 8, 2022 to Jun 30, 2025 superseded by New Old World Bank" in told
    assert f"/api/v1/observations/?market=TJK&indicator={GDP}" in text
    assert "r revised" in told


def test_a_value_the_source_does_not_state_is_a_dash_with_its_letter(client: Client) -> None:
    publish_world()
    told = main(page(client, f"/en/markets/UZB/indicators/{GDP}/"))
    assert "2023 — not available ✓ in force" in told


def test_a_series_nobody_states_is_said_to_be_not_loaded(client: Client) -> None:
    publish_world()
    assert "Not loaded: no source read here has a value" in main(page(client, f"/en/markets/FRA/indicators/{GDP}/"))
    assert "Not known then" in main(page(client, f"/en/markets/KAZ/indicators/{GDP}/?as_of=1990-01-01"))


def test_the_caveats_of_a_market_stand_on_its_series(client: Client) -> None:
    _old, new = publish_world()
    state("TKM", "2022", Decimal("5.6E+10"), new)
    AreaCaveatFactory(area_id="TKM", indicators=["NY.GDP*"], text_en="A rate nobody trades at.")
    assert "A rate nobody trades at." in main(page(client, f"/en/markets/TKM/indicators/{GDP}/"))


def test_a_small_value_is_shown_with_all_its_digits_at_hand(client: Client) -> None:
    publish_world()
    assert 'title="0.000001, people"' in page(client, f"/en/markets/KAZ/indicators/{POPULATION}/")


def test_a_long_series_asks_no_more_than_a_short_one(client: Client) -> None:
    _old, new = publish_world()
    address = f"/en/markets/KAZ/indicators/{GDP}/"
    page(client, address)
    with CaptureQueriesContext(connection) as few:
        page(client, address)
    fill(["KAZ"], range(1960, 2020), new)
    with CaptureQueriesContext(connection) as many:
        page(client, address)
    assert len(many) == len(few) <= 8
