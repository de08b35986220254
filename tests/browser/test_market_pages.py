"""The first page, the list of markets and a profile, in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = ("", "markets/", "markets/KAZ/", "markets/XYZ/")
WINDOWS = [
    {"viewport": {"width": 320, "height": 700}},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
]
SERIOUS = ("serious", "critical")
# The browser notes the status of an error page as a complaint of its own.
EXPECTED_COMPLAINT = "status of 404"


@pytest.mark.parametrize("visit", WINDOWS, indirect=True, ids=["phone", "desk-dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_no_page_scrolls_sideways_or_breaks_the_policy_or_shuts_anybody_out(visit: Visit, language: str) -> None:
    for path in PAGES:
        page = visit.to(f"/{language}/{path}")
        assert visit.overflow() <= 0, path
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == [], path
    assert [text for text in visit.complaints if EXPECTED_COMPLAINT not in text] == []


def test_a_chart_is_drawn_and_read_with_the_arrow_keys(visit: Visit) -> None:
    page = visit.to("/en/markets/?indicator=NY.GDP.MKTP.CD")
    figure = page.locator("figure.chart").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("canvas")).to_be_visible()
    picture = figure.locator(".chart-picture")
    picture.focus()
    picture.press("Home")
    expect(figure.locator(".chart-spoken")).to_have_text("Kazakhstan: US$262.6\u00a0bn in 2023")
    assert visit.complaints == []


def test_the_table_of_a_chart_waits_until_it_is_asked_for(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    table = page.locator("figure.chart details.chart-table").first
    expect(table.locator("table")).to_be_hidden()
    table.locator("summary").click()
    expect(table.locator("table")).to_be_visible()


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_table_of_a_chart_stands_open_and_the_filters_work(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    expect(page.locator("figure.chart table").first).to_be_visible()
    expect(page.locator("figure.chart .chart-picture").first).to_be_hidden()
    visit.to("/en/markets/")
    page.get_by_label("Group").select_option("CA5")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("5 markets")
    page.locator("summary", has_text="Menu").click()
    expect(page.locator(".nav-menu").get_by_role("link", name="Products")).to_be_visible()


def test_a_map_leads_to_the_table_with_its_numbers(visit: Visit) -> None:
    page = visit.to("/en/markets/")
    page.locator("figure.chart").get_by_role("link", name="Show as table").click()
    expect(page.locator("#listed-table")).to_be_in_viewport()


def test_choosing_a_group_narrows_the_list_in_place_and_in_the_address(visit: Visit) -> None:
    page = visit.to("/en/markets/")
    page.get_by_label("Group").select_option("CA5")
    expect(page.locator("#listed").get_by_role("status")).to_have_text("5 markets")
    assert "group=CA5" in page.url
    assert visit.complaints == []


def test_going_back_shows_the_list_and_its_map_as_they_were(visit: Visit) -> None:
    page = visit.to("/en/markets/")
    page.get_by_label("As known on").fill("2023-01-01")
    expect(page.locator("#as-of")).to_contain_text("As known on Jan 1, 2023")
    page.go_back()
    expect(page.locator("#as-of")).to_have_text("")
    page.locator("figure.chart").scroll_into_view_if_needed()
    expect(page.locator("figure.chart canvas")).to_be_visible()
    assert visit.complaints == []


def test_the_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_escape_closes_a_menu_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit.to("/en/")
    menu = page.locator("details.language-menu")
    menu.locator("summary").click()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_the_language_changes_and_the_page_stays(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/?as_of=2025-12-31")
    page.locator("details.language-menu summary").click()
    page.locator("details.language-menu").get_by_role("link", name="Русский").click()
    assert page.url.endswith("/ru/markets/KAZ/?as_of=2025-12-31")
    expect(page.locator("h1")).to_have_text("Казахстан")


def test_a_day_of_knowledge_is_chosen_and_left_again(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    page.locator("summary", has_text="As known on a day").click()
    page.get_by_label("Show only what was published by").fill("2023-01-01")
    page.locator(".as-of-form").get_by_role("button").click()
    expect(page.locator(".as-of-banner")).to_contain_text("As known on Jan 1, 2023")
    expect(page.locator(".glance-card").first).to_contain_text("US$197.1")
    page.get_by_role("link", name="Back to now").click()
    expect(page.locator(".as-of-banner")).to_have_count(0)


def test_a_link_into_a_folded_category_opens_it(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/#category-metals")
    expect(page.locator("#category-metals")).to_have_attribute("open", "")


def test_targets_are_large_enough_for_a_finger(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('.top a, .top button, .top summary, .contents a, .page-tools a')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([name]) => name)"""
    )
    assert small == []
