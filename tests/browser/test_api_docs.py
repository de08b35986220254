"""The documentation of the API in a real browser, under the content security policy of the site."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.test import Client
from playwright.sync_api import Browser

from config.wsgi import application

pytestmark = pytest.mark.browser


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


def test_every_operation_is_shown_and_nothing_is_blocked_or_fetched_elsewhere(chromium: Browser, site: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page = chromium.new_page()
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
    page.close()
    assert said == []
    paths = Client().get("/api/v1/openapi.json").json()["paths"].values()
    assert shown == sum(method in {"get", "post", "patch", "delete"} for path in paths for method in path)
    assert status.startswith("200")
    assert {url for url in asked if not url.startswith((site, "data:"))} == set()
