"""Addresses of accounts: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import accounts

pages: list[URLPattern] = [
    path("my/settings/", accounts.settings, name="settings"),
    path("my/privacy/", accounts.privacy_view, name="privacy"),
    path("my/privacy/file/", accounts.privacy_file, name="privacy_file"),
    path("my/privacy/leave/", accounts.leave, name="leave"),
]
api: list[URLPattern] = []
