"""The documentation of the API in a real browser, under the content security policy of the site."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.test import Client
from playwright.sync_api import sync_playwright

from config.wsgi import application


class Silent(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """The application on an address of its own."""
    with make_server("127.0.0.1", 0, application, handler_class=Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "<style" not in text
    assert "<script>" not in text
    assert "://" not in text
    assert "/api/v1/openapi.json" in Client().get("/api/v1/docs/?script=").content.decode()


@pytest.mark.browser
def test_every_operation_is_shown_and_nothing_is_blocked_or_fetched_elsewhere(site: str) -> None:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    said: list[str] = []
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{site}/api/v1/docs/")
        page.wait_for_selector(".opblock")
        shown = page.locator(".opblock").count()
        page.locator("#operations-problems-problems_list .opblock-summary-control").click()
        page.locator(".try-out__btn").click()
        page.locator(".btn.execute").click()
        page.wait_for_selector(".live-responses-table")
        status = page.locator(".live-responses-table .response-col_status").last.inner_text()
        browser.close()
    assert said == []
    assert shown == len(Client().get("/api/v1/openapi.json").json()["paths"])
    assert status.startswith("200")
    assert {url for url in asked if not url.startswith((site, "data:"))} == set()
