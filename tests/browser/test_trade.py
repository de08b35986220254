"""Trade by partner in a real browser: a phone and a desk, the order of columns, a chart with gaps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker

from markets.models import TradeTotal
from tests.browser.conftest import Visit
from tests.markets.trade_world import publish_small_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = (
    "markets/KAZ/",
    "markets/TKM/",
    "markets/CHN/",
    "markets/KAZ/trade/",
    "markets/TKM/trade/?flow=X",
    "markets/KAZ/trade/CHN/",
    "markets/FJI/trade/CHN/",
)
WINDOWS = [
    {"viewport": {"width": 360, "height": 780}},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
]
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module", autouse=True)
def trade(world: object, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the server first
    """The small world of trade beside the figures of the others."""
    with django_db_blocker.unblock():
        publish_small_world()
    yield
    with django_db_blocker.unblock():
        TradeTotal.objects.all().delete()


@pytest.mark.parametrize("visit", WINDOWS, indirect=True, ids=["phone", "desk-dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_no_page_scrolls_sideways_or_breaks_the_policy_or_shuts_anybody_out(visit: Visit, language: str) -> None:
    for path in PAGES:
        page = visit.to(f"/{language}/{path}")
        assert visit.overflow() <= 0, path
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == [], path
    assert visit.complaints == []


def test_the_section_is_reached_from_the_contents_and_leads_on_to_all_partners_and_a_pair(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/")
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="From whom it buys").click()
    expect(page.locator("#trade-title")).to_be_in_viewport()
    page.locator("#trade").get_by_role("link", name="All partners, every period").first.click()
    expect(page.locator("h1")).to_have_text("Kazakhstan: Imports by partner, 2023")
    page.locator("#M-CHN").get_by_role("link", name="US$10.0").click()
    expect(page.locator("h1")).to_have_text("Trade: Kazakhstan and China")
    page.get_by_role("link", name="Seen from China").click()
    expect(page.locator("h1")).to_have_text("Trade: China and Kazakhstan")


@pytest.mark.parametrize("visit", [{"viewport": {"width": 1280, "height": 900}}], indirect=True)
def test_a_column_orders_the_table_and_turns_it_round(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/trade/")
    first = page.locator("table.partners tbody th").first
    expect(first).to_contain_text("Russia")
    page.get_by_role("columnheader", name="Value").get_by_role("link").click()
    expect(first).to_contain_text("Afghanistan")
    expect(page.get_by_role("columnheader", name="Value")).to_have_attribute("aria-sort", "ascending")
    page.get_by_label("Period").select_option("2018")
    page.get_by_role("button", name="Show", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("Kazakhstan: Imports by partner, 2018")


def test_bars_are_as_long_as_the_values_beside_them(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/trade/")
    widths = [
        page.locator(f"#M-{code} svg.bar rect").evaluate("bar => bar.getBoundingClientRect().width")
        for code in ("RUS", "CHN")
    ]
    assert round(widths[1] / widths[0], 2) == round(10 / 12, 2)


def test_the_chart_of_both_sides_is_read_with_the_arrow_keys(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/trade/CHN/")
    figure = page.locator("figure.chart").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("canvas")).to_be_visible()
    picture = figure.locator(".chart-picture")
    picture.focus()
    picture.press("End")
    expect(figure.locator(".chart-spoken")).to_have_text(
        "2023: as Kazakhstan reports it US$10.0\u00a0bn; as China reports it US$20.0\u00a0bn"
    )
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_scripts_the_numbers_of_the_chart_stand_in_its_table(visit: Visit) -> None:
    page = visit.to("/en/markets/KAZ/trade/CHN/")
    expect(page.locator("figure.chart table").first).to_be_visible()
    expect(page.locator("figure.chart table").first).to_contain_text("US$20.0")
