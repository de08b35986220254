"""The first page, the list of markets and the profile of one: what stands on them, and how they refuse."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from markets.door.failures import WITH_PAGE, error_page, failed
from markets.door.page import page_view
from markets.models import Area, Indicator
from markets.queries import FOCUS_MARKETS
from markets.vocabulary import ObsStatus
from tests.factories import GDP, GDP_PER_HEAD, ReleaseFactory
from tests.markets.api_world import NEW_AT, publish_world, state

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
GDP_IN = {"en": "US$262.6\xa0bn", "zh-hans": "2,626亿", "ru": "262,6\xa0млрд"}
MOST_QUERIES = 20
EXAMPLES = {
    "en": ["refrigerator", "makeup brush", "polyurethane", "8418", "Uzbekistan"],
    "zh-hans": ["冰箱", "化妆刷", "聚氨酯", "8418", "乌兹别克斯坦"],
    "ru": ["холодильник", "кисть для макияжа", "полиуретан", "8418", "Узбекистан"],
}


def page(client: Client, address: str, status: int = 200) -> str:
    """The text of a page, entities resolved."""
    response = client.get(address)
    assert response.status_code == status, response.content[:2000]
    return html.unescape(response.content.decode())


def words(text: str) -> str:
    """A page without its tags, blanks folded; non-breaking ones count as blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# ---------------------------------------------------------------- the profile
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("market", FOCUS_MARKETS)
def test_every_focus_market_has_a_profile_in_every_language(client: Client, market: str, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/markets/{market}/")
    assert f'lang="{language}"' in text
    if market == "KAZ":
        assert GDP_IN[language] in text


def test_a_figure_stands_with_value_unit_year_source_and_leads_to_its_series(client: Client) -> None:
    publish_world()
    text = page(client, "/en/markets/KAZ/")
    card = words(text[text.index('class="sheet glance-card"') :])[:400]
    assert "GDP US$262.6 bn current US dollars, 2023" in card
    assert "+16.5% since 2022" in card
    assert "World Bank, by Jun 30, 2025" in card
    assert f'href="/en/markets/KAZ/indicators/{GDP}/"' in text
    assert 'title="262,642,000,000, current US dollars"' in text


def test_place_says_among_how_many_and_which_end_is_first(client: Client) -> None:
    _old, new = publish_world()
    state("UZB", "2022", Decimal(5), new, indicator_id=GDP_PER_HEAD)
    state("KAZ", "2022", Decimal(4), new, indicator_id=GDP_PER_HEAD)
    text = words(page(client, "/en/markets/KAZ/"))
    assert "Place 2 of 2, highest first" in text


def test_a_missing_figure_is_a_dash_with_its_reason_and_never_zero(client: Client) -> None:
    publish_world()
    text = words(page(client, "/en/markets/ALA/"))
    glance = text[text.index("At a glance From whom it buys Demand") :]
    assert glance.count("— not loaded: no source read here has a value") == len(
        Indicator.objects.filter(is_headline=True)
    )
    assert "US$0" not in text


def test_a_revised_figure_shows_what_it_was_and_as_of_shows_the_old_page(client: Client) -> None:
    old, new = publish_world()
    state("TJK", "2023", Decimal("1.0E+10"), old, superseded_by=new)
    state("TJK", "2023", Decimal("1.2E+10"), new, obs_status=ObsStatus.REVISED)
    now = words(page(client, "/en/markets/TJK/"))
    assert "US$12.0 bn r current US dollars, 2023" in now
    assert "Revised: was US$10.0 bn in the vintage of Apr 8, 2022" in now
    assert "r revised" in now
    then = words(page(client, "/en/markets/TJK/?as_of=2023-01-01"))
    assert "US$10.0 bn current US dollars, 2023" in then
    assert "US$12.0 bn" not in then
    assert "As known on Jan 1, 2023" in then
    assert "Back to now" in then


def test_links_of_an_earlier_page_keep_its_day(client: Client) -> None:
    publish_world()
    text = page(client, "/en/markets/KAZ/?as_of=2025-12-31")
    assert f'href="/en/markets/KAZ/indicators/{GDP}/?as_of=2025-12-31"' in text
    assert "?as_of=2025-12-31&download=csv" in text


@pytest.mark.parametrize("market", ["TJK", "TKM"])
def test_what_no_document_says_is_said_to_be_not_stated(client: Client, market: str) -> None:
    text = words(page(client, f"/en/markets/{market}/"))
    assert "Not stated: the list of national characters breaks off" in text
    assert "○" not in text  # the mark is drawn by the style sheet, the words carry the meaning
    assert "Not stated" in text


def test_a_theme_shows_its_strength_its_evidence_and_its_goods(client: Client) -> None:
    text = page(client, "/en/markets/KAZ/")
    theme = words(text[text.index('id="theme-green"') : text.index('id="theme-water')])
    assert theme.startswith('id="theme-green"> Green transition Stated')
    assert "statements about the whole region" in theme
    assert "By figures:" in theme
    assert re.search(r"kinds? of goods", theme)


def test_a_category_card_says_what_is_not_loaded(client: Client) -> None:
    text = page(client, "/en/markets/KAZ/")
    card = words(text[text.index('id="category-cosmetics"') : text.index('id="category-chemicals"')])
    assert re.search(r"\d of 10 fields loaded", card)
    assert "Not loaded: " in card


def test_memberships_carry_their_day(client: Client) -> None:
    text = words(page(client, "/en/markets/KAZ/"))
    assert "World Trade Organization Yes Nov 30, 2015" in text
    assert "Eurasian Economic Union Yes Jan 1, 2015" in text
    assert "World Trade Organization No" in words(page(client, "/en/markets/TKM/"))


def test_a_full_profile_asks_few_questions_whatever_its_length(client: Client) -> None:
    _old, new = publish_world()
    page(client, "/en/markets/KAZ/")
    with CaptureQueriesContext(connection) as few:
        page(client, "/en/markets/KAZ/")
    for indicator in Indicator.objects.exclude(code__in=(GDP, "SP.POP.TOTL")):
        for period in range(2001, 2021):
            state("KAZ", str(period), Decimal(period), new, indicator_id=indicator.code)
    with CaptureQueriesContext(connection) as many:
        page(client, "/en/markets/KAZ/")
    assert len(many) == len(few)
    assert len(many) <= MOST_QUERIES


def test_a_code_in_small_letters_leads_to_the_address_in_capitals(client: Client) -> None:
    response = client.get("/en/markets/kaz/?as_of=2025-01-01")
    assert response.status_code == 301
    assert response.headers["Location"] == "/en/markets/KAZ/?as_of=2025-01-01"


# ---------------------------------------------------------------- the list
def test_the_list_shows_year_in_every_cell_and_sets_apart_markets_without_figures(client: Client) -> None:
    publish_world()
    text = page(client, "/en/markets/")
    rows = words(text[text.index('class="figures first-stays') : text.index("without any of these figures")])
    assert "Kazakhstan KAZ US$262.6 bn 2023" in rows
    assert "Uzbekistan UZB US$89.8 bn 2022" in rows
    assert "Åland" not in rows
    assert "Åland" in words(text)


def test_the_list_is_narrowed_by_name_code_and_group(client: Client) -> None:
    assert "1 market " in words(page(client, "/en/markets/?search=kazakh"))
    assert "1 market " in words(page(client, "/zh-hans/markets/?search=KAZ").replace("个市场", " market "))
    assert "5 markets" in words(page(client, "/en/markets/?group=CA5"))
    nothing = words(page(client, "/en/markets/?search=nowhere"))
    assert "0 markets" in nothing
    assert "No market fits" in nothing


def test_the_map_is_joined_by_number_and_leads_to_the_profiles(client: Client) -> None:
    publish_world()
    text = client.get(f"/en/markets/?indicator={GDP}").content.decode()
    spec = text[text.index('type="application/json"') :]
    assert '"key": "398", "name": "Kazakhstan"' in spec
    assert '"address": "/en/markets/KAZ/"' in spec
    assert "boundaries and names on the map do not imply endorsement" in text


def test_the_world_is_not_listed_among_the_markets(client: Client) -> None:
    publish_world()
    text = page(client, "/en/markets/?download=csv")
    assert "WLD" not in text


# ---------------------------------------------------------------- the first page
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_page_has_one_question_the_focus_markets_and_what_is_new(client: Client, language: str) -> None:
    publish_world()
    text = page(client, f"/{language}/")
    assert text.count('type="search"') == 1, "the large one; the header's is left out"
    examples = re.findall(r'search=[^"]+">([^<]+)</a></li>', text)
    assert examples == EXAMPLES[language]
    for market in FOCUS_MARKETS:
        assert f'href="/{language}/markets/{market}/"' in text
    assert "New" in text
    assert "/releases/" in text


def test_the_first_page_stands_before_anything_is_loaded(client: Client) -> None:
    text = words(page(client, "/en/"))
    assert "Nothing is loaded yet." in text


# ---------------------------------------------------------------- how pages refuse
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("markets/XYZ/", 404),
        ("markets/WLD/", 404),
        ("markets/KAZ/?as_of=yesterday", 400),
        ("markets/KAZ/?as_of=0000-01-01", 400),
        ("markets/KAZ/?download=pdf", 400),
        ("markets/K%00Z/", 400),
        ("markets/?search=%00", 400),
        ("markets/?%00=1", 400),
        ("markets/?group=NOPE", 404),
        ("markets/?indicator=NOPE", 404),
        ("markets/?search=" + "a" * 300, 400),
        ("nowhere/", 404),
        ("markets/%ff/", 404),
        ("markets/" + "A" * 3000 + "/", 404),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nonsense_is_told_as_a_page_with_a_next_step(client: Client, language: str, address: str, status: int) -> None:
    text = page(client, f"/{language}/{address}", status)
    assert f'<p class="error-status">{status}</p>' in text
    assert f'href="/{language}/"' in text
    assert f'lang="{language}"' in text


def test_an_unknown_word_in_the_query_is_passed_over(client: Client) -> None:
    page(client, "/en/markets/KAZ/?utm_source=x")


def test_an_empty_day_means_now(client: Client) -> None:
    assert "as-of-banner" not in page(client, "/en/markets/KAZ/?as_of=")


def test_pages_answer_reading_methods_only(client: Client) -> None:
    assert client.post("/en/markets/KAZ/").status_code == 405
    assert client.head("/en/markets/KAZ/").status_code == 200


@pytest.mark.parametrize("status", sorted(WITH_PAGE))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_a_page_of_its_own(rf: RequestFactory, status: int, language: str) -> None:
    from django.utils.translation import override

    with override(language):
        response = error_page(rf.get(f"/{language}/"), status)
    assert response.status_code == status
    assert response.headers["Cache-Control"] == "no-store"
    assert f'<p class="error-status">{status}</p>' in response.content.decode()


def test_a_fault_of_ours_is_told_without_asking_the_database(
    rf: RequestFactory, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(0):
        response = failed(rf.get("/en/"))
    assert response.status_code == 500


def test_a_database_that_does_not_answer_is_not_available_rather_than_broken(rf: RequestFactory) -> None:
    @page_view
    def away(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 a view's signature
        raise OperationalError("the server closed the connection")

    response = away(rf.get("/en/"))
    assert response.status_code == 503
    assert response.headers["Retry-After"]


# ---------------------------------------------------------------- the frame
@pytest.mark.parametrize("address", ["", "markets/", "markets/KAZ/", "markets/XYZ/"])
def test_pages_keep_the_strict_policy(client: Client, address: str) -> None:
    publish_world()
    response = client.get(f"/en/{address}")
    text = response.content.decode()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


def test_every_page_leads_to_itself_in_the_other_languages(client: Client) -> None:
    text = page(client, "/en/markets/KAZ/?as_of=2025-01-01")
    for language in LANGUAGES:
        assert f'href="/{language}/markets/KAZ/?as_of=2025-01-01"' in text


def test_public_pages_may_be_shared_for_a_minute_and_personal_ones_never(client: Client) -> None:
    response = client.get("/en/markets/KAZ/")
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in response.headers["Vary"].split(",")}
    client.cookies["sessionid"] = "somebody"
    assert "private" in client.get("/en/markets/KAZ/").headers["Cache-Control"]


def test_every_table_has_a_caption_and_scopes(client: Client) -> None:
    publish_world()
    for address in ("markets/", "markets/KAZ/"):
        text = page(client, f"/en/{address}")
        tables = text.count("<table")
        assert tables == text.count("<caption") > 0
        assert not re.search(r"<th(?![^>]*scope=)[\s>]", text)


def test_names_come_in_the_language_of_the_address(client: Client) -> None:
    uzbekistan = Area.objects.get(code="UZB")
    assert uzbekistan.name_zh in page(client, "/zh-hans/markets/UZB/")
    assert uzbekistan.name_ru in page(client, "/ru/markets/UZB/")


def test_a_release_without_a_date_of_its_own_says_by_when_it_was_public(client: Client) -> None:
    ReleaseFactory(title="Undated", known_from=NEW_AT)
    assert "World Bank, by Jun 30, 2025" in words(page(client, "/en/"))


def test_the_law_of_a_tariff_does_not_pass_for_its_average(client: Client) -> None:
    text = words(page(client, "/en/markets/KAZ/"))
    assert "The common external tariff of the Eurasian Economic Union applies" in text
    assert "Average tariff: not loaded; no source read here has it." in text
    card = text[text.index("By product category") :]
    assert re.search(r"Not loaded: [^.]*Average tariff", card)
