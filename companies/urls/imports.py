"""Addresses of imports: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import import_template, imports

_ONE = "records/imports/<uuid:key>/"
pages: list[URLPattern] = [
    path("records/imports/template/", import_template.file, name="import_template"),
    path(_ONE, imports.where_it_is, name="import"),
    path(f"{_ONE}progress/", imports.progress, name="import_progress"),
]
api: list[URLPattern] = []
