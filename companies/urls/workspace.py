"""Addresses of the workspace."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import workspace

pages: list[URLPattern] = [path("my/", workspace.workspace, name="workspace")]
api: list[URLPattern] = []
