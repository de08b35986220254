"""Windows of a real headless Chromium before a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from markets.models import Observation, Release
from tests.browser.colleagues import Colleague, Meet
from tests.conftest import load_reference_facts
from tests.factories import GDP_PER_HEAD
from tests.markets.api_world import fill, publish_world

LONGEST_WAIT_MS = 15_000


def committed(work: Callable[[], Any]) -> Any:
    """Do it on a connection of its own: what the test's transaction holds, no server sees."""

    def alone() -> Any:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        return other.submit(alone).result()


class Visit:
    """A browser window on the test server, which notes whatever the browser complains of."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def to(self, path: str) -> Page:
        """Open a page of ours."""
        self.page.goto(self.address + path)
        return self.page

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.fixture(scope="module")
def world(
    django_db_setup: None,  # noqa: ARG001 the tables first
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[LiveServer]:
    """A server whose database holds the reference facts and a small world of figures, for all tests of a module.

    The rows are really there, for the server has connections of its own; they go when the module ends. The module
    itself is marked `django_db`, without which there would be no test database.
    """
    with django_db_blocker.unblock():
        load_reference_facts()
        _old, new = publish_world()
        fill(["KAZ"], range(2015, 2024), new, GDP_PER_HEAD)
        server = LiveServer("127.0.0.1")
        yield server
        server.stop()
        Observation.objects.all().delete()
        Release.objects.all().delete()


@pytest.fixture
def visit(chromium: Browser, world: LiveServer, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """A window of 360 by 780 pixels; `@pytest.mark.parametrize("visit", [{...}], indirect=True)` asks for another."""
    asked = {"viewport": {"width": 360, "height": 780}, "reduced_motion": "reduce"} | getattr(request, "param", {})
    context = chromium.new_context(**asked)
    yield Visit(context, world.url)
    context.close()


@pytest.fixture
def meet(chromium: Browser, world: LiveServer) -> Iterator[Meet]:
    """A window of its own for each person met, of 1280 by 900 pixels; `meet(viewport={...})` asks for another."""
    contexts = []

    def met(**asked: Any) -> Colleague:
        wanted = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"} | asked
        context = chromium.new_context(**wanted)
        context.set_default_timeout(LONGEST_WAIT_MS)
        contexts.append(context)
        return Colleague(Visit(context, world.url))

    yield met
    for context in contexts:
        context.close()
