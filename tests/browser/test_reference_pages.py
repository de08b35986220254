"""Reference pages, search suggestions and the editor in a real browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import expect
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from markets.models import DemandProfile, LoadedFacts, SearchTerm
from markets.search import rebuild_index
from tests.browser.conftest import Visit
from tests.factories import GDP

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

PAGES = (
    "indicators/",
    *(f"indicators/{GDP}/?view={view}" for view in ("chart", "table", "map", "revisions")),
    f"markets/KAZ/indicators/{GDP}/",
    "products/84/",
    "products/8418/",
    "categories/",
    "categories/appliances/",
    "data/",
    "data/worldbank/",
    "search/?search=fridge",
    "help/",
    "methods/themes/",
)
EDITOR_PAGES = ("markets/KAZ/edit/", "markets/KAZ/edit/?part=theme:energy", "markets/KAZ/edit/?part=document")
PHONE = {"viewport": {"width": 320, "height": 700}}
DESK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
SERIOUS = ("serious", "critical")


@pytest.fixture(scope="module", autouse=True)
def index(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:  # noqa: ARG001 the facts first
    """Words to search by, for the tests of this module."""
    with django_db_blocker.unblock():
        rebuild_index()
    yield
    with django_db_blocker.unblock():
        SearchTerm.objects.all().delete()
        LoadedFacts.objects.filter(name="search_terms").delete()


@pytest.fixture(scope="module")
def session(world: LiveServer, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:  # noqa: ARG001 the facts first
    """The session of a member of staff; what is published in it is taken back."""
    with django_db_blocker.unblock():
        editor = get_user_model().objects.create_user("aigul", is_staff=True)
        client = Client()
        client.force_login(editor)
    yield client.cookies[settings.SESSION_COOKIE_NAME].value
    with django_db_blocker.unblock():
        DemandProfile.objects.filter(author=editor).delete()
        editor.delete()
        Session.objects.all().delete()


@pytest.fixture
def signed_in(visit: Visit, session: str) -> Visit:
    """A window in which a member of staff has signed in."""
    visit.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visit.address}])
    return visit


def problems(visit: Visit, path: str) -> list[tuple[str, str]]:
    """What is too wide, or shuts somebody out, on a page of ours."""
    page = visit.to(path)
    found = Axe().run(page).response["violations"]
    wide = [("too wide", f"{visit.overflow()} px")] if visit.overflow() > 0 else []
    return wide + [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in SERIOUS]


@pytest.mark.parametrize(
    ("visit", "language"),
    [(PHONE, "en"), (PHONE, "zh-hans"), (PHONE, "ru"), (DESK, "ru")],
    indirect=["visit"],
    ids=["phone-en", "phone-zh-hans", "phone-ru", "desk-ru"],
)
def test_no_page_scrolls_sideways_or_breaks_the_policy_or_shuts_anybody_out(visit: Visit, language: str) -> None:
    found = {path: problems(visit, f"/{language}/{path}") for path in PAGES}
    assert {path: told for path, told in found.items() if told} == {}
    assert visit.complaints == []


@pytest.mark.parametrize("visit", [PHONE, DESK], indirect=True, ids=["phone", "desk"])
def test_the_editor_shuts_nobody_out_either(signed_in: Visit) -> None:
    found = {path: problems(signed_in, f"/ru/{path}") for path in EDITOR_PAGES}
    assert {path: told for path, told in found.items() if told} == {}
    assert signed_in.complaints == []


def test_suggestions_come_while_typing_and_are_walked_with_the_arrow_keys(visit: Visit) -> None:
    page = visit.to("/en/indicators/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggestions/?" in request.url else None)
    field = page.locator("#top-search")
    field.press_sequentially("fridge", delay=20)
    first = page.locator(".suggestions a").first
    expect(first).to_be_visible()
    expect(first).to_contain_text("Refrigerators and freezers")
    # The keys came faster than the server is asked; on a slow machine one of them may have taken its time.
    assert len(asked) <= 2
    assert asked[-1].endswith("?search=fridge")
    field.press("ArrowDown")
    expect(first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".suggestions").first).to_be_hidden()
    field.press("Enter")
    expect(page).to_have_url(f"{visit.address}/en/search/?search=fridge")
    assert visit.complaints == []


def test_suggestions_go_when_the_field_is_left_or_emptied(visit: Visit) -> None:
    page = visit.to("/zh-hans/")
    field, listed = page.locator("#home-search"), page.locator("form:has(#home-search) .suggestions")
    field.press_sequentially("冰箱")
    expect(listed).to_be_visible()
    page.locator("h1").click()
    expect(listed).to_be_hidden()
    field.focus()
    expect(listed).to_be_visible()
    field.fill("")
    expect(listed).to_be_hidden()


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True)
def test_without_a_script_search_tabs_and_comparison_work_by_plain_forms_and_links(visit: Visit) -> None:
    page = visit.to("/en/")
    page.locator("#home-search").fill("8418")
    page.locator("form:has(#home-search) button").click()
    page.locator(".hit-name").first.click()
    expect(page.locator("h1")).to_contain_text("Refrigerators and freezers")
    visit.to(f"/en/indicators/{GDP}/?market=KAZ")
    page.select_option("#add-market", "UZB")
    page.locator(".add-market button").click()
    expect(page).to_have_url(f"{visit.address}/en/indicators/{GDP}/?market=KAZ,UZB#tabs")
    expect(page.locator("figure.chart table").first).to_be_visible()
    page.get_by_role("link", name="Table", exact=True).click()
    expect(page.locator("table.ranking")).to_be_visible()


def test_a_wrong_entry_takes_the_focus_to_the_summary_and_from_there_to_the_field(signed_in: Visit) -> None:
    page = signed_in.to("/en/markets/KAZ/edit/?part=character")
    page.locator("#id_entries-0-text_en").fill("")
    page.locator("#id_note").fill("A better source")
    page.get_by_role("button", name="Publish the next version").click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Write the fact in English.").click()
    expect(page.locator("#id_entries-0-text_en")).to_be_focused()
    page.locator("#id_entries-0-text_en").fill("Rich in copper.")
    page.get_by_role("button", name="Publish the next version").click()
    expect(page.locator("main")).to_contain_text("Version 2 is published.")
    page.goto(f"{signed_in.address}/en/markets/KAZ/")
    expect(page.locator("#demand")).to_contain_text("Rich in copper.")
    # The browser notes the status of the refused form as a complaint of its own.
    assert [text for text in signed_in.complaints if "status of 422" not in text] == []
