"""Addresses of records: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.views import record, records

pages: list[URLPattern] = [
    path("records/new/", records.record_new, name="record_new"),
    path("records/<uuid:key>/", record.record, name="record"),
    path("records/<uuid:key>/edit/", records.record_edit, name="record_edit"),
    path("records/<uuid:key>/submit/", record.submit, name="record_submit"),
    path("records/<uuid:key>/approve/", record.approve, name="record_approve"),
    path("records/<uuid:key>/send-back/", record.send_back, name="record_send_back"),
    path("records/<uuid:key>/reopen/", record.reopen, name="record_reopen"),
    path("records/<uuid:key>/remove/", record.remove, name="record_remove"),
    path("records/<uuid:key>/comments/", record.comment, name="record_comment"),
]
api: list[URLPattern] = []
