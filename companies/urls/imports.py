"""Addresses of imports: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import import_template, imports

_ONE = "records/imports/<uuid:key>/"
pages: list[URLPattern] = [
    path("records/imports/template/", import_template.file, name="import_template"),
    path("records/imports/", imports.listing, name="import_list"),
    path("records/imports/new/", imports.new, name="import_new"),
    path(_ONE, imports.where_it_is, name="import"),
    path(f"{_ONE}progress/", imports.progress, name="import_progress"),
    path(f"{_ONE}read/", imports.read, name="import_read"),
    path(f"{_ONE}again/", imports.again, name="import_again"),
    path(f"{_ONE}discard/", imports.discarded, name="import_discard"),
]
api: list[URLPattern] = []
