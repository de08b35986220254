"""What all reference pages keep to: the strict policy, tables that can be read aloud, their other languages."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from tests.factories import GDP
from tests.markets.api_world import publish_world
from tests.markets.page_text import page

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PAGES = (
    "indicators/",
    *(f"indicators/{GDP}/?view={view}" for view in ("chart", "table", "map", "revisions")),
    f"markets/KAZ/indicators/{GDP}/",
    "products/",
    "products/8418/",
    "categories/",
    "categories/appliances/",
    "data/",
    "revisions/",
    "revisions/?from=2022-12-31&to=2025-12-31",
    f"indicators/{GDP}/?view=revisions&from=2022-12-31&to=2025-12-31",
    f"markets/KAZ/indicators/{GDP}/?from=2022-12-31&to=2025-12-31",
    "data/worldbank/",
    "search/",
    "help/",
    *(f"methods/{topic}/" for topic in ("ranks", "revisions", "missing", "themes", "categories")),
    "markets/KAZ/edit/",
    "markets/KAZ/edit/?part=character",
    "markets/KAZ/edit/?part=category:appliances",
    "markets/KAZ/edit/?part=document",
)


@pytest.fixture
def staff(client: Client) -> Client:
    """Somebody who sees every page."""
    publish_world()
    client.force_login(get_user_model().objects.create_user("aigul", is_staff=True))
    return client


@pytest.mark.parametrize("address", PAGES)
def test_no_page_needs_style_or_script_of_its_own(staff: Client, address: str) -> None:
    response = staff.get(f"/en/{address}")
    text = response.content.decode()
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert "<style" not in text
    for script in re.findall(r"<script[^>]*>", text):
        assert "src=" in script or 'type="application/json"' in script, script


@pytest.mark.parametrize("address", PAGES)
def test_every_table_has_a_caption_and_its_headings_say_of_what(staff: Client, address: str) -> None:
    text = page(staff, f"/en/{address}")
    assert text.count("<table") == text.count("<caption")
    assert not re.search(r"<th(?![^>]*scope=)[\s>]", text)
    for region in re.findall(r'<div class="table-region[^>]*>', text):
        assert 'tabindex="0"' in region
        assert "aria-label" in region


@pytest.mark.parametrize("address", PAGES)
def test_every_id_stands_once_and_every_label_has_its_field(staff: Client, address: str) -> None:
    text = page(staff, f"/en/{address}")
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), sorted({name for name in ids if ids.count(name) > 1})
    for kind in ("for", "aria-labelledby"):
        assert set(re.findall(rf'\s{kind}="([^"]+)"', text)) <= set(ids)


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_stands_in_every_language_and_leads_to_the_others(
    staff: Client, address: str, language: str
) -> None:
    text = page(staff, f"/{language}/{address}")
    assert f'<html lang="{language}">' in text
    assert text.count("<h1") == 1
    for other in LANGUAGES:
        path = address.partition("?")[0]
        assert f'href="/{other}/{path}' in text


def test_a_page_that_was_not_found_is_told_in_its_language(client: Client) -> None:
    assert "没有" in page(client, "/zh-hans/categories/nothing/", 404)
    assert "нет" in page(client, "/ru/indicators/NO.SUCH/", 404).lower()
