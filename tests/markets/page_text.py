"""A page as a test reads it."""

from __future__ import annotations

import html
import re

from django.test import Client


def page(client: Client, address: str, status: int = 200) -> str:
    """The text of a page that must answer so, entities resolved."""
    response = client.get(address)
    assert response.status_code == status, response.content[:2000]
    return html.unescape(response.content.decode())


def words(text: str) -> str:
    """A page without its tags, blanks folded; non-breaking ones count as blanks."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def main(text: str) -> str:
    """The words of a page's own part, without header and footer."""
    return words(text[text.index("<main") : text.index("</main>")])
