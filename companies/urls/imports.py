"""Addresses of imports: pages and API."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from companies.api import imports as api_views
from companies.views import import_check, import_done, import_map, import_template, imports

_ONE = "records/imports/<uuid:key>/"
pages: list[URLPattern] = [
    path("records/imports/template/", import_template.file, name="import_template"),
    path("records/imports/", imports.listing, name="import_list"),
    path("records/imports/new/", imports.new, name="import_new"),
    path("records/imports/mappings/", import_map.listing, name="mapping_list"),
    path("records/imports/mappings/<uuid:key>/", import_map.changed, name="mapping_change"),
    path(_ONE, imports.where_it_is, name="import"),
    path(f"{_ONE}map/", import_map.columns, name="import_map"),
    path(f"{_ONE}map/save/", import_map.kept, name="import_map_save"),
    path(f"{_ONE}progress/", imports.progress, name="import_progress"),
    path(f"{_ONE}read/", imports.read, name="import_read"),
    path(f"{_ONE}again/", imports.again, name="import_again"),
    path(f"{_ONE}discard/", imports.discarded, name="import_discard"),
    path(f"{_ONE}check/", import_check.check, name="import_check"),
    path(f"{_ONE}fix/", import_check.fix, name="import_fix"),
    path(f"{_ONE}rows/", import_check.rows, name="import_rows"),
    path(f"{_ONE}errors.csv", import_check.errors, name="import_errors"),
    path(f"{_ONE}preview/", import_done.preview, name="import_preview"),
    path(f"{_ONE}commit/", import_done.committed, name="import_commit"),
    path(f"{_ONE}done/", import_done.done, name="import_done"),
    path(f"{_ONE}undo/", import_done.undone, name="import_undo"),
    path(f"{_ONE}annotated.xlsx", import_check.marked, name="import_annotated"),
]
_API: Final = "imports/<uuid:id>/"
api: list[URLPattern] = [
    path("imports/", api_views.ImportListView.as_view(), name="import_list"),
    path(_API, api_views.ImportView.as_view(), name="import"),
    path(f"{_API}commit/", api_views.CommitView.as_view(), name="import_commit"),
    path(f"{_API}undo/", api_views.UndoView.as_view(), name="import_undo"),
    path(f"{_API}rows/", api_views.RowListView.as_view(), name="import_rows"),
]
