"""The revisions and the difference of two days in a real browser."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.factories import GDP

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

DAYS = "from=2022-12-31&to=2025-12-31"
PAGES = (
    "revisions/",
    "revisions/?updated_since=2030-01-01",
    f"revisions/?{DAYS}",
    f"revisions/?{DAYS}&indicator={GDP}",
    f"indicators/{GDP}/?view=revisions&{DAYS}",
    f"markets/KAZ/indicators/{GDP}/?{DAYS}",
)
WINDOWS = [{}, {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}]
SERIOUS = ("serious", "critical")


@pytest.mark.parametrize("visit", WINDOWS, indirect=True, ids=["phone", "desk-dark"])
@pytest.mark.parametrize("language", ["en", "zh-hans", "ru"])
def test_no_page_scrolls_sideways_or_breaks_the_policy_or_shuts_anybody_out(visit: Visit, language: str) -> None:
    for path in PAGES:
        page = visit.to(f"/{language}/{path}")
        assert visit.overflow() <= 0, path
        found = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS] == [], path
    assert visit.complaints == []


def test_two_days_are_chosen_on_the_tab_of_an_indicator(visit: Visit) -> None:
    page = visit.to(f"/en/indicators/{GDP}/?view=revisions")
    page.get_by_label("What was read on").fill("2022-12-31")
    page.get_by_label("and on (today if left empty)").fill("2025-12-31")
    page.get_by_role("button", name="Show the difference").click()
    expect(page).to_have_url(f"{visit.address}/en/indicators/{GDP}/?view=revisions&{DAYS}#tabs")
    expect(page.get_by_role("heading", name="What was read differently")).to_be_visible()
    expect(page.get_by_text("197,112,255,360.5")).to_be_visible()
    page.get_by_role("link", name="Revised: 1").click()
    expect(page).to_have_url(f"{visit.address}/en/revisions/?{DAYS}&indicator={GDP}&kind=revised#difference-title")
    expect(page.locator("table.figures tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name="Revised: 1")).to_have_attribute("aria-current", "true")


def test_the_feed_is_narrowed_by_its_form(visit: Visit) -> None:
    page = visit.to("/en/revisions/")
    expect(page.locator("table.figures tbody tr")).to_have_count(1)
    page.get_by_label("Market", exact=True).select_option("UZB")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.get_by_text("No vintage loaded here has changed")).to_be_visible()
    page.get_by_role("link", name="All revisions").click()
    expect(page.locator("table.figures tbody tr")).to_have_count(1)
    assert visit.complaints == []
