"""The search page, and the short list below a search field."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.markets.page_text import main, page, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("search_index")]

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ["fridge", "冰箱", "холодильник", "8418", "84.18"])
def test_words_of_any_language_and_codes_lead_to_the_product(client: Client, asked: str, language: str) -> None:
    text = page(client, f"/{language}/search/?search={asked}")
    assert f'href="/{language}/products/8418/"' in text


def test_what_is_found_stands_in_groups_with_its_way_and_why(client: Client) -> None:
    text = main(page(client, "/en/search/?search=fridge"))
    assert "Products" in text
    assert "8418 Refrigerators and freezers 84 Machinery and mechanical appliances" in text
    assert "also called in English: fridge" in text


def test_markets_categories_and_indicators_are_found_too(client: Client) -> None:
    assert 'href="/en/markets/UZB/"' in page(client, "/en/search/?search=узбекистан")
    assert 'href="/en/categories/cosmetics/"' in page(client, "/en/search/?search=cosmetics")
    assert 'href="/en/indicators/SP.POP.TOTL/"' in page(client, "/en/search/?search=population")


def test_a_misspelt_word_still_finds(client: Client) -> None:
    assert 'href="/en/products/8418/"' in page(client, "/en/search/?search=refrigirator")


def test_when_nothing_is_found_there_are_ways_to_go_on(client: Client) -> None:
    text = main(page(client, "/en/search/?search=qqzzxxyy"))
    assert "Nothing was found for “qqzzxxyy”" in text
    assert "Browse the product tree" in text


def test_an_unknown_code_leads_to_its_broader_heading(client: Client) -> None:
    text = page(client, "/en/search/?search=841899123456")
    assert "8418" in main(text)


def test_without_words_the_page_says_how_to_search(client: Client) -> None:
    for address in ("/en/search/", "/en/search/?search=", "/en/search/?search=%20"):
        text = page(client, address)
        assert "Ways to find it" in main(text)
        assert "Nothing was found" not in main(text)


def test_the_short_word_q_is_understood_too(client: Client) -> None:
    assert 'href="/en/products/8418/"' in page(client, "/en/search/?q=8418")


def test_an_endless_question_is_cut_and_says_so(client: Client) -> None:
    assert "Only the first 100 characters were searched." in main(page(client, "/en/search/?search=" + "fridge " * 40))


@pytest.mark.parametrize("asked", ["%3Cscript%3Ealert(1)%3C%2Fscript%3E", "%25%27%22--", "(", "a" * 5000, "🦄"])
def test_odd_questions_are_questions(client: Client, asked: str) -> None:
    text = client.get(f"/en/search/?search={asked}").content.decode()
    assert "<script>alert" not in text
    page(client, f"/en/search/suggestions/?search={asked}")


def test_a_character_that_cannot_be_printed_is_refused(client: Client) -> None:
    page(client, "/en/search/?search=%00", 400)


def test_suggestions_are_a_piece_of_a_page_with_links(client: Client) -> None:
    text = page(client, "/en/search/suggestions/?search=fri")
    assert "<html" not in text
    assert 'href="/en/products/8418/"' in text
    assert "suggestions below the field" in words(text)


def test_suggestions_for_nothing_are_empty(client: Client) -> None:
    assert words(page(client, "/en/search/suggestions/?search=")) == ""
    assert "Nothing found yet" in words(page(client, "/en/search/suggestions/?search=qqzzxxyy"))


def test_every_search_field_is_a_plain_form_that_works_without_a_script(client: Client) -> None:
    for address in ("/en/", "/en/search/", "/en/products/"):
        text = page(client, address)
        assert 'action="/en/search/"' in text
        assert 'name="search"' in text


def test_a_search_asks_few_questions(client: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        page(client, "/en/search/?search=refrigirators from china")
    assert len(asked) <= 8
