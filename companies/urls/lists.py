"""Addresses of lists: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import exports, record_lists, selections, sharing

pages: list[URLPattern] = [
    path("records/", record_lists.listing, name="record_list"),
    path("records/total/", record_lists.total, name="record_total"),
    path("records/views/", record_lists.save, name="view_new"),
    path("records/views/<uuid:key>/", record_lists.change, name="view_change"),
    path("records/selections/", selections.select, name="selection_new"),
    path("records/selections/<uuid:key>/", selections.selection, name="selection"),
    path("records/selections/<uuid:key>/undo/", selections.undo, name="selection_undo"),
    path("records/exports/", exports.listing, name="exports"),
    path("records/exports/<uuid:key>/", exports.file, name="export"),
    path("records/exports/<uuid:key>/cancel/", exports.cancel, name="export_cancel"),
    path("records/shares/", sharing.listing, name="shares"),
    path("records/shares/<uuid:key>/revoke/", sharing.revoke, name="share_revoke"),
    path("shared/", sharing.shared, name="shared"),
]
api: list[URLPattern] = []
