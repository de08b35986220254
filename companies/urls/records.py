"""Addresses of records: pages and API."""

from __future__ import annotations

from django.urls import URLPattern, path

from companies.api import records as views

pages: list[URLPattern] = []
_ONE = "export-records/<uuid:id>/"
api = [
    path("export-records/", views.RecordListView.as_view(), name="export_record_list"),
    path(_ONE, views.RecordView.as_view(), name="export_record"),
    path(f"{_ONE}submit/", views.SubmitView.as_view(), name="export_record_submit"),
    path(f"{_ONE}approve/", views.ApproveView.as_view(), name="export_record_approve"),
    path(f"{_ONE}send-back/", views.SendBackView.as_view(), name="export_record_send_back"),
    path(f"{_ONE}reopen/", views.ReopenView.as_view(), name="export_record_reopen"),
    path(f"{_ONE}comments/", views.CommentListView.as_view(), name="export_record_comment_list"),
]
