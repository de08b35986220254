"""Addresses of records: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api import records as views
from companies.views import record, records

_ONE = "export-records/<uuid:id>/"
api: list[URLPattern] = [
    path("export-records/", views.RecordListView.as_view(), name="export_record_list"),
    path(_ONE, views.RecordView.as_view(), name="export_record"),
    path(f"{_ONE}submit/", views.SubmitView.as_view(), name="export_record_submit"),
    path(f"{_ONE}approve/", views.ApproveView.as_view(), name="export_record_approve"),
    path(f"{_ONE}send-back/", views.SendBackView.as_view(), name="export_record_send_back"),
    path(f"{_ONE}reopen/", views.ReopenView.as_view(), name="export_record_reopen"),
    path(f"{_ONE}comments/", views.CommentListView.as_view(), name="export_record_comment_list"),
]


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
