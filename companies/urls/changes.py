"""Addresses of changes: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api.changes import ChangeListView

pages: list[URLPattern] = []
api = [path("changes/", ChangeListView.as_view(), name="change_list")]
