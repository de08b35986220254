"""Comparing markets in a real browser: on a phone and a desk, with the keyboard, and without scripts."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

QUERIES = (
    "",
    "?market=KAZ,UZB,TJK,TKM,KGZ,CHN&measure=per_head&chart_measure=index",
    "?market=KAZ,UZB&basis=same_year&measure=index&group=trade",
    "?market=KAZ,XYZ",
)
WINDOWS = [
    {"viewport": {"width": 320, "height": 700}},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
]
SERIOUS = ("serious", "critical")
# The browser notes the status of an error page as a complaint of its own.
EXPECTED_COMPLAINT = "status of 400"


@pytest.mark.parametrize("visit", WINDOWS, indirect=True, ids=["phone", "desk-dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_no_comparison_scrolls_sideways_or_breaks_the_policy_or_shuts_anybody_out(visit: Visit, language: str) -> None:
    for query in QUERIES:
        page = visit.to(f"/{language}/compare/{query}")
        assert visit.overflow() <= 0, query
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == [], query
    assert [text for text in visit.complaints if EXPECTED_COMPLAINT not in text] == []


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_markets_are_ticked_added_and_compared(visit: Visit) -> None:
    page = visit.to("/en/compare/")
    page.get_by_label("Tajikistan", exact=True).uncheck()
    page.get_by_label("Turkmenistan", exact=True).uncheck()
    page.get_by_label("Add a market").select_option("RUS")
    page.get_by_role("button", name="Compare").click()
    assert page.url.endswith("/en/compare/?market=KAZ,KGZ,UZB,RUS")
    expect(page.locator("#course table")).to_be_visible()


def test_a_fault_takes_the_focus_and_leads_to_its_field(visit: Visit) -> None:
    page = visit.to("/en/compare/?market=KAZ")
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary a").click()
    expect(page.locator("#compare-market")).to_be_focused()
    expect(page.get_by_label("Kazakhstan", exact=True)).to_be_checked()


def test_the_keyboard_changes_year_and_measure(visit: Visit) -> None:
    page = visit.to("/en/compare/?market=KAZ,UZB")
    page.get_by_role("link", name="Same year for all").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compare-table").first).to_contain_text("US$225.5")
    page.get_by_role("link", name="Index, 100").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".compare-table").first).to_contain_text("index, Kazakhstan = 100")
    assert "basis=same_year" in page.url


def test_a_figure_is_drawn_over_time_from_its_row(visit: Visit) -> None:
    page = visit.to("/en/compare/?market=KAZ,UZB")
    page.get_by_role("link", name=re.compile("over time.*Population$")).click()
    assert "chart=SP.POP.TOTL" in page.url
    chart = page.locator("#course figure.chart")
    chart.scroll_into_view_if_needed()
    expect(chart.locator("canvas")).to_be_visible()
    expect(chart.locator("h3")).to_have_text("Population")
    assert visit.complaints == []


def test_targets_are_large_enough_for_a_finger(visit: Visit) -> None:
    page = visit.to("/en/compare/?market=KAZ,UZB,TKM&measure=per_head")
    page.locator(".compare-choose > summary").click()
    page.get_by_text("Choose figures one by one").click()
    small = page.evaluate(
        """() => [...document.querySelectorAll('.way a, .boxes label, .compare-indicators label, .page-tools a')]
            .filter(e => e.checkVisibility())
            .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
            .filter(([, box]) => box.height < 24 || box.width < 24)
            .map(([name]) => name)"""
    )
    assert small == []
