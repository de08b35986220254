"""Products in their tree, and the categories that sellers speak of."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from markets.models import Category, CategoryFact, DemandProfile, Product
from markets.profiles import method_page, product_page
from markets.queries import FOCUS_MARKETS
from markets.templatetags.catalogue import SECTIONS
from tests.markets.page_text import main, page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]


# ---------------------------------------------------------------- products
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_chapters_stand_under_their_sections(client: Client, language: str) -> None:
    text = page(client, f"/{language}/products/")
    for chapter in Product.objects.filter(parent=None):
        assert f'href="/{language}/products/{chapter.code}/"' in text
    assert text.count('id="section-') == len({node.section for node in product_page().children})


def test_every_section_of_the_tree_has_a_name() -> None:
    assert {node.section for node in product_page().children} <= set(SECTIONS)


def test_a_product_shows_its_code_wording_names_way_and_children(client: Client) -> None:
    text = page(client, "/en/products/8418/")
    told = main(text)
    product = Product.objects.get(code="8418", classification="HS2022")
    assert f"8418 {product.plain_en}" in told
    assert product.label_en in told
    assert f"简体中文 {product.plain_zh}" in told
    assert f"Русский {product.plain_ru}" in told
    assert 'href="/en/products/84/"' in text
    assert "8418.21" in told
    assert 'href="/en/products/841821/"' in text
    assert 'href="/api/v1/products/8418/"' in text


def test_a_product_names_categories_that_hold_it_and_those_that_hold_a_part_of_it(client: Client) -> None:
    told = main(page(client, "/en/products/8418/"))
    whole, part = told.split("Categories that hold a part of it")
    assert "Electromechanical products (customs aggregate)" in whole
    assert "Home appliances" in part
    assert "Home appliances" not in whole
    assert "Home appliances" in main(page(client, "/en/products/841821/"))


def test_a_product_names_the_themes_that_ask_for_it(client: Client) -> None:
    text = page(client, "/en/products/841821/")
    assert 'href="/en/methods/themes/#theme-consumers"' in text


def test_make_up_brushes_and_powder_puffs_lead_to_cosmetics(client: Client) -> None:
    for code in ("960330", "961620"):
        assert "Cosmetics" in main(page(client, f"/en/products/{code}/"))


@pytest.mark.parametrize("written", ["84.18", "84 18", "8418.21", "８４１８"])
def test_a_code_written_otherwise_leads_to_the_address_with_digits(client: Client, written: str) -> None:
    response = client.get(f"/en/products/{written}/")
    assert response.status_code == 301
    assert response.headers["Location"] in ("/en/products/8418/", "/en/products/841821/")


def test_the_way_to_the_plain_code_keeps_what_was_asked(client: Client) -> None:
    response = client.get("/ru/products/84.18/?download=csv&bom=1")
    assert (response.status_code, response.headers["Location"]) == (301, "/ru/products/8418/?download=csv&bom=1")


@pytest.mark.parametrize("code", ["0", "12345", "000000", "abc", "84181", "8" * 40, "-1", "84%2518"])
def test_what_is_no_code_has_no_page(client: Client, code: str) -> None:
    assert "There is no HS 2022 product" in main(page(client, f"/en/products/{code}/", 404))


def test_the_last_level_has_nothing_below(client: Client) -> None:
    told = main(page(client, "/en/products/841821/"))
    assert "Subheadings" not in told
    assert "Download:" not in told


@pytest.mark.parametrize("address", ["products/", "products/84/", "products/841821/"])
def test_product_pages_ask_few_questions(client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        page(client, f"/en/{address}")
    assert len(asked) <= 9


# ---------------------------------------------------------------- categories
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_categories_stand_with_the_number_of_their_codes(client: Client, language: str) -> None:
    text = page(client, f"/{language}/categories/")
    for category in Category.objects.all():
        assert f'href="/{language}/categories/{category.slug}/"' in text
        assert category.name_en in text or language != "en"
    assert f" of {len(CategoryFact.Field)} " in main(page(client, "/en/categories/"))


def test_a_category_says_what_it_overlaps_and_that_nothing_is_added(client: Client) -> None:
    text = main(page(client, "/en/categories/new-three/"))
    overlaps = text[text.index("Categories it overlaps") :]
    assert "Vehicles and electric vehicles" in overlaps
    assert "their numbers are never added" in overlaps
    assert "No other category holds any of these codes" in main(page(client, "/en/categories/cosmetics/"))


@pytest.mark.parametrize("market", FOCUS_MARKETS)
def test_a_category_has_a_card_for_every_focus_market_with_what_is_not_loaded(client: Client, market: str) -> None:
    text = page(client, "/en/categories/cosmetics/")
    card = text[text.index(f'id="{market}"') :].partition("</details>")[0]
    assert "of 10 fields loaded" in " ".join(card.split())
    assert "Not loaded: " in card


def test_a_market_without_a_profile_is_not_loaded(client: Client) -> None:
    DemandProfile.objects.filter(area_id="TKM").delete()
    text = page(client, "/en/categories/cosmetics/")
    card = text[text.index('id="TKM"') :].partition("</details>")[0]
    assert '<span class="badge-plain">' in card
    assert "not loaded" in card
    assert card.count("dd>") == 0


def test_a_fact_of_several_markets_stands_once_under_their_names(client: Client) -> None:
    fact = CategoryFact.objects.filter(
        profile__area_id="KAZ", category_id="appliances", text_en__startswith="Central Asia (five countries)"
    ).first()
    assert fact is not None
    text = main(page(client, "/en/categories/appliances/"))
    assert text.count(fact.text_en) == 1
    assert "Kazakhstan, Kyrgyzstan, Tajikistan, Turkmenistan, and Uzbekistan" in text
    assert "As above, for several markets: " in text


def test_every_cited_document_stands_below(client: Client) -> None:
    text = page(client, "/en/categories/appliances/")
    for code in {part.partition('"')[0] for part in text.split('href="#document-')[1:]}:
        assert f'id="document-{code}"' in text


def test_an_unknown_category_has_no_page(client: Client) -> None:
    page(client, "/en/categories/nothing/", 404)


@pytest.mark.parametrize("address", ["categories/", "categories/appliances/"])
def test_category_pages_ask_few_questions(client: Client, address: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        page(client, f"/en/{address}")
    assert len(asked) <= 10


@pytest.mark.parametrize("address", ["products/", "products/84/", "categories/", "categories/steel/"])
@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_listed_can_be_downloaded(client: Client, address: str, form: str) -> None:
    response = client.get(f"/en/{address}?download={form}")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")


# ---------------------------------------------------------------- help
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("topic", ["ranks", "revisions", "missing", "themes", "categories"])
def test_each_method_has_a_page_that_the_help_leads_to(client: Client, topic: str, language: str) -> None:
    assert f'href="/{language}/methods/{topic}/"' in page(client, f"/{language}/help/")
    assert "<h1>" in page(client, f"/{language}/methods/{topic}/")


def test_the_help_explains_every_letter_that_is_shown_and_none_that_is_not(client: Client) -> None:
    told = main(page(client, "/en/help/"))
    for line in ("b break in the series B", "r revised A", "x not available M", "none a plain value, as reported A"):
        assert line in told
    assert "quarantine" not in told


def test_the_help_names_every_unit_in_use(client: Client) -> None:
    text = page(client, "/en/help/")
    assert "<code>usd_per_head</code>" in text
    assert "current US dollars per head" in text


def test_each_theme_stands_with_its_rule_and_threshold(client: Client) -> None:
    told = main(page(client, "/en/methods/themes/"))
    for theme in method_page("themes").themes:
        assert theme.name in told
    assert "&lt; 3,000" in client.get("/en/methods/themes/").content.decode()


def test_the_tolerances_told_are_those_of_the_sources(client: Client) -> None:
    assert "World Development Indicators 20% 30%" in main(page(client, "/en/methods/revisions/"))


def test_an_unknown_method_has_no_page(client: Client) -> None:
    page(client, "/en/methods/nothing/", 404)
    page(client, "/en/methods/%00/", 404)
