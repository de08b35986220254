"""The documentation of the API keeps to the content security policy of the site."""

from __future__ import annotations

from django.test import Client


def test_the_page_has_no_script_or_style_of_its_own() -> None:
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "<style" not in text
    assert "<script>" not in text
    assert "://" not in text
    assert "/api/v1/openapi.json" in Client().get("/api/v1/docs/?script=").content.decode()
